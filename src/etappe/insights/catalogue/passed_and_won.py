"""Of the deals that passed a stage in a window of time: the share that was won within so many days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.proportion import Spread, spread
from etappe.core.survival import Share, share_within
from etappe.insights.catalogue.durations import CODES
from etappe.insights.catalogue.stages import visits
from etappe.insights.metric import Metric, Row, by_segment, left_out, total
from etappe.insights.standing import SOURCES, given

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 10
FEWEST_MONTHS = 3
ASKED = ("passed", "within", "window")
"""What was asked for; it comes back with every row, so that the finding can say it."""


def build(deals: Table) -> Table:
    """Deals per segment, day they passed the stage, outcome and days from there; those without a way apart."""
    import ibis

    told = passing(deals)
    counts = told.filter(told.is_in_window | ~told.has_history)
    nobody = ibis.null("int32")
    each = counts.mutate(
        passed_number=counts.is_in_window.ifelse(counts.passed_number, nobody),
        days=counts.is_in_window.ifelse(counts.days_after, nobody),
    )
    counted = each.group_by("segment", "outcome", "passed_number", "days").aggregate(
        deals=each.count(), observed_on=each.observed_on.max(), observed_first=each.observed_on.min()
    )
    return counted.mutate(**{name: given(name) for name in ASKED})


def passing(deals: Table) -> Table:
    """The deals with the way that each took past the stage asked for.

    `passed_number`, the day it first did, empty if it did not; `days_after` from there until it was decided, or until
    it was last seen, at most one more than the days asked for; `is_in_window`, whether that day lies within the window
    up to the last day it was seen. A deal passes a stage when it comes from there to a later one of the same process
    version, or is won without that.
    """
    import ibis

    joined = deals.left_join(_passages(), deals.deal_id == _passages().passenger)
    won_on = ((joined.outcome == "won") & joined.passenger.notnull()).ifelse(joined.decided_number, ibis.null("int32"))
    told = joined.mutate(passed_number=joined.came_on.coalesce(won_on))
    until = (told.outcome == "open").ifelse(told.observed_number, told.decided_number)
    days = (until - told.passed_number).clip(lower=0)
    in_window = told.passed_number > told.observed_number - given("window")
    return told.mutate(
        days_after=ibis.least(days, given("within") + 1).cast("int32"),
        is_in_window=(in_window & told.has_history).fill_null(False),
    )


def _passages() -> Table:
    """One row per deal that ever stood in the stage: its key as `passenger`, the day it first came further."""
    stays = visits()
    at = stays.filter(stays.process + ":" + stays.stage == given("passed")).select(
        "process_version_id", "position", "entered_at", "visit_id", passenger="deal_id"
    )
    later = stays.select(
        later_deal="deal_id",
        later_version="process_version_id",
        later="position",
        later_at="entered_at",
        later_id="visit_id",
        later_number="entered_number",
    )
    after = (later.later_at > at.entered_at) | ((later.later_at == at.entered_at) & (later.later_id > at.visit_id))
    same = (later.later_deal == at.passenger) & (later.later_version == at.process_version_id)
    pairs = at.left_join(later, [same, later.later > at.position, after])
    return pairs.group_by("passenger").aggregate(came_on=pairs.later_number.min())


def finish(rows: list[Row]) -> Finding:
    """The share won within the days asked for, over all, per segment or else per month of passing.

    >>> asked = {"segment": "", "passed": "inbound:evaluated", "within": 30, "window": 365, "passed_number": 20500}
    >>> ends = (("won", 9, 21), ("won", 31, 9), ("lost", 12, 30), ("open", 31, 40))
    >>> found = finish([{**asked, "outcome": end, "days": days, "deals": deals} for end, days, deals in ends])
    >>> found.value, [round(bound, 3) for bound in found.interval], found.n, found.rows[0]["month"]
    (0.21, [0.142, 0.3], 100, '2026-02')
    """
    known = [row for row in rows if row["passed_number"] is not None]
    whole = _line(known)
    months = [{"segment": "", **line} for line in _months(known)]
    groups = by_segment(known)
    lines = [{"segment": segment, **_line(part)} for segment, part in groups.items()] if set(groups) - {""} else months
    return Finding(
        value=whole["value"],
        interval=whole["interval"],
        n=whole["n"],
        cases=whole["followed"],
        rows=tuple(lines),
        left_out=left_out(no_history=total([row for row in rows if row["passed_number"] is None])),
        extra={**_asked(known), **{name: whole[name] for name in ("won", "still", "followed")}, **_steadiness(months)},
    )


def _asked(rows: list[Row]) -> dict[str, Any]:
    return {name: rows[0][name] for name in ASKED} if rows else {}


def _line(rows: list[Row]) -> dict[str, Any]:
    """How many passed; of these won in time, followed for long enough or decided before, and not known yet."""
    n, still = total(rows), sum(row["deals"] for row in rows if _is_unknown(row))
    share = _share(rows)
    enough = share is not None and n - still >= MINIMUM
    return {
        **_asked(rows),
        "value": share.value if share and enough else None,
        "interval": (share.low, share.high) if share and enough else None,
        "n": n,
        "won": sum(row["deals"] for row in rows if row["outcome"] == "won" and row["days"] <= row["within"]),
        "followed": n - still,
        "still": still,
    }


def _is_unknown(row: Row) -> bool:
    return bool(row["outcome"] == "open" and row["days"] < row["within"])


def _share(rows: list[Row]) -> Share | None:
    if not rows:
        return None
    within = rows[0]["within"]
    days = np.array([min(row["days"], within) for row in rows], dtype=np.float64)
    codes = np.array([CODES[row["outcome"]] if row["days"] <= within else 0 for row in rows], dtype=np.int64)
    weights = np.array([row["deals"] for row in rows], dtype=np.float64)
    return share_within(days, codes, CODES["won"], within, weights)


def _months(rows: list[Row]) -> Iterator[dict[str, Any]]:
    """The months of passing, oldest first, with the days they begin and end."""
    groups: dict[date, list[Row]] = {}
    for row in rows:
        day = date.fromordinal(date(1970, 1, 1).toordinal() + int(row["passed_number"]))
        groups.setdefault(day.replace(day=1), []).append(row)
    for begins, part in sorted(groups.items()):
        following = date(begins.year + begins.month // 12, begins.month % 12 + 1, 1)
        last = date.fromordinal(following.toordinal() - 1)
        place = {"month": f"{begins:%Y-%m}", "passed_from": begins.isoformat(), "passed_until": last.isoformat()}
        yield {**place, **_line(part)}


def _steadiness(months: list[dict[str, Any]]) -> dict[str, Any]:
    """How much the months differ, among those of which every deal is known."""
    known = [(line["won"], line["n"]) for line in months if line["n"] and not line["still"]]
    found: Spread | None = spread(known) if len(known) >= FEWEST_MONTHS else None
    return {
        "months": len(known),
        "varies": found.beyond if found else None,
        "is_steady": found.is_chance if found else None,
    }


PASSED_AND_WON = Metric(
    key="passed_and_won",
    title=_("Passed a stage and won"),
    unit="share",
    definition=_(
        "Of the deals that passed a stage within a window of time, the share that was won within so many days from "
        "there. A deal passes a stage on the day it first comes from there to a later one, or is won. Deals that have "
        "not been seen for so many days yet count as open as long as they were seen (Aalen-Johansen); lost, declined "
        "and disqualified ones stay in the share as not won. Stages of one key in all versions of a process are one. "
        "The months of passing stand below, and whether they differ by more than chance."
    ),
    denominator=_("deals that passed the stage in the window"),
    window=_("the days chosen, up to the last day the deals were seen; 365 if none are chosen"),
    method=_(
        "95 % Wilson score interval with as many cases as the deals followed are worth; none where nobody was followed "
        "to the end"
    ),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={},
    narrow={
        "segment": "segment",
        **{name: name for name in (*ASKED, "passed_from", "passed_until")},
    },
    reasons={"no_history": {"history": "unknown"}},
    options=("stage", "within", "window"),
)
