"""What size does to an import: memory of every process of ours, and whether its progress is honest.

Claims: a CSV file of 1,000,000 rows needs at most 1.1 times the memory that one of 100,000 needs, in the largest
process of ours (this one, or a child that reads files); an XLSX file is read in less than 300 MB in the child; the
share of rows that an import shows as done is within 10 points of the share of its CPU (application and database) that
is spent. Each import runs in a process of its own. The greater size is 200,000 rows, with BENCH=full 1,000,000;
`ETAPPE_BENCH_DEALS` sets another.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))
from bench_imports import DEAL, NOW, _deal, _write, made  # the same files

GREAT = int(os.environ.get("ETAPPE_BENCH_DEALS", "1000000" if os.environ.get("BENCH") == "full" else "200000"))
LINE = "{:<48}{:>10}{:>10}{:>10}{:>12}{:>10}"


def one_file(folder: Path, rows: int) -> list[Path]:
    """Deals alone, each with a name of its own."""
    import numpy as np

    chance = np.random.default_rng(5)
    return [_write(folder / "deals.csv", DEAL, (_deal(at, max(rows // 5, 1), chance) for at in range(rows)))]


def workbook(folder: Path, rows: int) -> list[Path]:
    """The same as an XLSX file."""
    import numpy as np
    import xlsxwriter

    chance = np.random.default_rng(5)
    path = folder / "deals.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, DEAL.split(","))
        for at in range(rows):
            sheet.write_row(at + 1, 0, [str(cell) for cell in _deal(at, max(rows // 5, 1), chance)])
    return [path]


def child(url: str, paths: list[Path]) -> None:
    """Import these files in this process, and print what it took."""
    from tests import conftest

    conftest._use(url)
    from django.db import connection

    from etappe.core.actor import SYSTEM
    from etappe.imports.actions import run_now
    from etappe.imports.look import Given, look
    from etappe.imports.run import Progress

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    watch = Watch(backend)
    found = look([Given(path.name, path) for path in paths], at=NOW)
    seen: list[tuple[float, float, str]] = []

    def report(progress: Progress) -> None:
        seen.append((watch.cpu(), progress.share, progress.file))

    wall = time.perf_counter()
    view = run_now(found, found.plan, dry=False, actor=SYSTEM, at=NOW, clock=lambda: NOW, report=report)
    end = watch.cpu()
    watch.stop()
    began = seen[0][0]
    off = max((abs((at - began) / (end - began) - share) for at, share, _file in seen), default=0.0)
    told = {
        "rows": view.totals["rows"],
        "wall": time.perf_counter() - wall,
        "cpu": end - began,
        "own": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "children": watch.peak / 1000,
        "off": off,
        "way": _way(seen, began, end),
    }
    print(json.dumps(told))


def _way(seen: list[tuple[float, float, str]], began: float, end: float) -> list[tuple[str, float, float]]:
    """After each file: how much of the CPU was spent, and how much was shown as done."""
    last = {file: ((at - began) / (end - began), share) for at, share, file in seen}
    return [(file, round(spent, 3), round(share, 3)) for file, (spent, share) in last.items()]


class Watch:
    """CPU of this process, of its database connection and of all that it started; the peak of each of the latter.

    Those that read files are children of a child, and gone when they have read: they are looked at again and again.
    """

    def __init__(self, backend: psutil.Process) -> None:
        self.backend, self.peak = backend, 0
        self._spent: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        while not self._over.wait(0.05):
            self._look()

    def _look(self) -> None:
        for process in psutil.Process().children(recursive=True):
            try:
                used = process.cpu_times()
                self._spent[process.pid] = used.user + used.system
                self.peak = max(self.peak, _high_water(process.pid))
            except (psutil.Error, OSError):
                continue

    def cpu(self) -> float:
        """Seconds spent up to now."""
        self._look()
        used = self.backend.cpu_times()
        return time.process_time() + sum(self._spent.values()) + used.user + used.system

    def stop(self) -> None:
        """Look no longer."""
        self._over.set()
        self._thread.join()


def _high_water(pid: int) -> int:
    """The most memory that a process has had, in kB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def measured(name: str, paths: list[Path]) -> dict[str, Any]:
    """One import in a process and on a database of its own."""
    from tests import database

    from etappe.config.embedded import APPLICATION

    server, base = database.server(), f"test_{os.getpid()}_size"
    server.clone(base)
    try:
        arguments = [sys.executable, __file__, "child", server.url(APPLICATION, base), *map(str, paths)]
        done = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True)
    finally:
        server.drop(base)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    figures = (told["wall"], told["cpu"], told["own"], told["children"], 100 * told["off"])
    print(LINE.format(name, *(f"{each:.1f}" for each in figures)), flush=True)
    print("   ", told["way"], flush=True)
    return told


def main(wanted: list[str]) -> None:
    """Make the files, import them, compare."""
    from tests import database

    server = database.server()
    server.start()
    print(LINE.format("", "wall s", "cpu s", "own MB", "children MB", "off %"), flush=True)
    sizes = {
        "small": (f"{GREAT // 10:,} deals, CSV", one_file, GREAT // 10),
        "great": (f"{GREAT:,} deals, CSV", one_file, GREAT),
        "book": (f"{GREAT // 10:,} deals, XLSX", workbook, GREAT // 10),
        "all": (f"{GREAT // 10:,} deals with all that goes with them", made, GREAT // 10),
    }
    try:
        for key, (name, make, rows) in sizes.items():
            if not wanted or key in wanted:
                with tempfile.TemporaryDirectory() as folder:
                    measured(name, make(Path(folder), rows))
    finally:
        server.stop()


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(sys.argv[2], [Path(each) for each in sys.argv[3:]])
    else:
        main(sys.argv[1:])
