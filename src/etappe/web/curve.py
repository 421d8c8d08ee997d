"""A survival curve as a drawing: numbers for an SVG whose width follows the page, the days on a log axis.

Heights are pixels; across, everything is per mille of the width (paths) or per cent of it (labels), so that text keeps
its size on a phone. Nothing here needs script or inline style.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from etappe.core.figures import Series

Corners = tuple[tuple[float, float], ...]
TOP, HEIGHT, BELOW = 18, 220, 26
SHORTEST = 0.5
"""Where day 0 stands on the log axis, where no part of a day is known."""
BEFORE = 0.6
"""The axis begins at a mark that lies before this share of the first step."""
PARTS = (1 / 24, 3 / 24, 8 / 24)
"""Marks below a day, for what is decided within one."""
MARKS = (1, 3, 7, 14, 30, 90, 180, 365, 730, 1825, 3650)
ROOM = 9.0
"""Per cent of the width that a label on the axis needs."""


@dataclass(frozen=True)
class Mark:
    """A label on an axis: `at` in per cent of the width or in pixels of the height, `anchor` as SVG says it."""

    at: float
    text: float
    anchor: str = "middle"

    @property
    def hours(self) -> float:
        """A mark below a day; 0 for the others."""
        return round(24 * self.text) if self.text < 1 else 0


@dataclass(frozen=True)
class Stop:
    """A day to read the curves at: where it stands and from where to where the pointer means it, per cent across."""

    at: float
    left: float
    width: float


@dataclass(frozen=True)
class Line:
    """A step line and the outline of its confidence band, by corners in per mille; and its share at the end."""

    key: str
    steps: Corners
    outline: Corners
    end: float

    @property
    def path(self) -> str:
        """The line as path data."""
        return f"M{_joined(self.steps)}"

    @property
    def band(self) -> str:
        """The band as path data."""
        return f"M{_joined(self.outline)}Z"


def _joined(corners: Corners) -> str:
    return "L".join(f"{x:g} {y:g}" for x, y in corners)


@dataclass(frozen=True)
class Axis:
    """Days on a logarithmic scale, from the first to the last."""

    first: float
    last: float

    def place(self, days: float) -> float:
        """Per mille of the width; what lies before the first day stands on it."""
        return 1000 * log(max(days, self.first) / self.first) / log(max(self.last, 2 * self.first) / self.first)


@dataclass(frozen=True)
class Drawing:
    """What the template draws."""

    lines: tuple[Line, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    stops: tuple[Stop, ...] = ()
    top: int = TOP
    plot: int = HEIGHT
    ground: int = TOP + HEIGHT
    height: int = TOP + HEIGHT + BELOW
    foot: int = TOP + HEIGHT + 18


def draw(series: Iterable[Series], days: Sequence[float] = ()) -> Drawing:
    """The drawing of shares over days, to be read at `days`; the open line starts at 1, every other at 0."""
    found = tuple(series)
    last = max([1.0, *(each.end for each in found)])
    axis = Axis(_first(found, last), last)
    lines = tuple(_line(each, axis) for each in found)
    up = tuple(Mark(_y(share) * HEIGHT / 1000 + TOP, share) for share in (0.25, 0.5, 0.75, 1.0))
    return Drawing(lines, tuple(_marks(axis)), up, tuple(_stops([axis.place(day) / 10 for day in days])))


def _first(found: Sequence[Series], last: float) -> float:
    """The mark that the axis begins at."""
    begin = min([last, *(each.x[0] for each in found if each.x)])
    early = min((x for each in found for x in each.x if 0 < x < SHORTEST), default=None)
    if early is not None:
        return max([PARTS[0] / 2, *(mark for mark in PARTS if mark <= BEFORE * early)])
    return max([SHORTEST, *(mark for mark in MARKS if mark <= BEFORE * begin)])


def _line(series: Series, axis: Axis) -> Line:
    key = series.key.rpartition(":")[2]
    start = 1.0 if key == "open" else 0.0
    places = {round(axis.place(x), 0): index for index, x in enumerate(series.x)}
    steps, upper, lower = (_steps(places, heights, start) for heights in (series.y, series.high, series.low))
    return Line(key, tuple(steps), (*upper, *reversed(lower)), series.y[-1] if series.y else start)


def _stops(places: Sequence[float]) -> Iterable[Stop]:
    """Whatever lies closer to one of these places than to the others, is read there."""
    edges = [0.0, *((left + right) / 2 for left, right in pairwise(places)), 100.0]
    for at, left, right in zip(places, edges, edges[1:], strict=False):
        yield Stop(round(at, 2), round(left, 2), round(right - left, 2))


def _steps(places: Mapping[float, int], shares: Sequence[float], start: float) -> list[tuple[float, float]]:
    """Corners of a step line; of the steps that fall on the same per mille of the width the last one is drawn."""
    corners, height = [(0.0, _y(start))], _y(start)
    for at, index in places.items():
        new = round(_y(shares[index]), 1)
        corners += [(at, height), (at, new)]
        height = new
    return [*corners, (1000.0, height)]


def _y(share: float) -> float:
    return 1000 * (1 - share)


def _marks(axis: Axis) -> Iterable[Mark]:
    """Labels that have room, from the last one backwards, so that the long end is always named."""
    free = 100 + ROOM
    kept: list[Mark] = []
    for days in reversed([mark for mark in (*PARTS, *MARKS) if axis.first <= mark <= axis.last]):
        at = axis.place(days) / 10
        if at <= free - ROOM:
            kept.append(Mark(round(at, 2), days, _anchor(at)))
            free = at
    return reversed(kept)


def _anchor(at: float) -> str:
    """Labels at either end stay inside."""
    return "start" if at < ROOM / 2 else "end" if at > 100 - ROOM / 2 else "middle"
