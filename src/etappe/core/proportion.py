"""How sure a share is: the interval around k of n."""

from __future__ import annotations

from math import sqrt
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
