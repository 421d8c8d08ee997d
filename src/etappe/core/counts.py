"""How sure a count is: the interval of what is to be expected where k were counted."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def expected(count: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """The expectations of a Poisson count that `count` does not speak against; `count` >= 0.

    Things that come independently of each other are counted so: a month with 9 of them does not say that 9 come in
    each. Byar's approximation to the exact interval, within one percent of it from a count of 1 on; the lower bound of
    none is 0.

    Source: N. E. Breslow, N. E. Day, Statistical Methods in Cancer Research II (1987), page 69; exact for 10: 4.80 to
    18.39, for 100: 81.4 to 121.6.

    >>> [round(bound, 2) for bound in expected(10)], [round(bound, 1) for bound in expected(100)]
    ([4.79, 18.39], [81.4, 121.6])
    >>> expected(0)[0], round(expected(0)[1], 2)
    (0.0, 3.67)
    """
    if count < 0:
        raise ValueError(f"{count} is no count")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    low = count * (1 - 1 / (9 * count) - z / (3 * sqrt(count))) ** 3 if count else 0.0
    above = count + 1
    return max(0.0, low), above * (1 - 1 / (9 * above) + z / (3 * sqrt(above))) ** 3
