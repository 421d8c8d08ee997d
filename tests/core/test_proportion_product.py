"""The interval of a product holds the truth as often as it says."""

from __future__ import annotations

import numpy as np

from etappe.core.proportion import difference, product, wilson

RUNS = 3000


def test_the_interval_of_a_product_holds_as_often_as_it_says() -> None:
    """As bottlenecks use it: a difference of two shares, times a share."""
    chance = np.random.default_rng(8)
    for before, now, after, n in ((0.75, 0.5, 0.6, 60), (0.6, 0.55, 0.2, 40), (0.5, 0.5, 0.9, 25), (0.4, 0.7, 0.5, 80)):
        held = []
        for first, second, won in chance.binomial((n, n, n), (before, now, after), (RUNS, 3)).tolist():
            found, (low, high) = product(difference((first, second), (n, n)), (won / n, wilson(won, n)))
            assert low <= found <= high
            held.append(low <= (before - now) * after <= high)
        assert 0.93 <= np.mean(held) <= 0.99


def test_a_product_keeps_the_sign_that_is_known() -> None:
    for low, high, share in ((0.01, 0.5, (0.01, 0.9)), (0.0, 0.1, (0.0, 1.0))):
        assert product((high / 2, (low, high)), (0.4, share))[1][0] >= 0
        found, bounds = product((-high / 2, (-high, -low)), (0.4, share))
        assert found <= bounds[1] <= 0
    assert product((0.2, (0.1, 0.3)), (0.0, (0.0, 1.0)))[1][1] > 0.15, "nobody knows what follows"
