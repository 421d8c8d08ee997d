"""Finding records over the API."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from etappe.api.signin import Caller
from etappe.core.search import Hit
from etappe.records.mentions import mentions
from etappe.records.search import LIMIT, MOST, search

router = Router(tags=["search"])


class SearchQuery(Schema):
    """What to look for, and how many of the best to give."""

    q: str = ""
    limit: int = Field(LIMIT, ge=1, le=MOST)


class HitOut(Schema):
    """A record that was found, with how well it answers: 0 exactly, 1 begins so, 2 a word begins so, 3 holds it,
    4 similar. `stage` and `status` are a deal's."""

    kind: str
    uid: uuid.UUID
    name: str
    rank: int
    own: bool
    details: list[str]
    stage: dict[str, str]
    status: str


@router.get("/search", response=list[HitOut])
def find(request: Caller, wanted: Query[SearchQuery]) -> list[dict[str, Any]]:
    """Accounts, people and deals by name, domain, e-mail address or phone number, the best first.

    Umlauts may be written either way. Similar names come only where nothing is called so.
    """
    return [_hit(hit) for hit in search(request.actor, wanted.q, wanted.limit)]


class MentionOut(Schema):
    """A text that says what was asked for: a note, an activity that an import brought, or evidence, of a record."""

    kind: str
    uid: uuid.UUID
    name: str
    what: str
    at: datetime
    text: str


@router.get("/search/texts", response=list[MentionOut])
def find_in_texts(request: Caller, wanted: Query[SearchQuery]) -> list[dict[str, Any]]:
    """Notes, activities and evidence that say all of the words (or longer ones), newest first."""
    return [{**vars(each), "kind": each.subject.value} for each in mentions(request.actor, wanted.q, wanted.limit)]


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.subject.value,
        "uid": hit.uid,
        "name": hit.name,
        "rank": hit.rank.value,
        "own": hit.is_own,
        "details": list(hit.details),
        "stage": dict(hit.stage),
        "status": hit.status,
    }
