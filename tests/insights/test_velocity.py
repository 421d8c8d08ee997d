"""Pipeline velocity: its interval holds the truth of steady companies, and it is silent where nobody can know."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import numpy as np
import pytest

from etappe.core.figures import Finding
from etappe.insights.catalogue.velocity import finish
from etappe.insights.metric import Row

RUNS = 200
WON, MEAN_AMOUNT = 0.3, 1000.0
OTHER = {"segment": "", "currency": "EUR", "in_pipeline": True}


def _company(days: int, deals: int, wins_take: float, losses_take: float, seed: int) -> tuple[Finding, float]:
    """The figure of a company with a steady inflow, seen after `days`; and the truth for the deals it has open."""
    chance = np.random.default_rng(seed)
    watched = np.floor(days - chance.uniform(0, days, deals))
    is_won = chance.random(deals) < WON
    takes = np.floor(np.where(is_won, chance.gamma(2, wins_take / 2, deals), chance.gamma(2, losses_take / 2, deals)))
    amounts = chance.gamma(1.5, MEAN_AMOUNT / 1.5, deals).round()
    ends = np.where(takes > watched, "open", np.where(is_won, "won", "lost"))
    mean = WON * wins_take + (1 - WON) * losses_take - 0.5  # whole days, rounded down
    truth = float((ends == "open").sum()) * WON * MEAN_AMOUNT / mean
    return finish(_rows(ends.tolist(), np.minimum(takes, watched).tolist(), amounts.tolist())), truth


def _rows(ends: list[str], days: list[float], amounts: list[float]) -> list[Row]:
    """What the database would give of these deals."""
    places = list(zip(ends, days, strict=True))
    counts, sums, squares = Counter(places), Counter[tuple[str, float]](), Counter[tuple[str, float]]()
    for place, amount in zip(places, amounts, strict=True):
        sums[place] += int(amount)
        squares[place] += int(amount**2)
    return [
        {**OTHER, "outcome": end, "days": day, "deals": n, "with_amount": n}
        | {"amount": Decimal(sums[end, day]), "squares": float(squares[end, day])}
        for (end, day), n in counts.items()
    ]


def _holds(found: Finding, truth: float) -> bool:
    low, high = found.interval or (None, None)
    assert low is not None
    assert high is not None
    return low <= truth <= high


@pytest.mark.parametrize(
    ("days", "deals", "wins_take"), [(720, 600, 60), (360, 300, 60), (360, 300, 150), (720, 600, 150)]
)
def test_its_interval_holds_the_truth_where_wins_take_longer_than_losses(
    days: int, deals: int, wins_take: float
) -> None:
    told = [_company(days, deals, wins_take, 40, seed) for seed in range(RUNS)]
    known = [(found, truth) for found, truth in told if found.interval]
    assert len(known) >= 0.95 * RUNS
    held = [_holds(found, truth) for found, truth in known]
    assert np.mean(held) >= 0.95 - 3.3 * np.sqrt(0.95 * 0.05 / RUNS)
    bias = np.median([(found.value or 0) / truth for found, truth in known])
    assert 0.9 < bias < 1.1


def test_a_company_younger_than_its_deals_are_long_is_told_so() -> None:
    found, _truth = _company(120, 2000, 300, 100, seed=1)
    assert found.value is None
    assert found.interval is None
    assert found.extra["undecided"] > 0.2
    assert 0 < found.extra["watched"] <= 120
    assert found.rows[0]["days"] is None


def test_deals_without_amount_count_as_won_ones_did_on_average() -> None:
    ends, days = ["won"] * 40 + ["lost"] * 40 + ["open"] * 10, [20.0] * 80 + [5.0] * 10
    plain = _rows(ends, days, [100.0] * 90)
    without = [{**row, "with_amount": 0, "amount": None} if row["outcome"] == "open" else row for row in plain]
    assert finish(plain).value == finish(without).value == pytest.approx(10 * 0.5 * 100 / 20)
