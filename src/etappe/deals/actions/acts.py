"""When the buyer acted last: kept on the deal, so that a hundred thousand deals can be asked who is silent."""

from __future__ import annotations

from django.db.models import Max

from etappe.core.attention import ACT
from etappe.deals.models import Deal, Evidence, NoteLink


def refresh_buyer_act(deal: Deal) -> None:
    """Write down the buyer's last act: evidence of their own that still holds, or their answer to a note's link."""
    holding = Evidence.objects.filter(deal=deal, strength__gte=ACT, withdrawn_at=None).exclude(verdict="rejected")
    given = holding.aggregate(last=Max("happened_at"))["last"]
    answered = NoteLink.objects.filter(deal=deal).aggregate(last=Max("answered_at"))["last"]
    last = max((moment for moment in (given, answered) if moment is not None), default=None)
    if last != deal.buyer_acted_at:
        deal.buyer_acted_at = last
        deal.save(update_fields=["buyer_acted_at"])
