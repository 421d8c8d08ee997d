"""The sales cycle as curves: a drawing per clock, the same as a sentence and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from etappe.core.figures import Result, Series
from etappe.core.proportion import wilson
from etappe.web.curve import Drawing, draw
from etappe.web.figure_columns import CLOCKS
from etappe.web.figure_numbers import between, whole_days
from etappe.web.templatetags.formats import percent

LINES: Mapping[str, str | Promise] = {
    "open": gettext_lazy("still open"),
    "won": gettext_lazy("won"),
    "lost": gettext_lazy("lost or declined"),
    "disqualified": gettext_lazy("disqualified"),
}
TABLED = (7, 14, 30, 60, 90, 180, 365, 730, 1825)
"""Days that the table tells of."""


@dataclass(frozen=True)
class Key:
    """A line of the legend."""

    key: str
    label: str | Promise


@dataclass(frozen=True)
class Reading:
    """A cell of the table: a share with its interval."""

    head: str | Promise
    share: str
    sure: str


@dataclass(frozen=True)
class Chart:
    """The curves on one clock."""

    clock: str
    title: str
    sentence: str
    drawing: Drawing
    legend: tuple[Key, ...]
    rows: tuple[tuple[str, tuple[Reading, ...]], ...]


def charts(result: Result) -> tuple[Chart, ...]:
    """One chart per clock on which enough deals were decided."""
    found: dict[str, dict[str, Series]] = {}
    for line in result.finding.series:
        clock, _colon, key = line.key.partition(":")
        found.setdefault(clock, {})[key] = line
    return tuple(_chart(clock, lines) for clock, lines in found.items())


def _chart(clock: str, lines: Mapping[str, Series]) -> Chart:
    end = lines["open"].end
    days = [day for day in TABLED if day < end] + [round(end)]
    return Chart(
        clock=clock,
        title=_("How deals end, by days {clock}").format(clock=CLOCKS[clock]),
        sentence=_sentence(lines),
        drawing=draw(lines.values()),
        legend=tuple(Key(key, LINES[key]) for key in lines),
        rows=tuple((whole_days(day), tuple(_reading(key, line, day) for key, line in lines.items())) for day in days),
    )


def _reading(key: str, line: Series, day: float) -> Reading:
    """Where none has ended so yet, or all have, the curve does not vary: what it rests on says how sure that is."""
    start = 1.0 if key == "open" else 0.0
    share, bounds = line.at(day, start), line.around(day, start)
    if share in (0.0, 1.0) and bounds[0] == bounds[1] and line.counts:
        bounds = wilson(share * line.counts[0], line.counts[0])
    return Reading(LINES[key], percent(share), between(bounds, percent))


def _sentence(lines: Mapping[str, Series]) -> str:
    """The curves in words."""
    last = lines["open"].end
    ends = {key: percent(line.at(last, 1.0 if key == "open" else 0.0)) for key, line in lines.items()}
    half = next((day for day, share in zip(lines["open"].x, lines["open"].y, strict=True) if share <= 0.5), None)
    first = _("Half of the deals are decided within {days}.").format(days=whole_days(half)) if half is not None else ""
    rest = _(
        "After {end}, the longest time seen, {won} have been won, {lost} lost or declined, {disqualified} "
        "disqualified, and {open} are still open."
    ).format(end=whole_days(last), **ends)
    return f"{first} {rest}".strip()
