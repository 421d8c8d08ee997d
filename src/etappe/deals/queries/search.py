"""Finding deals by name."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Value

from etappe.core.actor import Actor
from etappe.core.process import Status
from etappe.core.search import Hit, Hits, Rank, Sought, Subject
from etappe.deals.models import Evidence
from etappe.deals.scope import visible
from etappe.journal.fields import Says, Words
from etappe.journal.finding import VIEWERS, Wanted, find, find_within, similar
from etappe.journal.queries import LOOKED_AT
from etappe.people import queries as people
from etappe.playbook import queries as playbook

COLUMNS = (
    "row.uid, row.name, row.owner_id, row.stage_since, row.account_id, row.process_version_id, row.stage, row.status"
)
ORDER = f"row.status <> '{Status.OPEN.value}', row.stage_since DESC, row.id DESC"


def search_deals(viewer: Actor, sought: Sought, limit: int) -> Hits:
    """Deals the viewer sees, the best first: by how their name begins; open before closed ones. Two queries."""
    found = find(_deals(viewer), sought, limit)
    return Hits(_hits(viewer, [(row, Rank(rank), 0.0) for *row, rank in found.rows]), found.is_whole)


def deals_within(viewer: Actor, sought: Sought, limit: int, *, own: bool) -> list[Hit]:
    """Deals with the words anywhere in their name, the best first; only one's own where so asked. Two queries."""
    found = find_within(_deals(viewer), sought, limit, own=own)
    return _hits(viewer, [(row, Rank(rank), 0.0) for *row, rank in found])


@dataclass(frozen=True)
class Said:
    """A piece of evidence that says what was asked for, and its deal."""

    deal: uuid.UUID
    name: str
    text: str
    at: datetime


def evidence_saying(viewer: Actor, asked: str, *, limit: int) -> list[Said]:
    """Evidence of deals the viewer sees whose title or excerpt says what a `tsquery` asks for, newest first."""
    held = Evidence.objects.filter(Says(Words("title", "excerpt"), Value(asked)), withdrawn_at=None)
    newest = list(held.order_by("-id").values_list("id", flat=True)[:LOOKED_AT])
    seen = Evidence.objects.filter(id__in=newest, deal__in=visible(viewer.scope)).order_by("-happened_at", "-id")
    rows = seen.values_list("deal__uid", "deal__name", "title", "excerpt", "happened_at")[:limit]
    return [Said(uid, name, f"{title} {text}".strip(), at) for uid, name, title, text, at in rows]


def deals_alike(viewer: Actor, sought: Sought, limit: int) -> list[Hit]:
    """Deals with a similar name. Two queries, within `loosely`."""
    found = similar(_deals(viewer), sought, limit)
    return _hits(viewer, [(row, Rank.SIMILAR, closeness) for *row, closeness in found])


@lru_cache(maxsize=VIEWERS)
def _deals(viewer: Actor) -> Wanted:
    return Wanted(visible(viewer.scope), viewer.id, COLUMNS, ORDER)


def _hits(viewer: Actor, found: list[tuple[list[Any], Rank, float]]) -> list[Hit]:
    accounts = people.account_names(row[4] for row, _rank, _closeness in found)
    return [_hit(viewer, accounts, rank, closeness, *row) for row, rank, closeness in found]


def _hit(viewer: Actor, accounts: dict[int, people.AccountRef], rank: Rank, closeness: float, *row: Any) -> Hit:
    uid, name, owner, at, account, version, stage, status = row
    return Hit(
        subject=Subject.DEAL,
        uid=uid,
        name=name,
        rank=rank,
        is_own=owner is not None and owner == viewer.id,
        at=at,
        details=(accounts[account].name,) if account in accounts else (),
        stage=playbook.spec(version).stage(stage).name,
        status=status,
        is_over=status != Status.OPEN.value,
        closeness=closeness,
    )
