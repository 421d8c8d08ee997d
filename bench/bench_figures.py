"""What figures cost: the maths on a million deals beside lifelines, and each figure on 100,000 deals in the database.

Claims: a figure on 100,000 deals within 1 s; survival maths on a million deals within 0.5 s of CPU; no web process
imports Ibis. CPU is counted for this process and for its database connection apart, and both together are held against
the claim, for others may use the machine.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))
DEALS = int(os.environ.get("ETAPPE_BENCH_DEALS", "100000"))
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINE = "{:<44}{:>10}{:>12}{:>12}{:>10}"


def maths() -> None:
    """Kaplan-Meier and Aalen-Johansen on a million durations."""
    from lifelines import KaplanMeierFitter

    from etappe.core.survival import incidence, kaplan_meier, percentile

    chance = np.random.default_rng(1)
    days, ends = chance.exponential(50, 1_000_000), chance.integers(0, 3, 1_000_000)
    print(LINE.format("1,000,000 durations", "wall s", "CPU s", "", "claim"))
    timed("Kaplan-Meier with percentiles", lambda: percentile(kaplan_meier(days, ends > 0), 0.5), claim="<= 0.5")
    timed("Aalen-Johansen", lambda: incidence(days, ends, 1), claim="<= 0.5")
    timed("lifelines, Kaplan-Meier", lambda: KaplanMeierFitter().fit(days, ends > 0).median_survival_time_)


def timed(name: str, work: Callable[[], object], backend: psutil.Process | None = None, claim: str = "") -> None:
    """One line: wall, CPU of this process, CPU of the database connection, what is claimed of both CPUs together."""
    wall, own, theirs = time.perf_counter(), time.process_time(), _cpu(backend)
    work()
    spent = (time.perf_counter() - wall, time.process_time() - own, _cpu(backend) - theirs)
    shown = [f"{value:.3f}" for value in spent[: 3 if backend else 2]]
    print(LINE.format(name, *shown, *([] if backend else [""]), claim), flush=True)


def _cpu(process: psutil.Process | None) -> float:
    if process is None:
        return 0.0
    used = process.cpu_times()
    return float(used.user + used.system)


def history(path: Path) -> None:
    """A made-up export: lognormal cycles, a fifth still open, 40 owners, five sources."""
    chance = np.random.default_rng(2)
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["deal", "owner", "lead source", "product", "deal_stage", "engage_date", "close_date", "amount"])
        for number in range(DEALS):
            begun = date(2022, 1, 3) + timedelta(days=int(chance.integers(0, 1500)))
            ends = begun + timedelta(days=int(np.exp(3.5 + chance.standard_normal())))
            over = ends < NOW.date() and chance.random() < 0.8
            stage = ("Won" if chance.random() < 0.4 else "Lost") if over else ("Need", "Offer")[number % 2]
            seller, source = f"Seller {number % 40}", ("web", "fair", "call", "partner", "mail")[number % 5]
            closed = ends.isoformat() if over else ""
            product = f"P{number % 7}"
            sheet.writerow([f"Deal {number}", seller, source, product, stage, begun.isoformat(), closed, number % 9000])


def filled() -> None:
    """The made-up history, imported."""
    from etappe.core.actor import SYSTEM
    from etappe.imports.actions import run_now
    from etappe.imports.look import Given, look

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deals.csv"
        history(path)
        found, begun = look([Given(path.name, path)], at=NOW), time.perf_counter()
        run_now(found, found.plan, dry=False, actor=SYSTEM, at=NOW, clock=lambda: NOW)
        print(f"{DEALS:,} deals imported: {time.perf_counter() - begun:.0f} s of wall")


def figures() -> None:
    """Each figure on a workspace with the made-up history."""
    from django.db import connection

    from etappe.core.actor import SYSTEM
    from etappe.insights.queries import FIRST_LOOK, first_look, keys, records, report

    filled()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    past = NOW.date() - timedelta(days=400)
    asked: dict[str, dict[str, Any]] = {"": {}, " by owner": {"by": "owner"}, " as of a past day": {"as_of": past}}
    still = report("stage_now", viewer=SYSTEM, now=NOW).finding.n
    print(LINE.format(f"{DEALS} deals, {still} of them open", "wall s", "CPU s", "database", "claim"))
    for key in keys():
        report(key, viewer=SYSTEM, now=NOW)
        for name, more in asked.items() if key in FIRST_LOOK else [("", asked[""])]:
            timed(key + name, partial(report, key, viewer=SYSTEM, now=NOW, **more), backend, "<= 1")
    timed("those of the first look", partial(first_look, viewer=SYSTEM, now=NOW), backend)
    timed("a page of records", lambda: records({"outcomes": "won"}, viewer=SYSTEM, now=NOW), backend, "<= 1")
    resident = psutil.Process().memory_info().rss / 1e6
    print(f"Ibis imported: {'ibis' in sys.modules} (claim: False); this process {resident:.0f} MB")


def main() -> None:
    """Both, on a database of their own."""
    from tests import conftest, database

    from etappe.config.embedded import APPLICATION

    server = database.server()
    server.start()
    name = f"test_{os.getpid()}_figures"
    server.clone(name)
    try:
        conftest._use(server.url(APPLICATION, name))
        figures()
        conftest._close()
    finally:
        server.drop(name)
        server.stop()
    maths()


if __name__ == "__main__":
    main()
