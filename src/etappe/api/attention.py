"""Deals needing attention over the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Query, Router, Schema

from etappe.api.deals import listed
from etappe.api.shapes import ListOut
from etappe.api.shapes_deals import DealOut
from etappe.api.signin import Caller
from etappe.core.attention import Reason
from etappe.core.periods import local_day
from etappe.deals import queries
from etappe.team.queries import workspace

router = Router(tags=["deals"])


class AttentionQuery(Schema):
    """Which deals: of one kind of reason (`silent`, `broken`, `order`, `loose`), only one's own, in an order."""

    kind: str = ""
    mine: bool = False
    sort: str = "-amount"
    after: str | None = None


class ReasonOut(Schema):
    """Why a deal needs attention: `silent`, `target`, `step`, `order` or `loose`, since when and for how many days.

    For silence, `limit` is how many days nine in ten of `n` won deals (of `process`, or of all where it is empty) were
    silent at most, measured on `as_of`.
    """

    why: str
    since: date | None
    days: int
    limit: int | None
    n: int | None
    process: str | None
    as_of: date | None


class NeedingOut(Schema):
    """A deal with why it needs attention."""

    deal: DealOut
    reasons: list[ReasonOut]


class AttentionOut(ListOut):
    """A page of deals needing attention."""

    rows: list[NeedingOut]


@router.get("/attention", response=AttentionOut)
def deals_needing_attention(request: Caller, wanted: Query[AttentionQuery]) -> dict[str, Any]:
    """Open deals that need attention, with every reason. A deal that rests until the buyer's date is none of them."""
    zone = workspace().zone
    held = queries.watch(local_day(request.at, zone), zone)
    narrowed = queries.DealFilter(mine=wanted.mine)
    page = queries.needing(request.actor, wanted.kind, narrowed, sort=wanted.sort, after=wanted.after, held=held)
    return listed(page, [{"deal": row.deal, "reasons": [_reason(each) for each in row.reasons]} for row in page.rows])


def _reason(reason: Reason) -> dict[str, Any]:
    limit = reason.limit
    known = ("days", "n", "process", "as_of")
    days, n, process, as_of = (getattr(limit, name) if limit else None for name in known)
    return {
        "why": reason.why.value,
        "since": reason.since,
        "days": reason.days,
        "limit": days,
        "n": n,
        "process": process,
        "as_of": as_of,
    }
