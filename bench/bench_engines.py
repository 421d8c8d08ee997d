"""What figures cost on each engine, and what a sync of the Parquet facts takes, side by side on the same deals.

Claims: every figure is the same on all; a sync that finds little changed reads little. CPU is that of this process, of
the database's process for it, and of all that Spark runs here. Spark is asked where PySpark and Java are: a standalone
cluster of two workers with one core each, started for it; after two minutes it is asked no more, unless BENCH=full.
With that the same figures are asked at size as well: the database at a million rows of facts, DuckDB and Spark at ten
million, and DuckDB with 7 GB of memory at a hundred million about a million deals. Claims there: half of the figures
within 10 s, each within 45 s; five million rows synced within 60 s. Counts must be so many times what they were.
Size with ETAPPE_BENCH_DEALS, a home that has such a workspace already with ETAPPE_BENCH_HOME.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))
import made_facts

FULL = os.environ.get("BENCH") == "full"
DEALS = int(os.environ.get("ETAPPE_BENCH_DEALS", "115000" if FULL else "50000"))
ETAPPE = [sys.executable, "-c", "from etappe.cli import main; main()"]
LINE = "{:<28}" + "{:>15}" * 6
LINE_AT_SIZE = "{:<28}" + "{:>18}" * 4
LIMIT = float("inf") if FULL else 120.0
"""Seconds that Spark is asked for."""
LARGE, HUGE = (2, 10_000_000), (max(3, round(1_000_000 / DEALS)), 100_000_000)
"""How many times the deals are made, and how many rows of facts there shall be then."""
ODD = "data_quality"
"""The figure that counts differently where stays are cut: stays of a moment, and the same stage again, are odd."""
MEMORY = "7000MB"
HALF, EACH = 10.0, 45.0
"""Seconds within which half of the figures are claimed to be there, and each."""


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
            + (f" (5,000,000 rows at this rate: {5e6 / done.rows_written * wall:.0f} s)" if done.written > 5 else "")
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
    if engine == "spark" and time.monotonic() > until:
        return "-"
    return _asked(key, day, engine).cell


class Asked(NamedTuple):
    """What a figure took, as it is printed and in seconds, and how many it counts; nothing where Spark is not there."""

    cell: str = "-"
    wall: float = 0.0
    n: int | None = None


def _asked(key: str, day: Any, engine: str) -> Asked:
    from django.conf import settings
    from django.test import override_settings

    from etappe.core.actor import SYSTEM
    from etappe.insights.queries import report
    from etappe.journal.clock import now

    if engine == "spark" and not settings.ETAPPE_SPARK:
        return Asked()
    with override_settings(ETAPPE_ENGINE=engine):
        found, wall, spent = timed(partial(report, key, viewer=SYSTEM, by="source", as_of=day, now=now()))
    return Asked(f"{wall:.2f}/{spent:.2f}", wall, found.finding.n)


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


def at_size(folder: Path) -> bool:
    """The figures over far more rows, engines side by side; whether what is claimed of DuckDB holds."""
    from etappe.insights import parquet
    from etappe.insights.queries import get_metric, keys

    source = parquet.folder()
    places = {1: source.parent} | {times: _made(source, folder, times, rows) for times, rows in (LARGE, HUGE)}
    columns = [("postgres", 1), ("duckdb", LARGE[0]), ("spark", LARGE[0]), ("duckdb", HUGE[0])]
    print("\n" + LINE_AT_SIZE.format("wall s / CPU s", *(f"{name}, x{times}" for name, times in columns)))
    walls, is_same = [], True
    for key in (key for key in keys() if "fact_touchpoint" not in get_metric(key).sources):  # see bench_contacts.py
        found = [_asked_at(places[times], key, name) for name, times in columns]
        counts = {each.n / times for each, (_, times) in zip(found, columns, strict=True) if each.n is not None}
        walls.append(found[-1].wall)
        is_same &= len(counts) == 1 or key == ODD
        print(LINE_AT_SIZE.format(key, *(each.cell for each in found)), counts if len(counts) > 1 else "", flush=True)
    half, most = statistics.median(walls), max(walls)
    print(
        f"\nDuckDB, {HUGE[1]:,} rows: half within {half:.1f} s (claim {HALF:.0f}), each {most:.1f} s (claim {EACH:.0f})"
    )
    return is_same and half <= HALF and most <= EACH


def _asked_at(place: Path, key: str, engine: str) -> Asked:
    from django.test import override_settings

    with override_settings(ETAPPE_FACTS=place, **({"ETAPPE_ENGINE_MEMORY": MEMORY} if engine == "duckdb" else {})):
        return _asked(key, None, engine)


def _made(source: Path, folder: Path, times: int, rows: int) -> Path:
    """A folder with facts of so many times the deals, and so many rows."""
    from etappe.insights import parquet

    known, place = parquet.manifest(source), folder / f"facts-{rows}"
    assert known
    cut = sum(part.rows for part in known.parts if part.fact in made_facts.CUT)
    other = sum(part.rows for part in known.parts) - cut
    pieces = max(1, round((rows / times - other) / cut))
    made, wall, _ = timed(partial(made_facts.make, source, place / source.name, times=times, pieces=pieces))
    print(f"{made:,} rows of facts made in {wall:.0f} s")
    return place


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
                if FULL and not at_size(Path(folder)):
                    raise SystemExit("A claim does not hold.")


if __name__ == "__main__":
    main()
