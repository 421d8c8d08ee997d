"""A company out of parameters: the same by seed, true to what it was told, and nonsense is refused with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from etappe.core.errors import Refusal
from etappe.core.simulate.lives import OPEN, WON, course, draw, observed
from etappe.core.simulate.parameters import Change, Parameters, Rep, Segment, Stage
from etappe.core.simulate.reading import Road, read_parameters
from etappe.core.simulate.truth import truth
from etappe.demo.order import Roads, shipped

UNTIL = date(2026, 1, 1)
ROADS = {"inbound": Road(("ask", "sell"), ("use", "judge"))}
PLAIN = """\
simulate: 1
process: inbound
stages:
  - {key: ask, days: 5, disqualified: 0.3}
  - {key: sell, days: 20, shape: 2, lost: 0.4, declined: 0.1}
"""
RICH = Parameters(
    "inbound",
    (Stage("ask", 5, disqualified=0.3), Stage("sell", 20, 2, lost=0.4, declined=0.1)),
    after=(Stage("use", 10),),
    segments=(Segment("fair", 2, 1.5, 2), Segment("web", 1, 1, 0.5)),
    reps=(Rep("good", number=3), Rep("bad", pace=0.5, odds=0.4, unproven=0.5)),
    change=Change(300, pace=2, odds=3),
    growth=3,
    pace=(0.5, 1, 1, 1, 1, 1, 1, 0.5, 1, 1, 1, 2),
)


def chance(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_same_seed_gives_the_same_company() -> None:
    one, again, other = (draw(RICH, 500, UNTIL, chance(seed)) for seed in (7, 7, 8))
    for name, values in vars(one).items():
        assert np.array_equal(values, getattr(again, name), equal_nan=True), name
    assert not np.array_equal(one.began, other.began)


def test_lives_are_whole() -> None:
    lives = draw(RICH, 2000, UNTIL, chance())
    assert np.all(np.diff(lives.began) >= 0)
    assert lives.began.min() >= 0
    assert lives.began.max() < RICH.days
    assert not np.any(np.diff(lives.times, axis=1) < 0), "no stage is left before it is entered"
    assert np.all(lives.ended > lives.began)
    assert np.all(np.isnan(lives.times[:, -1]) == (lives.outcome != WON)), "only won deals go on after winning"
    assert np.array_equal(lives.version, lives.began >= 300)
    assert not lives.unproven[lives.seller < 3].any(), "only the bad one moves without proof"
    assert 0.4 < lives.unproven[lives.seller == 3].mean() < 0.6


def test_the_true_shares_are_those_of_a_very_large_run() -> None:
    """Closed form against counting: 300,000 deals, four standard errors."""
    said, lives = truth(RICH, UNTIL, chance(), runs=1000), draw(RICH, 300_000, UNTIL, chance(3))
    for name, share in said["outcomes"].items():
        code = ("open", "won", "lost", "declined", "disqualified").index(name)
        assert (lives.outcome == code).mean() == pytest.approx(share, abs=0.004)
    for split, name, where in (
        ("source", "web", lives.segment == 1),
        ("owner", "bad", lives.seller == 3),
        ("version", "2", lives.version == 1),
    ):
        decided = where & np.isin(lives.outcome, (1, 2, 3))
        counted = (lives.outcome[decided] == WON).mean()
        assert counted == pytest.approx(said["win_rate"][split][name], abs=0.008), name
    assert said["stages"]["ask"] == pytest.approx((lives.outcome != 4).mean(), abs=0.004)
    assert said["stages"]["sell"] == pytest.approx((lives.outcome == WON).sum() / (lives.outcome != 4).sum(), abs=0.005)


def test_times_follow_the_parameters() -> None:
    """The median of one stage is what was said, at every pace; in a month at half the pace it takes twice as long."""
    one = Parameters("inbound", (Stage("ask", 12, 1.7),), days=2000)
    for pace in (1.0, 2.0):
        lives = draw(replace(one, segments=(Segment("all", pace=pace),)), 100_000, UNTIL, chance())
        assert np.median(lives.ended - lives.began) == pytest.approx(12 / pace, rel=0.02)
    slow = draw(replace(one, pace=(0.5,) * 12), 100_000, UNTIL, chance())
    assert np.median(slow.ended - slow.began) == pytest.approx(24, rel=0.02)


def test_months_and_growth_say_when_deals_begin() -> None:
    flat = Parameters("inbound", (Stage("ask", 12),), days=3 * 365)
    lives = draw(replace(flat, inflow=(5.0, *(1.0,) * 11)), 100_000, UNTIL, chance())
    first = UNTIL - timedelta(days=flat.days)
    months = [(first + timedelta(days=float(day))).month for day in lives.began]
    assert months.count(1) / months.count(3) == pytest.approx(5, rel=0.06)
    growing = draw(replace(flat, growth=9), 100_000, UNTIL, chance()).began
    assert (growing > flat.days - 30).sum() / (growing < 30).sum() == pytest.approx(9, rel=0.15)


def test_a_day_cuts_lives_off() -> None:
    lives = draw(RICH, 3000, UNTIL, chance())
    days, outcome = observed(lives, RICH.days)
    assert days.min() >= 0
    assert 0 < (outcome == OPEN).sum() < 1000
    for place in range(0, 3000, 97):
        went = course(RICH, lives, place, RICH.days)
        assert went.outcome == outcome[place]
        times = [at for _stage, at in went.entered]
        assert times == sorted(times)
        assert max(*times, went.since) < RICH.days
        assert (went.stage == "use") == (went.outcome == WON)


def test_a_file_says_what_it_does_not_leave_out() -> None:
    found = read_parameters(PLAIN, ROADS)
    assert [stage.key for stage in (*found.stages, *found.after)] == ["ask", "sell", "use"]
    assert (found.days, found.segments, found.change) == (720, (Segment("all"),), None)


@pytest.mark.parametrize("name", ["example", "measuring", "demo_inbound", "demo_projects"])
def test_the_companies_that_ship_can_be_read(name: str) -> None:
    found = read_parameters(shipped(name), Roads())
    assert found.process in Roads()


def _problems(source: str) -> list[tuple[int, str]]:
    with pytest.raises(Refusal) as refused:
        read_parameters(source, ROADS)
    assert refused.value.code == "parameters_unusable"
    return [(problem.place.line, problem.code) for problem in refused.value.params["problems"]]


@pytest.mark.parametrize(
    ("more", "line", "code"),
    [
        ("days: 7", 6, "number_out_of_range"),
        ("days: yes", 6, "number_out_of_range"),
        ("growth: .nan", 6, "number_out_of_range"),
        ("growth: 1e9", 6, "number_out_of_range"),
        ("inflow: [1, 2]", 6, "twelve_numbers"),
        ("pace: [1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]", 6, "number_out_of_range"),
        ("change: {day: 720}", 6, "number_out_of_range"),
        ("change: {pace: 2}", 6, "missing_key"),
        ("split: shoe_size", 6, "unknown_value"),
        ("segments: []", 6, "empty_list"),
        ("segments: [{key: a}, {key: a}]", 6, "value_twice"),
        ("segments: [{key: 7}]", 6, "wrong_type"),
        ("reps: [{key: a, unproven: 2}]", 6, "number_out_of_range"),
        ("reps: [{key: a, number: 2.5}]", 6, "number_out_of_range"),
        ("reps: {key: a}", 6, "wrong_type"),
        ("currencies: [euro]", 6, "too_long_text"),
        ("currencies: [eur]", 6, "no_currency"),
        ("after: [{key: judge, days: 3}]", 6, "other_stage"),
        ("deals: 5", 6, "unknown_key"),
        ("days: &x 90", 6, "alias"),
    ],
)
def test_nonsense_is_refused_with_its_place(more: str, line: int, code: str) -> None:
    assert (line, code) in _problems(PLAIN + more)


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("lost: 0.4", "lost: 0.95", 5, "nobody_goes_on"),
        ("days: 20", "days: 0", 5, "number_out_of_range"),
        ("key: sell", "key: buy", 5, "other_stage"),
        ("  - {key: ask, days: 5, disqualified: 0.3}\n", "", 4, "other_stages"),
        ("process: inbound", "process: outbound", 2, "unknown_value"),
        ("simulate: 1", "simulate: 2", 1, "wrong_format"),
        (PLAIN, "", 1, "empty_file"),
        (PLAIN, "- 1\n", 1, "wrong_type"),
        (PLAIN, "{" * 40, 1, "too_deep"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_place(old: str, new: str, line: int, code: str) -> None:
    assert (line, code) in _problems(PLAIN.replace(old, new))


def test_every_problem_has_its_words() -> None:
    from etappe.demo.texts import said

    broken = PLAIN.replace("lost: 0.4", "lost: 0.95").replace("key: ask", "key: buy") + "days: 7\nsplit: x\nfoo: 1\n"
    with pytest.raises(Refusal) as refused:
        read_parameters(broken, ROADS)
    told: Any = said(refused.value.params["problems"])
    assert len(told) == 5
    assert "%" not in "".join(words for _line, _column, words in told)
