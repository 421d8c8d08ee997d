"""How much of our time went into deals that were not won."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.proportion import ratio, wilson
from etappe.insights.catalogue.durations import REASONS, Times, counted, on_clock, times, unusable, usable
from etappe.insights.catalogue.stages import GONE
from etappe.insights.metric import Metric, Row, by_segment, left_out, total
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 20


def build(deals: Table) -> Table:
    """Deals per segment, outcome and days since we are engaged."""
    return counted(deals, "engaged")


def finish(rows: list[Row]) -> Finding:
    """Days in deals that were not won / days in all decided deals, over all rows and per segment.

    >>> line = {"segment": "", "in_pipeline": True, "rests": False, "deals": 10}
    >>> ends = (("won", 10), ("lost", 30))
    >>> found = finish([{**line, "outcome": end, "engaged_days": days} for end, days in ends])
    >>> found.value, [round(bound, 2) for bound in found.interval], found.n, found.rows[0]["late"]
    (0.75, [0.58, 0.92], 20, 10)
    """
    timed = on_clock(rows, "engaged")
    known = usable(timed)
    decided = [row for row in known if row["outcome"] != "open"]
    whole = _line(decided)
    segments = ({"segment": segment, **_line(part)} for segment, part in by_segment(decided).items())
    missing = unusable([row for row in timed if row["outcome"] != "open"]) | left_out(open=total(known, outcome="open"))
    return Finding(
        value=whole["value"],
        interval=whole["interval"],
        n=whole["n"],
        cases=whole["n"],
        rows=tuple(segments),
        left_out=missing,
        extra={"days": whole["days"], "late": whole["late"], "half_won": whole["half_won"]},
    )


def _line(rows: list[Row]) -> dict[str, Any]:
    known = times(rows)
    n, spent = known.count(), float((known.days * known.weights).sum())
    enough = n >= MINIMUM and spent > 0
    found = _share(known) if enough else (None, None)
    half = _half_won(known)
    late = known.count(~known.is_won & (known.days > half)) if half is not None else None
    days = {f"{end}_days": _days(rows, end) for end in ("won", *GONE)}
    return {"value": found[0], "interval": found[1], "n": n, "days": spent, **days, "half_won": half, "late": late}


def _share(known: Times) -> tuple[float, tuple[float, float]]:
    """Where nothing was won, or everything, the days do not vary: how sure that is, only the number of deals says."""
    share, bounds = ratio(np.where(known.is_won, 0.0, known.days), known.days, known.weights)
    return share, bounds if 0 < share < 1 else wilson(round(share) * known.count(), known.count())


def _days(rows: list[Row], outcome: str) -> float:
    return float(sum(row["days"] * row["deals"] for row in rows if row["outcome"] == outcome))


def _half_won(known: Times) -> float | None:
    """The days within which half of the won deals were won; None where nothing was won."""
    days, weights = known.days[known.is_won], known.weights[known.is_won]
    if not days.size:
        return None
    order = np.argsort(days)
    reached = np.cumsum(weights[order])
    return float(days[order][int(np.searchsorted(reached, 0.5 * reached[-1] - 1e-9))])


TIME_NOT_WON = Metric(
    key="time_not_won",
    title=_("Time spent on deals not won"),
    unit="share",
    definition=_(
        "Of all days that decided deals were with us, from the day we were engaged to the decision, the share that "
        "went into deals that were lost, declined or disqualified. Beside it: how many of these ended later than half "
        "of the won deals were won. Some of it is the price of selling; what could be seen earlier is not."
    ),
    denominator=_("days of all decided deals whose clock has a start"),
    window=_("all decided deals up to the day shown"),
    method=_("95 % interval of a ratio of sums, deals taken as independent (linearised variance)"),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={
        "outcomes": "won,lost,declined,disqualified", "clock": "engaged", "start": "known", "in_pipeline": "true",
    },
    reasons={reason: {**filters, "outcomes": "won,lost,declined,disqualified"} for reason, filters in REASONS.items()}
    | {"open": {"outcomes": "open", "clock": "engaged", "start": "known", "in_pipeline": "true"}},
)  # fmt: skip
