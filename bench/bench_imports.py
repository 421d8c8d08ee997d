"""What an import costs: deals, accounts and people of our own making, the same files again, then 1,000 changed rows.

Claims: 100,000 deals, 20,000 accounts and 60,000 people in 60 s; with 400,000 stage changes in at most 110 CPU-seconds
of application and database together, journal included (5,300 rows per CPU-second); both in less than 700 MB; undone in
60 s; a newer copy in which every deal's way is a step longer in 110 CPU-seconds; the published export beside the clone,
where there is one (8,800 deals), in 6 s. CPU is counted for this process, for its database connection and for the
children that read the files.
`ETAPPE_BENCH_DEALS` sets another size.
"""

from __future__ import annotations

import csv
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))
if TYPE_CHECKING:
    from tests.database import Server
DEALS = int(os.environ.get("ETAPPE_BENCH_DEALS", "100000"))
PUBLISHED = Path(__file__).parents[1] / "../shared/data/maven_crm"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINE = "{:<40}{:>9}{:>9}{:>9}{:>9}{:>12}"
STAGES = ("Qualification", "Evaluation", "Proposal", "Closed Won", "Closed Lost", "Closed Won", "Closed Lost")


def made(folder: Path, deals: int) -> list[Path]:
    """Three files that refer to each other by keys: a fifth as many accounts, three fifths as many people."""
    chance = np.random.default_rng(3)
    accounts = max(deals // 5, 1)
    firms = (
        [
            f"A{at}",
            f"Firma {at} GmbH",
            f"https://firma-{at}.example",
            ("Bau", "IT", "Handel")[at % 3],
            at % 4000,
            "Köln",
        ]
        for at in range(accounts)
    )
    people = (
        [f"C{at}", "Anna", f"Muster{at}", f"p{at}@firma-{at % accounts}.example", f"+49 30 {at}", f"A{at % accounts}"]
        for at in range(3 * deals // 5)
    )
    ways = (step for at in range(deals) for step in _way(at))
    return [
        _write(folder / "deal_stage_history.csv", "Deal ID,Stage,Date entered", ways),
        _write(folder / "accounts.csv", "Account ID,Account Name,Website,Industry,Employees,City", firms),
        _write(folder / "contacts.csv", "Contact ID,First Name,Last Name,Email,Phone,Account ID", people),
        _write(folder / "deals.csv", DEAL, (_deal(at, accounts, chance) for at in range(deals))),
    ]


DEAL = "Deal ID,Deal Name,Account ID,Deal Owner,Stage,Amount,Created,Close Date,Product,Lead Source,Note"


def _deal(at: int, accounts: int, chance: np.random.Generator) -> list[object]:
    stage = STAGES[at % len(STAGES)]
    began = date(2023, 1, 1) + timedelta(days=int(chance.integers(0, 700)))
    closed = (began + timedelta(days=int(chance.integers(5, 200)))).isoformat() if "Closed" in stage else ""
    owner, account, amount = f"Seller {at % 40}", f"A{int(chance.integers(0, accounts))}", f"{500 + at % 90000}.5"
    return [f"D{at}", f"Ausbau {at}", account, owner, stage, amount, began, closed, "Alpha", "Messe", f"note {at}"]


def _way(at: int) -> list[list[object]]:
    """Four steps of a deal, the last into where it stands or nearly so."""
    began = date(2023, 1, 1) + timedelta(days=at % 600)
    steps = ("Qualification", "Evaluation", "Proposal", "Evaluation")
    return [[f"D{at}", step, f"{began + timedelta(days=day)} 09:{at % 60:02}"] for day, step in enumerate(steps)]


def grown(path: Path, deals: int) -> Path:
    """The ways with one step more each, as a newer copy would have them."""
    rows = list(csv.reader(path.open(encoding="utf-8")))
    later = ([*row[:1], "Proposal", f"{row[2][:10]} 23:00"] for row in rows[4 : 4 * deals + 1 : 4])
    return _write(path, ",".join(rows[0]), [*rows[1:], *later])


def _write(path: Path, header: str, rows: object) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(header.split(","))
        sheet.writerows(rows)  # type: ignore[arg-type]  # rows are lists
    return path


def imported(paths: list[Path]) -> int:
    """Import the files; returns their rows."""
    from etappe.core.actor import SYSTEM
    from etappe.imports.actions import run_now
    from etappe.imports.look import Given, look

    found = look([Given(path.name, path) for path in paths], at=NOW)
    return run_now(found, found.plan, dry=False, actor=SYSTEM, at=NOW, clock=lambda: NOW).totals["rows"]


def undone(*order: str) -> int:
    """Undo the first import in this order; returns the rows that it had."""
    from etappe.core.actor import SYSTEM
    from etappe.imports.background import carry_undo
    from etappe.imports.models import Run
    from etappe.imports.undo import begin_undo

    run = Run.objects.filter(counts__isnull=False).order_by(*order)[0]
    carry_undo(begin_undo(run.uid, actor=SYSTEM, at=NOW), clock=lambda: NOW)
    return run.rows_total


def measured(name: str, work: Callable[[], int]) -> None:
    """One line: wall, CPU of this process and of the database; memory; rows per CPU-second."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    before, wall = _cpu(backend), time.perf_counter()
    rows = work()
    spent = [after - earlier for after, earlier in zip(_cpu(backend), before, strict=True)]
    wall = time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(LINE.format(name, *(f"{each:.1f}" for each in (wall, *spent)), f"{peak:.0f}", f"{rows / sum(spent):,.0f}"))


def _cpu(backend: psutil.Process) -> tuple[float, float]:
    used, children = backend.cpu_times(), resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime, used.user + used.system


def changed(path: Path) -> Path:
    """The deals with 1,000 other amounts, as a newer copy would have them."""
    rows = list(csv.reader(path.open(encoding="utf-8")))
    for row in rows[1:1001]:
        row[5] = "77.25"
    return _write(path, DEAL, rows[1:])


def main() -> None:
    """Each on a database of its own."""
    from tests import database

    server = database.server()
    server.start()
    print(LINE.format("", "wall s", "app s", "db s", "peak MB", "rows/CPU-s"))
    try:
        for work in (_published, _plain, _with_ways):
            _on_its_own(server, work)
    finally:
        server.stop()


def _on_its_own(server: Server, work: Callable[[], None]) -> None:
    from tests import conftest

    from etappe.config.embedded import APPLICATION

    name = f"test_{os.getpid()}{work.__name__}"
    server.clone(name)
    try:
        conftest._use(server.url(APPLICATION, name))
        work()
        conftest._close()
    finally:
        server.drop(name)


def _published() -> None:
    if PUBLISHED.exists():
        measured("published export, 8,800 deals", lambda: imported(sorted(PUBLISHED.glob("*.csv"))))


def _plain() -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = made(Path(folder), DEALS)[1:]
        measured(f"{DEALS:,} deals with accounts and people", lambda: imported(paths))


def _with_ways() -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = made(Path(folder), DEALS)
        measured("and with their ways", lambda: imported(paths))
        measured("the same files again", lambda: imported(paths))
        grown(paths[0], DEALS)
        measured("each way a step longer", lambda: imported(paths))
        measured("and undone", lambda: undone("-id"))
        changed(paths[3])
        measured("1,000 deals changed", lambda: imported(paths[3:]))
        measured("the greatest import undone", lambda: undone("-rows_total", "id"))


if __name__ == "__main__":
    main()
