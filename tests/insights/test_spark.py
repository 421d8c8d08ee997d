"""Figures on a Spark cluster that is real: exact values, hostile ones, what is renewed meanwhile, and what goes wrong.

It is that of `test_engines`, in the same process; of the tests that ask it, the last takes it away.
"""

from __future__ import annotations

import html
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest
from django.db import connection
from django.test import override_settings

from etappe.config import doctor
from etappe.core.actor import SYSTEM
from etappe.core.errors import Unavailable
from etappe.deals.actions.place import create
from etappe.insights import spark as spark_engine
from etappe.insights import spark_line, sync
from etappe.insights.queries import report
from etappe.insights.spark_driver import Fact, Settings, serve
from tests.cast import Cast
from tests.insights.history import NOW, company, live_all, story
from tests.insights.standalone import Cluster
from tests.web.signed import client_of

pytestmark = pytest.mark.slow
LATER = NOW + timedelta(hours=1)
ENDLESS = "SELECT count(*) FROM range(0, 1000000000000, 1, 2) WHERE id % 7 = 8"


@pytest.fixture
def facts(fresh_database: str, tmp_path: Path) -> Iterator[Cast]:
    """Six deals, and their facts in a folder whose name is no pattern."""
    cast = company()
    live_all(story()[:6], cast)
    with override_settings(ETAPPE_FACTS=tmp_path / "[facts] {of} *"):
        sync.sync(at=NOW)
        yield cast


def _n() -> tuple[str, int]:
    result = report("stage_now", viewer=SYSTEM, now=LATER)
    return result.engine, result.finding.n


def _ask(sql: str, **values: Any) -> tuple[Any, ...]:
    reply = spark_line.ask(state="none", facts={}, sql=sql, values=values)
    assert not reply.failed, reply.failed
    return reply.rows[0]


def test_values_arrive_and_return_as_they_are(spark: Cluster, tmp_path: Path) -> None:
    """Money to the last digit, moments in UTC wherever the machine stands, text that would mean something in SQL."""
    path = tmp_path / "odd.parquet"
    amounts = [Decimal("999999999999999.9999"), Decimal("0.0001"), None]
    moment = datetime(2025, 3, 30, 1, 30, tzinfo=UTC)  # clocks in Berlin have just gone forward
    with duckdb.connect() as duck:
        duck.execute("SET TimeZone = 'UTC'")
        duck.execute("CREATE TABLE odd (amount DECIMAL(19, 4), moment TIMESTAMPTZ)")
        duck.executemany("INSERT INTO odd VALUES (?, ?)", [[each, moment] for each in amounts])
        duck.execute(f"COPY odd TO '{path}' (FORMAT parquet)")
    evil = "a'b\\\"c`;-- ${x} :days /* 🙂 \n"
    given = {"moment": moment, "text": evil, "days": [2**40], "day": date(1999, 12, 31), "none": None}
    reply = spark_line.ask(
        state="odd",
        facts={"odd": Fact("amount DECIMAL(19, 4), moment TIMESTAMP", (str(path),))},
        sql="SELECT sum(amount), CAST(min(moment) AS STRING), min(moment) = CAST(:moment AS TIMESTAMP),"
        " CAST(:text AS STRING), CAST(:days AS ARRAY<BIGINT>), CAST(:day AS DATE), CAST(:none AS BIGINT),"
        f" {spark_engine._literal(evil)} FROM odd",
        values=given,
    )
    wanted = (sum(filter(None, amounts)), "2025-03-30 01:30:00", True, evil, [2**40], date(1999, 12, 31), None, evil)
    assert reply.failed == ""
    assert reply.rows == (wanted,)


def test_a_question_is_stopped_at_its_limit_and_the_driver_stays(spark: Cluster) -> None:
    assert _ask("SELECT 1") == (1,)
    (line,) = spark_line._kept
    with override_settings(ETAPPE_SPARK_SECONDS=1), pytest.raises(Unavailable, match="spark_too_slow"):
        _ask(ENDLESS)
    assert _ask("SELECT 2") == (2,)
    assert spark_line._kept == [line]


def test_a_driver_whose_asker_is_gone_takes_its_folder_away(tmp_path: Path) -> None:
    place, (ours, theirs) = tmp_path / "place", Pipe()
    place.mkdir()
    with theirs:
        driver = spark_line._start(theirs, place)
    ours.close()
    assert driver.wait(60) == 0
    assert not place.exists()


def test_the_driver_knows_no_secret(spark: Cluster) -> None:
    _ask("SELECT 1")
    driver = psutil.Process(spark_line._kept[0]._process.pid)
    for process in (driver, *driver.children(recursive=True)):
        if process.status() == psutil.STATUS_ZOMBIE:
            continue
        assert not {name for name in process.environ() if name.startswith(("ETAPPE", "DATABASE", "DJANGO"))}


def test_what_spark_refuses_is_said_and_breaks_nothing(spark: Cluster, tmp_path: Path) -> None:
    """A file that is gone is told apart from a sum that cannot be: both are refusals, and the next question answers."""
    reply = spark_line.ask(state="zero", facts={}, sql="SELECT 1 / CAST(:none AS INT)", values={"none": 0})
    assert str(spark_engine._refusal(reply, tmp_path)).startswith("('spark_failed', {'why': '[DIVIDE_BY_ZERO]")
    lost = {"fact": Fact("a INT", (str(tmp_path / "gone.parquet"),))}
    reply = spark_line.ask(state="gone", facts=lost, sql="SELECT * FROM fact", values={})
    assert spark_engine._refusal(reply, tmp_path).code == "spark_cannot_read"
    assert _ask("SELECT 1") == (1,)


def test_facts_that_are_renewed_meanwhile(spark: Cluster, facts: Cast) -> None:
    """Whoever asks sees the state before or the one after, never an error or a mixture."""
    before, seen = _n(), list[tuple[str, int]]()
    assert before[0] == "spark"

    def ask() -> None:
        with closing(connection):
            seen.extend(_n() for _ in range(3))

    asking = threading.Thread(target=ask)
    asking.start()
    for number in range(2):
        create({"name": f"New {number}"}, stage="agreed", late_entry=True, actor=facts.ada, at=NOW)
        sync.sync(at=NOW)
    asking.join()
    assert len(seen) == 3
    assert set(seen) <= {("spark", before[1] + more) for more in range(3)}
    assert _n() == ("spark", before[1] + 2)


def test_the_cluster_goes_away_in_the_middle(spark: Cluster, facts: Cast) -> None:
    """The last that asks the cluster of this process: whoever does after it starts another."""
    assert _n()[0] == "spark"
    raised: list[str] = []

    def ask() -> None:
        try:
            _ask(ENDLESS)
        except Unavailable as refusal:
            raised.append(refusal.code)

    driver = psutil.Process(spark_line._kept[0]._process.pid)
    below = [driver, *driver.children(recursive=True)]
    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(1)  # it is at work
    spark.stop(workers_only=True)
    with override_settings(ETAPPE_SPARK_SECONDS=3), pytest.raises(Unavailable, match="spark_busy"):
        _ask("SELECT count(*) FROM range(9)")
    assert not raised  # workers may come
    spark.stop()
    asking.join(60)
    assert raised[0] in ("spark_lost", "spark_unreachable")
    assert psutil.wait_procs(below, timeout=20)[1] == []
    assert client_of("dot").get("/figures/").status_code == 503
    with override_settings(ETAPPE_ENGINE="postgres"):
        assert client_of("dot").get("/figures/").status_code == 200


def test_a_driver_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Java that is there and does not run; whatever it says is said."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'Error: LinkageError <too old>' >&2\nexit 1\n")
    java.chmod(0o700)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    spark_line.end()
    with socket.create_server(("127.0.0.1", 0)) as server:
        master = f"spark://127.0.0.1:{server.getsockname()[1]}"
        with override_settings(ETAPPE_SPARK=master), pytest.raises(Unavailable) as refusal:
            _ask("SELECT 1")
    assert (refusal.value.code, refusal.value.params) == ("spark_not_started", {"why": "Error: LinkageError <too old>"})


def test_an_idle_driver_ends() -> None:
    ours, theirs = Pipe()
    ours.send(Settings("spark://nowhere:1", {}, idle_seconds=0.05))
    serve(theirs)  # returns
    ours.send(Settings("spark://nowhere:1", {}, idle_seconds=60))
    ours.close()
    with pytest.raises(EOFError):
        serve(theirs)  # whoever asked is gone


MISSING = {
    "facts_missing": ("there are no facts", "etappe facts sync"),
    "spark_unnamed": ("no cluster is named", "Set ETAPPE_SPARK="),
    "spark_not_installed": ("PySpark is not installed", "etappe[spark]"),
    "spark_needs_java": ("no Java", "openjdk-17-jre-headless"),
    "spark_unreachable": ("cannot be reached", "correct ETAPPE_SPARK"),
}


@pytest.mark.parametrize("code", MISSING)
def test_what_is_missing_is_said_on_page_interface_and_by_doctor(
    facts: Cast, code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"spark://127.0.0.1:{server.getsockname()[1]}"
    chosen = {"ETAPPE_ENGINE": "spark", "ETAPPE_SPARK": "" if code == "spark_unnamed" else closed}
    if code == "facts_missing":
        chosen["ETAPPE_FACTS"] = str(tmp_path / "none")
    if code == "spark_not_installed":
        monkeypatch.setattr(spark_line, "find_spec", lambda _name: None)
    elif code != "spark_needs_java":
        monkeypatch.setattr(spark_line, "find_spec", lambda _name: True)
        monkeypatch.setattr(spark_line, "java", lambda: sys.executable)
    else:
        monkeypatch.setattr(spark_line, "find_spec", lambda _name: True)
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    spark_line.end()
    with override_settings(**chosen):
        answer = client_of("dot").get("/figures/")
        assert answer.status_code == 503
        words = html.unescape(answer.content.decode())
        assert all(each in words for each in MISSING[code])
        assert client_of("dot").get("/deals/").status_code == 200
        said = [(finding.level.value, finding.said + finding.way_out) for finding in doctor.engine_in_force()]
        assert any(level == "wrong" and MISSING[code][1] in words for level, words in said), said
