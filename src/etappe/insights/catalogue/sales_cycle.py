"""How long it takes until a deal is decided, and until it is won, with open deals counted as open."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding, Interval, Series
from etappe.core.proportion import wilson
from etappe.core.survival import (
    Curve,
    Floats,
    Incidence,
    Percentile,
    band,
    incidence,
    kaplan_meier,
    percentile,
    percentile_among,
)
from etappe.insights.catalogue.durations import (
    CLOCKS,
    CODES,
    REASONS,
    Times,
    counted,
    on_clock,
    times,
    unusable,
    usable,
)
from etappe.insights.metric import Charted, Metric, Row, by_segment
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 20
ENDS = {"won": (CODES["won"],), "lost": (CODES["lost"], CODES["declined"]), "disqualified": (CODES["disqualified"],)}
"""The ways a deal can end that compete; the buyer's no is one way, however it was said."""
UNTIMED = ("no_start", "starts_after_end")
"""Why a deal of the pipeline is not on a clock; `extra` says by clock how many these are."""
SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def build(deals: Table) -> Table:
    """Deals per segment, outcome and days on both clocks."""
    return counted(deals, *CLOCKS)


def finish(rows: list[Row]) -> Finding:
    """Percentiles per segment, clock and reading; the headline is the median time to a decision since we are engaged.

    Readings: `decided` is Kaplan-Meier of the time to any decision; `won`, `lost` and `disqualified` are percentiles
    among the deals that end in this way (Aalen-Johansen, other ends competing), with the share of all that does;
    `won_others_censored` is Kaplan-Meier of the time to winning with other ends censored, as much other software
    computes it: it describes a world where no deal is lost.

    >>> line = {"segment": "", "in_pipeline": True, "buyer_days": None, "deals": 2}
    >>> ends = {day: "won" if day % 3 else "open" for day in range(1, 31)}
    >>> found = finish([{**line, "outcome": end, "engaged_days": day} for day, end in ends.items()])
    >>> found.value, found.interval, found.n, found.rows[1]["reading"], found.rows[1]["p90"]
    (20.0, (14.0, 23.0), 60, 'won', 28.0)
    """
    engaged = on_clock(rows, "engaged")
    known = times(usable(engaged))
    decided = known.count(known.is_over)
    value, interval = _headline(known) if decided >= MINIMUM else (None, None)
    series = tuple(line for clock in CLOCKS for line in _series(clock, times(usable(on_clock(rows, clock)))))
    untimed = {clock: sum(unusable(on_clock(rows, clock)).get(reason, 0) for reason in UNTIMED) for clock in CLOCKS}
    return Finding(value, interval, known.count(), decided, tuple(_lines(rows)), unusable(engaged), series, untimed)


def _headline(known: Times) -> tuple[float | None, Interval | None]:
    found = percentile(kaplan_meier(known.days, known.is_over, known.weights), 0.5)
    return found.value, (found.low, found.high) if found.low is not None else None


def _lines(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {"segment": segment, "clock": clock, **line}
        for segment, part in by_segment(rows).items()
        for clock in CLOCKS
        if (known := usable(on_clock(part, clock)))
        for line in _readings(times(known))
    ]


def _readings(known: Times) -> list[dict[str, Any]]:
    decided = kaplan_meier(known.days, known.is_over, known.weights)
    alone = kaplan_meier(known.days, known.is_won, known.weights)
    over, wins = known.count(known.is_over), known.count(known.is_won)
    return [
        _line("decided", known, over, {key: percentile(decided, share) for key, share in SHARES.items()}),
        *(_among(known, end) for end in ENDS),
        _line("won_others_censored", known, wins, {key: percentile(alone, share) for key, share in SHARES.items()}),
    ]


def _among(known: Times, end: str) -> dict[str, Any]:
    """Percentiles among the deals that end in this way, and the share of all that has by the longest time watched."""
    curve, events = _incidence(known, end), known.count(np.isin(known.codes, ENDS[end]))
    line = _line(end, known, events, {key: percentile_among(curve, share) for key, share in SHARES.items()})
    over = known.count(known.is_over)
    if over < MINIMUM:
        return line
    low, high = (float(bound[-1]) for bound in _bounds(curve))
    most = high if events else wilson(0, over)[1]  # that none was seen does not say that none can be
    return line | {"share": float(curve.share[-1]), "share_interval": (low, most)}


def _incidence(known: Times, end: str) -> Incidence:
    """The share that ended in this way by each time; ends of the same kind are one cause."""
    one = np.where(np.isin(known.codes, ENDS[end]), ENDS[end][0], known.codes)
    return incidence(known.days, one, ENDS[end][0], known.weights)


def _bounds(curve: Incidence) -> tuple[Floats, Floats]:
    half = NormalDist().inv_cdf(0.975) * np.sqrt(curve.variance)
    return np.maximum(0, curve.share - half), np.minimum(1, curve.share + half)


def _line(reading: str, known: Times, events: int, found: dict[str, Percentile]) -> dict[str, Any]:
    enough = events >= MINIMUM
    line: dict[str, Any] = {
        "reading": reading,
        "share": None,
        "share_interval": None,
        "n": known.count(),
        "events": events,
        "open": known.count(~known.is_over),
    }
    for key, point in found.items():
        line[key] = point.value if enough else None
        line[f"{key}_interval"] = (point.low, point.high) if enough else None
    return line


def _series(clock: str, known: Times) -> tuple[Series, ...]:
    """The curves on one clock: still open, and ended in each way; none where too few are decided."""
    if known.count(known.is_over) < MINIMUM:
        return ()
    curve = kaplan_meier(known.days, known.is_over, known.weights)
    ends = ((end, _incidence(known, end)) for end in ENDS)
    return (
        _line_of(f"{clock}:open", curve.survival, band(curve), curve),
        *(_line_of(f"{clock}:{end}", found.share, _bounds(found), curve) for end, found in ends),
    )


def _line_of(key: str, heights: Floats, bounds: tuple[Floats, Floats], curve: Curve) -> Series:
    return Series(
        key=key,
        x=_plain(curve.times),
        y=_plain(heights),
        low=_plain(bounds[0]),
        high=_plain(bounds[1]),
        counts=_plain(curve.at_risk),
        end=curve.last_seen,
    )


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


SALES_CYCLE = Metric(
    key="sales_cycle",
    title=_("Sales cycle"),
    unit="days",
    definition=_(
        "Days from the day we were engaged to the day the deal was decided: won, lost, declined or disqualified. Half "
        "of all deals are decided within the median. Open deals count as open up to the last day they were seen, so "
        "that slow deals are not forgotten (Kaplan-Meier). Won, lost (or declined) and disqualified compete: the "
        "time until each is given among the deals that end in this way, with the share of all that does "
        "(Aalen-Johansen). The second clock starts when the buyer began to look."
    ),
    denominator=_("all deals whose clock has a start"),
    window=_("all deals up to the day shown; open ones up to the last day they were seen"),
    method=_(
        "Kaplan-Meier; 95 % interval of a percentile after Brookmeyer and Crowley on the log(-log) scale; among won "
        "deals after Woodruff"
    ),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"clock": "engaged", "start": "known", "in_pipeline": "true"},
    narrow={"segment": "segment", "clock": "clock"},
    reasons=REASONS,
    drawn=Charted("p50", "p50_interval", only={"reading": "decided", "clock": "engaged"}),
)
