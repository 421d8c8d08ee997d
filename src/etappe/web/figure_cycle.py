"""The sales cycle as curves: a drawing per clock, the same as a sentence and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from etappe.core.figures import Result, Series
from etappe.core.proportion import wilson
from etappe.web.curve import PARTS, Drawing, Stop, draw
from etappe.web.figure_columns import CLOCKS
from etappe.web.figure_numbers import between, whole_days
from etappe.web.templatetags.formats import number, percent

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

    @property
    def stops(self) -> Iterable[tuple[Stop, str]]:
        """Where the pointer reads the curves, and what it reads there."""
        for stop, (day, readings) in zip(self.drawing.stops, self.rows, strict=True):
            yield stop, "\n".join([day, *(f"{each.head}: {each.share} ({each.sure})" for each in readings)])


def charts(result: Result) -> tuple[Chart, ...]:
    """One chart per clock on which enough deals were decided."""
    found: dict[str, dict[str, Series]] = {}
    for line in result.finding.series:
        clock, _colon, key = line.key.partition(":")
        found.setdefault(clock, {})[key] = line
    return tuple(_chart(clock, lines, _population(result, clock)) for clock, lines in found.items())


def _chart(clock: str, lines: Mapping[str, Series], population: str) -> Chart:
    end = lines["open"].end
    parts = PARTS if any(0 < x < 1 for x in lines["open"].x) else ()
    days = [*parts, *(day for day in TABLED if day < end), round(end) or end]
    return Chart(
        clock=clock,
        title=_("How deals end, by days {clock}").format(clock=CLOCKS[clock]),
        sentence=" ".join((population, _sentence(lines))),
        drawing=draw(lines.values(), days),
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


def _population(result: Result, clock: str) -> str:
    """How many deals the curves are about: the two clocks do not start for the same ones."""
    lines = (row for row in result.finding.rows if row["clock"] == clock and row["reading"] == "decided")
    n, untimed = sum(row["n"] for row in lines), result.finding.extra[clock]
    said = ngettext("{count} deal.", "{count} deals.", n).format(count=number(n))
    if not untimed:
        return said
    missing = ngettext(
        "{count} more has no usable start on this clock.", "{count} more have no usable start on this clock.", untimed
    )
    return f"{said} {missing.format(count=number(untimed))}"


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
