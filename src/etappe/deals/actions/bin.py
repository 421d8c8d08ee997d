"""Putting deals into the recycle bin, and bringing them back. Their stage, visits and evidence stay as they are."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import F

from etappe.core.actor import Actor
from etappe.core.bin import DAYS, kept_since
from etappe.core.errors import Missing, Refusal
from etappe.core.kinds.records import DealArchived, DealRestored
from etappe.deals.actions.place import require_seen
from etappe.deals.models import Deal
from etappe.deals.queries.bin import holders_of
from etappe.deals.scope import holder, lock, visible
from etappe.journal.load import Told, record_many
from etappe.journal.record import action, record
from etappe.journal.values import as_json
from etappe.team.access import may, require
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


@action
def archive_many(keys: Collection[int], *, actor: Actor, at: datetime) -> set[int]:
    """Put many deals into the recycle bin, all that the actor sees and may delete; returns their keys."""
    return _write_many(_lock_all(actor, keys, archived=False), at, actor=actor, at=at)


@action
def restore_many(keys: Collection[int], *, actor: Actor, at: datetime) -> set[int]:
    """Bring many deals back, all that the actor may and that have not lain there too long; returns their keys."""
    found = _lock_all(actor, keys, archived=True)
    reachable = [deal for deal in found if deal.archived_at is not None and deal.archived_at >= kept_since(at)]
    return _write_many(reachable, None, actor=actor, at=at)


def _lock_all(actor: Actor, keys: Collection[int], *, archived: bool) -> list[Deal]:
    rows = visible(actor.scope, archived=archived).filter(id__in=keys)
    found = list(rows.select_for_update(of=("self",)).order_by("id"))
    holders = holders_of(found)
    return [deal for deal in found if may(actor, "records.delete", holders[deal.id])]


def _write(deal: Deal, archived_at: datetime | None) -> None:
    deal.archived_at = archived_at
    deal.version += 1
    deal.save(update_fields=["archived_at", "version"])


def _write_many(deals: list[Deal], archived_at: datetime | None, *, actor: Actor, at: datetime) -> set[int]:
    keys = {deal.id for deal in deals}
    Deal.objects.filter(id__in=keys).update(archived_at=archived_at, version=F("version") + 1)
    kind = DealArchived if archived_at else DealRestored
    told = (
        Told(
            kind,
            at.isoformat(),
            {"archived_at": as_json(archived_at or deal.archived_at)},
            account=deal.account_id,
            deal=deal.id,
        )
        for deal in deals
    )
    record_many(told, actor=actor)
    return keys
