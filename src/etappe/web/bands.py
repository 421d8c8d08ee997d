"""Ranges per month as a drawing: numbers for an SVG whose width follows the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etappe.core.forecast import Range

TOP, HEIGHT, BELOW = 28, 180, 26


@dataclass(frozen=True)
class Band:
    """One month: per cent of the width, pixels of the height."""

    name: str
    left: float
    width: float
    middle: float
    outer: tuple[float, float]
    inner: tuple[float, float]
    median: float


@dataclass(frozen=True)
class Bands:
    """What the template draws; `most` is the amount at the upper line."""

    bands: tuple[Band, ...]
    most: float
    half: float
    top: int = TOP
    centre: float = TOP + HEIGHT / 2
    ground: int = TOP + HEIGHT
    foot: int = TOP + HEIGHT + 18
    height: int = TOP + HEIGHT + BELOW


def draw(months: Sequence[tuple[str, Range]]) -> Bands:
    """The drawing of these months, each with its 80 % and 50 % interval and its median."""
    most = max([1.0, *(each.high80 for _, each in months)])
    step = 100 / max(len(months), 1)
    bands = (_band(name, each, at * step, step, most) for at, (name, each) in enumerate(months))
    return Bands(tuple(bands), most, most / 2)


def _band(name: str, said: Range, left: float, step: float, most: float) -> Band:
    def high(value: float) -> float:
        return round(TOP + HEIGHT * (1 - value / most), 1)

    outer, inner = (
        (high(upper), round(high(lower) - high(upper), 1))
        for lower, upper in ((said.low80, said.high80), (said.low50, said.high50))
    )
    start, width = round(left + step * 0.25, 2), round(step * 0.5, 2)
    return Band(name, start, width, round(left + step / 2, 2), outer, inner, high(said.median))
