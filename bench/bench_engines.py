"""What figures cost on each engine, and what a sync of the Parquet facts takes, side by side on the same deals.

Claims: every figure is the same on both; a sync that finds little changed reads little. CPU is counted for this process
and for the database's processes apart. Size with ETAPPE_BENCH_DEALS, a home that has such a workspace already with
ETAPPE_BENCH_HOME.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil

DEALS = int(os.environ.get("ETAPPE_BENCH_DEALS", "50000"))
ETAPPE = [sys.executable, "-c", "from etappe.cli import main; main()"]
LINE = "{:<28}{:>12}{:>12}{:>12}{:>12}"


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, wall seconds, and CPU seconds of this process and of the databases below it or beside it."""
    before, wall = _cpu(), time.perf_counter()
    found = work()
    return found, time.perf_counter() - wall, _cpu() - before


def _cpu() -> float:
    from django.db import connection

    own = psutil.Process().cpu_times()
    try:
        theirs = psutil.Process(connection.connection.info.backend_pid).cpu_times()
    except (AttributeError, psutil.NoSuchProcess):
        return own.user + own.system
    return own.user + own.system + theirs.user + theirs.system


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
    """Each figure on both engines, now and as of a hundred days ago."""
    from django.test import override_settings

    from etappe.core.actor import SYSTEM
    from etappe.insights.queries import keys, report
    from etappe.journal.clock import now

    print("\n" + LINE.format("wall s / CPU s", "postgres", "duckdb", "past: pg", "duckdb"))
    for key in keys():
        cells = []
        for day in (None, now().date() - timedelta(days=100)):
            for engine in ("postgres", "duckdb"):
                with override_settings(ETAPPE_ENGINE=engine):
                    asked = partial(report, key, viewer=SYSTEM, by="source", as_of=day, now=now())
                    _, wall, spent = timed(asked)
                cells.append(f"{wall:.2f}/{spent:.2f}")
        print(LINE.format(key, *cells), flush=True)


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
            figures()


if __name__ == "__main__":
    main()
