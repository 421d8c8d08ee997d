"""Values below each other on one axis, each with its interval: what pictures and pages draw them from.

On a page everything across is per cent of the width, so that it follows the page; the words beside are the page's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROOM = 6.0
"""Per cent of the width within which a label at either end of the axis stays inside."""


@dataclass(frozen=True)
class Range:
    """A row of a chart: a value with its interval, as what they are written, and what it rests on.

    Without `low` there is no interval, without `high` it has no upper end. `wanted` is what it is held against.
    """

    label: str
    value: float
    low: float | None
    high: float | None
    text: str
    sure: str = ""
    n: int | None = None
    wanted: float | None = None


@dataclass(frozen=True)
class Scale:
    """An axis from `first` to `last` that holds 0, with its marks."""

    first: float
    last: float
    marks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Where a value stands, from 0 to 1."""
        return (value - self.first) / (self.last - self.first)


def scale(rows: Sequence[Range]) -> Scale:
    """The axis on which these rows have room."""
    bounds = (bound for row in rows for bound in (row.value, row.low, row.high, row.wanted))
    reach = [0.0, *(bound for bound in bounds if bound is not None)]
    found = marks(min(reach), max(reach))
    return Scale(min(found[0], *reach), max(found[-1], *reach), tuple(found))


def marks(low: float, high: float) -> list[float]:
    """Three to six round numbers from the lowest to the highest.

    >>> marks(0, 0.42), marks(-7, 31), marks(0, 0)
    ([0.0, 0.1, 0.2, 0.3, 0.4], [0.0, 10.0, 20.0, 30.0], [0.0, 1.0])
    """
    span = (high - low) or 1.0
    size = 10.0 ** len(str(int(span))) if span >= 1 else 1.0
    while size > span:
        size /= 10
    step = next(size * share for share in (0.2, 0.25, 0.5, 1, 2) if span / (size * share) < 6)
    first = -int(-low // step) if low < 0 else 0
    found = [round(step * number, 10) for number in range(min(first, 0), int(high / step + 1e-9) + 1)]
    return found if len(found) > 1 else [0.0, span]


@dataclass(frozen=True)
class Mark:
    """A label below the axis."""

    at: float
    text: str
    anchor: str


@dataclass(frozen=True)
class Placed:
    """A row with its places: a dot `at` on a bar of `width` from `left`, or without an interval the bar alone."""

    row: Range
    at: float
    left: float
    width: float
    wanted: float | None

    @property
    def is_sure(self) -> bool:
        """Whether it has an interval."""
        return self.row.low is not None


@dataclass(frozen=True)
class Ranges:
    """What the template draws; `zero` is where 0 stands, None at the edge."""

    rows: tuple[Placed, ...]
    marks: tuple[Mark, ...]
    zero: float | None


def draw(rows: Sequence[Range], write: Callable[[float], str]) -> Ranges:
    """The drawing of these rows; `write` writes the labels of the axis."""
    axis = scale(rows)

    def across(value: float) -> float:
        return round(100 * axis.place(value), 2)

    def placed(row: Range) -> Placed:
        ends = (row.low, axis.last if row.high is None else row.high) if row.low is not None else (0.0, row.value)
        left, right = sorted(across(end) for end in ends)
        wanted = None if row.wanted is None else across(row.wanted)
        return Placed(row, across(row.value), left, round(right - left, 2), wanted)

    named = tuple(Mark(across(mark), write(mark), _anchor(across(mark))) for mark in axis.marks)
    return Ranges(tuple(placed(row) for row in rows), named, across(0) if axis.first < 0 else None)


def _anchor(at: float) -> str:
    return "start" if at < ROOM else "end" if at > 100 - ROOM else "middle"
