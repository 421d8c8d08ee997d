"""Calling a tag otherwise on many deals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.kinds.deals import DealEdited
from etappe.core.tags import renamed
from etappe.deals.models import Deal
from etappe.journal.load import Told, record_many, update_rows
from etappe.people.load_tags import CHUNK


def rename_on_deals(was: str, called: str, *, actor: Actor, at: datetime) -> int:
    """Call a tag otherwise on all deals that have it, or take it away; returns how many there were."""
    found = Deal.objects.filter(tags__contains=[was]).select_for_update().order_by("id")
    deals = list(found.only("id", "tags", "account_id"))
    for start in range(0, len(deals), CHUNK):
        _write(deals[start : start + CHUNK], was, called, actor=actor, at=at)
    return len(deals)


def _write(deals: Sequence[Deal], was: str, called: str, *, actor: Actor, at: datetime) -> None:
    pairs = [(deal, deal.tags, renamed(deal.tags, was, called)) for deal in deals]
    update_rows(Deal, ("tags",), [{"id": deal.id, "tags": after} for deal, _before, after in pairs])
    told = (
        Told(DealEdited, at.isoformat(), {"changed": {"tags": [before, after]}}, deal=deal.id, account=deal.account_id)
        for deal, before, after in pairs
    )
    record_many(told, actor=actor)
