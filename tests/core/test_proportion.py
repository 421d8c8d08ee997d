"""Shares and how sure they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from etappe.core.proportion import wilson

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS)
def test_the_interval_is_the_one_another_program_computes(counts: tuple[int, int]) -> None:
    hits, n = counts
    theirs = binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert wilson(hits, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_the_published_example() -> None:
    """Newcombe (1998), table I: 15 of 148, 0.0624 to 0.1605."""
    assert [round(bound, 4) for bound in wilson(15, 148)] == [0.0624, 0.1605]


@given(COUNTS)
def test_the_share_lies_within_and_nothing_leaves_the_unit_interval(counts: tuple[int, int]) -> None:
    hits, n = counts
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    assert low < high


@given(COUNTS)
def test_more_confidence_is_wider_and_the_other_side_is_its_mirror(counts: tuple[int, int]) -> None:
    hits, n = counts
    low, high = wilson(hits, n)
    wide_low, wide_high = wilson(hits, n, confidence=0.99)
    assert wide_low <= low
    assert high <= wide_high
    assert wilson(n - hits, n) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("hits", "n"), [(0, 0), (1, 0), (-1, 5), (6, 5), (1, -1)])
def test_a_share_of_nothing_is_refused(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        wilson(hits, n)
