"""Rules that need records: each finds its bad example, leaves its good one alone, and is right as often as it says."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.core.courses import SMALL, START, Company, course, process, shown, source

from etappe.core.lint.finding import Example
from etappe.core.lint.records import MINIMUM, RECORD_RULES, Check, Group, checks, findings, judge
from etappe.core.process import Basis, Status
from etappe.core.process_file import read
from etappe.core.process_past import Course, Step
from etappe.playbook.lint_texts import tell

NEEDS = (shown("agreed_need", 0.5), shown("tried_need", 1.5), shown("ordered_need", 2.5))
LEFT = {"agreed": 1.0, "tried": 2.0}
LATER = START + timedelta(days=200)


def group(text: str) -> Group:
    """`198 of 200` as deals."""
    hits, n = (int(number) for number in re.findall(r"\d+", text))
    return Group(tuple(range(hits)), tuple(range(hits, n)))


def as_check(rule: str, example: Example) -> Check:
    first, *second = example.text.split(",")
    criterion = "" if rule in ("E801", "E802", "E803") else "tried_need"
    return Check(rule, "tried", criterion, group(first), group(second[0]) if second else None)


@pytest.mark.parametrize("rule", RECORD_RULES.values(), ids=RECORD_RULES.keys())
def test_a_rule_finds_its_bad_example_and_leaves_its_good_one_alone(rule: object) -> None:
    bad, good = (judge([as_check(rule.id, each)])[0] for each in (rule.bad, rule.good))  # type: ignore[attr-defined]
    assert (bad.state, good.state) == ("found", "fine")
    (found,) = findings(read(source()), [bad, good])
    assert found.path == ("stages[1]" if not bad.check.criterion else "stages[1].criteria[0]")
    assert f"{bad.check.group.n}" in tell(found).reason
    assert "%(" not in tell(found).reason + tell(found).mend


def of(found: list[Check], rule: str, stage: str, criterion: str = "") -> Check:
    return next(each for each in found if (each.rule, each.stage, each.criterion) == (rule, stage, criterion))


def numbers(check: Check) -> tuple[int, int]:
    return len(check.group.hits), check.group.n


def test_who_passes_who_ends_and_who_is_still_there() -> None:
    deals = [
        course(1, LEFT, ("won", 3.0), *NEEDS),
        course(2, {"agreed": 1.0}, ("lost", 5.0), *NEEDS),
        course(3, {"agreed": 1.0}, ("open", 0.0), *NEEDS),
        course(4, {}, ("lost", 5.0)),
    ]
    found = checks(SMALL, deals, LATER)
    assert numbers(of(found, "E801", "agreed")) == (3, 4)
    assert numbers(of(found, "E801", "tried")) == (1, 2)
    assert of(found, "E801", "tried").group == Group((1,), (2,))
    assert numbers(of(found, "E802", "tried")) == (2, 3)
    assert numbers(of(found, "E807", "tried", "tried_need")) == (1, 1)
    assert numbers(of(found, "E807", "agreed", "agreed_need")) == (0, 1)
    soon = checks(SMALL, deals, START + timedelta(days=30))
    assert numbers(of(soon, "E802", "tried")) == (0, 0), "who came just now cannot have stayed for long"


def test_a_stage_that_is_jumped_over_or_entered_behind() -> None:
    jumped = course(1, {"agreed": 1.0}, ("won", 3.0), *NEEDS)
    entered = Step(SMALL, "ordered", Status.OPEN, Basis.LATE_ENTRY, START)
    late = Course(2, True, LATER, (entered, *jumped.steps[-1:]), ())
    imported = course(3, {"agreed": 1.0}, ("won", 3.0), basis=Basis.IMPORTED)
    imported = replace(imported, steps=(replace(imported.steps[0], basis=Basis.IMPORTED), *imported.steps[1:]))
    found = checks(SMALL, [jumped, late, imported], LATER)
    assert of(found, "E803", "tried").group == Group((2,), (1,))
    assert of(found, "E803", "agreed").group == Group((2,), (1,))
    assert of(found, "E803", "ordered").group == Group((1,), (2,))


def test_what_is_moved_past_what_is_written_down_later_and_what_deals_were_won_with() -> None:
    late = replace(shown("tried_need", 1.5), happened=START - timedelta(days=20))
    deals = [
        course(1, LEFT, ("won", 3.0), *NEEDS, shown("tried_more", 1.5)),
        course(2, LEFT, ("lost", 9.0), NEEDS[0], late, basis=Basis.OVERRIDE),
        course(3, LEFT, ("lost", 9.0), NEEDS[0], basis=Basis.OVERRIDE),
    ]
    found = checks(SMALL, deals, LATER)
    assert of(found, "E804", "tried", "tried_need").group == Group((3,), (1, 2))
    assert of(found, "E805", "tried", "tried_need").group == Group((2,), (1,))
    predicts = of(found, "E806", "tried", "tried_more")
    assert (predicts.group, predicts.beside) == (Group((1,), ()), Group((), (2, 3)))
    assert predicts.n == 1


def test_a_deal_that_goes_back_and_on_again_is_one_deal() -> None:
    steps = list(course(1, {"agreed": 1.0}, ("open", 0.0)).steps)
    steps += [
        Step(SMALL, "agreed", Status.OPEN, Basis.BACK, START + timedelta(days=2)),
        Step(SMALL, "tried", Status.OPEN, Basis.EVIDENCE, START + timedelta(days=3)),
    ]
    found = checks(SMALL, [Course(1, None, None, tuple(steps), NEEDS)], LATER)
    assert numbers(of(found, "E801", "agreed")) == (1, 1)


def test_other_words_are_another_fact_and_stages_that_are_gone_are_not_told() -> None:
    stages = tuple(
        replace(each, criteria=(replace(each.criteria[0], text={"de": "Anders", "en": "Other"}), each.criteria[1]))
        for each in SMALL.stages[:2]
    )
    draft = replace(SMALL, stages=stages)
    found = checks(draft, [course(1, LEFT, ("won", 3.0), *NEEDS)], LATER)
    assert numbers(of(found, "E804", "tried", "tried_need")) == (0, 0)
    assert {each.stage for each in found} == {"agreed", "tried"}
    bad = judge([as_check("E801", RECORD_RULES["E801"].bad)])
    assert findings(read(source().replace("key: tried", "key: other")), bad) == []


@pytest.mark.parametrize("n", [0, 1, MINIMUM - 1])
def test_too_few_deals_give_no_figure(n: int) -> None:
    (judged,) = judge([Check("E801", "tried", "", Group(tuple(range(n)), ()))])
    assert (judged.state, judged.share, judged.interval) == ("too_few", None, None)


def test_a_lone_open_import_and_nothing_at_all_are_no_trouble() -> None:
    alone = Course(1, None, None, (Step(SMALL, "tried", Status.OPEN, Basis.IMPORTED, START),), ())
    assert {each.n for each in checks(SMALL, [alone], LATER)} == {0}
    assert {each.state for each in judge(checks(SMALL, [], LATER))} == {"too_few"}


def test_a_healthy_company_is_told_something_wrong_in_few_of_many_runs() -> None:
    company, wrong, runs = Company(gives=(0.8, 0.3), goes_on=(0.88, 0.6)), 0, 60
    for seed in range(runs):
        deals = list(company.deals(400, random.Random(seed)))
        told = {each.check.rule for each in judge(checks(SMALL, deals, LATER)) if each.state == "found"}
        wrong += bool(told - {"E807"})
    assert wrong / runs <= 0.1


def test_a_criterion_that_has_nothing_to_do_with_buying_is_found_out() -> None:
    company = Company(gives=(0.5, 0.5), goes_on=(0.9, 0.9))
    deals = list(company.deals(2500, random.Random(1)))
    told = {
        (each.check.rule, each.check.criterion)
        for each in judge(checks(process(), deals, LATER))
        if each.state == "found"
    }
    assert ("E806", "tried_more") in told
