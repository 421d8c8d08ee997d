"""What the figures about time share: how many deals had which duration, by clock, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etappe.core.survival import Bools, Floats
from etappe.insights.metric import Row, total

if TYPE_CHECKING:
    from ibis.expr.types import Table

CLOCKS = ("engaged", "buyer")
CODES = {"open": 0, "won": 1, "lost": 2, "declined": 3, "disqualified": 4}
"""Outcomes as the maths takes them; 0 is still going on."""


def counted(deals: Table, *clocks: str) -> Table:
    """Deals per segment, outcome, and whole days on these clocks."""
    days = [f"{clock}_days" for clock in clocks]
    return deals.group_by("segment", "outcome", "rests", "in_pipeline", *days).aggregate(
        deals=deals.count(), observed_on=deals.observed_on.max(), observed_first=deals.observed_on.min()
    )


def on_clock(rows: list[Row], clock: str) -> list[Row]:
    """The rows with the days of one clock as `days`."""
    return [{**row, "days": row[f"{clock}_days"]} for row in rows]


@dataclass(frozen=True)
class Times:
    """Durations in days with their outcome and how many deals had them."""

    days: Floats
    codes: np.ndarray[tuple[int], np.dtype[np.int64]]
    weights: Floats

    def count(self, where: Bools | None = None) -> int:
        """How many deals, of those where this holds."""
        return int(self.weights.sum() if where is None else self.weights[where].sum())

    @property
    def is_over(self) -> Bools:
        """Which are decided."""
        return np.asarray(self.codes != 0)

    @property
    def is_won(self) -> Bools:
        """Which are won."""
        return np.asarray(self.codes == CODES["won"])


def usable(rows: list[Row]) -> list[Row]:
    """The rows of deals of the pipeline whose clock has a start that is not after the end."""
    return [row for row in rows if row["in_pipeline"] and row["days"] is not None and row["days"] >= 0]


REASONS = {
    "no_start": {"clock": "engaged", "start": "unknown", "in_pipeline": "true"},
    "starts_after_end": {"clock": "engaged", "start": "after_end", "in_pipeline": "true"},
    "before_pipeline": {"in_pipeline": "false"},
}
"""How the deals that cannot be timed are listed."""


def times(rows: list[Row]) -> Times:
    """The rows as arrays."""
    return Times(
        np.array([row["days"] for row in rows], dtype=np.float64),
        np.array([CODES[row["outcome"]] for row in rows], dtype=np.int64),
        np.array([row["deals"] for row in rows], dtype=np.float64),
    )


def unusable(rows: list[Row]) -> dict[str, int]:
    """How many deals cannot be timed, and why."""
    pipeline = [row for row in rows if row["in_pipeline"]]
    reasons = {
        "no_start": total(pipeline, days=None),
        "starts_after_end": total([row for row in pipeline if row["days"] is not None and row["days"] < 0]),
        "before_pipeline": total(rows, in_pipeline=False),
    }
    return {reason: count for reason, count in reasons.items() if count}
