"""Forecasts of simulated companies against what came of them: intervals and chances hold as often as they say.

Every run draws a company's deals to their end, forecasts those open on a day from what could be seen by then, and looks
at what they brought. `make soak` makes twenty times as many runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from etappe.core import forecast as core
from etappe.core.calibration import calibration_error
from etappe.core.simulate.lives import WON, Lives, draw
from etappe.core.simulate.parameters import Parameters, Segment, Stage
from etappe.insights.forecast import backtest, said
from etappe.insights.forecast.past import known_on
from etappe.insights.forecast.records import DAY, NEVER, NO_DAY, Columns, Records, day_number, put_together

SOAK = bool(os.environ.get("ETAPPE_TEST_SOAK"))
RUNS, LOOKED_BACK = (4000, 200) if SOAK else (200, 4)
UNTIL = date(2026, 1, 1)
DAYS, SEEN = 900, 700
NOW = UNTIL - timedelta(days=DAYS - SEEN + 1)
FIRST = day_number(UNTIL) - DAYS
STAGES = (
    Stage("need", 10, 1.2, declined=0.1, disqualified=0.2),
    Stage("offer", 20, 1.0, lost=0.25),
    Stage("order", 10, 1.3, lost=0.1),
)
COMPANY = Parameters("inbound", STAGES, days=DAYS, segments=(Segment("fair"), Segment("web", 2, 0.8, 0.6)))
NAMES = [stage.key for stage in STAGES]


def records(lives: Lives) -> Records:
    """The whole of the company's history, as it would be read from the database."""
    key, won = np.arange(len(lives)) + 1, lives.outcome == WON
    decided, began = (FIRST + np.floor(times).astype(np.int64) for times in (lives.ended, lives.began))
    nobody, never, owners = np.full(len(key), -1), np.full(len(key), NO_DAY), lives.seller + 1
    one = np.ones(len(key), dtype=np.int64)
    deals = (key, nobody, one, lives.amount, np.where(won, 1, 2), decided, began, never, -never)
    stays = list(_stays(lives, key))
    visits = [np.concatenate(parts) for parts in zip(*stays, _ends(lives, key, won), strict=True)]
    spans = [np.concatenate(parts) for parts in zip(*stays, strict=True)]
    deal = spans[0] - 1
    standing = (spans[5], spans[6], lives.amount[deal], one[deal], owners[deal], nobody[deal], never[deal])
    of_spans = (spans[0], spans[2], spans[3], *standing)
    return put_together(deals, visits, of_spans, stages=NAMES, currencies=["EUR"], zone="UTC")


def _moments(times: core.Floats) -> core.Ints:
    return ((FIRST + times) * DAY).astype(np.int64)


def _stays(lives: Lives, key: core.Ints) -> Iterator[Columns]:
    for place in range(len(STAGES)):
        here = ~np.isnan(lives.times[:, place]) & (lives.times[:, place] < lives.ended)
        since = _moments(lives.times[here, place])
        until = _moments(np.fmin(lives.times[here, place + 1], lives.ended[here]))
        same = np.ones(int(here.sum()), dtype=np.int64)
        yield key[here], same, same * (place + 1), same * 0, same, since, until


def _ends(lives: Lives, key: core.Ints, won: Columns) -> Columns:
    same = np.ones(len(key), dtype=np.int64)
    ended = _moments(lives.ended)
    return key, same, same * len(STAGES), np.where(won, 1, 2), same, ended, np.full(len(key), NEVER)


def company(run: int, deals: int, parameters: Parameters = COMPANY) -> Records:
    return records(draw(parameters, deals, UNTIL, np.random.default_rng([31, run])))


@cache
def runs() -> tuple[core.Floats, core.Floats, core.Floats, core.Floats]:
    """Per run whether each interval held the sum that came (50, 80 %); per deal its chance, and whether it was won."""
    held, chances, won = [], [], []
    for run in range(RUNS):
        found = company(run, 350)
        past = known_on(found, NOW, present=True)
        told = said.chances(past, said.fitted(past, found.cells, {}))
        place = np.searchsorted(found.deals.key, told.open.key)
        in_time = (found.deals.standing[place] == 1) & (found.deals.decided[place] <= day_number(NOW) + core.HORIZON)
        chances.append(told.within)
        won.append(in_time)
        deals = core.Open(told.within[:, None], told.amount, told.unsure, np.zeros(len(place), dtype=np.int64))
        drawn = core.simulate(deals, 1, said.DRAWS, np.random.default_rng(run))[0, :, 0]
        said_so, came = core.summed_up(drawn), float(told.amount[in_time].sum())
        held.append((said_so.low50 <= came <= said_so.high50, said_so.low80 <= came <= said_so.high80))
    rates = np.asarray(held, dtype=np.float64)
    return rates[:, 0], rates[:, 1], np.concatenate(chances), np.concatenate(won).astype(np.float64)


def test_intervals_of_what_open_deals_bring_are_near_as_drawn() -> None:
    """As they are drawn they hold a little less than they say, about 75 of 80 %: nobody is shown them unstretched."""
    half, most, _, _ = runs()
    room = 0.0 if SOAK else 3.3 * np.sqrt(0.8 * 0.2 / RUNS) - 0.04
    assert 0.72 - room <= most.mean() <= 0.84 + room
    assert 0.5 - 0.13 <= half.mean() <= 0.5 + 0.13


def test_chances_come_true_as_often_as_they_say() -> None:
    _, _, chances, won = runs()
    assert len(won) > 15 * RUNS
    assert won.mean() == pytest.approx(chances.mean(), abs=0.03)
    assert calibration_error(chances, won) < 0.05


def test_months_said_with_deals_still_to_come_hold_as_often_as_they_say() -> None:
    """The backtest itself, over companies that grow: each month's interval is stretched by what was off before it."""
    growing, held = replace(COMPANY, growth=2.0), []
    for run in range(LOOKED_BACK):
        found = company(run, 700, growing)
        tried = backtest.backtest(found, UNTIL, currency="EUR", stages=backtest.Stages({}, {})).tried
        held += [each.said.low80 <= each.came <= each.said.high80 for each in tried]
    assert len(held) > 40 * LOOKED_BACK
    low, high = (0.76, 0.84) if SOAK else (0.72, 0.88)
    assert low <= np.mean(held) <= high
