"""Taking one deal to another process, into a stage that somebody chose, and taking that back."""

from __future__ import annotations

import uuid
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.kinds.deals import ProcessChanged
from etappe.core.remap import change_process as changed
from etappe.deals.actions.place import require_seen, state
from etappe.deals.actions.remap_write import Moved, carry_over
from etappe.deals.place import facts_of, process_of
from etappe.deals.scope import holder, lock
from etappe.deals.shapes import DealState
from etappe.journal.record import action, record
from etappe.playbook import queries as playbook
from etappe.team.access import require


@action
def change_process(
    uid: uuid.UUID | str, process: str, stage: str, *, seen: int | None = None, actor: Actor, at: datetime
) -> DealState:
    """Take an open deal to a stage of another process, in its newest version.

    It proves nothing: evidence goes along where the very same fact is asked for, and a deal that stands further than
    its evidence reaches is unproven. Refuses the process that it is on, and a stage after the order.
    """
    deal = lock(actor, uid)
    require(actor, "deals.move", holder(deal))
    require_seen(deal, seen)
    at = max(at, deal.stage_since)
    to, before = playbook.get_version(process), process_of(deal).key
    moved = Moved(deal, changed(facts_of(deal), to.spec, stage))
    [told] = carry_over([moved], to.id, actor=actor, at=at)
    entry = ProcessChanged(**told, process_before=before, process_after=to.spec.key)
    record(entry, actor=actor, at=at, deal=deal.id, account=deal.account_id)
    deal.refresh_from_db()
    return state(deal)
