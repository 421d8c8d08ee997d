"""How good probabilities and intervals turned out to be: Brier score, calibration error, pinball loss, coverage.

All take what was said and what came, in equal length, at least one of each; nothing here knows how it was said. Where
`of` can be given, it says which cases are about the same thing (a deal looked at in several months, a month forecast
several times): they go right or wrong together, so that intervals must not take them for independent.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from etappe.core.proportion import wilson
from etappe.core.ranks import auc, ranks

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Keys = Sequence[Hashable] | npt.NDArray[np.generic]

BINS = 10
NEAR_CHANCE = 0.55
"""If the 95 % interval of the AUC begins below, nobody should act on the order of these probabilities."""


@dataclass(frozen=True)
class Bin:
    """Cases that were given about the same probability: how many, what was said on average, what share came true."""

    n: int
    said: float
    came: float
    low: float
    high: float


def brier(said: npt.ArrayLike, came: npt.ArrayLike) -> float:
    """Mean squared difference of probability and outcome: 0 is perfect, 0.25 says 50 % to everything.

    Source: G. W. Brier, Monthly Weather Review 78 (1950).

    >>> brier([0.8, 0.4], [True, False])
    0.1
    """
    gap = np.asarray(said, dtype=np.float64) - np.asarray(came, dtype=np.float64)
    return round(float((gap * gap).mean()), 12)


def reliability(said: npt.ArrayLike, came: npt.ArrayLike, bins: int = BINS, *, of: Keys = ()) -> list[Bin]:
    """Cases in `bins` equal steps of the probability said; empty steps are left out.

    `low` and `high` are the 95 % Wilson interval of the share that came true, of as many cases as they are worth.

    >>> reliability([0.05, 0.95, 0.95], [False, True, True])[1].came
    1.0
    """
    stated, true = np.asarray(said, dtype=np.float64), np.asarray(came, dtype=np.bool_)
    step = np.minimum((stated * bins).astype(np.int64), bins - 1)
    keys = _codes(of, len(true))
    return [_bin(stated[step == at], true[step == at], keys[step == at]) for at in np.unique(step)]


def _bin(said: Floats, came: npt.NDArray[np.bool_], keys: Ints) -> Bin:
    share, worth = float(came.mean()), _worth(came, keys)
    return Bin(len(said), float(said.mean()), share, *wilson(share * worth, worth))


def _codes(of: Keys, count: int) -> Ints:
    """Of which group each case is, as numbers; each of its own where nothing is said."""
    if not len(of):
        return np.arange(count)
    return np.asarray(np.unique(np.asarray(of), return_inverse=True)[1], dtype=np.intp)


def calibration_error(said: npt.ArrayLike, came: npt.ArrayLike, bins: int = BINS) -> float:
    """Expected calibration error: the mean gap between said and come in `bins` equal steps, weighted by cases.

    It cannot be 0 for few cases, even of a perfect forecast: the share of 20 cases is off by about 0.1.

    Source: M. P. Naeini, G. F. Cooper, M. Hauskrecht, AAAI (2015).

    >>> round(calibration_error([0.25] * 4, [True, False, False, False]), 12)
    0.0
    """
    found = reliability(said, came, bins)
    return sum(each.n * abs(each.said - each.came) for each in found) / sum(each.n for each in found)


def auc_interval(
    said: npt.ArrayLike, came: npt.ArrayLike, confidence: float = 0.95, *, of: Keys = ()
) -> tuple[float, float, float]:
    """The AUC and its interval; needs both outcomes.

    The variance is that of Hanley and McNeil (Radiology 143, 1982, equation 2), times by how much more the cases of one
    group make it spread than as many independent ones would (N. A. Obuchowski, Biometrics 53, 1997).

    >>> [round(value, 3) for value in auc_interval([0.1, 0.4, 0.35, 0.8], [False, False, True, True])]
    [0.75, 0.208, 1.0]
    """
    true = np.asarray(came, dtype=np.bool_)
    area, hits, misses = auc(true, said), int(true.sum()), int((~true).sum())
    one, two = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (hits - 1) * (one - area * area) + (misses - 1) * (two - area * area)
    spread *= _together(np.asarray(said, dtype=np.float64), true, area, _codes(of, len(true))) if len(of) else 1.0
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * sqrt(max(spread, 0.0) / (hits * misses))
    return area, max(0.0, area - half), min(1.0, area + half)


def _together(score: Floats, true: npt.NDArray[np.bool_], area: float, keys: Ints) -> float:
    """How many times as far an AUC spreads because cases come in groups; never less than without them."""
    every, off = ranks(score), np.zeros(len(score))
    for kind, others in ((true, ~true), (~true, true)):
        beaten = (every[kind] - ranks(score[kind])) / others.sum()
        off[kind] = ((beaten if kind is true else 1 - beaten) - area) / kind.sum()
    alone, grouped = float((off**2).sum()), float((np.bincount(keys, off) ** 2).sum())
    return max(1.0, grouped / alone) if alone else 1.0


def mean_interval(values: npt.ArrayLike, of: Keys, confidence: float = 0.95) -> tuple[float, float, float]:
    """The mean of values that come in groups, and its interval: Student's t over what the groups are off by.

    One group alone tells nothing of how far its mean may be off: its interval is without bounds.

    >>> [round(value, 2) for value in mean_interval([1, 3, 2, 4], ["May", "May", "June", "June"])]
    [2.5, -3.85, 8.85]
    >>> mean_interval([1, 3], ["May", "May"])
    (2.0, -inf, inf)
    """
    given = np.asarray(values, dtype=np.float64)
    mean, keys = float(given.mean()), _codes(of, len(given))
    off = np.bincount(keys, given - mean)
    groups = len(off)
    if groups < 2:
        return mean, -inf, inf
    error = sqrt(groups / (groups - 1) * float((off**2).sum())) / len(given)
    half = float(stdtrit(groups - 1, 0.5 + confidence / 2)) * error
    return mean, mean - half, mean + half


def tells_apart(said: npt.ArrayLike, came: npt.ArrayLike) -> bool:
    """Whether the probabilities can tell winners from others: the 95 % interval of the AUC lies above `NEAR_CHANCE`."""
    true = np.asarray(came, dtype=np.bool_)
    return bool(true.any() and not true.all() and auc_interval(said, true)[1] >= NEAR_CHANCE)


def pinball(said: npt.ArrayLike, came: npt.ArrayLike, quantile: float) -> float:
    """Mean pinball loss of a quantile: what it costs to be below and above, least for the true quantile.

    Source: R. Koenker, G. Bassett, Econometrica 46 (1978).

    >>> pinball([10.0], [20.0], 0.9), pinball([20.0], [10.0], 0.9)
    (9.0, 1.0)
    """
    gap = np.asarray(came, dtype=np.float64) - np.asarray(said, dtype=np.float64)
    return round(float(np.maximum(quantile * gap, (quantile - 1) * gap).mean()), 9)


@dataclass(frozen=True)
class Coverage:
    """How often what came lay in the interval said, with the 95 % interval of that share; `months` is what it is of."""

    n: int
    months: int
    share: float
    low: float
    high: float
    wanted: float

    @property
    def holds(self) -> bool:
        """Whether the share wanted is compatible with what came."""
        return self.low <= self.wanted <= self.high


def coverage(
    low: npt.ArrayLike, high: npt.ArrayLike, came: npt.ArrayLike, wanted: float, months: Keys = ()
) -> Coverage:
    """The share of what came that lies in [low, high]; `wanted` is what was promised.

    `months` says which of them are about the same one, all different if left out: what was said of one month at several
    times goes wrong together. The interval is Wilson's with as many cases as the months are worth (design effect: L.
    Kish, "Survey Sampling", 1965), never more than were said, nor fewer than there are months.

    >>> found = coverage([0, 0, 0, 0, 0], [9, 9, 9, 9, 9], [1, 2, 3, 4, 10], 0.8)
    >>> found.share, found.holds
    (0.8, True)
    >>> said = coverage([0] * 8, [9] * 8, [1] * 4 + [10] * 4, 0.8, ["May"] * 4 + ["June"] * 4)
    >>> said.n, said.months, round(said.low, 2), round(said.high, 2)
    (8, 2, 0.09, 0.91)
    """
    true = np.asarray(came, dtype=np.float64)
    inside = (np.asarray(low, dtype=np.float64) <= true) & (true <= np.asarray(high, dtype=np.float64))
    share, keys = float(inside.mean()), _codes(months, len(true))
    worth = _worth(inside, keys)
    return Coverage(len(true), len(np.unique(keys)), share, *wilson(share * worth, worth), wanted)


def _worth(hits: npt.NDArray[np.bool_], keys: Ints) -> float:
    """How many independent cases these are worth; as few as there are groups where all are alike."""
    off = np.asarray(hits, dtype=np.float64) - float(hits.mean())
    squares, count = float((off**2).sum()), len(np.unique(keys))
    if squares == 0:
        return count
    sums = np.bincount(keys, weights=off)
    return float(np.clip(len(off) * squares / float((sums**2).sum() or squares), count, len(off)))
