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


def stays(
    chance: np.random.Generator, n: int, half: tuple[float, float], growth: float, now: float = 0.6, slower: float = 1.0
) -> list[Any]:
    """Deals of three years at one stage: 60 % go on, of the last year's `now`; `half` are days to go on and to leave.

    With `growth` more come later; those of the last year take `slower` times as long. Rows as the database gives them.
    """
    ago = (1 - chance.uniform(0, 1, n) ** (1 / (1 + growth))) * 1095
    goes = chance.uniform(0, 1, n) < np.where(ago < 365, now, 0.6)
    lasts = chance.exponential(np.where(goes, *half) / np.log(2)) * np.where(ago < 365, slower, 1)
    fate = np.where(lasts > ago, "still", np.where(goes, "on", "out"))
    days = np.minimum(lasts, ago).astype(int)
    counts = Counter(zip(fate.tolist(), (ago < 365).astype(int).tolist(), days.tolist(), strict=True))
    outcome = {"still": "open", "on": "won", "out": "lost"}
    return [
        PLAIN | EMPTY | {"fate": end, "is_over": end != "still", "recent": recent, "days": there, "deals": deals}
        | {"outcome": outcome[end]}
        for (end, recent, there), deals in counts.items()
    ]  # fmt: skip


def lines(n: int, half: tuple[float, float], growth: float, **more: float) -> list[Any]:
    chance = np.random.default_rng(11)
    return [finish(stays(chance, n, half, growth, **more)).rows[0] for _ in range(RUNS)]


def verdicts(n: int, half: tuple[float, float], growth: float, **more: float) -> Counter[str]:
    return Counter(line["verdict"] for line in lines(n, half, growth, **more))


@pytest.mark.parametrize(
    ("n", "half", "growth"), [(900, (30, 30), 0), (900, (60, 15), 0), (1500, (90, 15), 1), (900, (30, 90), 0)]
)
def test_where_nothing_changed_nothing_is_called_worse_or_better(
    n: int, half: tuple[float, float], growth: float
) -> None:
    told = lines(n, half, growth)
    found = Counter(line["verdict"] for line in told)
    assert found["alike"] >= 0.9 * RUNS, "95 % are meant; three standard errors below"
    assert max(found["worse"], found["better"]) <= 0.06 * RUNS
    waiting = Counter(line["waiting"] for line in told)
    assert waiting["alike"] >= 0.9 * RUNS and max(waiting["longer"], waiting["shorter"]) <= 0.06 * RUNS


def test_a_stage_that_lets_fewer_go_on_is_found_while_most_are_still_there() -> None:
    assert verdicts(1500, (90, 15), 1, now=0.45)["worse"] >= 0.9 * RUNS


def test_what_mending_is_worth_goes_by_deals_whose_end_is_known() -> None:
    """Of those that go on 60 % are won, in the mean after 170 days, the others lost after 30, and ever more come."""
    chance = np.random.default_rng(3)
    shares = [_share_won_after(chance, 1_500) for _ in range(RUNS)]
    assert np.mean(shares) == pytest.approx(0.6, abs=0.03), "of all decided ones it would be 0.55"


def _share_won_after(chance: np.random.Generator, n: int) -> float:
    rows = ended(chance, stays(chance, n, (10, 10), 2.0, now=0.3))
    line = finish(rows).rows[0]
    return float(line["worth"]) / (came(rows) * -float(line["difference"]))


def came(rows: list[Any]) -> int:
    return sum(row["deals"] for row in rows if row["recent"])


def ended(chance: np.random.Generator, rows: list[Any]) -> list[Any]:
    """The same with what came of those that went on: 60 % are won, in the mean after 170 days, or lost after 30."""
    known = [row for row in rows if row["fate"] != "on"]
    for row in (row for row in rows if row["fate"] == "on"):
        ago = chance.uniform(0, 365, row["deals"]) + (0 if row["recent"] else 365)
        wins = chance.uniform(0, 1, row["deals"]) < 0.6
        lasts = chance.exponential(np.where(wins, 170, 30))
        ends = Counter(np.where(lasts > ago, "open", np.where(wins, "won", "lost")).tolist())
        known += [row | {"outcome": end, "deals": deals} for end, deals in ends.items()]
    return known


@pytest.mark.parametrize(
    ("n", "half", "growth", "now", "slower"),
    [(900, (30, 30), 0, 0.4, 1), (1500, (90, 15), 1, 0.45, 1), (900, (30, 30), 0, 0.6, 2), (900, (90, 30), 0, 0.6, 2)],
)
def test_what_mending_is_worth_is_what_was_lost_and_nothing_where_deals_only_wait(
    n: int, half: tuple[float, float], growth: float, now: float, slower: float
) -> None:
    """In the end, whenever that is: within a time fewer go on from a stage that is only slower as well."""
    chance, held = np.random.default_rng(5), 0
    for _ in range(RUNS):
        rows = ended(chance, stays(chance, n, half, growth, now=now, slower=slower))
        low, high = finish(rows).rows[0]["worth_interval"]
        held += low - 1e-9 <= came(rows) * (0.6 - now) * 0.6 <= high + 1e-9
    assert held >= 0.92 * RUNS, "95 % are meant; two standard errors below"


def test_a_stage_where_deals_wait_longer_is_found_though_as_many_go_on_in_the_end() -> None:
    assert Counter(line["waiting"] for line in lines(900, (20, 20), 0, slower=1.5))["longer"] >= 0.9 * RUNS


def test_a_slower_stage_stands_before_one_that_is_alike() -> None:
    chance = np.random.default_rng(12)
    alike = [row | {"position": 2, "stage": "before"} for row in stays(chance, 900, (20, 20), 0)]
    slow = [row | {"position": 3, "stage": "slow"} for row in stays(chance, 900, (20, 20), 0, slower=1.6)]
    for row in slow:
        row["fate"], row["outcome"] = ("still", "open") if row["fate"] == "still" else ("on", "won")
    found = finish([*alike, *slow])
    assert [(line["stage"], line["waiting"]) for line in found.rows] == [("slow", "longer"), ("before", "alike")]
    low, high = found.rows[0]["waits_interval"]
    assert 0 < low < found.rows[0]["waits"] - found.rows[0]["waits_before"] < high


def test_few_deals_are_no_bottleneck() -> None:
    assert verdicts(40, (90, 15), 1)["too_few"] == RUNS
