"""Open longer than won deals took: the threshold is that of all deals that are won, not of the quick ones so far."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.stats import gamma

from etappe.core.figures import Finding
from etappe.insights.catalogue.open_deals_beyond import SHARE, finish
from etappe.insights.metric import Row

RUNS = 200
WON = 0.3
LINE = {"segment": "", "in_pipeline": True, "rests": False}


def _company(
    seed: int, deals: int, days: int, growth: float, takes: tuple[float, float], limit: float
) -> tuple[Finding, int]:
    """The figure of a company to which with `growth` more deals come later, and how many are open for longer."""
    chance = np.random.default_rng(seed)
    watched = (1 - chance.uniform(0, 1, deals) ** (1 / (1 + growth))) * days
    is_won = chance.random(deals) < WON
    needed = chance.gamma(1.5, np.where(is_won, *takes) / 1.5)
    ends = np.where(needed > watched, "open", np.where(is_won, "won", "lost"))
    known = np.minimum(needed, watched).astype(int)
    counts = Counter(zip(ends.tolist(), known.tolist(), strict=True))
    rows: list[Row] = [{**LINE, "outcome": end, "engaged_days": day, "deals": n} for (end, day), n in counts.items()]
    return finish(rows), int(((ends == "open") & (known > limit)).sum())


def _counts(found: Finding) -> tuple[float, float]:
    low, high = found.interval or (0, 0)
    return low or 0, np.inf if high is None else high


@pytest.mark.parametrize(
    ("deals", "days", "growth", "takes"),
    [(600, 1095, 0, (120, 40)), (600, 730, 2, (120, 40)), (600, 365, 2, (60, 60)), (1000, 730, 1, (180, 30))],
)
def test_its_intervals_hold_the_truth_of_companies_with_many_open_deals(
    deals: int, days: int, growth: float, takes: tuple[float, float]
) -> None:
    """Of the deals won so far alone the third would take 88 days for 125, and 20 open deals for late where 6 are."""
    limit = float(gamma.ppf(SHARE, 1.5, scale=takes[0] / 1.5))
    told = [_company(seed, deals, days, growth, takes, limit) for seed in range(RUNS)]
    bounds = [found.extra["threshold_interval"] for found, _late in told]
    held = [low - 1 <= limit <= (np.inf if high is None else high + 1) for low, high in bounds]
    counted = [low <= late <= high for found, late in told for low, high in [_counts(found)]]
    least = 0.95 - 3.3 * np.sqrt(0.95 * 0.05 / RUNS)
    assert np.mean(held) >= least
    assert np.mean(counted) >= least
    assert np.median([found.extra["threshold"] for found, _late in told]) == pytest.approx(limit, rel=0.1)
