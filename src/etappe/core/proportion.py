"""How sure a share is: the interval around k of n, and what a true share lets one see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, hypot, pi, sin, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt


def wilson(hits: float, n: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of a proportion: all shares p that `hits` of `n` does not speak against at this confidence.

    `hits` and `n` are counts, or effective counts of a weighted sample (then not whole); 0 <= hits <= n, n > 0.
    Both bounds lie in [0, 1]; with no hits the lower one is 0, with all hits the upper one is 1. The coverage is close
    to nominal from n of about 10 on, also near 0 and 1, where the usual p +- 1.96 se fails.

    Raises `ValueError` for n <= 0 or hits outside [0, n]: a share of nothing is not a number.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927);
    compared with others in L. D. Brown, T. T. Cai, A. DasGupta, Statistical Science 16 (2001).

    >>> [round(bound, 4) for bound in wilson(81, 263)]
    [0.2553, 0.3662]
    >>> wilson(0, 10)[0], wilson(10, 10)[1]
    (0.0, 1.0)
    """
    if not 0 <= hits <= n or n <= 0:
        raise ValueError(f"{hits} of {n} is not a share")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = hits / n
    scale = 1 + z * z / n
    middle = (share + z * z / (2 * n)) / scale
    half = z / scale * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == n else min(1.0, middle + half)
    return low, high


def difference(
    hits: tuple[float, float], n: tuple[float, float], *, confidence: float = 0.95
) -> tuple[float, tuple[float, float]]:
    """How much larger the first of two shares is than the second, with the interval of the difference.

    `hits` of `n`, first and second; both n > 0. Where the interval holds 0, the two cannot be told apart.

    Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statist. Med. 17
    (1998), method 10; the example is his.

    >>> found, bounds = difference((56, 48), (70, 80))
    >>> round(found, 4), [round(bound, 4) for bound in bounds]
    (0.2, [0.0524, 0.3339])
    """
    first, second = ((hit / of, wilson(hit, of, confidence=confidence)) for hit, of in zip(hits, n, strict=True))
    return difference_of(first, second)


Bounded = tuple[float, tuple[float, float]]
"""A value with its interval."""


def difference_of(one: Bounded, other: Bounded) -> Bounded:
    """How much larger the first of two independent shares is than the second, from their own intervals.

    Source: as `product`; with Wilson's intervals it is `difference`.

    >>> found, bounds = difference_of((0.8, (0.6918, 0.8769)), (0.6, (0.4904, 0.7004)))
    >>> round(found, 4), [round(bound, 3) for bound in bounds]
    (0.2, [0.052, 0.334])
    """
    found, (low, high) = apart(one, other)
    return found, (max(-1.0, low), min(1.0, high))


def apart(one: Bounded, other: Bounded) -> Bounded:
    """As `difference_of`, of two independent estimates of any kind.

    >>> found, bounds = apart((12.0, (10.0, 14.0)), (9.0, (8.0, 10.0)))
    >>> found, [round(bound, 2) for bound in bounds]
    (3.0, [0.76, 5.24])
    """
    (first, (low1, high1)), (second, (low2, high2)) = one, other
    found = first - second
    down, up = sqrt((first - low1) ** 2 + (high2 - second) ** 2), sqrt((high1 - first) ** 2 + (second - low2) ** 2)
    return found, (found - down, found + up)


def product(one: Bounded, share: Bounded) -> Bounded:
    """The product of two independent estimates with its interval; the second is a share, so not below 0.

    Where the interval of the first leaves out 0, so does that of the product, or it ends there.

    Source: G. Y. Zou, A. Donner, "Construction of confidence limits about effect measures: a general approach",
    Statist. Med. 27 (2008), MOVER: each bound is as far off as the bounds of the two that pull it there, together.

    >>> found, bounds = product((0.2, (0.1, 0.3)), (0.5, (0.4, 0.6)))
    >>> round(found, 3), [round(bound, 4) for bound in bounds]
    (0.1, [0.0461, 0.1539])
    >>> product((0.2, (0.01, 0.4)), (0.5, (0.1, 0.9)))[1][0]
    0.0
    """
    (first, (low, high)), (second, (least, most)) = one, share
    found, weight = first * second, abs(first)
    less, more = (second - least, most - second) if first >= 0 else (most - second, second - least)
    down = found - hypot(second * (first - low), weight * less)
    up = found + hypot(second * (high - first), weight * more)
    return found, (max(down, 0.0) if low >= 0 else down, min(up, 0.0) if high <= 0 else up)


def ratio(
    parts: npt.ArrayLike, wholes: npt.ArrayLike, weights: npt.ArrayLike, *, confidence: float = 0.95
) -> tuple[float, tuple[float, float]]:
    """The ratio of two sums over cases, sum(part) / sum(whole), with its interval cut to [0, 1].

    `parts`, `wholes`: two numbers per case, 0 <= part <= whole; `weights`: how many cases each element stands for.
    Cases vary, not the units within them: a hundred days in one deal say less than a day in each of a hundred.

    Raises `ValueError` for fewer than two cases or where all wholes are 0.

    Source: W. G. Cochran, "Sampling Techniques" (1977), section 6.3 (linearised variance).

    >>> found, bounds = ratio([0, 3, 1, 2], [4, 4, 2, 2], [1, 1, 1, 1])
    >>> found, [round(bound, 3) for bound in bounds]
    (0.5, [0.038, 0.962])
    """
    part, whole, count = (np.asarray(each, dtype=np.float64) for each in (parts, wholes, weights))
    n, base = float(count.sum()), float((whole * count).sum())
    if n < 2 or base <= 0:
        raise ValueError("a ratio needs two cases and something to divide by")
    found = float((part * count).sum()) / base
    spread = float((count * (part - found * whole) ** 2).sum()) * n / (n - 1)
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * sqrt(spread) / base
    return found, (max(0.0, found - half), min(1.0, found + half))


def observable(share: float, n: float, *, confidence: float = 0.95) -> tuple[float, float | None]:
    """The shares that one sees among n cases with this confidence, if `share` is the true one: low, high.

    The other way round from `wilson`, which goes from what was seen to what may be true; the two differ near 0 and 1,
    where the one leans away from the edge and the other towards it. `n` may be an effective count; 0 < share < 1,
    n > 0. High is None where all n may be hits.

    Source: the variance-stabilising arcsine transformation; F. J. Anscombe, Biometrika 35 (1948).

    >>> [round(bound, 3) for bound in observable(0.5, 100)], [round(bound, 3) for bound in observable(0.9, 100)]
    ([0.403, 0.597], [0.834, 0.951])
    >>> round(observable(0.9, 8)[0], 3), observable(0.9, 8)[1]
    (0.616, None)
    """
    if not 0 < share < 1 or n <= 0:
        raise ValueError(f"a share of {share} cannot be seen among {n}")
    middle, half = asin(sqrt(share)), NormalDist().inv_cdf(0.5 + confidence / 2) / (2 * sqrt(n))
    return sin(max(0.0, middle - half)) ** 2, sin(middle + half) ** 2 if middle + half < pi / 2 else None


@dataclass(frozen=True)
class Spread:
    """How much shares of groups differ: standard deviation `beyond` chance, and whether it may be chance alone."""

    beyond: float
    is_chance: bool


def spread(groups: Sequence[tuple[float, float]]) -> Spread:
    """How much the shares of two or more groups, each hits of n, differ beyond what their sizes let one see.

    Chance is tested by chi-square for homogeneity at 5 %, with its quantile after Wilson and Hilferty; the standard
    deviation is that of the method of moments, 0 where the groups differ by less than chance.

    Source: W. G. Cochran, "The combination of estimates from different experiments", Biometrics 10 (1954);
    R. DerSimonian, N. Laird, Controlled Clinical Trials 7 (1986); E. B. Wilson, M. M. Hilferty, PNAS 17 (1931).

    >>> spread([(20, 100), (22, 100), (18, 100)])
    Spread(beyond=0.0, is_chance=True)
    >>> found = spread([(5, 100), (20, 100), (45, 100)])
    >>> round(found.beyond, 3), found.is_chance
    (0.198, False)
    """
    sizes = [n for _hits, n in groups]
    whole, base = sum(hits for hits, _n in groups), float(sum(sizes))
    share, free = whole / base, len(groups) - 1
    if free < 1 or share in (0.0, 1.0):
        return Spread(0.0, is_chance=True)
    one = share * (1 - share)
    found = sum(n * (hits / n - share) ** 2 for hits, n in groups) / one
    scale = 2 / (9 * free)
    most = free * (1 - scale + NormalDist().inv_cdf(0.95) * sqrt(scale)) ** 3
    beyond = max(0.0, (found - free) * one / (base - sum(n * n for n in sizes) / base))
    return Spread(sqrt(beyond), is_chance=found <= most)
