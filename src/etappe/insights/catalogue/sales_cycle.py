"""How long it takes until a deal is decided, and until it is won, with open deals counted as open."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding, Interval, Series
from etappe.core.survival import (
    Curve,
    Floats,
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
from etappe.insights.metric import Metric, Row, by_segment
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 20
SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def build(deals: Table) -> Table:
    """Deals per segment, outcome and days on both clocks."""
    return counted(deals, *CLOCKS)


def finish(rows: list[Row]) -> Finding:
    """Percentiles per segment, clock and reading; the headline is the median time to a decision since we are engaged.

    Readings: `decided` is Kaplan-Meier of the time to any decision; `won` are the percentiles among deals that get won
    (Aalen-Johansen, other ends competing); `won_others_censored` is Kaplan-Meier of the time to winning with other ends
    censored, as much other software computes it: it describes a world where no deal is lost.

    >>> line = {"segment": "", "in_pipeline": True, "buyer_days": None, "deals": 2}
    >>> ends = {day: "won" if day % 3 else "open" for day in range(1, 31)}
    >>> found = finish([{**line, "outcome": end, "engaged_days": day} for day, end in ends.items()])
    >>> found.value, found.interval, found.n, found.rows[1]["reading"], found.rows[1]["p90"]
    (20.0, (14.0, 23.0), 60, 'won', 28.0)
    """
    engaged = on_clock(rows, "engaged")
    known = times(usable(engaged))
    decided = known.count(known.is_over)
    value, interval, series = _headline(known) if decided >= MINIMUM else (None, None, ())
    return Finding(value, interval, known.count(), decided, tuple(_lines(rows)), unusable(engaged), series)


def _headline(known: Times) -> tuple[float | None, Interval | None, tuple[Series, ...]]:
    curve = kaplan_meier(known.days, known.is_over, known.weights)
    found = percentile(curve, 0.5)
    interval = (found.low, found.high) if found.low is not None else None
    return found.value, interval, _series(known, curve)


def _lines(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {"segment": segment, "clock": clock, **line}
        for segment, part in by_segment(rows).items()
        for clock in CLOCKS
        if (known := usable(on_clock(part, clock)))
        for line in _readings(times(known))
    ]


def _readings(known: Times) -> list[dict[str, Any]]:
    days, weights = known.days, known.weights
    decided, won = kaplan_meier(days, known.is_over, weights), incidence(days, known.codes, CODES["won"], weights)
    alone = kaplan_meier(days, known.is_won, weights)
    over, wins = known.count(known.is_over), known.count(known.is_won)
    return [
        _line("decided", known, over, {key: percentile(decided, share) for key, share in SHARES.items()}),
        _line("won", known, wins, {key: percentile_among(won, share) for key, share in SHARES.items()}),
        _line("won_others_censored", known, wins, {key: percentile(alone, share) for key, share in SHARES.items()}),
    ]


def _line(reading: str, known: Times, events: int, found: dict[str, Percentile]) -> dict[str, Any]:
    enough = events >= MINIMUM
    line: dict[str, Any] = {
        "reading": reading,
        "n": known.count(),
        "events": events,
        "open": known.count(~known.is_over),
    }
    for key, point in found.items():
        line[key] = point.value if enough else None
        line[f"{key}_interval"] = (point.low, point.high) if enough else None
    return line


def _series(known: Times, curve: Curve) -> tuple[Series, ...]:
    won = incidence(known.days, known.codes, CODES["won"], known.weights)
    half = NormalDist().inv_cdf(0.975) * np.sqrt(won.variance)
    around = (np.maximum(0, won.share - half), np.minimum(1, won.share + half))
    return _line_of("open", curve.survival, band(curve), curve), _line_of("won", won.share, around, curve)


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
        "that slow deals are not forgotten (Kaplan-Meier). The time until a deal is won is given among the deals that "
        "get won, with all other ends competing (Aalen-Johansen). The second clock starts when the buyer began to look."
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
)
