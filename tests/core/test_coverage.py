"""Estimators against companies whose truth is known: their intervals hold it as often as they say.

Every run draws the deals of a company, cuts them off at the present, so that late ones are still open, and asks the
estimators. `make soak` makes twenty times as many runs and allows as much less room.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from functools import cache
from math import inf
from typing import Any

import numpy as np
import pytest

from etappe.core.proportion import wilson
from etappe.core.simulate.lives import DECLINED, LOST, OPEN, WON, Lives, draw, observed
from etappe.core.simulate.parameters import Change, Parameters, Rep, Segment, Stage
from etappe.core.simulate.truth import truth
from etappe.core.survival import Percentile, incidence, kaplan_meier, percentile, percentile_among, share_ending

SOAK = bool(os.environ.get("ETAPPE_TEST_SOAK"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)] if SOAK else []
RUNS = 4000 if SOAK else 200
UNTIL = date(2026, 1, 1)
LEVELS = (0.95, 0.8)
SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}

STAGES = (
    Stage("need", 10, 1.2, declined=0.1, disqualified=0.2),
    Stage("requirements", 14, 1.3, lost=0.1, disqualified=0.05),
    Stage("product", 18, 1.0, lost=0.2),
    Stage("quote", 20, 0.9, lost=0.25, declined=0.05),
    Stage("order", 8, 1.5, lost=0.05),
)
PLAIN = Parameters("inbound", STAGES)
COMPANIES = {
    "plain": PLAIN,
    "growing": replace(PLAIN, growth=6.0),
    "seasons": replace(
        PLAIN,
        inflow=(0.7, 0.9, 1.2, 1.1, 1, 0.9, 0.6, 0.5, 1.3, 1.4, 1.3, 0.8),
        pace=(0.8, 1, 1.1, 1.1, 1, 1, 0.6, 0.5, 1.1, 1.2, 1.3, 1.1),
    ),
    "changed": replace(
        PLAIN,
        change=Change(360, pace=1.6, odds=1.5),
        segments=(Segment("fair"), Segment("web", 2, 0.8, 0.6)),
        reps=(Rep("good", number=4), Rep("bad", pace=0.7, odds=0.5)),
    ),
}

Hits = dict[tuple[Any, ...], list[bool]]


@cache
def known(name: str) -> dict[str, Any]:
    """The truth of a company."""
    return truth(COMPANIES[name], UNTIL, np.random.default_rng(0), 400_000)


def company(name: str, deals: int, run: int) -> Lives:
    """The deals of one run."""
    return draw(COMPANIES[name], deals, UNTIL, np.random.default_rng([26, run]))


def holds(found: Percentile, true: float) -> bool:
    return (found.low or 0) <= true <= (inf if found.high is None else found.high)


def require_rate(hits: Hits, above: float = 0.05) -> None:
    """Each interval holds the truth as often as it says: no less, and no more than by `above`, but for chance.

    Whole days make intervals a little too wide where they are few.
    """
    for key, each in hits.items():
        level, rate = key[-1], float(np.mean(each))
        room = 3.3 * np.sqrt(level * (1 - level) / len(each))
        assert rate >= level - room - 0.01, (key, rate)
        assert rate <= min(1.0, level + above + room), (key, rate)


@pytest.mark.parametrize(("name", "deals"), [("plain", 120), ("growing", 600), ("seasons", 600)])
def test_percentiles_of_the_time_to_a_decision_hold_the_truth(name: str, deals: int) -> None:
    true, hits = known(name)["days"]["decided"]["all"], Hits()
    for run in range(RUNS):
        days, outcome = observed(company(name, deals, run), PLAIN.days)
        curve = kaplan_meier(days, outcome != OPEN)
        for level in LEVELS:
            for key in ("p50", "p90"):
                found = percentile(curve, SHARES[key], confidence=level)
                hits.setdefault((key, level), []).append(holds(found, true[key]))
    require_rate(hits, above=0.1)


@pytest.mark.parametrize(("name", "deals"), [("plain", 150), ("growing", 300), ("seasons", 600)])
def test_percentiles_of_the_time_until_won_hold_the_truth(name: str, deals: int) -> None:
    true, hits = known(name)["days"]["won"]["all"], Hits()
    for run in range(RUNS):
        days, outcome = observed(company(name, deals, run), PLAIN.days)
        curve = incidence(days, outcome, WON)
        for level in LEVELS:
            for key, share in SHARES.items():
                found = percentile_among(curve, share, confidence=level)
                hits.setdefault((key, level), []).append(holds(found, true[key]))
    require_rate(hits, above=0.2)


@pytest.mark.parametrize(("name", "deals"), [("plain", 100), ("growing", 2000), ("seasons", 600)])
def test_the_win_rate_holds_the_truth_with_open_deals_given_their_due(name: str, deals: int) -> None:
    true, hits = known(name)["win_rate"]["all"], Hits()
    for run in range(RUNS):
        days, outcome = observed(company(name, deals, run), PLAIN.days)
        for level in LEVELS:
            found = share_ending(days, outcome, WON, (WON, LOST, DECLINED), confidence=level)
            hits.setdefault((level,), []).append(bool(found and found.low <= true <= found.high))
    require_rate(hits)


def test_the_plain_win_rate_of_a_growing_company_is_that_of_its_decided_deals_only() -> None:
    """Losses come sooner than wins. What is decided so far has a rate of its own, and its interval holds that one."""
    true, so_far = known("growing")["win_rate"]["all"], _decided_rate("growing")
    assert so_far < true - 0.02
    hits, missed = Hits(), 0
    for run in range(RUNS):
        _days, outcome = observed(company("growing", 2000, run), PLAIN.days)
        won, decided = (outcome == WON).sum(), np.isin(outcome, (WON, LOST, DECLINED)).sum()
        for level in LEVELS:
            low, high = wilson(won, decided, confidence=level)
            hits.setdefault((level,), []).append(low <= so_far <= high)
        missed += not low <= true <= high
    require_rate(hits)
    assert missed > RUNS / 2


def _decided_rate(name: str) -> float:
    lives = draw(COMPANIES[name], 1_000_000, UNTIL, np.random.default_rng(1))
    _days, outcome = observed(lives, PLAIN.days)
    return float((outcome == WON).sum() / np.isin(outcome, (WON, LOST, DECLINED)).sum())


def test_after_a_change_of_the_process_each_version_is_measured_for_itself() -> None:
    true, hits = known("changed"), Hits()
    for run in range(RUNS):
        lives = company("changed", 800, run)
        days, outcome = observed(lives, PLAIN.days)
        for version in (0, 1):
            mine, name = lives.version == version, str(version + 1)
            curve = kaplan_meier(days[mine], outcome[mine] != OPEN)
            for level in LEVELS:
                found = percentile(curve, 0.5, confidence=level)
                hit = holds(found, true["days"]["decided"]["version"][name]["p50"])
                hits.setdefault((name, "median", level), []).append(hit)
                rate = share_ending(days[mine], outcome[mine], WON, (WON, LOST, DECLINED), confidence=level)
                assert rate is not None
                hit = rate.low <= true["win_rate"]["version"][name] <= rate.high
                hits.setdefault((name, "rate", level), []).append(hit)
    require_rate(hits, above=0.1)


def test_whoever_drops_the_open_deals_calls_the_cycle_too_short() -> None:
    """What the estimators are there against: the median of the deals won so far lies below the truth almost always."""
    true, below = known("growing")["days"]["won"]["all"]["p50"], 0
    for run in range(RUNS):
        days, outcome = observed(company("growing", 600, run), PLAIN.days)
        below += float(np.median(days[outcome == WON])) < true
    assert below > 0.9 * RUNS


def test_the_share_that_ends_one_way_without_anything_open_is_the_plain_one() -> None:
    causes = [1] * 81 + [2] * 150 + [3] * 32
    found = share_ending(np.arange(263), causes, 1, (1, 2, 3))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((81 / 263, *wilson(81, 263)))


def test_nothing_ended_has_no_share() -> None:
    assert share_ending([3, 4], [0, 0], 1, (1, 2)) is None
    assert share_ending([3, 4], [4, 0], 1, (1, 2)) is None
    only = share_ending([3, 4], [1, 0], 1, (1, 2))
    assert only is not None
    assert (only.value, only.high) == (1.0, 1.0)
    none = share_ending([3, 4], [2, 0], 1, (1, 2))
    assert none is not None
    assert (none.value, none.low) == (0.0, 0.0)
