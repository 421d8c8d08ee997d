"""Every figure on every engine, and the Parquet facts: incremental, atomic, resumable, verified."""

from __future__ import annotations

import importlib
import json
import math
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import duckdb
import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from etappe.config import doctor, jobs
from etappe.config.embedded import APPLICATION
from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Refusal
from etappe.deals.actions.bin import archive
from etappe.deals.actions.fields import add_member
from etappe.deals.actions.place import create, move, rest, win
from etappe.insights import catalogue, duck, parquet, sync
from etappe.insights.catalogue import CATALOGUE
from etappe.insights.catalogue.waiting import WAITING
from etappe.insights.metric import Metric
from etappe.insights.queries import get_metric, keys, narrowed, records, report
from etappe.insights.standing import DIMENSIONS, OPENING
from etappe.insights.statements import FOLDERS
from etappe.insights.tables import FACTS
from etappe.journal.clock import now
from etappe.people import actions_touchpoints as touchpoints
from etappe.people.actions import create_account
from etappe.people.load_touchpoints import record_many
from tests import database
from tests.cast import Cast
from tests.insights.history import BEGIN, NOW, Past, company, live, live_all, receive_all, speak, story
from tests.web.signed import client_of

UGLY = 'Käufer "AG", \\N\r\n=1+1\t\'; DROP 🙂 \u2028 ,,'
LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def told(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """The story in a database of its own, and its facts."""
    cast = company()
    uids = live_all(story(), cast)
    made = create_account({"name": UGLY, "industry": "\\N", "country": "", "employees": 40}, actor=cast.dot, at=BEGIN)
    for place in range(4):
        fields = {"name": UGLY, "source": UGLY, "amount": 1, "currency": "CHF", "account": made.uid}
        live(Past(place, 3, "won", fields), actor=cast.dot)
    live(Past(5, 3 / 24, "won", fields), actor=cast.dot)
    live(Past(400, 0, "open", {"amount": None, "expected_close": date(2026, 4, 1)}), actor=cast.cem)
    receive_all(cast)
    speak(cast)
    moved = create({"name": "Moved", "amount": 50}, stage="found", actor=cast.ada, at=BEGIN)
    for day, stage in ((3, "agreed"), (5, "ordered"), (9, "agreed")):
        move(moved.uid, stage, actor=cast.ada, at=BEGIN + timedelta(days=day))
    rest(moved.uid, NOW.date() + timedelta(days=50), reason="as agreed", actor=cast.ada, at=NOW)
    add_member(uids[0], _uid_of(cast.ben.id), actor=cast.dot, at=NOW)
    with override_settings(ETAPPE_FACTS=tmp_path_factory.mktemp("facts")):
        sync.sync(at=NOW)
        yield cast


def _uid_of(user: int | None) -> Any:
    return _sql("SELECT uid FROM team_user WHERE id = %s", user)[0][0]


def _sql(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


# --- The same answers ------------------------------------------------------------------------------------------------


def same(ours: Any, theirs: Any) -> bool:
    """Equal, numbers to eight places of their size."""
    if isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(same(value, theirs[key]) for key, value in ours.items())
    if isinstance(ours, (list, tuple)):
        return len(ours) == len(theirs) and all(same(*pair) for pair in zip(ours, theirs, strict=True))
    if isinstance(ours, float):
        return math.isclose(ours, theirs, rel_tol=1e-8, abs_tol=1e-12)
    return bool(ours == theirs) and type(ours) is type(theirs)


def _said(key: str, chosen: str, cast: Cast, **asked: Any) -> dict[str, Any]:
    with override_settings(ETAPPE_ENGINE=chosen):
        result = report(key, now=NOW, **asked)
    assert result.engine == chosen
    said = result.as_json()
    return {name: said[name] for name in said if name not in ("sql", "engine", "facts_at")}


PAST = date(2025, 7, 1)
ENGINES = ["duckdb", pytest.param("spark", marks=pytest.mark.slow)]
"""The engines beside the database."""


@pytest.fixture
def chosen(request: pytest.FixtureRequest) -> str:
    """An engine that is there to be asked."""
    if request.param == "spark":
        request.getfixturevalue("spark")
    return str(request.param)


@pytest.mark.parametrize("chosen", ENGINES, indirect=True)
@pytest.mark.parametrize("key", keys())
def test_every_figure_is_the_same_on_every_engine(told: Cast, key: str, chosen: str) -> None:
    assert {"postgres", "duckdb", "spark"} == set(FOLDERS)
    for by, as_of, viewer in _few(key, told) if chosen == "spark" else _all(told):
        asked = {"by": by, "as_of": as_of, "viewer": viewer}
        ours, theirs = (_said(key, name, told, **asked) for name in ("postgres", chosen))
        assert same(ours, theirs), (by, as_of, viewer.role, ours, theirs)


def test_no_figure_is_left_out_of_that() -> None:
    """Nor is one that was written and never entered in the catalogue."""
    modules = [
        importlib.import_module(f"{catalogue.__name__}.{each.name}") for each in iter_modules(catalogue.__path__)
    ]
    written = {value.key for module in modules for value in vars(module).values() if isinstance(value, Metric)}
    (compared,) = [
        mark.args[1]
        for mark in vars(test_every_figure_is_the_same_on_every_engine)["pytestmark"]
        if mark.args[0] == "key"
    ]
    assert written - set(WAITING) == set(CATALOGUE) == set(compared)


Shape = tuple[str | None, date | None, Actor]


def _all(cast: Cast) -> Iterator[Shape]:
    for by in (None, *DIMENSIONS):
        for as_of in (None, PAST):
            for viewer in (SYSTEM, cast.cem) if by in (None, "source") else (SYSTEM,):
                yield by, as_of, viewer


def _few(key: str, cast: Cast) -> Iterator[Shape]:
    """Now or in the past, both where the figure's own part of the statement reads the day; every split in all.

    The other part is the same for all figures, in each of its forms.
    """
    for place, (each, as_of) in enumerate(_days()):
        if each == key:
            yield (None, *DIMENSIONS)[place % (1 + len(DIMENSIONS))], as_of, (SYSTEM, cast.cem)[place // 2 % 2]


def _days() -> Iterator[tuple[str, date | None]]:
    for number, key in enumerate(keys()):
        own = (FOLDERS["spark"] / f"{key}.sql").read_text(encoding="utf-8")
        reads_the_day = any(f"{OPENING}{name}" in own for name in ("day", "number", "moment", "since", "until"))
        yield from ((key, as_of) for as_of in (None, PAST) if reads_the_day or (as_of is None) == (number % 2 == 0))


@pytest.mark.parametrize("chosen", ENGINES, indirect=True)
def test_the_records_behind_a_figure_are_the_same(told: Cast, chosen: str) -> None:
    for key in keys() if chosen != "spark" else ("passed_and_won",):
        result = report(key, viewer=SYSTEM, by="source", now=NOW)
        wanted = [result.records, *result.reasons.values()]
        wanted += [narrowed(get_metric(key), row) for row in result.finding.rows[:2]]
        for filters in wanted[:: 3 if chosen == "spark" else 1]:
            pages = []
            for name in ("postgres", chosen):
                with override_settings(ETAPPE_ENGINE=name):
                    pages.append(records(filters, viewer=told.cem, by="source", now=NOW))
            assert pages[0] == pages[1], (key, filters)


@pytest.mark.parametrize("chosen", ENGINES, indirect=True)
def test_records_without_a_duration_come_last(told: Cast, chosen: str) -> None:
    pages = []
    for name in ("postgres", chosen):
        with override_settings(ETAPPE_ENGINE=name):
            pages.append(records({"clock": "buyer"}, viewer=SYSTEM, now=NOW))
    days = [record.days for record in pages[1].records]
    assert None in days
    assert None not in days[: len(days) - days.count(None)]
    assert pages[0] == pages[1]


def test_the_statement_shown_is_one_that_duckdb_runs(told: Cast) -> None:
    with override_settings(ETAPPE_ENGINE="duckdb"):
        result = report("win_rate", viewer=told.cem, by="source", now=NOW)
        place = parquet.folder()
        known = parquet.manifest(place)
    assert known is not None
    assert result.facts_at == NOW
    with duckdb.connect() as plain:
        for fact in FACTS:
            files = [str(place / part.path) for part in known.parts if part.fact == fact]
            if files:
                plain.from_parquet(files).create_view(fact)
        assert sum(row[3] for row in plain.execute(result.sql).fetchall()) > 0


def test_a_filter_of_lists_is_answered_by_the_database(told: Cast) -> None:
    with override_settings(ETAPPE_ENGINE="duckdb"):
        assert report("win_rate", viewer=SYSTEM, where="source = web", now=NOW).engine == "postgres"


def test_what_the_engine_may_not_do(told: Cast, tmp_path: Path) -> None:
    """A statement of another one's making could not read other files, nor undo that."""
    other = tmp_path / "secret.csv"
    other.write_text("a\n1\n")
    known = parquet.manifest(parquet.folder())
    assert known is not None
    with duck._open(parquet.folder(), known).cursor() as cursor:
        for evil in (f"SELECT * FROM '{other}'", f"COPY (SELECT 1) TO '{other}'", "SET enable_external_access = true"):
            with pytest.raises(duckdb.Error):
                cursor.execute(evil)


# --- The facts -------------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(fresh_database: str, tmp_path: Path) -> Iterator[Cast]:
    cast = company()
    live_all(story()[:6], cast)
    with override_settings(ETAPPE_FACTS=tmp_path / "facts", ETAPPE_ENGINE="duckdb"):
        yield cast


def _deals() -> tuple[str, int]:
    result = report("stage_now", viewer=SYSTEM, now=LATER)
    return result.engine, result.finding.n


def test_only_what_changed_is_compared_and_written(fresh: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "PART", 2)
    monkeypatch.setattr(sync, "PART", 2)
    first = sync.sync(at=NOW)
    assert (first.rows, first.rows_written) == (first.rows, first.rows)
    assert first.written > 12
    again = sync.sync(at=NOW)
    assert (again.written, again.rows) == (0, first.rows)
    made = create({"name": "New"}, stage="agreed", late_entry=True, actor=fresh.ada, at=NOW)
    third = sync.sync(at=NOW)
    assert third.written == 3  # the deal, its visit, its span; its part of each
    win(made.uid, actor=fresh.ada, at=NOW)
    assert sync.sync(at=NOW).written == 3
    archive(made.uid, actor=fresh.ada, at=NOW)
    assert sync.sync(at=NOW).rows == first.rows
    assert sync.sync(at=NOW, whole=True).written == 0
    files = list(parquet.folder().glob("fact_*/part=*/*"))
    known = parquet.manifest(parquet.folder())
    assert known is not None
    assert {path.name for path in files} == {Path(part.path).name for part in known.parts}


def _contacts(cast: Cast, *moments: datetime) -> None:
    ((account,),) = _sql("SELECT id FROM people_account")
    row = {"direction": "in", "channel": "mail", "act": "wrote", "account_id": account}
    record_many([{**row, "happened_at": moment} for moment in moments], actor=cast.dot, at=NOW)


def test_only_months_with_changed_contacts_are_written(fresh: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (parquet, sync):
        monkeypatch.setattr(place, "MONTH_PART", 4)
    create_account({"name": "Firm"}, actor=fresh.dot, at=NOW)
    edge = datetime(2026, 2, 1, tzinfo=UTC)
    _contacts(fresh, *(edge - timedelta(days=40 * place) for place in range(6)), edge - timedelta(seconds=1))
    sync.sync(at=NOW)
    folders = {path.parent for path in parquet.folder().glob("fact_touchpoint/*/*/*.parquet")}
    assert {"month=2026-02", "month=2026-01", "month=2025-12"} < {path.parent.name for path in folders}
    assert sync.sync(at=NOW).written == 0
    _contacts(fresh, edge, edge + timedelta(days=1))
    assert sync.sync(at=NOW).written == 1  # a range of keys of its month; the months before stay as they are
    ((uid,),) = _sql("SELECT uid FROM people_touchpoint ORDER BY happened_at LIMIT 1")
    touchpoints.withdraw(uid, actor=fresh.dot, at=NOW)
    assert (sync.sync(at=NOW).written, _counted()) == (0, 8)  # the only one of its month: its file goes
    touchpoints.bring_back(uid, actor=fresh.dot, at=NOW)
    assert (sync.sync(at=NOW).written, _counted()) == (0, 9)  # it was kept for who was reading it
    assert sync.sync(at=NOW, whole=True).written == 0


def test_contacts_that_swap_a_value_are_written(fresh: Cast) -> None:
    create_account({"name": "Firm"}, actor=fresh.dot, at=NOW)
    _contacts(fresh, NOW, NOW)
    for is_even in (True, False):  # the second time, counts and sums of every column are what they were
        _sql(
            "UPDATE people_touchpoint SET source = CASE WHEN (id %% 2 = 0) = %s THEN 'ab' ELSE 'ba' END,"
            " xid = pg_current_xact_id()::text::bigint RETURNING id",
            is_even,
        )
        before = set(parquet.folder().glob("fact_touchpoint/*/*/*.parquet"))
        assert sync.sync(at=NOW).written
        assert set(parquet.folder().glob("fact_touchpoint/*/*/*.parquet")) - before


def _counted() -> int:
    known = parquet.manifest(parquet.folder())
    assert known is not None
    with duckdb.connect() as plain:
        files = [str(parquet.folder() / part.path) for part in known.parts if part.fact == "fact_touchpoint"]
        return int(plain.from_parquet(files).count("*").fetchall()[0][0])


def test_figures_see_the_state_before_until_the_new_one_is_whole(fresh: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _deals()[0] == "postgres"  # no facts yet: the database answers
    sync.sync(at=NOW)
    before = _deals()
    assert before[0] == "duckdb"
    create({"name": "New"}, stage="agreed", late_entry=True, actor=fresh.ada, at=NOW)
    write, written = sync._write, list[parquet.Part]()

    def killed(place: Path, part: parquet.Part, *work: Any) -> None:
        if len(written) == 1:
            raise KeyboardInterrupt
        written.append(part)
        write(place, part, *work)

    monkeypatch.setattr(sync, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        sync.sync(at=NOW)
    assert _deals() == before
    rest = parquet.folder() / "sync-killed"
    rest.mkdir()
    (rest / "rows.csv").write_text("half a row")
    monkeypatch.setattr(sync, "_write", write)
    assert sync.sync(at=LATER).written == 2  # the file that was written before the kill is there already
    assert not rest.exists()
    assert _deals() == ("duckdb", before[1] + 1)


def test_the_first_look_says_of_which_moment_its_facts_are(fresh: Cast) -> None:
    said = "Computed by DuckDB over facts of"
    assert said not in client_of("dot").get("/figures/").content.decode()  # no facts yet: the database computed
    sync.sync(at=NOW)
    assert said in client_of("dot").get("/figures/").content.decode()


def test_a_file_that_does_not_hold_what_it_should_is_not_put_in_force(
    fresh: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = sync._into_parquet
    monkeypatch.setattr(sync, "_into_parquet", lambda *given: into(*given).replace(") TO", " OFFSET 1) TO"))
    with pytest.raises(Refusal, match="facts_differ"):
        sync.sync(at=NOW)
    assert parquet.manifest(parquet.folder()) is None
    assert not list(parquet.folder().glob("fact_deal/part=*/*"))


def test_sums_are_compared_exactly() -> None:
    """Microseconds of many rows add up beyond what a float holds."""
    assert parquet.plain([2**70 + 1]) == [str(2**70 + 1)] == parquet.plain([Decimal(2**70 + 1)])
    assert parquet.plain([Decimal("1.5000"), 200, 0]) == ["1.5", "200", "0"]


def test_two_at_once_and_another_database_or_version(fresh: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with parquet.alone(parquet.folder()) as is_alone:
        assert is_alone
        with pytest.raises(Refusal, match="facts_sync_at_work"):
            sync.sync(at=NOW)
    sync.sync(at=NOW)
    path = parquet.folder() / "manifest.json"
    said = json.loads(path.read_text())
    for name in ("origin", "zone"):
        path.write_text(json.dumps({**said, name: "another"}))
        assert sync.sync(at=NOW).compared == 2 + 3  # all there are: no account and no deal team is here
    path.write_text(json.dumps({**said, "shape": "older"}))
    assert _deals()[0] == "postgres"
    path.write_text("{")
    assert _deals()[0] == "postgres"
    assert sync.sync(at=NOW).written == 0
    assert _deals()[0] == "duckdb"


def test_many_threads_ask_at_once(told: Cast) -> None:
    found: list[int] = []
    shape = {"by": "", "day": NOW.date(), "number": 20514, "moment": NOW, "skip": 0}

    def ask() -> None:
        answer = duck.run("win_rate.now.all", shape, place)
        assert answer is not None
        found.append(sum(row["deals"] for row in answer[0]))

    place = parquet.folder()
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8


def test_jobs_sync_where_the_engine_needs_it(fresh: Cast) -> None:
    with override_settings(ETAPPE_ENGINE="postgres"):
        jobs.sync_facts(0)
        assert parquet.manifest(parquet.folder()) is None
    with parquet.alone(parquet.folder()):
        jobs.compare_facts(0)  # somebody syncs by hand: that is enough
    jobs.sync_facts(0)
    assert parquet.manifest(parquet.folder()) is not None


def test_doctor_says_which_engine_is_in_force_and_what_is_wrong_with_it(
    fresh: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> list[tuple[str, str]]:
        return [(finding.level.value, finding.said) for finding in doctor.engine_in_force()]

    ((level, said),) = found()
    assert (level, "There are no facts" in said) == ("wrong", True)
    sync.sync(at=NOW)
    assert found()[0][0] == "look"  # long ago
    sync.sync(at=now())
    assert found()[0][0] == "fine"
    next(parquet.folder().glob("fact_deal/part=*/*")).unlink()
    assert found()[0] == ("wrong", f"1 files of facts are missing in {parquet.folder()}.")
    assert sync.sync(at=now(), whole=True).written == 1
    with override_settings(ETAPPE_ENGINE="postgres"):
        assert found()[0][0] == "fine"
        monkeypatch.setattr(doctor, "MANY", 0)
        assert "ETAPPE_ENGINE=duckdb" in next(iter(doctor.engine_in_force())).way_out


def test_on_the_terminal(fresh: Cast, fresh_database: str, database_server: database.Server) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environ |= {"DATABASE_URL": database_server.url(APPLICATION, fresh_database), "ETAPPE_ENGINE": "duckdb"}
    environ |= {"ETAPPE_FACTS": str(settings.ETAPPE_FACTS)}

    def run(*arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-c", "from etappe.cli import main; main()", *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
        return dict(json.loads(done.stdout))

    assert run("facts", "sync", "--json")["rows"] > 12
    said = run("report", "stage_now", "--format", "json")
    assert (said["engine"], said["n"]) == ("duckdb", _deals()[1])
