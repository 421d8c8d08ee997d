"""Statistics of ranks: how well an order agrees with another, without assuming how values are spread."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def ranks(values: npt.ArrayLike) -> Floats:
    """The rank of each value from 1, ties sharing their mean rank. O(n log n).

    >>> ranks([10, 20, 20, 30]).tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    given = np.asarray(values, dtype=np.float64)
    _, inverse, counts = np.unique(given, return_inverse=True, return_counts=True)
    upto = np.cumsum(counts)
    return np.asarray((upto - (counts - 1) / 2)[inverse], dtype=np.float64)


def rank_correlation(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Spearman's correlation of two equally long rows; 0 where one of them never changes.

    >>> rank_correlation([1, 2, 3], [10, 100, 1000])
    1.0
    >>> rank_correlation([1, 1], [1, 2])
    0.0
    """
    a, b = ranks(one), ranks(other)
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size else 0.0


def auc(truth: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """The chance that a positive case is scored above a negative one, ties counting half; needs both kinds.

    Source: H. B. Mann, D. R. Whitney (1947); J. A. Hanley, B. J. McNeil, Radiology 143 (1982).

    >>> auc([False, False, True, True], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    positive = np.asarray(truth, dtype=np.bool_)
    hits, misses = int(positive.sum()), int((~positive).sum())
    if not hits or not misses:
        raise ValueError("needs positive and negative cases")
    return float((ranks(score)[positive].sum() - hits * (hits + 1) / 2) / (hits * misses))
