"""Durations with some still going on: against lifelines, against tables counted by hand, and by their own laws."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from etappe.core.survival import band, incidence, kaplan_meier, percentile, percentile_among

CASES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=80)

# Freireich and others (1963), remission of 21 patients in weeks; the textbook example of a curve with censoring.
REMISSION = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
CAME_BACK = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def _columns(cases: list[tuple[int, int, int]]) -> tuple[Any, Any, Any]:
    days, causes, weights = (np.array(column) for column in zip(*cases, strict=True))
    return days, causes, weights


def _lifelines(days: Any, events: Any, weights: Any) -> Any:
    from lifelines import KaplanMeierFitter

    return KaplanMeierFitter().fit(np.repeat(days, weights), np.repeat(events, weights))


def test_the_textbook_table() -> None:
    """Kalbfleisch and Prentice (1980), table 1.1: survival and Greenwood's standard error."""
    curve = kaplan_meier(REMISSION, CAME_BACK)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.survival.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert np.sqrt(curve.variance).round(3).tolist() == [0.076, 0.087, 0.096, 0.107, 0.114, 0.128, 0.135]
    assert curve.last_seen == 35
    # R 4, survival: survfit(..., conf.type = "log-log"): median 23, 95 % from 13, upper bound not reached.
    found = percentile(curve, 0.5)
    assert (found.value, found.low, found.high) == (23, 13, None)


def test_a_table_counted_by_hand() -> None:
    """10 deals: on day 2 three end, on day 3 one leaves the watch, on day 5 two of six end, four are open on day 9."""
    curve = kaplan_meier([2, 2, 2, 3, 5, 5, 9, 9, 9, 9], [1, 1, 1, 0, 1, 1, 0, 0, 0, 0])
    assert curve.survival.tolist() == pytest.approx([0.7, 0.7 * 4 / 6])
    assert curve.variance.tolist() == pytest.approx([0.021, (0.7 * 4 / 6) ** 2 * (3 / 70 + 2 / 24)])


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_curve_band_and_percentiles_are_those_of_lifelines(cases: list[tuple[int, int, int]]) -> None:
    days, causes, weights = _columns(cases)
    events = causes > 0
    curve, theirs = kaplan_meier(days, events, weights), _lifelines(days, events, weights)
    expected = theirs.survival_function_at_times(curve.times).to_numpy()
    assert curve.survival == pytest.approx(expected, abs=1e-12)
    low, high = band(curve)
    inside = curve.survival > 0
    bounds = theirs.confidence_interval_survival_function_.loc[curve.times[inside]].to_numpy()
    assert low[inside] == pytest.approx(bounds[:, 0], abs=1e-9)
    assert high[inside] == pytest.approx(bounds[:, 1], abs=1e-9)
    for share in (0.1, 0.5, 0.9):
        function = theirs.survival_function_["KM_estimate"]
        reached = function.index[function <= 1 - share + 1e-12]
        assert percentile(curve, share).value == (reached[0] if len(reached) else None)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.9])
def test_the_interval_of_a_percentile_is_where_the_band_crosses_it(share: float) -> None:
    from lifelines.utils import median_survival_times, qth_survival_times

    chance = np.random.default_rng(11)
    days, events = chance.integers(1, 200, 500), chance.random(500) < 0.7
    curve, theirs = kaplan_meier(days, events), _lifelines(days, events, 1)
    found = percentile(curve, share)
    bounds = qth_survival_times(1 - share, theirs.confidence_interval_survival_function_).to_numpy().ravel()
    assert [found.low, found.high] == [None if np.isinf(bound) else bound for bound in bounds]
    if share == 0.5:
        assert found.value == median_survival_times(theirs.survival_function_)


@settings(max_examples=40, deadline=None)
@given(CASES)
def test_shares_of_all_ends_and_of_those_still_going_on_add_up(cases: list[tuple[int, int, int]]) -> None:
    days, causes, weights = _columns(cases)
    shares = sum(incidence(days, causes, cause, weights).share for cause in (1, 2, 3))
    assert shares + kaplan_meier(days, causes > 0, weights).survival == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(5))
def test_competing_ends_are_those_of_lifelines(seed: int) -> None:
    from lifelines import AalenJohansenFitter

    chance = np.random.default_rng(seed)
    days, causes = chance.permutation(400) + 1.0, chance.integers(0, 3, 400)  # without ties, which lifelines jitters
    theirs = AalenJohansenFitter(calculate_variance=True).fit(days, causes, event_of_interest=1)
    ours = incidence(days, causes, 1)
    assert ours.share == pytest.approx(theirs.cumulative_density_["CIF_1"].loc[ours.times].to_numpy(), abs=1e-12)
    seen = ours.times < np.sort(days)[-20]
    assert np.sqrt(ours.variance[seen]) == pytest.approx(
        np.sqrt(theirs.variance_.loc[ours.times[seen]].to_numpy().ravel()), rel=0.02, abs=1e-4
    )


def test_without_other_ends_the_incidence_is_one_minus_the_curve() -> None:
    ours, curve = incidence(REMISSION, CAME_BACK, 1), kaplan_meier(REMISSION, CAME_BACK)
    assert ours.share == pytest.approx(1 - curve.survival)
    assert ours.variance == pytest.approx(curve.variance)


def test_among_the_won_without_censoring_it_is_the_plain_percentile() -> None:
    days = np.arange(1, 101)
    found = percentile_among(incidence(days, np.ones(100, int), 1), 0.5)
    assert found.value == 50
    assert (found.low, found.high) == (41, 60)  # order statistics: 50 +- 1.96 * 5, the upper one strictly after


def test_among_the_won_the_late_ones_are_not_forgotten() -> None:
    """Deals begin one a day, half take 10 days and half 60; after 90 days most of the slow ones are still open."""
    begun, takes = np.arange(90), np.tile([10, 60], 45)
    seen = np.minimum(takes, 90 - begun)
    won = (begun + takes <= 90).astype(int)
    plain = np.median(seen[won == 1])
    assert plain == 10
    assert percentile_among(incidence(seen, won, 1), 0.6).value == 60


def test_the_interval_among_the_won_covers_the_truth() -> None:
    """Wins are lognormal, losses compete, the watch ends at random: 95 % intervals hold the truth 93 to 99.5 %."""
    chance = np.random.default_rng(2026)
    truth, hits, runs = 30.0, 0, 300
    for _ in range(runs):
        won, is_won = np.exp(np.log(truth) + 0.8 * chance.standard_normal(250)), chance.random(250) < 0.6
        ends = np.where(is_won, won, chance.exponential(40, 250))
        watched = chance.uniform(20, 400, 250)
        causes = np.where(ends > watched, 0, np.where(is_won, 1, 2))
        found = percentile_among(incidence(np.minimum(ends, watched), causes, 1), 0.5)
        hits += (found.low or 0) <= truth <= (found.high or np.inf)
    assert 0.93 <= hits / runs <= 0.995


def test_the_interval_of_the_median_covers_the_truth() -> None:
    chance = np.random.default_rng(7)
    truth, hits, runs = 40.0, 0, 300
    for _ in range(runs):
        ends = truth * chance.weibull(1.3, 150) / np.log(2) ** (1 / 1.3)
        watched = chance.uniform(10, 200, 150)
        found = percentile(kaplan_meier(np.minimum(ends, watched), ends <= watched), 0.5)
        hits += (found.low or 0) <= truth <= (found.high or np.inf)
    assert 0.92 <= hits / runs <= 0.98


@given(CASES, st.randoms(use_true_random=False))
def test_order_and_weights_do_not_matter(cases: list[tuple[int, int, int]], chance: Any) -> None:
    days, causes, weights = _columns(cases)
    curve = kaplan_meier(days, causes > 0, weights)
    chance.shuffle(cases)
    shuffled, ends, counts = _columns(cases)
    again = kaplan_meier(np.repeat(shuffled, counts), np.repeat(ends, counts) > 0)
    assert again.survival == pytest.approx(curve.survival)
    assert again.variance == pytest.approx(curve.variance)


@given(CASES)
def test_a_curve_falls_and_stays_within_its_band(cases: list[tuple[int, int, int]]) -> None:
    days, causes, weights = _columns(cases)
    curve = kaplan_meier(days, causes > 0, weights)
    low, high = band(curve)
    assert np.all(np.diff(curve.survival) < 0)
    assert np.all((low >= 0) & (low <= curve.survival + 1e-12) & (curve.survival <= high + 1e-12) & (high <= 1))
    assert not np.isnan(curve.variance).any()


@given(CASES, st.integers(1, 1000))
def test_another_unit_gives_the_same_shares_at_scaled_times(cases: list[tuple[int, int, int]], unit: int) -> None:
    days, causes, weights = _columns(cases)
    assume((causes > 0).any())
    in_days, scaled = (percentile(kaplan_meier(days * factor, causes > 0, weights), 0.3) for factor in (1, unit))
    assert (scaled.value is None) == (in_days.value is None)
    assert in_days.value is None or scaled.value == in_days.value * unit


def test_all_still_going_on() -> None:
    curve = kaplan_meier([3, 5, 9], [False, False, False])
    assert curve.times.size == 0
    assert curve.last_seen == 9
    assert percentile(curve, 0.5).value is None
    assert [bound.size for bound in band(curve)] == [0, 0]
    none = incidence([3, 5, 9], [0, 0, 0], 1)
    assert percentile_among(none, 0.5).value is None


def test_one_case() -> None:
    curve = kaplan_meier([4], [True])
    assert curve.survival.tolist() == [0]
    found = percentile(curve, 0.5)
    assert (found.value, found.low, found.high) == (4, 4, None)


def test_an_end_at_once_counts_at_time_zero() -> None:
    curve = kaplan_meier([0, 0, 10, 20], [True, False, True, False])
    assert curve.times.tolist() == [0, 10]
    assert curve.survival.tolist() == [0.75, 0.375]
    assert percentile(curve, 0.1).value == 0


def test_at_equal_times_ends_come_before_cut_offs() -> None:
    assert kaplan_meier([5, 5], [True, False]).survival.tolist() == [0.5]


@pytest.mark.parametrize(
    ("days", "weights", "said"),
    [([], None, "no durations"), ([-1], None, "not negative"), ([np.inf], None, "finite"), ([np.nan], None, "finite"),
     ([1], [0], "positive weight"), ([1, 2], [1], "positive weight")],
)  # fmt: skip
def test_what_is_no_duration_is_refused(days: list[float], weights: list[int] | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        kaplan_meier(days, np.ones(len(days)), weights)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5])
def test_a_percentile_lies_between_nothing_and_all(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile(kaplan_meier([1], [True]), share)
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile_among(incidence([1], [1], 1), share)


def test_a_million_deals_take_no_longer_than_a_glance() -> None:
    chance = np.random.default_rng(5)
    days, causes = chance.exponential(50, 1_000_000), chance.integers(0, 3, 1_000_000)
    before = time.process_time()
    kaplan_meier(days, causes > 0)
    incidence(days, causes, 1)
    assert time.process_time() - before < 3
