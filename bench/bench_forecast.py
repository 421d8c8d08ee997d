"""What a forecast costs: curves from a million stays, chances of 10,000 open deals, a thousand futures of their sum.

Claim: fit and full run for 10,000 open deals on 1,000,000 stage visits within 20 s on two cores and below 1.5 GB; the
chances of one deal after a move within 50 ms. Measured here is the maths, on one core; reading the visits from the
database is not in it.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from etappe.core import forecast as core

STAYS, OPEN, STAGES, VERSIONS, MONTHS = 1_000_000, 10_000, 8, 3, (30, 60, 91, 121, 152, 182, 213)
LINE = "{:<52}{:>10}"


def main() -> None:
    """Print one line per step."""
    chance = np.random.default_rng(1)
    cells = STAGES * VERSIONS
    print(LINE.format(f"{STAYS:,} stays in {cells} cells, {OPEN:,} open deals", "CPU s"))
    stays = _stays(chance, cells)
    curves = _timed("curves", lambda: core.fit(stays, cells, np.arange(cells) % STAGES))
    _timed("chance to be won by day, all cells", lambda: curves.won_within)
    where, stayed = chance.integers(cells, size=OPEN), chance.integers(120, size=OPEN)
    months = _timed("chances of all open deals", lambda: _all(curves, where, stayed))
    unsure, group = np.full(OPEN, 0.1), chance.integers(5, size=OPEN)
    deals = core.Open(months, chance.lognormal(9, 1, OPEN), unsure, group)
    _timed("1,000 futures, 5 teams, 7 months", lambda: core.simulate(deals, 5, 1000, chance))
    _timed("one deal after a move", lambda: core.by_period(curves.from_now(3, 0), MONTHS))
    print(LINE.format("most memory, MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))


def _stays(chance: np.random.Generator, cells: int) -> core.Stays:
    cell = chance.integers(cells, size=STAYS)
    days = chance.exponential(20, STAYS).astype(np.int64)
    luck = chance.random(STAYS)
    last = cell % STAGES == STAGES - 1
    onward = np.where(last, core.WON, np.minimum(cell + 1, cells - 1))
    led = np.where(luck < 0.7, onward, np.where(luck < 0.97, core.OUT, core.GOES_ON))
    return core.Stays(cell, days, led, np.ones(STAYS))


def _all(curves: core.Curves, where: Any, stayed: Any) -> Any:
    known: dict[tuple[int, int], Any] = {}
    for cell, days in zip(where.tolist(), stayed.tolist(), strict=True):
        if (cell, days) not in known:
            known[cell, days] = core.by_period(curves.from_now(cell, days), MONTHS)
    return np.asarray([known[pair] for pair in zip(where.tolist(), stayed.tolist(), strict=True)])


def _timed(name: str, work: Callable[[], Any]) -> Any:
    begun = time.process_time()
    found = work()
    print(LINE.format(name, f"{time.process_time() - begun:.4f}"))
    return found


if __name__ == "__main__":
    main()
