"""The charts of a figure: its curves, its rows on one axis, or how it stood before; on its page and in mails."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from etappe.core.figures import Result
from etappe.core.goals import after_months
from etappe.core.rhythm import MONTHLY
from etappe.insights.metric import Charted
from etappe.insights.queries import get_metric
from etappe.web.figure_cycle import Chart
from etappe.web.figure_numbers import axis_of, between, unit_of
from etappe.web.figure_words import Asked, Table, table
from etappe.web.picture import Picture, curves, ranges
from etappe.web.ranges import Range, Ranges, draw
from etappe.web.templatetags.formats import day, number, percent

MOST_ROWS = 20
"""Rows of a chart; the table has more."""
LOOKS_BACK = 6
"""Weeks or months before that are shown where a figure has no rows to compare."""
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
class Compared:
    """Rows on one axis, with what they show in words; `write` writes the axis, `basis` says what all rest on.

    `before` is the table of the chart where the figure's own is not.
    """

    key: str
    title: str
    sentence: str
    rows: tuple[Range, ...]
    write: Callable[[Any], str]
    basis: str = ""
    before: tuple[Before, ...] = ()

    @property
    def drawing(self) -> Ranges:
        """The chart for a page."""
        return draw(self.rows, self.write)


@dataclass(frozen=True)
class Drawn:
    """A chart for a mail."""

    picture: Picture
    title: str
    sentence: str
    before: tuple[Before, ...] = ()


def drawn_curve(chart: Chart) -> Drawn:
    """The curves on one clock, for a mail."""
    named = {key.key: str(key.label) for key in chart.legend}
    ends = {line.key: f"{named[line.key]} {percent(line.end)}" for line in chart.drawing.lines}
    picture = curves(chart.drawing, ends, percent, number)
    return Drawn(picture, _("{title}, on a logarithmic scale").format(title=chart.title), chart.sentence)


def pictured(chart: Compared) -> Drawn:
    """Rows on one axis, for a mail."""
    return Drawn(ranges(chart.rows, chart.write), chart.title, chart.sentence, chart.before)


def compared(result: Result, asked: Asked) -> Compared | None:
    """The rows of the figure below each other; None where fewer than two have a value."""
    declared = get_metric(result.metric).drawn
    if declared is None:
        return None
    unit: Callable[[Any], str] = _share if "share" in (declared.unit, result.unit) else unit_of(result)
    found = list(_ranges(result, declared, table(result, asked), unit))
    rows = found[:MOST_ROWS]
    if len(rows) < 2:
        return None
    sentence = _sentence(found)
    if len(found) > len(rows):
        sentence = " ".join((sentence, _("The first {count} rows; the table has all.").format(count=len(rows))))
    title = str(declared.title or result.title)
    axis: Callable[[Any], str] = percent if unit is _share else axis_of(unit)
    return Compared("rows", title, sentence, tuple(rows), axis, _basis(rows, result))


def _sentence(found: list[Range]) -> str:
    highest, lowest = (choose(found, key=lambda row: row.value) for choose in (max, min))
    if highest.text == lowest.text:
        return _("All alike: {value}.").format(value=highest.text)
    said = _("Highest: {highest}, {most}. Lowest: {lowest}, {least}.").format(
        highest=highest.label, most=highest.text, lowest=lowest.label, least=lowest.text
    )
    if highest.low is not None and (lowest.high is None or lowest.high >= highest.low):
        return " ".join((said, _("Their intervals overlap: that may be chance.")))
    return said


def _share(value: Any) -> str:
    return percent(value, 1)


def _basis(rows: Sequence[Range], result: Result) -> str:
    seen = _("as of {day}").format(day=day(result.as_of))
    return " · ".join([_("with 95% intervals"), seen] if any(row.low is not None for row in rows) else [seen])


def _ranges(result: Result, declared: Charted, shown: Table, unit: Callable[[Any], str]) -> Iterable[Range]:
    currency = result.finding.extra.get("currency") if result.metric in ONE_CURRENCY else None
    telling = [
        name
        for name in ("process_label", "currency")
        if len({row.get(name) for row in result.finding.rows}) > 1 and result.metric not in ONE_CURRENCY
    ]
    has_versions = len({(row.get("process"), row.get("version")) for row in result.finding.rows}) > len(
        {row.get("process") for row in result.finding.rows}
    )
    only = {**declared.only, **({"currency": currency} if currency else {})}
    for row, cells in zip(shown.of, shown.rows, strict=True):
        value = row.get(declared.value)
        if value is None or any(row.get(column) != wanted for column, wanted in only.items()):
            continue
        names = [cell.text for cell in cells if not cell.is_number]
        names += [str(row[name]) for name in telling]
        names += [_("version {number}").format(number=row["version"])] if has_versions else []
        label = " · ".join(dict.fromkeys(filter(None, names)))
        yield _range(label, value, row.get(declared.interval), unit, row["n"])


def _range(label: str, value: Any, interval: Sequence[Any] | None, unit: Callable[[Any], str], n: int) -> Range:
    low, high = interval or (None, None)
    bounds = (_number(low) or 0.0, _number(high)) if interval else None
    return Range(
        label=label,
        value=float(value),
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        text=unit(value if not isinstance(value, str) else Decimal(value)),
        sure=between(bounds, unit),
        n=n,
    )


def _number(bound: Any) -> float | None:
    return None if bound is None else float(bound)


def compared_past(results: Sequence[Result]) -> Compared | None:
    """How the figure stood on several days, the last of them now; None where none of them says anything.

    Days up to which the same was seen, as after an import that nobody acted on, are one day.
    """
    said = list({each.as_of: each for each in results if each.is_enough and each.finding.value is not None}.values())
    if not said:
        return None
    unit = unit_of(said[-1])
    rows = [_range(day(each.as_of), each.finding.value, each.finding.interval, unit, each.finding.n) for each in said]
    before = tuple(Before(row.label, row.text, row.sure, row.n or 0) for row in rows)
    title = _("{title} at the end of each day").format(title=said[-1].title)
    axis = percent if said[-1].unit == "share" else axis_of(unit)
    sentence = " ".join(map(_stood, dict.fromkeys((before[0], before[-1]))))
    return Compared("before", title, sentence, tuple(rows), axis, _basis(rows, said[-1]), before)


def _stood(each: Before) -> str:
    if not each.interval:
        return _("On {day} it stood at {value}.").format(day=each.day, value=each.value)
    return _("On {day} it stood at {value} ({interval}).").format(
        day=each.day, value=each.value, interval=each.interval
    )


def days_before(rhythm: str, today: date) -> Iterator[date]:
    """The same day of the weeks or months before, the earliest first."""
    for back in range(LOOKS_BACK, 0, -1):
        first = after_months(today, -back)
        last = monthrange(first.year, first.month)[1]
        yield first.replace(day=min(today.day, last)) if rhythm == MONTHLY else today - timedelta(weeks=back)
