"""What pages cost at any size, for one client and for twenty, and what a bulk edit takes.

Claims, at 100,000 and at 1,000,000 deals alike: table with a three-condition filter, board, record and palette search
within 100 ms (95th percentile) for one client and 250 ms for twenty (two seconds of thought between acts; 60 % record,
25 % table, 10 % search, 5 % board); at most 20, 20, 60, 15 and 30 ms of CPU per table, record, board, search and move,
application and database together; board totals within 400 ms; 10,000 deals changed in bulk with their journal within
10 s. Beside each page stands what it took at 1,000 deals: it should not grow.

By itself it measures 20,000 deals, which takes two minutes; with BENCH=full 100,000. Any other size with
ETAPPE_BENCH_DEALS, a home that has such a workspace already with ETAPPE_BENCH_HOME. CPU time says more than wall time
where others use the machine.
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
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parent))
from bench_pages import ETAPPE, PASSWORD, PORT, Browser, cpu, environ, moving, ok, settle, sign_in, undisturbed

FULL = os.environ.get("BENCH") == "full"
DEALS = int(os.environ.get("ETAPPE_BENCH_DEALS", "100000" if FULL else "20000"))
SMALL = 1_000
ROUNDS = int(os.environ.get("ETAPPE_BENCH_ROUNDS", "60" if FULL else "30"))
FEW = 20 if FULL else 6
"""Rounds of pages that nothing is claimed of."""
WARM = 12
"""Rounds that are not counted: connections prepare a statement when they are asked for it a sixth time."""
CLIENTS = int(os.environ.get("ETAPPE_BENCH_CLIENTS", "20"))
SECONDS = int(os.environ.get("ETAPPE_BENCH_SECONDS", "60" if FULL else "25"))
THOUGHT = 2.0
MIX = (("record", 60), ("table", 25), ("search", 10), ("board", 5))
LINE = "{:<34}{:>6}{:>9}{:>9}{:>10}{:>9}{:>9}{:>10}"
WORDS = ("adler technik", "krueger", "schroder", "pumpe 77", "moller anlagen", "anna adler", "jäger")
CHOICE = os.environ.get("ETAPPE_BENCH_WHERE", "currency = CHF and status in (won, lost)")
"""About 15 of 100 deals."""

FILTER = "/deals/?sort=-amount&where=" + quote("status = open and source = Messe and proof = unproven")
PAGES = {
    "today": "/",
    "table, plain": "/deals/",
    "table by name": "/deals/?status=all&sort=name",
    "table by next step": "/deals/?sort=next_step_on",
    "table by stage": "/deals/?sort=stage",
    "table by owner": "/deals/?sort=owner",
    "table by account": "/deals/?sort=account",
    "table by own order of proof": "/deals/?sort=proof",
    "table, text search": "/deals/?q=pumpe",
    "table of a town": "/deals/?status=all&where=" + quote("account.city = Goslar"),
    "table, grouped with sums": "/deals/?group=stage",
    "calendar": "/deals/calendar/",
    "needing attention": "/deals/attention/",
    "inspection": "/inspection/",
    "accounts": "/accounts/",
    "people": "/people/",
    "duplicates": "/duplicates/",
    "recycle bin": "/bin/",
    "figures": "/figures/",
    "search, its page": "/search/?q=pumpe",
}
"""Pages that nothing is claimed of but that they do not grow: those that read all deals do."""
CLAIMS = {
    "table": ("100", "20"),
    "board": ("100", "60"),
    "record": ("100", "20"),
    "search": ("100", "15"),
    "totals": ("400", ""),
}


def act(browser: Browser, name: str, records: list[str], chance: random.Random) -> None:
    """One thing that somebody does."""
    if name == "record":
        ok(browser.get(chance.choice(records)))
    elif name == "table":
        ok(browser.get(FILTER))
    elif name == "search":
        ok(browser.get(f"/search/?q={quote(chance.choice(WORDS))}&choices=", {"HX-Request": "true"}))
    elif name == "totals":
        ok(browser.get("/deals/board/totals/"))
    elif name == "board":
        ok(browser.get("/deals/board/"))
    else:
        ok(browser.get(PAGES[name]))


class Taken(NamedTuple):
    """What an act took: wall times in ms, and CPU per act."""

    walls: list[float]
    spent: float


def timed(tree: psutil.Process, acts: Iterable[Callable[[], Any]]) -> Taken:
    """Do the acts one after the other."""
    before, walls = cpu(tree), []
    for each in acts:
        start = time.perf_counter()
        each()
        walls.append((time.perf_counter() - start) * 1000)
    return Taken(walls, (cpu(tree) - before) * 1000 / len(walls))


def alone(browser: Browser, tree: psutil.Process) -> dict[str, Taken]:
    """One client, act after act, each page first some times without being counted: a server in use is warm."""
    chance, found = random.Random(5), {}
    browser.connection.close()  # the server has, meanwhile; the next request opens it anew
    records = opened(browser)
    for name, rounds in [*((name, ROUNDS) for name in CLAIMS), *((name, FEW) for name in PAGES)]:
        again = partial(act, browser, name, records, chance)
        timed(tree, [again] * WARM)
        found[name] = timed(tree, [again] * rounds)
    first, *moves = moving(browser)[: ROUNDS + 1]
    first()
    return found | {"move": timed(tree, moves)}


def opened(browser: Browser) -> list[str]:
    """Addresses of records."""
    return re.findall(r'href="(/deals/[0-9a-f-]{36}/)"', ok(browser.get("/deals/?status=all&sort=name")))


def compare(found: Mapping[str, Taken], small: Mapping[str, Taken]) -> None:
    """Each page beside its claim, and beside what it took at the small size."""
    for name, taken in found.items():
        wall, most = CLAIMS.get(name, ("100", "30") if name == "move" else ("", ""))
        before = f"{np.median(small[name].walls):.0f}"
        say(name, taken.walls, wall, f"{taken.spent:.1f}", most, before)


def say(name: str, walls: list[float], wall_claim: str, spent: str, cpu_claim: str, before: str = "") -> None:
    """A line of the table: measured beside claimed."""
    middle, high = np.percentile(walls, [50, 95])
    claims = [f"<= {claim}" if claim else "" for claim in (wall_claim, cpu_claim)]
    print(
        LINE.format(name, len(walls), f"{middle:.0f}", f"{high:.0f}", claims[0], spent, claims[1], before), flush=True
    )


def together(browser: Browser, tree: psutil.Process) -> None:
    """Twenty clients that think between their acts, while the jobs in the background go on."""
    records = opened(browser)
    walls: dict[str, list[float]] = defaultdict(list)
    stop = time.monotonic() + SECONDS
    names, weights = [name for name, _ in MIX], [weight for _, weight in MIX]

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

    def run(what: Callable[[], Any]) -> str:
        before, start = cpu(tree), time.perf_counter()
        what()
        return f"{time.perf_counter() - start:.1f} s, {cpu(tree) - before:.1f} s of CPU"

    address = ""

    def choose() -> None:
        nonlocal address
        browser.post("/bulk/start/", {"subject": "deal", "all": "1", "where": CHOICE})
        address = browser.location

    yield "choosing", run(choose)
    wanted = {"act": "edit", "source": f"Messe {random.randrange(1000)}", "add_tags": "Umgezogen"}
    yield "preview", run(lambda: browser.post(f"{address}preview/", wanted))
    browser.post(f"{address}go/", {})
    yield "run (<= 10 s for 10,000)", run(lambda: wait_for(browser, address, "Undo all|Alles zurücknehmen"))
    browser.post(f"{address}undo/", {})
    yield "undo", run(lambda: wait_for(browser, address, "Put back|Zurückgesetzt"))


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


@contextlib.contextmanager
def workspace(home: Path, deals: int) -> Iterator[tuple[psutil.Process, Browser]]:
    """A running Etappe with so many deals, in a database of their own, and its administrator."""
    start = time.perf_counter()
    for words in (["--size", str(deals)], ["enter", "--size", str(deals)]):
        subprocess.run([*ETAPPE, "demo", *words], env=environ(home), check=True, stdout=subprocess.DEVNULL)
    print(f"{deals:,} deals made: {time.perf_counter() - start:.0f} s", flush=True)
    with signed_in(home) as found:
        yield found


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="etappe-bench-") as folder:
        home = Path(os.environ.get("ETAPPE_BENCH_HOME", folder))
        with workspace(home, SMALL) as (tree, browser), undisturbed(tree):
            small = alone(browser, tree)
        with workspace(home, DEALS) as (tree, browser):
            settle(tree)
            print(LINE.format("", "n", "p50 ms", "p95 ms", "claim", "CPU ms", "claim", f"at {SMALL:,}"))
            with undisturbed(tree):
                compare(alone(browser, tree), small)
            together(browser, tree)
            bulk(browser, tree)


if __name__ == "__main__":
    main()
