"""Taking many people out of the buying centres of deals that stay, for an import that is undone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.kinds.deals import StakeholderAdded, StakeholderRemoved
from etappe.deals.models import Deal
from etappe.journal.load import Told, record_many
from etappe.journal.record import action
from etappe.journal.values import as_json
from etappe.team.access import require

_LEAVING = """
    DELETE FROM deals_stakeholder AS member
    USING unnest(%s::bigint[], %s::bigint[], %s::text[]) AS joined(deal, person, role), deals_deal AS deal
    WHERE member.deal_id = joined.deal AND member.person_id = joined.person AND deal.id = joined.deal
      AND deal.archived_at IS NULL AND member.role = joined.role AND member.with_evidence IS NULL
      AND deal.next_step_person_id IS DISTINCT FROM joined.person
      AND NOT EXISTS (SELECT FROM deals_evidence AS given
                      WHERE given.deal_id = joined.deal AND given.person_id = joined.person)
      AND NOT EXISTS (SELECT FROM deals_notelink AS link
                      WHERE link.deal_id = joined.deal AND link.person_id = joined.person)
    RETURNING member.deal_id, member.person_id
"""


class Joined(NamedTuple):
    """A person whom an import put into a deal's buying centre: the entry that tells of it, and what it says."""

    entry: int
    deal: int
    person: int
    said: StakeholderAdded


class Parted(NamedTuple):
    """How many left buying centres, and those who stay there."""

    left: int
    stay: list[Joined]


@action
def leave_centres(joins: Sequence[Joined], *, actor: Actor, at: datetime) -> Parted:
    """Take people out of buying centres again, but for those whom somebody has used there since.

    Used is who got a role, gave evidence, was sent a note to confirm, or is waited for. Deals in the recycle bin stay
    as they are.
    """
    require(actor, "deals.edit")
    accounts = _locked({each.deal for each in joins})
    open_joins = [each for each in joins if each.deal in accounts]
    with connection.cursor() as cursor:
        cursor.execute(
            _LEAVING,
            [
                [each.deal for each in open_joins],
                [each.person for each in open_joins],
                [each.said.role for each in open_joins],
            ],
        )
        left = set(cursor.fetchall())
    when = as_json(at)
    told = (
        Told(
            StakeholderRemoved,
            when,
            StakeholderRemoved(each.said.person).data(),
            accounts[each.deal],
            each.person,
            each.deal,
            each.entry,
        )
        for each in open_joins
        if (each.deal, each.person) in left
    )
    record_many(told, actor=actor)
    return Parted(len(left), _staying([each for each in open_joins if (each.deal, each.person) not in left]))


def _locked(deals: Collection[int]) -> dict[int, int | None]:
    """The deals outside the recycle bin, locked, with their accounts."""
    rows = Deal.objects.filter(id__in=deals, archived_at=None).select_for_update().order_by("id")
    return dict(rows.values_list("id", "account_id"))


def _staying(joins: Sequence[Joined]) -> list[Joined]:
    """Those who are in the buying centre still; whom somebody took out meanwhile is gone already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT deal_id, person_id FROM deals_stakeholder WHERE deal_id = ANY(%s) AND person_id = ANY(%s)",
            [[each.deal for each in joins], [each.person for each in joins]],
        )
        there = set(cursor.fetchall())
    return [each for each in joins if (each.deal, each.person) in there]
