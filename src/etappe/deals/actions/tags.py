"""Putting tags on a deal, and taking them off."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.kinds.deals import DealEdited
from etappe.core.tags import retagged
from etappe.deals.scope import holder, lock
from etappe.journal.record import action, record
from etappe.people.load_tags import spelled
from etappe.team.access import require


@action
def tag(
    uid: uuid.UUID | str, *, add: Sequence[str] = (), remove: Sequence[str] = (), actor: Actor, at: datetime
) -> None:
    """Put tags on a deal, and take others off; what is there already stays as it is."""
    deal = lock(actor, uid)
    require(actor, "deals.edit", holder(deal))
    before = list(deal.tags)
    after = spelled(retagged(before, add, remove))
    if after == before:
        return
    deal.tags = after
    deal.version += 1
    deal.save(update_fields=["tags", "version"])
    record(DealEdited({"tags": [before, after]}), actor=actor, at=at, deal=deal.id, account=deal.account_id)
