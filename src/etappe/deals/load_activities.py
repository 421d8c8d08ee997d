"""Activities that another program tells of, many at once: dated entries on the timelines of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from etappe.core.actor import Actor
from etappe.core.kinds.deals import ActivityImported, ActivityTakenBack
from etappe.deals.models import Deal
from etappe.journal.load import Told, record_many
from etappe.journal.queries import Edit
from etappe.journal.record import action
from etappe.journal.values import as_json
from etappe.team.access import require


class Activity(NamedTuple):
    """What happened when (ISO), and to which deal, account and person (by key)."""

    at: str
    type: str
    subject: str
    text: str
    deal: int | None = None
    account: int | None = None
    person: int | None = None


@action
def tell_activities(rows: Sequence[Activity], *, actor: Actor, at: datetime) -> None:
    """Put activities on the timelines; that of a deal stands on its account's too."""
    require(actor, "deals.edit")
    del at
    accounts = accounts_of([row.deal for row in rows if row.deal])
    record_many(
        (
            Told(
                ActivityImported,
                row.at,
                ActivityImported(row.type, row.subject, row.text).data(),
                row.account or accounts.get(row.deal or 0),
                row.person,
                row.deal,
            )
            for row in rows
        ),
        actor=actor,
    )


def accounts_of(deals: Sequence[int]) -> Mapping[int, int | None]:
    """The account of each deal."""
    return dict(Deal.objects.filter(id__in=deals).values_list("id", "account_id"))


def without_account(deals: Sequence[int]) -> set[int]:
    """Those of the deals that have no account."""
    return set(Deal.objects.filter(id__in=deals, account=None).values_list("id", flat=True))


@action
def take_back_activities(entries: Sequence[Edit], *, actor: Actor, at: datetime) -> None:
    """Void entries of activities."""
    require(actor, "deals.edit")
    when = as_json(at)
    told = (
        Told(
            ActivityTakenBack,
            when,
            ActivityTakenBack(str(entry.data.get("subject", ""))).data(),
            entry.account,
            entry.person,
            entry.deal,
            entry.id,
        )
        for entry in entries
    )
    record_many(told, actor=actor)
