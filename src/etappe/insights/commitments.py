"""What colleagues say that they will win in a month: their own estimate, kept with the day on which it was said."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.contact import clean_line
from etappe.core.deal_fields import clean_amount
from etappe.core.errors import Forbidden, Refusal
from etappe.core.goals import Period, period_of
from etappe.core.kinds.insights import CommitmentChanged, CommitmentMade
from etappe.core.periods import local_day
from etappe.insights.models import Commitment
from etappe.journal.record import action, record
from etappe.journal.values import changes as differing
from etappe.journal.values import columns_of
from etappe.team.access import Holder, may, require
from etappe.team.queries import UserRef, user_names, users_of_teams, workspace

GIVEN: Final = ("period", "amount")


@dataclass(frozen=True)
class CommitmentView:
    """What a colleague last said for a month; without an amount it was taken back.

    `won` is what of it came so far: what the colleague's deals won in the month bring; None before it begins.
    """

    uid: uuid.UUID
    user: UserRef
    period: str
    said_on: date
    amount: Decimal | None
    currency: str
    won: Decimal | None = None


def month_of(text: str) -> Period:
    """The month of this key (`2026-11`); refuses what is none with `not_a_month`.

    >>> month_of("2026-11").ends.isoformat()
    '2026-11-30'
    """
    try:
        found = period_of(text)
    except Refusal:
        raise Refusal("not_a_month", value=text) from None
    if found.months != 1:
        raise Refusal("not_a_month", value=text)
    return found


@action
def commit(given: Mapping[str, Any], *, actor: Actor, at: datetime) -> CommitmentView:
    """Say what one will win in a month, in the workspace's currency; an amount of None takes back what was said.

    `given`: `period` (`2026-11`, this month or a later one) and `amount`. Everybody says it for themselves alone.
    """
    require(actor, "commitments.make", Holder(actor.id, actor.team))
    if actor.id is None:
        raise Forbidden("forbidden", act="commitments.make")
    for field in given:
        if field not in GIVEN:
            raise Refusal("unknown_field", field=field, fields=GIVEN)
    day = local_day(at, workspace().zone)
    period = month_of(clean_line("period", given.get("period") or ""))
    if period.ends < day:
        raise Refusal("month_is_over", period=period.key)
    amount = clean_amount("amount", given.get("amount"))
    row = _said(actor, period.key, day, amount, at)
    return _views([row])[0]


def _said(actor: Actor, period: str, day: date, amount: Decimal | None, at: datetime) -> Commitment:
    """The newest statement, after this one: none is made where nothing changes."""
    _alone(actor)
    mine = {"user_id": actor.id, "period": period, "currency": workspace().currency}
    last = Commitment.objects.select_for_update().filter(**mine).order_by("-said_on").first()
    named = {"whose": actor.label}
    if last and last.said_on >= day:
        if changed := differing(last, {"amount": amount}):
            last.amount = amount
            last.save(update_fields=["amount"])
            record(CommitmentChanged(changed, commitment=str(last.uid), **named), actor=actor, at=at)
        return last
    if (last.amount if last else None) == amount:
        return last or Commitment(**mine, said_on=day)
    row = Commitment(**mine, said_on=day, amount=amount)
    row.save(force_insert=True)
    told = CommitmentMade(columns_of(row, Commitment.JOURNALED), commitment=str(row.uid), **named)
    record(told, actor=actor, at=at)
    return row


def _alone(actor: Actor) -> None:
    """One statement of a colleague after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('insights_commitment', %s))", [actor.id])


def may_commit(viewer: Actor) -> bool:
    """Whether the viewer can commit to anything."""
    return may(viewer, "commitments.make", Holder(viewer.id, viewer.team))


def commitments(viewer: Actor, periods: Iterable[str], day: date) -> list[CommitmentView]:
    """What was last said for these months, by name: by oneself, to managers by their teams, to who sees all by all.

    Beside it stands what came of it by `day`.
    """
    require(viewer, "figures.see")
    rows = Commitment.objects.filter(period__in=list(periods), currency=workspace().currency)
    if not viewer.scope.all:
        below = users_of_teams(viewer.scope.teams) if may(viewer, "goals.set") else []
        rows = rows.filter(user_id__in={*below, viewer.id})
    newest = rows.order_by("period", "user_id", "-said_on").distinct("period", "user_id")
    said = [row for row in newest if row.amount is not None]
    return sorted(_views(said, _won(said, day)), key=lambda each: each.user.name)


_WON: Final = """
SELECT owner_id, to_char(decided_on, 'YYYY-MM'), sum(amount) FROM fact_deal
WHERE outcome = 'won' AND owner_id = ANY(%s) AND currency = %s AND decided_on BETWEEN %s AND %s GROUP BY 1, 2
"""


def _won(said: Sequence[Commitment], day: date) -> dict[tuple[int, str], Decimal]:
    """What was won in each month that has begun, by whoever said something for it."""
    begun = [row for row in said if month_of(row.period).begins <= day]
    if not begun:
        return {}
    first = min(month_of(row.period).begins for row in begun)
    users = sorted({row.user_id for row in begun})
    with connection.cursor() as cursor:
        cursor.execute(_WON, [users, workspace().currency, first, day])
        found = {(user, period): amount or Decimal() for user, period, amount in cursor.fetchall()}
    return {(row.user_id, row.period): found.get((row.user_id, row.period), Decimal()) for row in begun}


def _views(rows: Sequence[Commitment], won: Mapping[tuple[int, str], Decimal] | None = None) -> list[CommitmentView]:
    people, came = user_names(row.user_id for row in rows), won or {}
    copied = ("uid", "period", "said_on", "amount", "currency")
    return [
        CommitmentView(
            **{name: getattr(row, name) for name in copied},
            user=people[row.user_id],
            won=came.get((row.user_id, row.period)),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Commitments:
    """What `users` colleagues had committed for a month in all, and what their own deals brought in it."""

    amount: float
    came: float
    users: int


def committed(day: date) -> Callable[[date, date], Commitments | None]:
    """What was committed for a month by the end of a day, and what came of it by `day`; None where nobody had."""
    rows = list(Commitment.objects.filter(currency=workspace().currency).order_by("said_on"))
    won, by_month = _won(rows, day), defaultdict(list)
    for row in rows:
        by_month[row.period].append(row)

    def by(month: date, then: date) -> Commitments | None:
        key = f"{month:%Y-%m}"
        newest = {row.user_id: row.amount for row in by_month[key] if row.said_on <= then}
        said = {user: amount for user, amount in newest.items() if amount is not None}
        came = sum((won.get((user, key), Decimal()) for user in said), Decimal())
        return Commitments(float(sum(said.values(), Decimal())), float(came), len(said)) if said else None

    return by
