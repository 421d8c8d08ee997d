"""Putting tags on an account or a person, and taking them off."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.kinds.people import AccountEdited, PersonEdited
from etappe.core.tags import retagged
from etappe.journal.record import About, action, record
from etappe.people.load_tags import spelled
from etappe.people.models import Account
from etappe.people.queries import visible_accounts, visible_people
from etappe.team.access import require
from etappe.team.queries import as_uuid


@action
def tag(
    subject: str,
    uid: uuid.UUID | str,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    actor: Actor,
    at: datetime,
) -> None:
    """Put tags on an account or a person, and take others off; what is there already stays as it is."""
    rows: Any = (visible_accounts if subject == "account" else visible_people)(actor)
    row = rows.select_for_update(of=("self",)).filter(uid=as_uuid(uid)).first()
    if row is None:
        raise Missing
    require(actor, "people.edit")
    before = list(row.tags)
    after = spelled(retagged(before, add, remove))
    if after == before:
        return
    row.tags = after
    row.version += 1
    row.save(update_fields=["tags", "version"])
    kind: Any = AccountEdited if isinstance(row, Account) else PersonEdited
    record(kind({"tags": [before, after]}), actor=actor, at=at, **_about(row))


def _about(row: Any) -> About:
    if isinstance(row, Account):
        return {"account": row.id}
    return {"person": row.id, "account": row.account_id}
