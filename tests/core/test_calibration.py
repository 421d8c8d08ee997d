"""How sure it is how good forecasts were, where cases come in groups: against resampling whole groups."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from etappe.core.calibration import auc_interval, mean_interval, reliability
from etappe.core.forecast import Floats, Ints


def _deals(chance: np.random.Generator, count: int, times: int) -> tuple[Ints, Floats, Floats]:
    """Deals looked at several times, each time alike: which deal it is, the probability said, what came."""
    likely = chance.beta(2, 4, count)
    won = (chance.random(count) < likely).astype(np.float64)
    return np.repeat(np.arange(count), times), np.repeat(likely, times), np.repeat(won, times)


def test_looking_at_a_deal_ten_times_makes_an_auc_no_surer() -> None:
    deals, said, came = _deals(np.random.default_rng(1), 300, 10)
    once, _, _ = alone = auc_interval(said[::10], came[::10])
    area, low, high = auc_interval(said, came, of=deals)
    assert area == pytest.approx(once)
    assert (low, high) == pytest.approx(alone[1:], abs=0.012)
    naive = auc_interval(said, came)
    assert naive[2] - naive[1] < (high - low) / 2


def test_the_interval_of_an_auc_is_that_of_drawing_whole_deals_again() -> None:
    """Deals of different lengths, whose chance moves from look to look; drawn again 2,000 times."""
    chance = np.random.default_rng(2)
    count, likely = 250, chance.beta(2, 3, 250)
    looks = chance.integers(1, 12, count)
    deals = np.repeat(np.arange(count), looks)
    said = np.clip(np.repeat(likely, looks) + chance.normal(0, 0.1, len(deals)), 0, 1)
    won = (chance.random(count) < likely).astype(np.float64)
    rows = np.split(np.arange(len(deals)), np.cumsum(looks)[:-1])
    areas = []
    for _ in range(2_000):
        drawn = np.concatenate([rows[each] for each in chance.integers(0, count, count)])
        areas.append(auc_interval(said[drawn], won[deals[drawn]])[0])
    _, low, high = auc_interval(said, won[deals], of=deals)
    assert high - low == pytest.approx(2 * 1.96 * np.std(areas), rel=0.1)


def test_bins_are_as_sure_as_their_deals_are_many() -> None:
    deals, said, came = _deals(np.random.default_rng(3), 200, 8)
    for once, often in zip(reliability(said[::8], came[::8]), reliability(said, came, of=deals), strict=True):
        assert often.n == 8 * once.n
        assert (often.came, often.low, often.high) == pytest.approx((once.came, once.low, once.high))


def test_a_mean_of_equal_groups_is_as_sure_as_by_students_t() -> None:
    chance = np.random.default_rng(4)
    months = np.repeat(np.arange(9), 4)
    values = chance.normal(3, 1, 36) + np.repeat(chance.normal(0, 2, 9), 4)
    expected = ttest_1samp(values.reshape(9, 4).mean(axis=1), 0).confidence_interval()
    assert mean_interval(values, months)[1:] == pytest.approx((float(expected.low), float(expected.high)))
