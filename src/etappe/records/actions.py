"""Saying that two records, however alike, are not the same."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.kinds.records import AccountToldApart, PersonToldApart
from etappe.journal.record import About, action, record
from etappe.people.queries import account_id, person_id
from etappe.records.models import Apart, Pair
from etappe.team.access import require

KINDS: dict[str, Any] = {"account": AccountToldApart, "person": PersonToldApart}


@action
def tell_apart(subject: str, one: uuid.UUID | str, other: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Keep that two accounts or people are not the same: they are never proposed again, and never merged."""
    find = account_id if subject == "account" else person_id
    low, high = sorted((find(actor, one), find(actor, other)))
    require(actor, "people.edit")
    if low == high:
        raise Refusal("same_record")
    Pair.objects.filter(subject=subject, low=low, high=high).delete()
    _said, is_new = Apart.objects.get_or_create(
        subject=subject, low=low, high=high, defaults={"said_by": actor.id, "said_at": at}
    )
    for key, beside in ((low, high), (high, low)) if is_new else ():
        about: About = {"account": key} if subject == "account" else {"person": key}
        record(KINDS[subject](other=beside), actor=actor, at=at, **about)
