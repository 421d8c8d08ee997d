"""A draft tried on deals that are over: what is counted, what is not claimed, and that the intervals hold."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.core.courses import SMALL, START, STRICT, Company, course, process, shown

from etappe.core.evidence import Kind
from etappe.core.process import Basis, Status
from etappe.core.process_backtest import MINIMUM, Fate, Tried, backtest, compare
from etappe.core.process_past import Course, Step

NEEDS = (shown("agreed_need", 0.5), shown("tried_need", 1.5), shown("ordered_need", 2.5))
LEFT = {"agreed": 1.0, "tried": 2.0}
WON = ("won", 3.0)
CLEAR = [course(100 + at, LEFT, WON, *NEEDS, shown("tried_more", 1.5)) for at in range(10)]
"""Deals that had it all, so that the voluntary criterion counts as kept."""


def tried(one: Course) -> Tried:
    return backtest(STRICT, [one, *CLEAR]).tried[0]


def test_a_deal_with_all_that_the_draft_asks_moves_as_it_did() -> None:
    found = tried(CLEAR[0])
    assert (found.fate, found.passed) == (Fate.AS_IT_DID, ("agreed", "tried", "ordered"))


def test_a_deal_is_held_where_proof_lacked_and_stopped_where_it_never_came() -> None:
    found = tried(course(1, LEFT, ("lost", 9.0), *NEEDS))
    assert (found.fate, found.stage, found.lacked) == (Fate.STOPPED, "tried", ("tried_more",))
    assert found.voluntary
    assert found.passed == ("agreed",)


@pytest.mark.parametrize(("day", "fate"), [(2.0, Fate.AS_IT_DID), (4.5, Fate.LATER), (9.5, Fate.STOPPED)])
def test_proof_counts_from_when_it_came_until_the_deal_was_over(day: float, fate: Fate) -> None:
    found = tried(course(1, LEFT, ("lost", 9.0), *NEEDS, shown("tried_more", day)))
    assert found.fate is fate
    assert found.days == (2.5 if fate is Fate.LATER else None)


def test_proof_that_was_withdrawn_before_the_move_does_not_count_and_after_it_does() -> None:
    gone = course(1, LEFT, WON, *NEEDS, shown("tried_more", 1.2, until=1.8))
    kept = course(1, LEFT, WON, *NEEDS, shown("tried_more", 1.2, until=2.5))
    assert [tried(each).fate for each in (gone, kept)] == [Fate.STOPPED, Fate.AS_IT_DID]


def test_what_nobody_was_asked_for_is_never_called_a_stop() -> None:
    imported = course(1, LEFT, WON, basis=Basis.IMPORTED)
    assert tried(imported).fate is Fate.UNKNOWN
    other_words = replace(STRICT.stage("tried").criteria[1], text={"de": "Etwas anderes", "en": "Something else"})
    stages = tuple(
        replace(each, criteria=(each.criteria[0], other_words)) if each.key == "tried" else each
        for each in STRICT.stages
    )
    assert {each.fate for each in backtest(replace(STRICT, stages=stages), CLEAR).tried} == {Fate.UNKNOWN}


def test_a_voluntary_proof_that_hardly_anybody_kept_says_nothing_where_it_is_missing() -> None:
    deals = [course(at, LEFT, WON, *NEEDS) for at in range(30)]
    assert backtest(STRICT, deals).verdict == "unknowable"
    kept = [course(50 + at, LEFT, WON, *NEEDS, shown("tried_more", 1.5)) for at in range(4)]
    assert backtest(STRICT, [*deals, *kept]).counts[Fate.STOPPED] == 30


def test_a_fact_asked_earlier_than_it_was_is_unknown_where_it_had_not_come_yet() -> None:
    early = process("agreed", "tried")
    moved = {stage.key: stage.criteria for stage in early.stages}
    stages = tuple(
        replace(each, criteria=(*each.criteria, moved["ordered"][0]) if each.key == "agreed" else each.criteria)
        if each.key != "ordered"
        else replace(each, criteria=each.criteria[1:])
        for each in SMALL.stages
    )
    draft = replace(SMALL, stages=stages)
    assert backtest(draft, [course(1, LEFT, WON, *NEEDS)]).tried[0].fate is Fate.UNKNOWN


def test_a_deal_that_never_left_a_stage_is_neither_held_nor_compared() -> None:
    assert tried(course(1, {}, ("lost", 5.0))).fate is Fate.NO_MOVE


def test_an_exception_then_is_said_and_a_move_taken_back_is_none() -> None:
    excepted = course(1, LEFT, WON, *NEEDS, basis=Basis.OVERRIDE)
    assert tried(excepted).excepted
    steps = list(course(1, {"agreed": 1.0}, ("open", 0.0)).steps)
    steps.append(Step(SMALL, "agreed", Status.OPEN, Basis.UNDO, START + timedelta(days=1.1)))
    steps.append(Step(SMALL, "agreed", Status.LOST, Basis.EXIT, START + timedelta(days=2)))
    assert tried(Course(1, False, START + timedelta(days=2), tuple(steps), ())).fate is Fate.NO_MOVE


def test_a_kind_that_the_draft_no_longer_takes_holds() -> None:
    narrow = replace(STRICT.stage("tried").criteria[1], kinds=(Kind.ORDER,))
    stages = tuple(
        replace(each, criteria=(each.criteria[0], narrow)) if each.key == "tried" else each for each in STRICT.stages
    )
    assert {each.fate for each in backtest(replace(STRICT, stages=stages), CLEAR).tried} == {Fate.STOPPED}


def test_a_stage_taken_out_asks_nothing_and_a_new_one_is_unknown() -> None:
    shorter = replace(SMALL, stages=tuple(each for each in SMALL.stages if each.key != "tried"))
    assert backtest(shorter, [course(1, LEFT, WON, *NEEDS)]).tried[0].fate is Fate.AS_IT_DID
    new = replace(SMALL.stages[1], key="checked", criteria=(replace(SMALL.stages[1].criteria[0], key="checked_need"),))
    longer = replace(SMALL, stages=(SMALL.stages[0], new, *SMALL.stages[1:]))
    found = backtest(longer, [course(1, LEFT, WON, *NEEDS)]).tried[0]
    assert (found.fate, found.stage) == (Fate.UNKNOWN, "checked")


@pytest.mark.parametrize("n", [0, 1, MINIMUM - 1])
def test_below_the_minimum_nothing_is_compared(n: int) -> None:
    deals = [course(at, LEFT, ("lost", 5.0), *NEEDS) for at in range(n)]
    found = backtest(STRICT, [*deals, *CLEAR, *CLEAR])
    assert found.comparison is None
    assert found.verdict == ("too_few" if n else "nothing_held")


def test_all_of_both_alike_leaves_an_interval_and_no_certainty() -> None:
    held = [Tried(at, False, Fate.STOPPED, (), "one") for at in range(20)]
    others = [Tried(50 + at, True, Fate.AS_IT_DID, ("one",)) for at in range(20)]
    found = compare([*held, *others])[2]
    assert found is not None
    assert found.difference == 1.0
    assert 0.5 < found.interval[0] < 0.95


def test_the_comparison_equals_shares_worked_out_stage_by_stage() -> None:
    deals = list(Company().deals(600, random.Random(3)))
    found = backtest(STRICT, deals).comparison
    assert found is not None
    left = [each for each in deals if len(each.steps) > 3 or (each.won is False and len(each.steps) == 4)]
    gave = {each.deal for each in left if any(item.held.criterion == "tried_more" for item in each.shown)}
    with_it = [not each.won for each in left if each.deal in gave]
    without = [not each.won for each in left if each.deal not in gave]
    assert (found.n, found.others) == (len(without), len(with_it))
    assert found.lost == pytest.approx(sum(without) / len(without))
    assert found.others_lost == pytest.approx(sum(with_it) / len(with_it))


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    company, hits, runs = Company(), 0, 150
    truth = company.difference()
    assert 0.05 < truth < 0.3
    for seed in range(runs):
        found = backtest(STRICT, list(company.deals(250, random.Random(seed)))).comparison
        assert found is not None
        hits += found.interval[0] <= truth <= found.interval[1]
    assert 0.9 <= hits / runs <= 0.99


def test_a_criterion_that_tells_nothing_is_rarely_called_one_that_does() -> None:
    company, wrong, runs = Company(gives=(0.6, 0.6)), 0, 100
    assert company.difference() == pytest.approx(0.0)
    for seed in range(runs):
        wrong += backtest(STRICT, list(company.deals(250, random.Random(seed)))).verdict != "alike"
    assert wrong / runs <= 0.08
