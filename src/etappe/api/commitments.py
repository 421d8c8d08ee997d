"""Commitments over the API."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from ninja import Router, Schema

from etappe.api.goals import GoalNamed
from etappe.api.signin import Caller
from etappe.core.periods import local_day
from etappe.insights import commitments as queries
from etappe.team.queries import workspace

router = Router(tags=["figures"])


class CommitmentOut(Schema):
    """What a colleague last said that they will win in a month; without an amount it was taken back.

    `won` is what they won in the month so far; null before it begins, and in the answer to a statement.
    """

    user: GoalNamed
    period: str
    said_on: date
    amount: Decimal | None
    currency: str
    won: Decimal | None = None


class CommitmentGiven(Schema):
    """What one will win in a month (`2026-11`); without an `amount` what was said is taken back."""

    period: str
    amount: Decimal | None = None


@router.get("/commitments", response=list[CommitmentOut])
def list_commitments(request: Caller, period: str = "") -> list[dict[str, Any]]:
    """What was last said for a month (this month if left out), by those whom the caller may see."""
    day = local_day(request.at, workspace().zone)
    month = queries.month_of(period or f"{day:%Y-%m}")
    return [_plain(each) for each in queries.commitments(request.actor, [month.key], day)]


@router.post("/commitments", response=CommitmentOut)
def make_commitment(request: Caller, body: CommitmentGiven) -> dict[str, Any]:
    """Say what one will win in a month, or take it back."""
    return _plain(queries.commit(body.dict(), actor=request.actor, at=request.at))


def _plain(each: queries.CommitmentView) -> dict[str, Any]:
    named: dict[str, uuid.UUID | str] = {"uid": each.user.uid, "name": each.user.name}
    return {**{name: getattr(each, name) for name in ("period", "said_on", "amount", "currency", "won")}, "user": named}
