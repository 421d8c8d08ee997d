"""Time spent on deals not won: its interval holds the truth where losses come sooner than wins."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from etappe.core.figures import Finding
from etappe.core.proportion import ratio
from etappe.core.survival import share_of_time
from etappe.insights.catalogue.time_not_won import finish
from etappe.insights.metric import Row

RUNS = 200
WON = 0.3
LINE = {"segment": "", "in_pipeline": True, "rests": False}


def _company(seed: int, deals: int, days: int, growth: float, takes: tuple[float, float]) -> Finding:
    """The figure of a company seen after so many days, to which with `growth` more deals come later."""
    chance = np.random.default_rng(seed)
    watched = (1 - chance.uniform(0, 1, deals) ** (1 / (1 + growth))) * days
    is_won = chance.random(deals) < WON
    needed = chance.gamma(1.5, np.where(is_won, *takes) / 1.5)
    ends = np.where(needed > watched, "open", np.where(is_won, "won", "lost"))
    counts = Counter(zip(ends.tolist(), np.minimum(needed, watched).astype(int).tolist(), strict=True))
    rows: list[Row] = [{**LINE, "outcome": end, "engaged_days": day, "deals": n} for (end, day), n in counts.items()]
    return finish(rows)


@pytest.mark.parametrize(
    ("deals", "days", "growth", "takes"),
    [(600, 1095, 0, (120, 40)), (600, 730, 2, (120, 40)), (600, 365, 2, (120, 40)), (400, 365, 2, (20, 60)),
     (150, 730, 0, (100, 40))],
)  # fmt: skip
def test_its_interval_holds_the_truth_of_companies_with_many_open_deals(
    deals: int, days: int, growth: float, takes: tuple[float, float]
) -> None:
    """Decided deals alone would tell 68 % of the third, where 44 % are true."""
    truth = (1 - WON) * takes[1] / (WON * takes[0] + (1 - WON) * takes[1])
    told = [_company(seed, deals, days, growth, takes) for seed in range(RUNS)]
    bounds = np.array([found.interval for found in told], dtype=float)
    held = np.mean((bounds[:, 0] <= truth) & (truth <= bounds[:, 1]))
    assert held >= 0.95 - 3.3 * np.sqrt(0.95 * 0.05 / RUNS)
    assert np.median([found.value or 0.0 for found in told]) == pytest.approx(truth, abs=0.05)


def test_of_decided_deals_it_is_the_plain_ratio() -> None:
    chance = np.random.default_rng(3)
    days, codes = chance.integers(1, 90, 80), chance.integers(1, 4, 80)
    mine = codes == 2
    found = share_of_time(days, codes, 2)
    assert found is not None
    share, bounds = ratio(np.where(mine, days, 0), days, np.ones(80))
    assert found.value == pytest.approx(share)
    assert (found.low, found.high) == pytest.approx(bounds)


def test_where_most_outlast_what_was_watched_it_is_not_known() -> None:
    ends = (("won", 10, 15), ("lost", 5, 15), ("open", 30, 20))
    found = finish([{**LINE, "outcome": end, "engaged_days": days, "deals": n} for end, days, n in ends])
    assert (found.value, found.interval, found.n, found.cases) == (None, None, 50, 30)
    assert found.extra["undecided"] == pytest.approx(0.4)


def test_deals_that_took_no_time_have_no_share_of_it() -> None:
    found = finish([{**LINE, "outcome": end, "engaged_days": 0, "deals": 20} for end in ("won", "lost")])
    assert (found.value, found.interval) == (None, None)
