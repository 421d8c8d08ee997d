"""What pages cost at any size, for one client and for twenty, and what a bulk edit of 10,000 deals takes.

Claims, at 100,000 and at 1,000,000 deals alike: table with a three-condition filter, board, record and palette search
within 100 ms (95th percentile) for one client and 250 ms for twenty (two seconds of thought between acts; 60 % record,
25 % table, 10 % search, 5 % board); at most 20, 60, 20 and 15 ms of CPU per act, application and database together;
board totals within 400 ms; 10,000 deals changed in bulk with their journal within 10 s.

CPU time says more than wall time where others use the machine. Size with ETAPPE_BENCH_DEALS, a home that has such a
workspace already with ETAPPE_BENCH_HOME.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parent))
from bench_pages import ETAPPE, PASSWORD, PORT, Browser, cpu, environ, ok, sign_in

DEALS = int(os.environ.get("ETAPPE_BENCH_DEALS", "100000"))
ROUNDS = int(os.environ.get("ETAPPE_BENCH_ROUNDS", "60"))
CLIENTS = int(os.environ.get("ETAPPE_BENCH_CLIENTS", "20"))
SECONDS = int(os.environ.get("ETAPPE_BENCH_SECONDS", "60"))
THOUGHT = 2.0
MIX = (("record", 60), ("table", 25), ("search", 10), ("board", 5))
LINE = "{:<34}{:>7}{:>9}{:>9}{:>11}{:>9}{:>11}"
WORDS = ("adler technik", "krueger", "schroder", "pumpe 77", "moller anlagen", "anna adler", "jäger")
CHOICE = os.environ.get("ETAPPE_BENCH_WHERE", "currency = CHF and status in (won, lost)")
"""About 15,000 of 100,000 deals."""

FILTER = "/deals/?status=open&source=Messe&proof=unproven&sort=-amount"


def act(browser: Browser, name: str, records: list[str], chance: random.Random) -> None:
    """One thing that somebody does."""
    if name == "record":
        ok(browser.get(chance.choice(records)))
    elif name == "table":
        ok(browser.get(FILTER))
    elif name == "search":
        ok(browser.get(f"/search/?q={quote(chance.choice(WORDS))}"))
    elif name == "totals":
        ok(browser.get("/deals/board/totals/"))
    else:
        ok(browser.get("/deals/board/"))


CLAIMS = {"record": ("100", "20"), "table": ("100", "20"), "search": ("100", "15"), "board": ("100", "60")}


def alone(browser: Browser, tree: psutil.Process, records: list[str]) -> None:
    """One client, act after act."""
    chance = random.Random(5)
    for name in ("table", "board", "record", "search", "totals"):
        act(browser, name, records, chance)
        before, walls = cpu(tree), []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            act(browser, name, records, chance)
            walls.append((time.perf_counter() - start) * 1000)
        spent = (cpu(tree) - before) * 1000 / ROUNDS
        wall, most = CLAIMS.get(name, ("400", ""))
        say(name, walls, wall, f"{spent:.1f}", most)


def say(name: str, walls: list[float], wall_claim: str, spent: str, cpu_claim: str) -> None:
    """A line of the table: measured beside claimed."""
    middle, high = np.percentile(walls, [50, 95])
    print(LINE.format(name, len(walls), f"{middle:.0f}", f"{high:.0f}", f"<= {wall_claim}", spent, f"<= {cpu_claim}"))


def together(browser: Browser, tree: psutil.Process, records: list[str]) -> None:
    """Twenty clients that think between their acts."""
    walls: dict[str, list[float]] = defaultdict(list)
    stop = time.monotonic() + SECONDS
    names, weights = zip(*MIX, strict=True)

    def client(number: int) -> None:
        mine, chance = Browser(), random.Random(number)
        mine.cookies = dict(browser.cookies)
        time.sleep(chance.uniform(0, THOUGHT))
        while time.monotonic() < stop:
            mine.connection.close()  # who thinks for two seconds comes back on a new connection
            name = chance.choices(names, weights)[0]
            start = time.perf_counter()
            act(mine, name, records, chance)
            walls[name].append((time.perf_counter() - start) * 1000)
            time.sleep(chance.expovariate(1 / THOUGHT))

    before = cpu(tree)
    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    browser.connection.close()
    every = [wall for found in walls.values() for wall in found]
    for name in names:
        if walls[name]:
            say(f"{CLIENTS} clients: {name}", walls[name], "250", "", "")
    say(f"{CLIENTS} clients: all", every, "250", f"{(cpu(tree) - before) * 1000 / len(every):.1f}", "")


def bulk(browser: Browser, tree: psutil.Process) -> None:
    """A bulk edit: choice, preview, run, undo."""
    for name, seconds in timed_bulk(browser, tree):
        print(f"bulk edit, {name}: {seconds}")


def timed_bulk(browser: Browser, tree: psutil.Process) -> Iterator[tuple[str, str]]:
    """Each step with its wall time and CPU."""

    def timed(what: Callable[[], Any]) -> str:
        before, start = cpu(tree), time.perf_counter()
        what()
        return f"{time.perf_counter() - start:.1f} s, {cpu(tree) - before:.1f} s of CPU"

    address = ""

    def choose() -> None:
        nonlocal address
        browser.post("/bulk/start/", {"subject": "deal", "all": "1", "where": CHOICE})
        address = browser.location

    yield "choosing", timed(choose)
    wanted = {"act": "edit", "source": f"Messe {random.randrange(1000)}", "add_tags": "Umgezogen"}
    yield "preview", timed(lambda: browser.post(f"{address}preview/", wanted))
    browser.post(f"{address}go/", {})
    yield "run (<= 10 s)", timed(lambda: wait_for(browser, address, "Undo all|Alles zurücknehmen"))
    browser.post(f"{address}undo/", {})
    yield "undo", timed(lambda: wait_for(browser, address, "Put back|Zurückgesetzt"))


def wait_for(browser: Browser, address: str, words: str) -> None:
    """Until the page says so."""
    while not re.search(words, ok(browser.get(address))):
        time.sleep(0.1)


@contextlib.contextmanager
def signed_in(home: Path) -> Iterator[tuple[psutil.Process, Browser]]:
    """A running Etappe and its administrator: the one of an earlier measurement, or the first."""
    with subprocess.Popen(
        [*ETAPPE, "serve", "--port", str(PORT)], env=environ(home), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            next(line for line in process.stdout if "Etappe answers" in line)
            browser = Browser()
            ok(browser.get("/account/login/"))
            browser.post("/account/login/", {"login": "bench@etappe.example", "password": PASSWORD})
            if browser.get("/deals/")[0] != 200:
                browser = sign_in(next(line.strip() for line in process.stdout if "/setup/" in line))
            yield psutil.Process(process.pid), browser
        finally:
            process.terminate()
            process.wait(timeout=60)


def main() -> None:
    with contextlib.ExitStack() as stack:
        given = os.environ.get("ETAPPE_BENCH_HOME")
        folder = given or stack.enter_context(tempfile.TemporaryDirectory(prefix="etappe-bench-"))
        home, start = Path(folder), time.perf_counter()
        for words in (["--size", str(DEALS)], ["enter", "--size", str(DEALS)]):
            subprocess.run([*ETAPPE, "demo", *words], env=environ(home), check=True, stdout=subprocess.DEVNULL)
        print(f"{DEALS:,} deals made: {time.perf_counter() - start:.0f} s\n")
        tree, browser = stack.enter_context(signed_in(home))
        records = re.findall(r'href="(/deals/[0-9a-f-]{36}/)"', ok(browser.get("/deals/?status=all&sort=name")))
        print(LINE.format("", "n", "p50 ms", "p95 ms", "claim", "CPU ms", "claim"))
        alone(browser, tree, records)
        together(browser, tree, records)
        bulk(browser, tree)


if __name__ == "__main__":
    main()
