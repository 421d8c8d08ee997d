"""Which deals somebody has chosen, for work on many of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from etappe.core.actor import Actor
from etappe.deals.models import Deal
from etappe.deals.queries.lists import left_by
from etappe.deals.scope import visible
from etappe.deals.shapes import Ref


def selected(viewer: Actor, uids: Sequence[uuid.UUID], limit: int) -> list[int]:
    """The keys of these deals, as far as the viewer sees them; at most `limit`."""
    return list(visible(viewer.scope).filter(uid__in=list(uids)).order_by("id").values_list("id", flat=True)[:limit])


def selected_where(viewer: Actor, where: str, but: Collection[uuid.UUID], limit: int, *, today: date) -> list[int]:
    """The keys of all deals that the filter leaves, but those in `but`; at most `limit`."""
    found = left_by(viewer, where, today)
    found = found.exclude(uid__in=list(but)) if but else found
    return list(found.order_by("id").values_list("id", flat=True)[:limit])


def deal_names(keys: Iterable[int]) -> dict[int, Ref]:
    """Deals by key, to name and to link to; the caller has checked that the viewer may see them."""
    rows = Deal.objects.filter(id__in=list(keys)).values_list("id", "uid", "name")
    return {key: Ref(uid, name) for key, uid, name in rows}
