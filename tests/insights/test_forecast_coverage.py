"""Forecasts of simulated companies against what came of them: intervals and chances hold as often as they say.

Every run draws a company's deals to their end, forecasts those open on a day from what could be seen by then, and looks
at what they brought. `make soak` makes twenty times as many runs.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from etappe.core import forecast as core
from etappe.core.calibration import calibration_error
from etappe.core.goals import outlook
from etappe.core.inflow import Coming
from etappe.core.simulate.lives import draw
from etappe.core.simulate.parameters import Parameters, Rep, Segment, Stage
from etappe.insights.forecast import backtest, said
from etappe.insights.forecast.past import Past, known_on
from etappe.insights.forecast.records import Records, day_number
from etappe.insights.forecast.table import Bools
from tests.insights.lived import records

SOAK = bool(os.environ.get("ETAPPE_TEST_SOAK"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)] if SOAK else []
RUNS, LOOKED_BACK = (4000, 200) if SOAK else (200, 4)
UNTIL = date(2026, 1, 1)
DAYS, SEEN = 900, 700
SEED = 53
NOW = UNTIL - timedelta(days=DAYS - SEEN + 1)
FIRST = day_number(UNTIL) - DAYS
STAGES = (
    Stage("need", 10, 1.2, declined=0.1, disqualified=0.2),
    Stage("offer", 20, 1.0, lost=0.25),
    Stage("order", 10, 1.3, lost=0.1),
)
COMPANY = Parameters(
    "inbound",
    STAGES,
    days=DAYS,
    segments=(Segment("fair"), Segment("web", 2, 0.8, 0.6)),
    reps=(Rep("one", 2.0), Rep("other", 1.0)),
)
GROWING = replace(COMPANY, growth=2.0)
IN_SEASON = replace(COMPANY, inflow=(1, 1.1, 1.2, 1.3, 1.2, 1.1, 1, 0.9, 0.8, 0.7, 0.8, 0.9))
FAST_AND_SLOW = (0.7, 0.8, 1.1, 1.3, 1.3, 1.1, 0.7, 0.6, 0.9, 1.2, 1.3, 1.0)
"""Deals move twice as fast in some months as in others."""
IN_MONTHS = 1200 if SOAK else 48
OF_FEW = 1200 if SOAK else 150
KINDS = ((400, COMPANY), (700, GROWING), (1500, IN_SEASON), (700, replace(GROWING, growth=0.5, spread=1.2)))
QUARTER = slice(1, 4)
NAMES = [stage.key for stage in STAGES]


def company(run: int, deals: int, parameters: Parameters = COMPANY) -> Records:
    return records(draw(parameters, deals, UNTIL, np.random.default_rng([SEED, run])), NAMES, FIRST)


@dataclass
class Held:
    """Per run, for what was said: whether the 50 and the 80 % interval held what came."""

    open: list[tuple[bool, bool]] = field(default_factory=list)
    months: list[tuple[bool, bool]] = field(default_factory=list)
    quarters: list[tuple[bool, bool]] = field(default_factory=list)
    teams: list[tuple[bool, bool]] = field(default_factory=list)
    goals: list[tuple[float, bool]] = field(default_factory=list)
    chances: list[core.Floats] = field(default_factory=list)
    won: list[core.Floats] = field(default_factory=list)


@cache
def runs() -> Held:
    """What was said of companies of many kinds, as drawn, against what came."""
    held = Held()
    for run in range(RUNS):
        found = company(run, *KINDS[run % len(KINDS)])
        past = known_on(found, NOW, present=True)
        told, coming = _told(found, past)
        chance = np.random.default_rng(run)
        _try_open(held, found, told, chance)
        _try_months(held, found, told, coming, chance)
    return held


def _told(found: Records, past: Past) -> tuple[said.Chances, Coming | None]:
    curves = said.fitted(past, found.cells, {})
    return said.chances(past, curves), said.coming(past, 0, curves.clock)


def _try_open(held: Held, found: Records, told: said.Chances, chance: np.random.Generator) -> None:
    place = np.searchsorted(found.deals.key, told.open.key)
    in_time = (found.deals.standing[place] == 1) & (found.deals.decided[place] <= day_number(NOW) + core.HORIZON)
    held.chances.append(told.within)
    held.won.append(in_time.astype(np.float64))
    deals = core.Open(told.within[:, None], told.amount, told.unsure, np.zeros(len(place), dtype=np.int64))
    held.open.append(_held(core.simulate(deals, 1, said.DRAWS, chance)[0, :, 0], told.amount[in_time].sum()))


def _try_months(
    held: Held, found: Records, told: said.Chances, what: Coming | None, chance: np.random.Generator
) -> None:
    """Deals still to come included: two months, the quarter, the quarter of one team, and some goals for it."""
    team = told.open.team - 1
    steps = chance.standard_normal(said.DRAWS)
    deals = core.Open(told.months, told.amount, told.unsure, team)
    drawn = core.simulate(deals, 2, said.DRAWS, chance, steps=steps)
    total = drawn.sum(axis=0) + said.drawn_coming(what, None, chance, steps=steps)
    came = _came(found, found.deals.team > 0)
    held.months += [_held(total[:, ahead], came[ahead]) for ahead in (1 + len(told.open) % 2, 4)]
    held.quarters.append(_held(total[:, QUARTER].sum(axis=1), came[QUARTER].sum()))
    mine = (drawn[1] + said.drawn_coming(what, ["2"], chance, steps=steps))[:, QUARTER].sum(axis=1)
    reached = _came(found, found.deals.team == 2)[QUARTER].sum()
    held.teams.append(_held(mine, reached))
    for share in (0.25, 0.6, 0.95, 1.3):
        target = share * float(np.mean(mine)) + 1
        held.goals.append((outlook(0.0, mine, target).chance, reached >= target))


def _came(found: Records, mine: Bools) -> core.Floats:
    """What these deals brought in each month, from tomorrow on."""
    deals = found.deals
    won = mine & (deals.standing == 1) & (deals.decided > day_number(NOW))
    ends = day_number(NOW) + np.asarray(said.ends_of(NOW))
    month = np.searchsorted(ends, deals.decided[won])
    return np.bincount(month, deals.amount[won], len(ends) + 1)[: len(ends)].astype(np.float64)


def _held(drawn: core.Floats, came: float) -> tuple[bool, bool]:
    found = core.summed_up(drawn)
    return bool(found.low50 <= came <= found.high50), bool(found.low80 <= came <= found.high80)


@pytest.mark.parametrize("what", ["open", "months", "quarters", "teams"])
def test_intervals_hold_as_often_as_they_say_as_they_are_drawn(what: str) -> None:
    """Nothing is stretched here. Fewer runs than those of `make soak` leave room for chance: 3 standard errors."""
    half, most = np.mean(getattr(runs(), what), axis=0)
    room = 0.0 if SOAK else 3 * np.sqrt(0.8 * 0.2 / RUNS) - 0.04
    assert 0.76 - room <= most <= 0.84 + room
    assert 0.45 - room <= half <= 0.56 + room


def test_of_goals_said_to_be_reached_about_that_share_is() -> None:
    said_so, reached = np.array(runs().goals, dtype=np.float64).T
    for low, high in ((0.1, 0.3), (0.3, 0.7), (0.7, 0.9), (0.9, 1.0)):
        some = (said_so > low) & (said_so <= high)
        assert some.sum() > 0.3 * RUNS
        assert reached[some].mean() == pytest.approx(said_so[some].mean(), abs=0.03 if SOAK else 0.1)


def test_chances_come_true_as_often_as_they_say() -> None:
    chances, won = np.concatenate(runs().chances), np.concatenate(runs().won)
    assert len(won) > 15 * RUNS
    assert won.mean() == pytest.approx(chances.mean(), abs=0.03)
    assert calibration_error(chances, won) < 0.05


def test_months_said_with_deals_still_to_come_hold_as_often_as_they_say() -> None:
    """The backtest itself, over companies that grow, each interval stretched where those before it did not hold."""
    held = []
    for run in range(LOOKED_BACK):
        found = company(run, 700, GROWING)
        tried = backtest.backtest(found, UNTIL, currency="EUR", stages=backtest.Stages({}, {})).tried
        held += [each.said.low80 <= each.came <= each.said.high80 for each in tried]
    assert len(held) > 40 * LOOKED_BACK
    low, high = (0.76, 0.84) if SOAK else (0.72, 0.88)
    assert low <= np.mean(held) <= high


@pytest.mark.parametrize("inflow", [COMPANY.inflow, IN_SEASON.inflow], ids=["begin_evenly", "begin_in_season"])
def test_where_deals_move_faster_in_some_months_intervals_hold_too(inflow: tuple[float, ...]) -> None:
    """Said at every time of the year; by the calendar 64 of 100 intervals would hold."""
    held, unseen = Held(), 0
    for run in range(IN_MONTHS):
        pace, begin = (each[run % 12 :] + each[: run % 12] for each in (FAST_AND_SLOW, inflow))
        found = company(run, 1500, replace(COMPANY, pace=pace, inflow=begin))
        past = known_on(found, NOW, present=True)
        unseen += past.stays.clock().is_even
        _try_months(held, found, *_told(found, past), np.random.default_rng(run))
    assert unseen <= 0.02 * IN_MONTHS, "a pace that differs twofold is seldom overlooked"
    room = 0.0 if SOAK else 0.05
    for what in (held.months, held.quarters):
        assert 0.76 - room <= np.mean(what, axis=0)[1] <= 0.84 + room


def test_with_few_deals_intervals_hold_as_often_as_they_say_too() -> None:
    """About 40 closed deals: many a month brings nothing, so equal tails would hold 90 of 100 months."""
    held = Held()
    for run in range(OF_FEW):
        found = company(run, 60, replace(COMPANY, inflow=IN_SEASON.inflow) if run % 2 else COMPANY)
        past = known_on(found, NOW, present=True)
        if past.state.closed >= core.MINIMUM and len(past.open):
            _try_months(held, found, *_told(found, past), np.random.default_rng(run))
    assert len(held.quarters) > 0.8 * OF_FEW
    room = 0.0 if SOAK else 0.05
    for what in (held.months, held.quarters):
        half, most = np.mean(what, axis=0)
        assert 0.76 - room <= most <= 0.84 + room
        assert 0.44 - room <= half <= 0.56 + room
