"""How long things take when some of them are still going on: survival curves, percentiles, competing outcomes.

A *duration* is the time from a start to an end, or to the last day it was seen still going on (*censored*). Whoever
drops the censored ones, or takes them as ended, calls the time too short; the estimators here count them as what they
are. They assume that censoring says nothing about the time still to come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from etappe.core.proportion import observable, wilson

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_ROUNDING = 1e-12
"""Sums and products of shares are compared with this much room, so that 0.5 reached by rounding counts as 0.5."""


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve; arrays of equal length, one element per distinct time at which something ended.

    `survival[i]` is the share still going on just after `times[i]`; `at_risk[i]` how many were watched just before it;
    `events[i]` how many ended at it; `variance[i]` Greenwood's variance of `survival[i]` (0 where the curve is 0).
    Before the first time the share is 1; after `last_seen`, the longest duration watched, nothing is known.
    """

    times: Floats
    survival: Floats
    at_risk: Floats
    events: Floats
    variance: Floats
    last_seen: float


@dataclass(frozen=True)
class Percentile:
    """A time with its confidence interval; None: not reached by the longest duration watched."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Incidence:
    """Share that ended in one way by each time, other ways competing; arrays as in `Curve`, over times of any end.

    `share[i]` is the share that ended in this way up to and including `times[i]`; `variance[i]` its variance;
    `mass[i]` the part of `share[i]` that was added at `times[i]`, by `ends[i]` ends of this way; some of these stand
    for others that were censored. `still` is the share of all still going on after the last time, of which nobody knows
    how they end.
    """

    times: Floats
    share: Floats
    mass: Floats
    variance: Floats
    ends: Floats
    still: float


@dataclass(frozen=True)
class _Tally:
    times: Floats
    at_risk: Floats
    totals: Floats
    inverse: npt.NDArray[np.intp]
    weights: Floats

    def count(self, where: Bools) -> Floats:
        chosen = np.where(where, self.weights, 0.0)
        return np.bincount(self.inverse, weights=chosen, minlength=len(self.times)).astype(np.float64)


def _tally(durations: npt.ArrayLike, weights: npt.ArrayLike | None) -> _Tally:
    spans = np.asarray(durations, dtype=np.float64)
    if spans.size == 0:
        raise ValueError("no durations")
    if not np.all(np.isfinite(spans)) or spans.min() < 0:
        raise ValueError("durations are finite and not negative")
    counts = np.ones(len(spans)) if weights is None else np.asarray(weights, dtype=np.float64)
    if counts.shape != spans.shape or counts.min() <= 0:
        raise ValueError("there is one positive weight per duration")
    times, inverse = np.unique(spans, return_inverse=True)
    totals = np.bincount(inverse, weights=counts).astype(np.float64)
    return _Tally(times, np.cumsum(totals[::-1])[::-1], totals, inverse, counts)


def kaplan_meier(durations: npt.ArrayLike, events: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Curve:
    """The share still going on after each time, estimated from durations of which some are censored.

    `durations`: n times in any one unit, finite, >= 0 (0 is allowed: an end at once lowers the curve at time 0).
    `events`: n booleans, True where the duration ended, False where it was cut off (censored).
    `weights`: how many cases each element stands for (counts > 0), 1 when left out. Ties: at equal times ends come
    before cut-offs, so that a case cut off at t was still watched for an end at t.

    All censored gives a curve without steps. Raises `ValueError` for no durations, or negative or infinite ones.

    Source: E. L. Kaplan, P. Meier, JASA 53 (1958); variance by M. Greenwood (1926). O(n log n).

    >>> curve = kaplan_meier([6, 6, 6, 6, 7, 9, 10, 10], [True, True, True, False, True, False, True, False])
    >>> curve.times.tolist(), curve.survival.round(4).tolist()
    ([6.0, 7.0, 10.0], [0.625, 0.4688, 0.2344])
    >>> curve.at_risk.tolist(), curve.variance.round(5).tolist()
    ([8.0, 4.0, 2.0], [0.0293, 0.03479, 0.03616])
    """
    tally = _tally(durations, weights)
    ended = tally.count(np.asarray(events, dtype=np.bool_))
    steps = ended > 0
    dead, risk = ended[steps], tally.at_risk[steps]
    survival = _still(dead, risk)
    variance = survival**2 * np.cumsum(_hazard_variance(dead, risk))
    return Curve(tally.times[steps], survival, risk, dead, variance, float(tally.times[-1]))


def _still(dead: Floats, risk: Floats) -> Floats:
    """The share still going on after each step; what is zero but for rounding is zero."""
    shares = np.cumprod(1 - dead / risk).astype(np.float64)
    return np.where(shares < _ROUNDING, 0.0, shares)


def _hazard_variance(dead: Floats, risk: Floats) -> Floats:
    """Greenwood's terms; none is added where everybody left, since the curve is 0 from there on."""
    left = risk - dead
    return np.divide(dead, risk * left, out=np.zeros_like(dead), where=left > _ROUNDING * risk)


def band(curve: Curve, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Pointwise confidence bounds (low, high) of the curve on the log(-log) scale, which keeps them within [0, 1].

    Where the curve is 0 the low bound is 0 and the high one stays at its last value: an end of everybody watched does
    not say that nobody could have lasted longer.

    Source: J. D. Kalbfleisch, R. L. Prentice, "The Statistical Analysis of Failure Time Data" (1980), section 1.4.

    >>> low, high = band(kaplan_meier([1, 2, 3, 4], [True, True, False, True]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.128, 0.058, 0.0], [0.961, 0.845, 0.845])
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    inside = curve.survival > 0
    log_s = np.log(np.where(inside, curve.survival, 0.5))
    error = np.sqrt(curve.variance) / np.where(inside, curve.survival, 0.5) / np.abs(log_s)
    low = np.where(inside, np.exp(log_s * np.exp(z * error)), 0.0)
    high = np.exp(log_s * np.exp(-z * error))
    if len(high) and not inside[-1]:
        high[-1] = high[-2] if len(high) > 1 else 1.0
    return low, high


def percentile(curve: Curve, share: float, *, confidence: float = 0.95) -> Percentile:
    """The first time by which at least `share` (between 0 and 1) had ended, with its confidence interval.

    The interval holds every time at which the curve is compatible with `1 - share` (test inversion on the log(-log)
    scale). A bound or value that the curve does not reach is None: it lies beyond what was watched.

    Source: R. Brookmeyer, J. Crowley, "A confidence interval for the median survival time", Biometrics 38 (1982).

    >>> curve = kaplan_meier([5, 8, 12, 15, 18, 23, 30, 41], [True] * 6 + [False, True])
    >>> percentile(curve, 0.5)
    Percentile(value=15.0, low=5.0, high=None)
    >>> percentile(kaplan_meier([5, 8], [False, False]), 0.5).value is None
    True
    """
    if not 0 < share < 1:
        raise ValueError("a share lies between 0 and 1")
    low, high = band(curve, confidence=confidence)
    still = 1 - share
    return Percentile(
        _first(curve.times, curve.survival, still), _first(curve.times, low, still), _first(curve.times, high, still)
    )


def _first(times: Floats, falling: Floats, level: float) -> float | None:
    reached = np.flatnonzero(falling <= level + _ROUNDING)
    return float(times[reached[0]]) if reached.size else None


def incidence(
    durations: npt.ArrayLike, causes: npt.ArrayLike, cause: Any, weights: npt.ArrayLike | None = None
) -> Incidence:
    """The share that has ended through `cause` by each time, where other causes end it too (Aalen-Johansen).

    `causes`: n integers, 0 where censored, otherwise the way it ended; `durations`, `weights` as in `kaplan_meier`.
    Unlike one minus Kaplan-Meier with the other causes censored, the shares of all causes and of those still going on
    add up to 1 at every time.

    Source: O. Aalen, S. Johansen, Scand. J. Statist. 5 (1978); variance by the delta method as in E. Marubini,
    M. G. Valsecchi, "Analysing Survival Data from Clinical Trials and Observational Studies" (1995), section 10.4.

    >>> curve = incidence([1, 2, 3, 4, 5], [1, 2, 1, 0, 1], 1)
    >>> curve.times.tolist(), curve.share.round(3).tolist()
    ([1.0, 2.0, 3.0, 5.0], [0.2, 0.2, 0.4, 0.8])
    """
    tally = _tally(durations, weights)
    codes = np.asarray(causes)
    ended, through = tally.count(codes != 0), tally.count(codes == cause)
    steps = ended > 0
    dead, mine, risk = ended[steps], through[steps], tally.at_risk[steps]
    going_on = np.concatenate((np.ones(1), _still(dead, risk)))
    before = going_on[:-1]
    mass = before * mine / risk
    share = np.cumsum(mass)
    variance = _incidence_variance(share, before, mine, dead, risk)
    return Incidence(tally.times[steps], share, mass, variance, mine, float(going_on[-1]))


def _incidence_variance(share: Floats, before: Floats, mine: Floats, dead: Floats, risk: Floats) -> Floats:
    """Sum over steps i <= t of (F(t)-F_i)^2 h_i + S^2 d(n-d)/n^3 - 2 (F(t)-F_i) S d/n^2, by running sums."""
    hazard = _hazard_variance(dead, risk)
    cross = before * mine / risk**2
    squares = share**2 * np.cumsum(hazard) - 2 * share * np.cumsum(share * hazard) + np.cumsum(share**2 * hazard)
    own = np.cumsum(before**2 * mine * (risk - mine) / risk**3)
    return np.maximum(0.0, squares + own - 2 * (share * np.cumsum(cross) - np.cumsum(share * cross)))


def _heaviness(curve: Incidence) -> Floats:
    """Sum of the squared weights of the ends at each time: an end at time i carries weight mass_i / ends_i."""
    return np.divide(curve.mass**2, curve.ends, out=np.zeros_like(curve.mass), where=curve.ends > 0)


FEWEST_BEYOND = 5
"""Ends that lie beyond a percentile, as many as the sample should hold, for its upper bound to be known."""


def percentile_among(curve: Incidence, share: float, *, confidence: float = 0.95) -> Percentile:
    """Of those that end in this way within the time watched: the first time by which `share` of them had.

    The plain percentile of the ends seen so far is too short while others are still going on; here each end stands for
    the censored ones that would have been seen as late. The interval holds the times at which a share was seen that the
    true `share` lets one see (Woodruff), with as many cases as the ends before and after it are worth by their weights.
    Its upper bound leaves room for those still going on at the end: all of them may end in this way, and later. Where
    it is not reached then, or fewer than five ends should lie beyond it, nobody knows how late the late ones are: it is
    None. Without any end all is None.

    Source: R. S. Woodruff, "Confidence intervals for medians and other position measures", JASA 47 (1952); weights
    as in J. M. Robins, A. Rotnitzky (1992).

    >>> percentile_among(incidence(range(1, 13), [1, 1, 2, 1, 0, 1, 1, 1, 2, 1, 1, 1], 1), 0.5)
    Percentile(value=7.0, low=2.0, high=None)
    """
    if not 0 < share < 1:
        raise ValueError("a share lies between 0 and 1")
    whole = curve.mass.sum()
    if whole <= 0:
        return Percentile(None, None, None)
    seen = curve.share / whole
    place = int(np.flatnonzero(seen >= share - _ROUNDING)[0])
    n = _worth(_heaviness(curve) / whole**2, place, share)
    low, high = observable(share, n, confidence=confidence)
    latest = high * (1 + curve.still / whole) if high is not None and n * (1 - share) >= FEWEST_BEYOND else None
    return Percentile(
        float(curve.times[place]),
        float(curve.times[np.flatnonzero(seen >= low - _ROUNDING)[0]]),
        _first_after(curve.times, seen, latest),
    )


def restricted_mean(curve: Curve) -> tuple[float, float]:
    """The mean duration, as far as it was watched, and its variance: the area under the curve up to `last_seen`.

    Where some are still going on at `last_seen`, the true mean is longer; what lies beyond is not guessed.

    Source: J. P. Klein, M. L. Moeschberger, "Survival Analysis" (2003), section 4.5.

    >>> mean, variance = restricted_mean(kaplan_meier([1, 2, 3, 4], [True, True, False, True]))
    >>> round(mean, 4), round(variance, 4)
    (2.75, 0.4219)
    """
    edges = np.concatenate((np.zeros(1), curve.times, np.array([curve.last_seen])))
    heights = np.concatenate((np.ones(1), curve.survival))
    areas = np.diff(edges) * heights
    beyond = np.cumsum(areas[::-1])[::-1][1:]
    return float(areas.sum()), float((beyond**2 * _hazard_variance(curve.events, curve.at_risk)).sum())


def mean_within(
    durations: npt.ArrayLike,
    events: npt.ArrayLike,
    within: float,
    weights: npt.ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Share:
    """The mean of durations of which none counts for longer than `within`, with its normal interval.

    Arguments as in `kaplan_meier`. Up to a time that all groups were watched for, means of groups can be compared with
    each other though some cases are still going on. Source: P. Royston, M. K. B. Parmar, "Restricted mean survival
    time", BMC Medical Research Methodology 13 (2013).

    >>> found = mean_within([1, 2, 3, 9], [True, True, True, False], 4)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (2.5, 1.4, 3.6)
    """
    spans = np.asarray(durations, dtype=np.float64)
    ended = np.asarray(events, dtype=np.bool_) & (spans <= within)
    mean, variance = restricted_mean(kaplan_meier(np.minimum(spans, within), ended, weights))
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * variance**0.5
    return Share(mean, max(0.0, mean - half), min(within, mean + half))


@dataclass(frozen=True)
class Mean:
    """A mean duration with its interval; `undecided` is the share that lasts beyond `watched`, where few were seen."""

    value: float
    low: float
    high: float
    undecided: float
    watched: float


FEWEST_WATCHED = 5
"""As many must still be watched for the curve to be trusted: the last few make it fall to nothing by chance."""


def mean_in_the_end(curve: Curve, *, confidence: float = 0.95) -> Mean:
    """The mean duration until all have ended, with those that outlast the time watched given their due.

    Beyond the time at which five were still watched nothing is known: the value lets the curve fall there as fast as it
    fell on average before (an exponential tail), and nobody last longer than as long again on average. The interval
    does not trust that: its low bound holds if all that are left end at once, its high one if they last as long again.
    Where `undecided` is large the value rests on the tail; whoever shows it says so.

    Source: B. W. Brown, M. Hollander, R. M. Korwar, "Nonparametric tests of independence for censored data" (1974).

    >>> found = mean_in_the_end(kaplan_meier(range(1, 51), [True] * 50))
    >>> [round(days, 1) for days in (found.value, found.low, found.high, found.undecided, found.watched)]
    [26.9, 21.4, 33.1, 0.1, 47.0]
    """
    known = _trusted(curve)
    seen, variance = restricted_mean(known)
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * variance**0.5
    left = float(known.survival[-1]) if known.survival.size else 1.0
    again = left * known.last_seen
    return Mean(seen + again * _tail(left), max(0.0, seen - half), seen + again + half, left, known.last_seen)


def _tail(left: float) -> float:
    """How long those that are left last on average, in times of the time watched: as fast as before, at most once."""
    return min(1.0, -1 / log(left)) if 0 < left < 1 else 1.0


def _trusted(curve: Curve) -> Curve:
    """The curve up to the first end of which fewer than `FEWEST_WATCHED` were still watched."""
    few = np.flatnonzero(curve.at_risk < FEWEST_WATCHED)
    if not few.size:
        return curve
    end = int(few[0])
    return Curve(
        curve.times[:end],
        curve.survival[:end],
        curve.at_risk[:end],
        curve.events[:end],
        curve.variance[:end],
        float(curve.times[end]),
    )


def _worth(heavy: Floats, place: int, share: float) -> float:
    """The cases that a share of them by time `place` is worth; at most what all ends are worth (Kish)."""
    before, after = float(heavy[: place + 1].sum()), float(heavy[place + 1 :].sum())
    variance = (1 - share) ** 2 * before + share**2 * after
    return min(1 / (before + after), share * (1 - share) / variance)


def _first_after(times: Floats, rising: Floats, level: float | None) -> float | None:
    above = np.flatnonzero(rising > level + _ROUNDING) if level is not None else np.empty(0)
    return float(times[above[0]]) if above.size else None


@dataclass(frozen=True)
class Share:
    """A share, or a mean, with its confidence interval."""

    value: float
    low: float
    high: float


def share_ending(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    cause: Any,
    among: Sequence[Any],
    weights: npt.ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Share | None:
    """Of those that end in one of the ways `among` within the time watched: the share that ends through `cause`.

    Arguments as in `incidence`; `cause` is one of `among`. The plain share of the ends seen so far is wrong while
    others are still going on, if one way takes longer than another: losses come sooner than wins, so a growing company
    looks worse than it is. Here each end stands for those that began when it cannot be seen yet. The interval is
    Wilson's with as many cases as the ends are worth by their weights. None where nothing has ended in these ways.

    >>> days, causes = [1, 1, 2, 4, 4, 2, 1, 1], [2, 2, 2, 1, 1, 0, 0, 0]
    >>> found = share_ending(days, causes, 1, (1, 2))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.562, 0.203, 0.867)
    """
    curves = {way: incidence(durations, causes, way, weights) for way in among}
    whole = sum(float(curve.mass.sum()) for curve in curves.values())
    if whole <= 0:
        return None
    share = min(1.0, float(curves[cause].mass.sum()) / whole)
    heavy = {way: float(_heaviness(curve).sum()) / whole**2 for way, curve in curves.items()}
    others = sum(heavy.values()) - heavy[cause]
    variance = (1 - share) ** 2 * heavy[cause] + share**2 * others
    n = share * (1 - share) / variance if 0 < share < 1 else 1 / sum(heavy.values())
    return Share(share, *wilson(share * n, n, confidence=confidence))


@dataclass(frozen=True)
class Eventual:
    """A share in the end with its interval; `undecided` is the share of all that lasts beyond the time watched."""

    value: float
    low: float
    high: float
    undecided: float


def share_in_the_end(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    cause: Any,
    among: Sequence[Any],
    weights: npt.ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Eventual | None:
    """As `share_ending`, but of all that end in one of the ways `among`, whenever that is.

    Some last longer than the longest ones watched until they ended; nothing is known of them. The value takes them to
    end as the others do. The interval does not: its low bound holds if none of them ends through `cause`, its high one
    if all do (bounds of the kind of C. F. Manski, "Nonparametric bounds on treatment effects", 1990).

    >>> found = share_in_the_end([1, 1, 2, 4, 9, 9], [2, 2, 1, 1, 0, 0], 1, (1, 2))
    >>> [round(share, 3) for share in (found.value, found.low, found.high, found.undecided)]
    [0.5, 0.1, 0.9, 0.333]
    """
    seen = share_ending(durations, causes, cause, among, weights, confidence=confidence)
    if seen is None:
        return None
    curves = [incidence(durations, causes, way, weights) for way in among]
    ended, undecided = sum(float(curve.mass.sum()) for curve in curves), curves[0].still
    part = ended / (ended + undecided)
    return Eventual(seen.value, seen.low * part, 1 - (1 - seen.high) * part, undecided)


FEWEST_LATE = 5
"""Ends in the later half of the time watched, as many as it takes to tell how the latest end."""


def share_of_time(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    cause: Any,
    weights: npt.ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Eventual | None:
    """Of the time that all take until they end, whenever that is: the share taken by those that end through `cause`.

    Arguments as in `incidence`. The time of those that have ended is no sample of it: while some are still going on,
    whatever ends sooner is too much of it. Each end stands for those that began when it cannot be seen yet, and the
    error is that of a ratio of sums over ends of such weights. Some outlast all that was watched: the value takes them
    to end as those of its later half did, after an exponential tail (`mean_in_the_end`); the interval does not, they
    may last as long again and all end through `cause`, or none. None where no time was taken.

    >>> days, causes = [10] * 8 + [40] * 8 + [5] * 4, [1] * 8 + [2] * 8 + [0] * 4
    >>> found = share_of_time(days, causes, 2)
    >>> [round(share, 3) for share in (found.value, found.low, found.high, found.undecided)]
    [0.8, 0.638, 0.962, 0.0]
    """
    codes = np.asarray(causes)
    ways = np.where(codes == 0, 0, np.where(codes == cause, 1, 2))
    mine, others = (incidence(durations, ways, way, weights) for way in (1, 2))
    taken, rest = (float((curve.times * curve.mass).sum()) for curve in (mine, others))
    whole = taken + rest
    if whole <= 0:
        return None
    share = taken / whole
    low, high = _ratio_bounds(share, whole, (mine, others), confidence)
    watched = float(np.max(np.asarray(durations, dtype=np.float64)))
    beyond = mine.still * watched
    later = beyond * (1 + _tail(mine.still))
    value = (taken + later * _late_share(mine, others, watched, share)) / (whole + later)
    part = whole / (whole + 2 * beyond)
    return Eventual(value, low * part, 1 - (1 - high) * part, mine.still)


def _ratio_bounds(
    share: float, whole: float, curves: tuple[Incidence, Incidence], confidence: float
) -> tuple[float, float]:
    """By how much chance moves the time share of the first; where only one is seen, the number of ends says it."""
    n = float(sum(curve.ends.sum() for curve in curves))
    if not 0 < share < 1:
        return wilson(round(share) * n, n, confidence=confidence)
    pull = (1 - share, -share)
    variance = sum(
        float((_heaviness(curve) * (curve.times * each) ** 2).sum()) for curve, each in zip(curves, pull, strict=True)
    )
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * (variance * n / (n - 1)) ** 0.5 / whole
    return max(0.0, share - half), min(1.0, share + half)


def _late_share(mine: Incidence, others: Incidence, watched: float, early: float) -> float:
    """Of those that end in the later half of the time watched the share of the first; too few say as much as all."""
    late, rest = (curve.times > watched / 2 for curve in (mine, others))
    if mine.ends[late].sum() + others.ends[rest].sum() < FEWEST_LATE:
        return early
    taken = float(mine.mass[late].sum())
    return taken / (taken + float(others.mass[rest].sum()))


def share_within(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    cause: Any,
    within: float,
    weights: npt.ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Share | None:
    """The share of all that ends through `cause` within a time, with those not watched for so long counted as such.

    Arguments as in `incidence`; what ends later, or was still going on then, is given as still going on (0) at
    `within`. The interval is Wilson's with as many cases as the estimate is worth by its variance; where nobody or
    everybody ended so, as many as were watched to their end. None where nobody still going on was watched for so long.

    >>> found = share_within([3, 9, 9, 9, 5], [1, 0, 0, 0, 2], 1, 9)
    >>> found.value, [round(bound, 4) for bound in (found.low, found.high)]
    (0.2, [0.0362, 0.6245])
    >>> share_within([3, 4, 5], [1, 0, 0], 1, 9) is None
    True
    """
    days, codes = np.asarray(durations, dtype=np.float64), np.asarray(causes)
    count = np.ones(days.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    unknown = (codes == 0) & (days < within)
    curve = incidence(days, codes, cause, count)
    if unknown.any() and not ((codes == 0) & ~unknown).any():
        return None
    share = float(curve.share[-1]) if curve.share.size else 0.0
    share = 1.0 if share > 1 - _ROUNDING else share
    variance = float(curve.variance[-1]) if curve.share.size else 0.0
    is_between = 0 < share < 1 and variance > 0
    n = share * (1 - share) / variance if is_between else float(count[~unknown].sum())
    return Share(share, *wilson(share * n, n, confidence=confidence))
