"""Deals in the recycle bin, and those that stand in the way of deleting their account."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.bin import kept_since
from etappe.core.page import Page
from etappe.deals.models import OPEN, Deal, Member
from etappe.deals.scope import visible
from etappe.journal.paging import Sort, page_of
from etappe.team.access import Holder, may
from etappe.team.queries import as_uuid

NEWEST = {"newest": Sort("archived_at", descending=True, read=datetime.fromisoformat)}


@dataclass(frozen=True)
class ArchivedDeal:
    """A deal in the recycle bin."""

    id: int
    uid: uuid.UUID
    name: str
    archived_at: datetime
    may_restore: bool


def archived_deals(viewer: Actor, at: datetime, after: str | None = None) -> Page[ArchivedDeal]:
    """Deals that can still be brought back, those deleted last first."""
    found = visible(viewer.scope, archived=True).filter(archived_at__gte=kept_since(at))
    page: Page[Deal] = page_of(found, NEWEST, "newest", after, lambda deal: deal)
    return Page(_viewed(viewer, page.rows), page.after, page.count)


def selected_archived(viewer: Actor, uids: Collection[uuid.UUID] | None, limit: int, *, at: datetime) -> list[int]:
    """The keys of deals that can still be brought back, those named or (for None) all; at most `limit`."""
    found = visible(viewer.scope, archived=True).filter(archived_at__gte=kept_since(at))
    named = found if uids is None else found.filter(uid__in=list(uids))
    return list(named.order_by("id").values_list("id", flat=True)[:limit])


def find_archived_deal(viewer: Actor, uid: uuid.UUID | str) -> ArchivedDeal | None:
    """The deal, if it lies in the recycle bin and the viewer may see it."""
    found = list(visible(viewer.scope, archived=True).filter(uid=as_uuid(uid)))
    return _viewed(viewer, found)[0] if found else None


def _viewed(viewer: Actor, rows: Iterable[Deal]) -> tuple[ArchivedDeal, ...]:
    found = list(rows)
    holders = holders_of(found)
    return tuple(
        ArchivedDeal(deal.id, deal.uid, deal.name, deal.archived_at, may(viewer, "records.delete", holders[deal.id]))
        for deal in found
        if deal.archived_at is not None
    )


def holders_of(deals: Iterable[Deal]) -> dict[int, Holder]:
    """Whose these deals are, by key: one query for all their deal teams."""
    found = list(deals)
    members: dict[int, set[int]] = {deal.id: set() for deal in found}
    for deal, user in Member.objects.filter(deal__in=members).values_list("deal_id", "user_id"):
        members[deal].add(user)
    return {deal.id: Holder(deal.owner_id, deal.team_id, frozenset(members[deal.id])) for deal in found}


def open_deals_of(accounts: Collection[int]) -> Counter[int]:
    """How many open deals these accounts have, whoever may see them."""
    found = Deal.objects.filter(account__in=accounts, status=OPEN, archived_at=None)
    return Counter(found.values_list("account_id", flat=True))
