"""Whose turn it was: what waited for us can be told, and nothing else is claimed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.core.courses import SMALL, START, course, shown

from etappe.core.evidence import Kind
from etappe.core.process import Basis
from etappe.core.process_past import Course, Shown
from etappe.core.process_turns import MINIMUM, Turns, turns

UNTIL = START + timedelta(days=100)


def kept(criterion: str, happened: float, since: float, kind: Kind = Kind.REPLY) -> Shown:
    return replace(shown(criterion, since, kind), happened=START + timedelta(days=happened))


def at(stage: str, deals: list[Course]) -> Turns:
    return next(each for each in turns(SMALL, deals, UNTIL) if each.stage == stage)


def same(*evidence: Shown, days: float = 10.0, basis: Basis = Basis.EVIDENCE) -> list[Course]:
    """As many deals as it takes, all alike: in the first stage for so many days, then lost at once."""
    return [course(deal, {"agreed": days}, ("lost", days + 1), *evidence, basis=basis) for deal in range(MINIMUM)]


@pytest.mark.parametrize(
    ("evidence", "unkept", "unmoved"),
    [
        ([kept("agreed_need", 2.0, 5.0)], 3.0, 5.0),
        ([kept("agreed_need", 9.0, 9.5)], 0.5, 0.5),
        ([kept("agreed_need", -4.0, 2.0)], 2.0, 8.0),
        ([kept("agreed_more", 2.0, 6.0)], 4.0, 0.0),
        ([kept("agreed_more", 1.0, 6.0), kept("tried_need", 3.0, 8.0)], 7.0, 0.0),
        ([kept("agreed_need", 2.0, 5.0, Kind.CALL_NOTE)], 0.0, 0.0),
        ([], 0.0, 0.0),
    ],
)
def test_each_day_is_counted_once(evidence: list[Shown], unkept: float, unmoved: float) -> None:
    found = at("agreed", same(*evidence))
    assert found.days == pytest.approx(10.0)
    assert found.share == pytest.approx((unkept + unmoved) / 10)
    assert found.unkept == pytest.approx(unkept / 10)
    assert found.unmoved == pytest.approx(unmoved / 10)


def test_too_few_imported_and_empty_stays_give_no_share() -> None:
    assert at("agreed", same(kept("agreed_need", 1.0, 2.0))[:-1]).share is None
    imported = [
        replace(each, steps=tuple(replace(step, basis=Basis.IMPORTED) for step in each.steps)) for each in same()
    ]
    assert (at("agreed", imported).n, at("agreed", imported).share) == (0, None)
    assert at("ordered", []).share is None
    assert at("agreed", same(days=0.0)).n == 0


def test_the_deals_that_waited_longest_come_first() -> None:
    deals = [course(deal, {}, ("open", 0.0), kept("agreed_need", 0.0, float(deal))) for deal in range(1, 30)]
    late = [course(deal, {}, ("open", 0.0), kept("agreed_more", 0.0, float(deal))) for deal in range(1, 30)]
    assert len(at("agreed", deals).deals) == 29
    assert at("agreed", late).deals[:2] == ((29, 29.0), (28, 28.0))


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    hits, runs = 0, 300
    for seed in range(runs):
        chance = random.Random(seed)
        deals = []
        for deal in range(60):
            days, part = chance.uniform(2, 20), chance.random()
            deals.append(course(deal, {"agreed": days}, ("lost", days + 1), kept("agreed_more", 0.0, days * part)))
        found = at("agreed", deals)
        assert found.interval is not None
        hits += found.interval[0] <= 0.5 <= found.interval[1]
    assert 0.9 <= hits / runs <= 0.99
