"""The clock that deals go by: found where months differ, and the calendar's where chance explains them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from django.utils.translation import override

from etappe.core.season import Clock
from etappe.core.simulate.parameters import Change, Parameters
from etappe.insights.forecast.past import known_on
from etappe.web.forecast_words import seasons
from tests.insights.test_forecast_coverage import COMPANY, FAST_AND_SLOW, GROWING, IN_SEASON, NOW, company

CHANGED = replace(GROWING, change=Change(400, 1.5, 1.0))


def clock(run: int, deals: int, parameters: Parameters, day: date = NOW) -> Clock:
    return known_on(company(run, deals, parameters), day, present=True).stays.clock()


@pytest.mark.parametrize("parameters", [COMPANY, CHANGED, IN_SEASON], ids=["alike", "changed", "begin_in_season"])
def test_where_months_are_alike_none_is_said_to_differ(parameters: Parameters) -> None:
    assert sum(not clock(run, 900, parameters).is_even for run in range(25)) <= 1


def test_the_pace_of_months_is_recovered_drawn_towards_none() -> None:
    true = np.asarray(FAST_AND_SLOW) / np.mean(FAST_AND_SLOW)
    found = np.asarray([clock(run, 2500, replace(COMPANY, pace=FAST_AND_SLOW)).pace for run in range(8)])
    assert np.abs(found.mean(axis=0) - true).max() < 0.1
    assert np.sqrt(((found - true) ** 2).mean()) < 0.1
    assert found.std(axis=1).mean() < true.std() * 1.1


def test_one_year_or_few_deals_say_nothing_of_months() -> None:
    there = replace(COMPANY, pace=FAST_AND_SLOW)
    assert not clock(1, 2500, there).is_even
    assert clock(1, 2500, there, NOW - timedelta(days=200)).is_even
    assert clock(1, 90, there).is_even
    nobody = known_on(company(1, 1), NOW - timedelta(days=2000), present=False)
    assert not len(nobody.stays.cell) and nobody.stays.clock().is_even


def test_a_clock_counts_days_at_their_pace_whatever_the_year() -> None:
    half = Clock((0.5, 1.5, *[1.0] * 10))
    begins, ends = (np.asarray(days) for days in ([0, 0, 366, -100_000], [31, 60, 397, -99_000]))
    assert half.between(begins, ends).tolist()[:3] == [16, 59, 16]
    assert Clock().between(begins, ends).tolist() == [31, 60, 31, 1000]


def test_which_months_are_fast_is_said_in_words() -> None:
    pace = (0.6, *[1.0] * 4, 1.05, 1.0, 1.0, 1.4, 1.15, 1.0, 0.85)
    with override("de"):
        said = seasons(pace)
    assert "Schneller: September, Oktober. Langsamer: Januar, Dezember." in said
    assert "Im September sind sie 1,4-mal" in said and "im Januar 0,6-mal" in said
    assert seasons(()) == ""
