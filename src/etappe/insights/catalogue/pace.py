"""What figures of flow share: deals, amounts and days per segment and currency, and how sure their products are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from etappe.core.figures import Interval
from etappe.core.survival import Mean, kaplan_meier, mean_in_the_end, share_in_the_end
from etappe.insights.catalogue.durations import CODES, Times
from etappe.insights.metric import Row

if TYPE_CHECKING:
    from ibis.expr.types import Table

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""

ENDS = tuple(code for outcome, code in CODES.items() if outcome != "open")
"""All ways in which a deal can be decided."""


def counted(deals: Table) -> Table:
    """Deals and amounts per segment, currency, outcome and days since we are engaged."""
    amount = deals.amount.cast("float64")
    return deals.group_by("segment", "currency", "outcome", "in_pipeline", days=deals.engaged_days).aggregate(
        deals=deals.count(),
        with_amount=deals.amount.count(),
        amount=deals.amount.sum(),
        squares=(amount * amount).sum(),
        observed_on=deals.observed_on.max(),
        observed_first=deals.observed_on.min(),
    )


@dataclass(frozen=True)
class Part:
    """A factor: its value and the variance of its logarithm."""

    value: float
    error: float


def product(parts: list[Part]) -> Interval:
    """The 95 % interval of a product of independent factors, on the log scale, where it cannot fall below zero.

    >>> [round(bound, 3) for bound in product([Part(2.0, 0.01), Part(3.0, 0.03)])]
    [4.054, 8.88]
    """
    value, half = 1.0, Z * sqrt(sum(part.error for part in parts))
    for part in parts:
        value *= part.value
    return value * exp(-half), value * exp(half)


def within(value: float, low: float, high: float) -> Part:
    """A factor of which the 95 % interval is known."""
    return Part(value, (log(high / low) / (2 * Z)) ** 2)


def share_won(known: Times) -> Part | None:
    """Of all deals begun the share that is won in the end; None where the interval reaches down to nothing."""
    share = share_in_the_end(known.days, known.codes, CODES["won"], ENDS, known.weights)
    return within(share.value, share.low, share.high) if share and share.low > 0 else None


def mean_amount(rows: list[Row]) -> Part | None:
    """The mean amount of won deals; None where no two have one, or all are worth nothing."""
    won = [row for row in rows if row["outcome"] == "won" and row["with_amount"]]
    n = sum(row["with_amount"] for row in won)
    whole = float(sum((row["amount"] for row in won), Decimal()))
    if n < 2 or whole <= 0:
        return None
    mean = whole / n
    variance = max(0.0, sum(row["squares"] for row in won) / n - mean**2) * n / (n - 1)
    return Part(mean, variance / n / mean**2)


def time_open(known: Times) -> Mean:
    """The mean days that a deal is open, until all are decided; there is at least one deal."""
    return mean_in_the_end(kaplan_meier(known.days, known.is_over, known.weights))
