"""What figures cost on each engine, and what a sync of the Parquet facts takes, side by side on the same deals.

Claims: every figure is the same on all; a sync that finds little changed reads little. CPU is that of this process, of
the database's process for it, and of all that Spark runs here. Spark is asked where PySpark and Java are: a standalone
cluster of two workers with one core each, started for it; after two minutes it is asked no more, unless BENCH=full.
Size with ETAPPE_BENCH_DEALS, a home that has such a workspace already with ETAPPE_BENCH_HOME.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))

DEALS = int(os.environ.get("ETAPPE_BENCH_DEALS", "50000"))
ETAPPE = [sys.executable, "-c", "from etappe.cli import main; main()"]
LINE = "{:<28}" + "{:>15}" * 6
LIMIT = float("inf") if os.environ.get("BENCH") == "full" else 120.0
"""Seconds that Spark is asked for."""


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, wall seconds, and CPU seconds of this process and of the databases below it or beside it."""
    before, wall = _cpu(), time.perf_counter()
    found = work()
    return found, time.perf_counter() - wall, _cpu() - before


def _cpu() -> float:
    from django.db import connection

    own = psutil.Process()
    found = [own, *own.children(recursive=True)]
    with suppress(AttributeError, psutil.NoSuchProcess):
        found.append(psutil.Process(connection.connection.info.backend_pid))
    return sum(map(_spent, {process.pid: process for process in found}.values()))


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


def syncs() -> None:
    """A first sync, one with nothing new, one after a single move."""
    from etappe.core.actor import SYSTEM
    from etappe.deals.actions import create
    from etappe.insights.sync import sync
    from etappe.journal.clock import now

    def say(name: str, whole: bool = False) -> None:
        done, wall, spent = timed(lambda: sync(at=now(), whole=whole))
        print(
            f"{name}: {wall:.1f} s, {spent:.1f} s of CPU; {done.rows_written:,} of {done.rows:,} rows written, "
            f"{done.compared} parts compared"
        )

    say("first sync")
    say("nothing new")
    create({"name": "Bench"}, actor=SYSTEM, at=now())
    say("one deal more")
    say("everything compared", whole=True)


def figures() -> None:
    """Each figure on every engine, now and as of a hundred days ago."""
    from etappe.insights.queries import keys
    from etappe.journal.clock import now

    print("\n" + LINE.format("wall s / CPU s", *ENGINES, "past: postgres", *ENGINES[1:]))
    until = time.monotonic() + LIMIT
    for key in keys():
        days = (None, now().date() - timedelta(days=100))
        print(LINE.format(key, *(_cell(key, day, engine, until) for day in days for engine in ENGINES)), flush=True)


ENGINES = ("postgres", "duckdb", "spark")


def _cell(key: str, day: Any, engine: str, until: float) -> str:
    from django.conf import settings
    from django.test import override_settings

    from etappe.core.actor import SYSTEM
    from etappe.insights.queries import report
    from etappe.journal.clock import now

    if engine == "spark" and (not settings.ETAPPE_SPARK or time.monotonic() > until):
        return "-"
    with override_settings(ETAPPE_ENGINE=engine):
        _, wall, spent = timed(partial(report, key, viewer=SYSTEM, by="source", as_of=day, now=now()))
    return f"{wall:.2f}/{spent:.2f}"


@contextmanager
def spark(folder: Path) -> Iterator[None]:
    """With a cluster to ask, and a driver that has been asked once."""
    from django.test import override_settings
    from tests.insights.standalone import Cluster

    from etappe.insights import spark_line

    cluster = Cluster(folder, lean=False)
    try:
        _, started, _ = timed(cluster.start)
        os.environ["SPARK_CONF_DIR"] = str(folder)
        with override_settings(**cluster.settings()):
            one = partial(spark_line.ask, state="", facts={}, sql="SELECT count(*) FROM range(9)", values={})
            _, first, spent = timed(one)
            print(f"\nSpark: cluster {started:.1f} s, driver and first answer {first:.1f} s, {spent:.1f} s of CPU")
            yield
    finally:
        spark_line.end()
        cluster.stop()


def main() -> None:
    from etappe.config.start import application

    with tempfile.TemporaryDirectory(prefix="etappe-bench-") as folder:
        home = os.environ.get("ETAPPE_BENCH_HOME", folder)
        os.environ |= {"ETAPPE_HOME": home, "ETAPPE_FACTS": str(Path(folder) / "facts")}
        if home == folder:
            for words in (["--size", str(DEALS)], ["enter", "--size", str(DEALS)]):
                subprocess.run([*ETAPPE, "demo", *words], check=True, stdout=subprocess.DEVNULL)
        with application():
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM deals_deal")
                print(f"{cursor.fetchone()[0]:,} deals")
            syncs()
            from tests.insights.standalone import missing

            if said := missing():
                print(f"\nSpark is left out: {said}")
            place = Path(folder) / "cluster"
            place.mkdir()
            with nullcontext() if said else spark(place):
                figures()


if __name__ == "__main__":
    main()
