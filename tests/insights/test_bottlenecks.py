"""Bottlenecks against a known truth: where nothing changed, a stage is called worse as seldom as the level says.

The two ways of leaving a stage take different times, and those who came last have been watched for less; shares of
those whose fate is known would call most of these stages worse.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from etappe.insights.catalogue.bottlenecks import finish
from etappe.insights.catalogue.stages import PLACE

RUNS = 200
PLAIN = dict(zip(PLACE, ("", "plain", 1, 7, 2, "agreed", "win"), strict=True))
EMPTY = {"currency": "EUR", "with_amount": 0, "amount": Decimal(0)}


def stays(chance: np.random.Generator, n: int, half: tuple[float, float], growth: float, now: float) -> list[Any]:
    """Deals of three years at one stage: 60 % go on, of the last year's `now`; `half` are days to go on and to leave.

    With `growth` more come later. Rows as the database gives them.
    """
    ago = (1 - chance.uniform(0, 1, n) ** (1 / (1 + growth))) * 1095
    goes = chance.uniform(0, 1, n) < np.where(ago < 365, now, 0.6)
    lasts = chance.exponential(np.where(goes, *half) / np.log(2))
    fate = np.where(lasts > ago, "still", np.where(goes, "on", "out"))
    days = np.minimum(lasts, ago).astype(int)
    counts = Counter(zip(fate.tolist(), (ago < 365).astype(int).tolist(), days.tolist(), strict=True))
    outcome = {"still": "open", "on": "won", "out": "lost"}
    return [
        PLAIN | EMPTY | {"fate": end, "is_over": end != "still", "recent": recent, "days": there, "deals": deals}
        | {"outcome": outcome[end]}
        for (end, recent, there), deals in counts.items()
    ]  # fmt: skip


def verdicts(n: int, half: tuple[float, float], growth: float, now: float = 0.6) -> Counter[str]:
    chance = np.random.default_rng(11)
    return Counter(finish(stays(chance, n, half, growth, now)).rows[0]["verdict"] for _ in range(RUNS))


@pytest.mark.parametrize(
    ("n", "half", "growth"), [(900, (30, 30), 0), (900, (60, 15), 0), (1500, (90, 15), 1), (900, (30, 90), 0)]
)
def test_where_nothing_changed_nothing_is_called_worse_or_better(
    n: int, half: tuple[float, float], growth: float
) -> None:
    found = verdicts(n, half, growth)
    assert found["alike"] >= 0.9 * RUNS, "95 % are meant; three standard errors below"
    assert max(found["worse"], found["better"]) <= 0.06 * RUNS


def test_a_stage_that_lets_fewer_go_on_is_found_while_most_are_still_there() -> None:
    assert verdicts(1500, (90, 15), 1, now=0.45)["worse"] >= 0.9 * RUNS


def test_few_deals_are_no_bottleneck() -> None:
    assert verdicts(40, (90, 15), 1)["too_few"] == RUNS
