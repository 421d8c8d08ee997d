"""Putting deals into the recycle bin, and bringing them back. Their stage, visits and evidence stay as they are."""

from __future__ import annotations

import uuid
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.bin import DAYS, kept_since
from etappe.core.errors import Missing, Refusal
from etappe.core.kinds.records import DealArchived, DealRestored
from etappe.deals.actions.place import require_seen
from etappe.deals.models import Deal
from etappe.deals.scope import holder, lock, visible
from etappe.journal.record import action, record
from etappe.journal.values import as_json
from etappe.team.access import require
from etappe.team.queries import as_uuid


@action
def archive(uid: uuid.UUID | str, *, seen: int | None = None, actor: Actor, at: datetime) -> int:
    """Put a deal into the recycle bin; returns its key. It leaves no stage: brought back, it stands where it stood."""
    deal = lock(actor, uid)
    require(actor, "records.delete", holder(deal))
    require_seen(deal, seen)
    _write(deal, at)
    record(DealArchived(archived_at=as_json(at)), actor=actor, at=at, deal=deal.id, account=deal.account_id)
    return deal.id


@action
def restore(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> int:
    """Bring a deal back from the recycle bin, into the same stage; refuses one that has lain there too long."""
    found = visible(actor.scope, archived=True).filter(uid=as_uuid(uid)).select_for_update(of=("self",)).first()
    if found is None:
        raise Missing
    require(actor, "records.delete", holder(found))
    since = found.archived_at
    if since is None or since < kept_since(at):
        raise Refusal("bin_is_over", days=DAYS)
    _write(found, None)
    record(DealRestored(archived_at=as_json(since)), actor=actor, at=at, deal=found.id, account=found.account_id)
    return found.id


def _write(deal: Deal, archived_at: datetime | None) -> None:
    deal.archived_at = archived_at
    deal.version += 1
    deal.save(update_fields=["archived_at", "version"])
