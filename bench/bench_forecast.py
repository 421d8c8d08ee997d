"""What a forecast costs: the maths alone, at the size claimed, and the full run through the database.

Claims: fit and full run for 10,000 open deals on 1,000,000 stage visits within 20 s on two cores and below 1.5 GB. The
maths of it, backtest included, runs on a company drawn in memory. The full run, reading and storing included, is on a
company in a database: one of a twentieth of that size, or with BENCH=full, which takes some minutes, or from
ETAPPE_BENCH_HOME, where an earlier run left it, of all of it. Processor time is what is held against the claim, for
others may use the machine.
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
CLAIMED = 236_000
"""So many deals make a million visits."""
DEALS = CLAIMED if os.environ.get("BENCH") == "full" else CLAIMED // 20
SECONDS, MEGABYTES = 20, 1500
UNTIL, NOW = date(2026, 1, 1), datetime(2025, 12, 31, 9, tzinfo=UTC)
CHANGES = (
    ("days: 720", "days: 1400"),
    ("growth: 2", "growth: 1.5"),
    ("change: {day: 420", "change: {day: 900"),
)
"""Makes of the shipped example a company of which one deal in 23 is open, and each made four visits."""
LINE = "{:<52}{:>10}{:>10}{:>10}"


def maths() -> None:
    """One line per step."""
    chance = np.random.default_rng(1)
    cells = STAGES * VERSIONS
    print(LINE.format(f"{STAYS:,} stays in {cells} cells, {OPEN:,} open deals", "CPU s", "wall s", "claim"))
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
    return core.Stays(cell, days, led, np.zeros(STAYS, dtype=np.int64))


def _timed(name: str, work: Callable[[], Any], claim: str = "") -> Any:
    begun, wall = time.process_time(), time.perf_counter()
    found = work()
    spent = (f"{time.process_time() - begun:.3f}", f"{time.perf_counter() - wall:.3f}")
    print(LINE.format(name, *spent, claim), flush=True)
    return found


def _memory(claim: str) -> None:
    print(LINE.format("   most memory of the process, MB", _most_memory(), "", claim), flush=True)


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _set_up(**settings: str) -> None:
    for name, value in {"DJANGO_SETTINGS_MODULE": "etappe.config.settings", **settings}.items():
        os.environ.setdefault(name, value)
    sys.path.insert(0, str(Path(__file__).parent.parent))
    import django

    django.setup()


def in_memory() -> None:
    """In a process of its own: all of a forecast but reading and storing, at the size claimed."""
    _set_up(ETAPPE_SECRET_KEY="bench" * 10, DATABASE_URL="postgresql://nobody@/nowhere")
    from tests.insights.lived import records

    from etappe.demo.order import Order
    from etappe.insights.forecast import backtest, said
    from etappe.insights.forecast.past import known_on
    from etappe.insights.forecast.records import day_number

    order = Order("bench", _parameters(), 1, CLAIMED, UNTIL)
    names, first = [stage.key for stage in order.company.stages], day_number(UNTIL) - order.company.days
    found = records(order.lives(0, CLAIMED), names, first)
    past = known_on(found, NOW.date(), present=True)
    title = f"{len(found.visits.deal):,} visits in memory, {len(past.open):,} deals open"
    print(LINE.format(f"\n{title}", "CPU s", "wall s", "claim"))
    stages = backtest.Stages({}, {cell: (at + 1) / len(names) for at, cell in enumerate(found.cells)})

    def whole() -> None:
        past = known_on(found, NOW.date(), present=True)
        tried = backtest.backtest(found, NOW.date(), currency="EUR", stages=stages)
        print(f"   backtest of {len(tried.tried)} months said; the way chosen: {tried.method}")
        said.chances(past, said.fitted(past, found.cells, stages.alike))

    _timed("fit, backtest, chances", whole, f"<= {SECONDS}")
    _memory(f"<= {MEGABYTES}")


def _apart(what: str, env: dict[str, str]) -> None:
    subprocess.run([sys.executable, __file__, what], env={**os.environ, **env}, check=True)


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
        _apart("measure", environment(find(), on))


def _parameters() -> str:
    from etappe.demo.order import shipped

    source = shipped("example")
    for old, new in CHANGES:
        source = source.replace(old, new)
    return source


def _make(home: Path) -> None:
    words = ["--params", "-", "--deals", str(DEALS), "--until", UNTIL.isoformat(), "--name", "bench"]
    command = [str(Path(sys.executable).with_name("etappe")), "simulate", *words]
    home.mkdir(exist_ok=True)
    begun = time.perf_counter()
    subprocess.run(command, input=_parameters(), text=True, check=True, stdout=subprocess.DEVNULL)
    print(f"\n{DEALS:,} deals made: {time.perf_counter() - begun:.0f} s of wall")


def measure() -> None:
    """In the process of the run: the forecast as a worker makes it."""
    _set_up()
    import psutil
    from django.db import connection

    from etappe.core.actor import SYSTEM
    from etappe.insights import actions

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), (SELECT count(*) FROM fact_stage_visit)")
        backend, visits = cursor.fetchone()
    before = _cpu(psutil.Process(backend))
    print(LINE.format(f"{visits:,} visits in the database", "CPU s", "wall s", "claim"))
    is_whole = visits > STAYS * 0.9
    claim = f"<= {SECONDS}" if is_whole else ""
    found = _timed("reading, fit, backtest, chances, storing", lambda: actions.forecast(actor=SYSTEM, at=NOW), claim)
    print(LINE.format("   the database beside it", f"{_cpu(psutil.Process(backend)) - before:.3f}", "", ""))
    print(LINE.format("   open deals", f"{found:,}", "", ""))
    _memory(f"<= {MEGABYTES}" if is_whole else "")


def _cpu(process: Any) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


if __name__ == "__main__":
    asked = sys.argv[1:]
    if asked:
        {"measure": measure, "memory": in_memory}[asked[0]]()
    else:
        maths()
        _apart("memory", {})
        full_run()
