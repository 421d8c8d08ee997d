"""Editing a deal's fields, its deal team and its buying centre."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.deal_fields import clean_text
from etappe.core.errors import Missing, Refusal
from etappe.core.kinds.deals import DealEdited, MemberAdded, MemberRemoved, StakeholderRemoved
from etappe.core.kinds.people import NoteWritten
from etappe.deals.actions.place import require_seen, state
from etappe.deals.centre import join_centre
from etappe.deals.columns import columns_from, own_column
from etappe.deals.models import Member, Stakeholder
from etappe.deals.place import SPAN_COLUMNS, renew_span
from etappe.deals.scope import holder, lock
from etappe.deals.shapes import DealState
from etappe.journal.record import action, record
from etappe.journal.values import changes as differing
from etappe.people import queries as people
from etappe.people.load_tags import spelled
from etappe.people.load_values import index_values
from etappe.team import queries as team
from etappe.team.access import require

CENTRE_ROLES = (
    "unknown", "decider", "approver", "influencer", "user", "champion", "purchaser", "gatekeeper", "opponent",
)  # fmt: skip
"""Roles in a buying centre."""

TEAM_ROLES = ("sdr", "am", "mk", "an", "im", "cs", "pm", "")
"""Roles in a deal team."""


@action
def edit(
    uid: uuid.UUID | str, changes: Mapping[str, Any], *, seen: int | None = None, actor: Actor, at: datetime
) -> DealState:
    """Change fields of a deal. Besides the plain fields: `owner`, `account`, `next_step_person` as uids (or None).

    What is equal to before is no change and leaves no entry. Stage and status are no fields: see `move` and `leave`.
    """
    deal = lock(actor, uid)
    require(actor, "deals.edit", holder(deal))
    require_seen(deal, seen)
    wanted = columns_from(changes, actor)
    wanted |= {"tags": spelled(wanted["tags"])} if "tags" in wanted else {}
    wanted |= own_column(deal.custom, changes, actor, wanted.get("team_id", deal.team_id))
    changed = differing(deal, wanted)
    if not changed:
        return state(deal)
    for column in changed:
        setattr(deal, column, wanted[column])
    deal.version += 1
    deal.save(update_fields=["version", *changed])
    if set(changed) & set(SPAN_COLUMNS):
        renew_span(deal, at)
    if "custom" in changed:
        index_values("deal", [deal.id])
    record(DealEdited(changed), actor=actor, at=at, deal=deal.id, account=deal.account_id)
    return state(deal)


@action
def add_stakeholder(
    uid: uuid.UUID | str, person: uuid.UUID | str, role: str = "unknown", *, actor: Actor, at: datetime
) -> None:
    """Add a person to the buying centre, or change their role in it."""
    deal = lock(actor, uid)
    require(actor, "deals.edit", holder(deal))
    if role not in CENTRE_ROLES:
        raise Refusal("unknown_choice", field="role", choices=CENTRE_ROLES)
    join_centre(deal, people.person_id(actor, person), str(person), role, actor=actor, at=at)


@action
def remove_stakeholder(uid: uuid.UUID | str, person: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Take a person out of the buying centre; what they gave as evidence stays."""
    deal = lock(actor, uid)
    require(actor, "deals.edit", holder(deal))
    person_id = people.person_id(actor, person)
    if not Stakeholder.objects.filter(deal=deal, person_id=person_id).delete()[0]:
        raise Missing
    record(StakeholderRemoved(person=str(person)), actor=actor, at=at, deal=deal.id, account=deal.account_id)


@action
def add_member(uid: uuid.UUID | str, user: uuid.UUID | str, role: str = "", *, actor: Actor, at: datetime) -> None:
    """Add a colleague to the deal team, or change their role in it; they see the deal from now on."""
    deal = lock(actor, uid)
    require(actor, "deals.edit", holder(deal))
    if clean_text("role", role) not in TEAM_ROLES:
        raise Refusal("unknown_choice", field="role", choices=TEAM_ROLES)
    colleague = team.user_by_uid(user)
    Member.objects.update_or_create(
        deal=deal,
        user_id=colleague.id,
        defaults={"role": role},
        create_defaults={"role": role, "added_at": at},
    )
    record(MemberAdded(user=colleague.id, role=role), actor=actor, at=at, deal=deal.id, account=deal.account_id)


@action
def remove_member(uid: uuid.UUID | str, user: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Take a colleague out of the deal team."""
    deal = lock(actor, uid)
    require(actor, "deals.edit", holder(deal))
    colleague = team.user_by_uid(user)
    if not Member.objects.filter(deal=deal, user_id=colleague.id).delete()[0]:
        raise Missing
    record(MemberRemoved(user=colleague.id), actor=actor, at=at, deal=deal.id, account=deal.account_id)


@action
def write_note(uid: uuid.UUID | str, text: str, *, actor: Actor, at: datetime) -> None:
    """Write a note on a deal. It is for colleagues, and proves nothing."""
    deal = lock(actor, uid)
    require(actor, "notes.write", holder(deal))
    note = clean_text("text", text, 20_000)
    if not note:
        raise Refusal("field_required", field="text")
    record(NoteWritten(text=note), actor=actor, at=at, deal=deal.id, account=deal.account_id)
