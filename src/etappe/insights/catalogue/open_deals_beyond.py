"""Open deals that have been open for longer than nine in ten won ones took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.survival import incidence, percentile_among
from etappe.insights.catalogue.durations import CODES, REASONS, Times, counted, on_clock, times, unusable, usable
from etappe.insights.metric import Metric, Row, by_segment, left_out, total
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 20
SHARE = 0.9


def build(deals: Table) -> Table:
    """Deals per segment, outcome and days since we are engaged."""
    return counted(deals, "engaged")


def finish(rows: list[Row]) -> Finding:
    """Open deals beyond the threshold, over all rows and, each with its own threshold, per segment.

    >>> line = {"segment": "", "in_pipeline": True, "rests": False, "deals": 1}
    >>> won = [{**line, "outcome": "won", "engaged_days": day} for day in range(1, 31)]
    >>> still = [{**line, "outcome": "open", "engaged_days": day} for day in (5, 27, 28, 60)]
    >>> found = finish(won + still)
    >>> found.value, found.interval, found.n, found.extra["threshold"]
    (1, (0, 3), 4, 29)
    """
    timed = on_clock(rows, "engaged")
    known = usable(timed)
    whole = _line(known)
    segments = ({"segment": segment, **_line(part)} for segment, part in by_segment(known).items())
    opened = [row for row in timed if row["outcome"] == "open"]
    missing = unusable(opened) | left_out(resting=total(known, outcome="open", rests=True))
    keys = ("threshold", "threshold_interval", "won")
    return Finding(
        value=whole["value"],
        interval=whole["interval"],
        n=whole["n"],
        cases=whole["won"],
        rows=tuple(segments),
        left_out=missing,
        extra={key: whole[key] for key in keys},
    )


def _line(rows: list[Row]) -> dict[str, Any]:
    waiting, known = times([row for row in rows if row["outcome"] == "open" and not row["rests"]]), times(rows)
    n, wins = waiting.count(), known.count(known.is_won)
    limits = _threshold(known) if wins >= MINIMUM else (None, None, None)
    counts = [waiting.count(waiting.days > limit) if limit is not None else 0 for limit in limits]
    return {
        "value": counts[0] if limits[0] is not None else None,
        "interval": (counts[2], counts[1]) if limits[0] is not None else None,
        "n": n,
        "won": wins,
        "threshold": limits[0],
        "threshold_interval": limits[1:] if limits[0] is not None else None,
    }


def _threshold(known: Times) -> tuple[int, int, int | None]:
    """The days that nine in ten of the deals that are won do not exceed, and the bounds of that percentile.

    The upper one is None where nobody knows how late the late ones are: then no limit is known to be too high.
    """
    found = percentile_among(incidence(known.days, known.codes, CODES["won"], known.weights), SHARE)
    assert found.value is not None
    assert found.low is not None
    return int(found.value), int(found.low), None if found.high is None else int(found.high)


OPEN_DEALS_BEYOND = Metric(
    key="open_deals_beyond",
    title=_("Open longer than won deals took"),
    unit="deals",
    definition=_(
        "Open deals that we have been engaged in for more days than nine in ten of the deals that are won take from "
        "the same start. Those still open count as open (Aalen-Johansen): of the won deals seen so far the quick ones "
        "are too many, and open deals would look late too soon. "
        "Information, not a reason to press the buyer: age alone says nothing about when they are ready. Deals that "
        "rest until a date the buyer named are waiting as agreed and are counted apart."
    ),
    denominator=_("open deals that do not rest and whose clock has a start"),
    window=_("open deals on the day shown, against all deals up to then"),
    method=_(
        "counted; the interval is the count at the 95 % bounds of the ninetieth percentile of those that are won "
        "(Woodruff, ends weighted by the open deals they stand for)"
    ),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"outcomes": "open", "clock": "engaged", "start": "known", "rests": "false", "in_pipeline": "true"},
    narrow={"segment": "segment", "threshold": "longer_than"},
    reasons={reason: {**filters, "outcomes": "open"} for reason, filters in REASONS.items()}
    | {"resting": {"outcomes": "open", "clock": "engaged", "start": "known", "rests": "true", "in_pipeline": "true"}},
)
