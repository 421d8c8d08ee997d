"""Deals in the recycle bin, many at once: what `people.load_bin` needs to know of them."""

from __future__ import annotations

from django.db.models import QuerySet

from etappe.core.actor import Actor
from etappe.core.kinds.records import DealArchived, DealRestored
from etappe.deals.models import Deal
from etappe.deals.queries.bin import holders_of
from etappe.deals.scope import visible
from etappe.journal.record import About
from etappe.people.load_bin import Bin


def _seen(actor: Actor, archived: bool) -> QuerySet[Deal]:
    return visible(actor.scope, archived=archived)


def _about(deal: Deal) -> About:
    return {"deal": deal.id, "account": deal.account_id}


BIN = Bin(Deal, _seen, holders_of, DealArchived, DealRestored, _about)
