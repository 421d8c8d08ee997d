"""The chart of a figure for a mail: its curves, its rows on one axis, or how it stood before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from etappe.core.figures import Result
from etappe.web.figure_cycle import Chart
from etappe.web.figure_numbers import between, unit_of, whole_days
from etappe.web.figure_words import Asked, Table, table
from etappe.web.picture import Picture, Range, curves, ranges
from etappe.web.templatetags.formats import day, number, percent

MOST_ROWS = 20
"""Rows of a chart; the table has more."""
COLUMNS: Mapping[str, tuple[str, str]] = {
    "stage_now": ("n", ""),
    "stage_time": ("p50", "p50_interval"),
    "deal_size": ("p50", "p50_interval"),
    "coverage": ("value", ""),
    "data_quality": ("n", ""),
    "bottlenecks": ("worth", "worth_interval"),
}
"""The column of a row that is drawn, and that of its interval, where they are not `value` and `interval`."""
ONE_CURRENCY = ("deal_size", "velocity", "coverage")
"""Figures whose rows are worth comparing in one currency only."""


@dataclass(frozen=True)
class Before:
    """How the figure stood at the end of a day: a row of the table beside the chart."""

    day: str
    value: str
    interval: str
    n: int


@dataclass(frozen=True)
class Drawn:
    """A chart with what it shows in words; `before` is its table where the figure's own is not."""

    picture: Picture
    title: str
    sentence: str
    before: tuple[Before, ...] = ()


def drawn_curve(chart: Chart) -> Drawn:
    """The curves on one clock."""
    named = {key.key: str(key.label) for key in chart.legend}
    ends = {line.key: f"{named[line.key]} {percent(line.end)}" for line in chart.drawing.lines}
    picture = curves(chart.drawing, ends, percent, number)
    return Drawn(picture, _("{title}, on a logarithmic scale").format(title=chart.title), chart.sentence)


def drawn_rows(result: Result, asked: Asked) -> Drawn | None:
    """The rows of the figure below each other; None where fewer than two have a value."""
    unit = whole_days if result.metric == "stage_time" else unit_of(result)
    axis = percent if result.unit == "share" else unit
    rows = list(_ranges(result, table(result, asked), unit))[:MOST_ROWS]
    if len(rows) < 2:
        return None
    highest, lowest = (choose(rows, key=lambda row: row.value) for choose in (max, min))
    sentence = _("Highest: {highest}, {most}. Lowest: {lowest}, {least}.").format(
        highest=highest.label, most=highest.text, lowest=lowest.label, least=lowest.text
    )
    if highest.low is not None and (lowest.high is None or lowest.high >= highest.low):
        sentence = " ".join((sentence, _("Their intervals overlap: that may be chance.")))
    return Drawn(ranges(rows, axis), result.title, sentence)


def _ranges(result: Result, shown: Table, unit: Callable[[Any], str]) -> Iterable[Range]:
    column, interval = COLUMNS.get(result.metric, ("value", "interval"))
    currency = result.finding.extra.get("currency") if result.metric in ONE_CURRENCY else None
    telling = [
        name
        for name in ("process_label", "currency")
        if len({row.get(name) for row in result.finding.rows}) > 1 and result.metric not in ONE_CURRENCY
    ]
    for row, cells in zip(result.finding.rows, shown.rows, strict=True):
        value = row.get(column)
        if value is None or (currency and row.get("currency") != currency):
            continue
        names = [cell.text for cell in cells if not cell.is_number]
        label = " · ".join(dict.fromkeys([*names, *(str(row[name]) for name in telling)]))
        yield _range(label, value, row.get(interval), unit)


def _range(label: str, value: Any, interval: Sequence[Any] | None, unit: Callable[[Any], str]) -> Range:
    low, high = interval or (None, None)
    return Range(
        label=label,
        value=float(value),
        low=float(low or 0) if interval else None,
        high=None if high is None else float(high),
        text=unit(value if not isinstance(value, str) else Decimal(value)),
    )


def drawn_past(results: Sequence[Result]) -> Drawn | None:
    """How the figure stood on several days, the last of them now; None where none of them says anything."""
    said = [result for result in results if result.is_enough and result.finding.value is not None]
    if not said:
        return None
    unit = unit_of(said[-1])
    rows = [_range(day(each.as_of), each.finding.value, each.finding.interval, unit) for each in said]
    before = tuple(
        Before(row.label, row.text, between(each.finding.interval, unit), each.finding.n)
        for row, each in zip(rows, said, strict=True)
    )
    title = _("{title} at the end of each day").format(title=said[-1].title)
    axis = percent if said[-1].unit == "share" else unit
    return Drawn(ranges(rows, axis), title, " ".join(map(_stood, dict.fromkeys((before[0], before[-1])))), before)


def _stood(each: Before) -> str:
    if not each.interval:
        return _("On {day} it stood at {value}.").format(day=each.day, value=each.value)
    return _("On {day} it stood at {value} ({interval}).").format(
        day=each.day, value=each.value, interval=each.interval
    )
