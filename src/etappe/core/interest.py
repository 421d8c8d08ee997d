"""How much interest a buyer shows: points for what they do, which fade with time.

A score orders those who show interest; it is no chance of winning anything. Points are stated here once; all that they
claim is an order: who writes shows more than who opens a mail.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

POINTS: Final[Mapping[str, int]] = {
    "opened": 1, "viewed": 2, "liked": 2, "clicked": 4, "commented": 6, "downloaded": 8,
    "attended": 15, "submitted": 20, "wrote": 20, "called": 25, "met": 40,
}  # fmt: skip
"""What an act of the buyer is worth on its day."""
HALF_LIFE: Final = 30
"""Days after which an act is worth half."""
BANDS: Final[Mapping[str, int]] = {"high": 40, "raised": 15, "low": 1, "none": 0}
"""The least score of each band, the highest first."""
PLACES: Final = 6
"""Decimal places a score is rounded to before its band is found: sums differ in their last digits between engines."""


def score(acts: Iterable[tuple[str, int]]) -> float:
    """The score of a buyer's acts, each with its age in whole days; acts that are still to come count nothing.

    >>> score([("wrote", 0), ("opened", 0)]), score([("wrote", 30)]), score([])
    (21.0, 10.0, 0.0)
    >>> score([("wrote", -1)])
    0.0
    """
    fading = (POINTS[act] * math.pow(0.5, age / HALF_LIFE) for act, age in acts if age >= 0)
    return round(math.fsum(fading), PLACES)


def band(found: float) -> str:
    """The band that a score lies in.

    >>> [band(found) for found in (0.0, 0.99, 1.0, 15, 39.9, 40)]
    ['none', 'none', 'low', 'raised', 'raised', 'high']
    """
    return next(name for name, least in BANDS.items() if found >= least)
