"""How much of our time went into deals that were not won."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.survival import Eventual, incidence, percentile_among, share_of_time
from etappe.insights.catalogue.durations import CODES, REASONS, Times, counted, on_clock, times, unusable, usable
from etappe.insights.catalogue.stages import GONE
from etappe.insights.metric import Metric, Row, by_segment
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 20
NOT_WON = 9
"""Whatever ended otherwise, as the maths takes it."""
MOST_UNDECIDED = 0.2
"""The largest share of deals that may outlast the time watched: beyond it nobody knows what they take."""


def build(deals: Table) -> Table:
    """Deals per segment, outcome and days since we are engaged."""
    return counted(deals, "engaged")


def finish(rows: list[Row]) -> Finding:
    """Days in deals that are not won in the end / days of all deals until they are decided, and per segment.

    >>> line = {"segment": "", "in_pipeline": True, "rests": False, "deals": 10}
    >>> ends = (("won", 10), ("lost", 30), ("open", 5))
    >>> found = finish([{**line, "outcome": end, "engaged_days": days} for end, days in ends])
    >>> found.value, [round(bound, 2) for bound in found.interval], found.n, found.cases, found.rows[0]["late"]
    (0.75, [0.58, 0.92], 30, 20, 10)
    """
    timed = on_clock(rows, "engaged")
    known = usable(timed)
    whole = _line(known)
    segments = ({"segment": segment, **_line(part)} for segment, part in by_segment(known).items())
    extra = {name: whole[name] for name in ("open", "days", "late", "half_won", "undecided")}
    return Finding(
        whole["value"], whole["interval"], whole["n"], whole["decided"], tuple(segments), unusable(timed), (), extra
    )


def _line(rows: list[Row]) -> dict[str, Any]:
    known = times(rows)
    decided = known.count(known.is_over)
    found = _share(known) if decided >= MINIMUM else None
    is_known = found is not None and found.undecided <= MOST_UNDECIDED
    half = _half_won(known)
    late = known.count(known.is_over & ~known.is_won & (known.days > half)) if half is not None else None
    days = {f"{end}_days": _days(rows, end) for end in ("won", *GONE)}
    return {
        "value": found.value if found and is_known else None,
        "interval": (found.low, found.high) if found and is_known else None,
        "n": known.count(),
        "decided": decided,
        "open": known.count() - decided,
        "undecided": found.undecided if found else None,
        "days": float(sum(days.values())),
        **days,
        "half_won": half,
        "late": late,
    }


def _share(known: Times) -> Eventual | None:
    codes = np.where(known.is_over & ~known.is_won, NOT_WON, known.codes)
    return share_of_time(known.days, codes, NOT_WON, known.weights)


def _days(rows: list[Row], outcome: str) -> float:
    return float(sum(row["days"] * row["deals"] for row in rows if row["outcome"] == outcome))


def _half_won(known: Times) -> float | None:
    """The days within which half of those are won that are won in the time watched; None where nothing was."""
    if not known.is_won.any():
        return None
    return percentile_among(incidence(known.days, known.codes, CODES["won"], known.weights), 0.5).value


TIME_NOT_WON = Metric(
    key="time_not_won",
    title=_("Time spent on deals not won"),
    unit="share",
    definition=_(
        "Of all days that deals are with us, from the day we are engaged to the decision, the share that goes into "
        "deals that are lost, declined or disqualified. Open deals count as open up to the last day they were seen, "
        "and are taken to end as deals of their age did (Aalen-Johansen): the days of decided deals alone would say "
        "too much wherever losses come sooner than wins. Where more than a fifth of the deals last longer than any was "
        "watched, the share is not known. Beside it: how many were not won and ended later than half of the won deals "
        "are won. Some of it is the price of selling; what could be seen earlier is not."
    ),
    denominator=_("days until the decision of all deals begun whose clock has a start"),
    window=_("all deals up to the day shown; open ones up to the last day they were seen"),
    method=_(
        "95 % interval of a ratio of sums over ends, each with the weight of the open deals it stands for (linearised "
        "variance); widened by deals that outlast the time watched, as if they lasted as long again and none or all of "
        "them were won"
    ),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"clock": "engaged", "start": "known", "in_pipeline": "true"},
    reasons=REASONS,
)
