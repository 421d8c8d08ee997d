"""What a forecast costs: the maths alone, and the full run on a simulated company, backtest and storing included.

Claims: fit and full run for 10,000 open deals on 1,000,000 stage visits within 20 s on two cores and below 1.5 GB. The
company of that size is made with BENCH=full, which takes some minutes, or found in ETAPPE_BENCH_HOME, where an earlier
run left it; otherwise one of a tenth of it is made. CPU says more than wall where others use the machine.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from etappe.core import forecast as core

STAYS, OPEN, STAGES, VERSIONS = 1_000_000, 10_000, 8, 3
MONTHS = np.array([30, 60, 91, 121, 152, 182, 213])
DEALS = 236_000 if os.environ.get("BENCH") == "full" else 23_600
UNTIL, NOW = date(2026, 1, 1), datetime(2025, 12, 31, 9, tzinfo=UTC)
CHANGES = (
    ("days: 720", "days: 1400"),
    ("growth: 2", "growth: 1.5"),
    ("change: {day: 420", "change: {day: 900"),
)
"""Makes of the shipped example a company of which one deal in 23 is open, and each made four visits."""
LINE = "{:<52}{:>10}{:>10}"


def maths() -> None:
    """One line per step."""
    chance = np.random.default_rng(1)
    cells = STAGES * VERSIONS
    print(LINE.format(f"{STAYS:,} stays in {cells} cells, {OPEN:,} open deals", "CPU s", "wall s"))
    stays = _stays(chance, cells)
    curves = _timed("curves", lambda: core.fit(stays, cells, np.arange(cells) % STAGES))
    _timed("chance to be won by day, all cells", lambda: curves.won_within)
    ahead = _timed("the same for deals of every age", lambda: curves.from_now(core.AGES))
    cell, age = chance.integers(cells, size=(OPEN, 1)), chance.integers(len(core.AGES), size=(OPEN, 1))
    months = _timed("chances of all open deals", lambda: core.by_period(ahead[cell, age, MONTHS]))
    deals = core.Open(months, chance.lognormal(9, 1, OPEN), np.full(OPEN, 0.1), chance.integers(5, size=OPEN))
    _timed("1,000 futures, 5 teams, 7 months", lambda: core.simulate(deals, 5, 1000, chance))


def _stays(chance: np.random.Generator, cells: int) -> core.Stays:
    cell = chance.integers(cells, size=STAYS)
    days = chance.exponential(20, STAYS).astype(np.int64)
    luck = chance.random(STAYS)
    last = cell % STAGES == STAGES - 1
    onward = np.where(last, core.WON, np.minimum(cell + 1, cells - 1))
    led = np.where(luck < 0.7, onward, np.where(luck < 0.97, core.OUT, core.GOES_ON))
    return core.Stays(cell, days, led, np.ones(STAYS))


def _timed(name: str, work: Callable[[], Any]) -> Any:
    begun, wall = time.process_time(), time.perf_counter()
    found = work()
    print(LINE.format(name, f"{time.process_time() - begun:.3f}", f"{time.perf_counter() - wall:.3f}"), flush=True)
    return found


def full_run() -> None:
    """Make the company, or take it as it is, and forecast it in a process of its own."""
    given = os.environ.get("ETAPPE_BENCH_HOME")
    with contextlib.ExitStack() as stack:
        home = given or stack.enter_context(tempfile.TemporaryDirectory(prefix="etappe-bench-"))
        os.environ["ETAPPE_HOME"] = home
        from etappe.cli.simulate import database as company
        from etappe.config.home import find
        from etappe.config.start import database, environment

        _make(Path(home))
        on = stack.enter_context(database(find(), lambda _line: None)).on(company("bench"))
        subprocess.run([sys.executable, __file__, "measure"], env={**os.environ, **environment(find(), on)}, check=True)


def _make(home: Path) -> None:
    from etappe.demo.order import shipped

    source = shipped("example")
    for old, new in CHANGES:
        source = source.replace(old, new)
    words = ["--params", "-", "--deals", str(DEALS), "--until", UNTIL.isoformat(), "--name", "bench"]
    command = [str(Path(sys.executable).with_name("etappe")), "simulate", *words]
    home.mkdir(exist_ok=True)
    begun = time.perf_counter()
    subprocess.run(command, input=source, text=True, check=True, stdout=subprocess.DEVNULL)
    print(f"\n{DEALS:,} deals made: {time.perf_counter() - begun:.0f} s of wall")


def measure() -> None:
    """In the process of the run: the forecast as a worker makes it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "etappe.config.settings")
    import django

    django.setup()
    import psutil
    from django.db import connection

    from etappe.core.actor import SYSTEM
    from etappe.insights import actions

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), (SELECT count(*) FROM fact_stage_visit)")
        backend, visits = cursor.fetchone()
    before = _cpu(psutil.Process(backend))
    print(LINE.format(f"{visits:,} visits", "CPU s", "wall s"))
    found = _timed("fit, backtest, chances, storing", lambda: actions.forecast(actor=SYSTEM, at=NOW))
    print(LINE.format("   the database beside it", f"{_cpu(psutil.Process(backend)) - before:.3f}", ""))
    print(LINE.format("   open deals", f"{found:,}", ""))
    print(LINE.format("   most memory, MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, ""))


def _cpu(process: Any) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        measure()
    else:
        maths()
        full_run()
