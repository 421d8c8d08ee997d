"""Reading drafts of processes; only for those who may publish."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.process import Words
from etappe.journal import artefacts
from etappe.playbook.models import Draft
from etappe.team.access import require
from etappe.team.queries import UserRef, user_names

LISTED = 50


@dataclass(frozen=True)
class DraftRef:
    """A draft in a list."""

    uid: uuid.UUID
    process: str
    title: Words
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True)
class DraftView:
    """A draft with its text. `base` is the number of the version it began from."""

    uid: uuid.UUID
    process: str
    base: int | None
    source: str
    version: int
    saved_at: datetime
    ended_at: datetime | None


def drafts(viewer: Actor) -> tuple[DraftRef, ...]:
    """The open drafts, those saved last first; at most fifty."""
    require(viewer, "playbook.drafts")
    rows = list(Draft.objects.filter(ended_at=None).order_by("-saved_at", "-id")[:LISTED])
    names = user_names(row.saved_by for row in rows)
    return tuple(DraftRef(row.uid, row.process, row.title, _name(names, row.saved_by), row.saved_at) for row in rows)


def _name(names: Mapping[int, UserRef], key: int | None) -> str:
    found = names.get(key or 0)
    return found.name if found else ""


def get_draft(viewer: Actor, uid: uuid.UUID | str) -> DraftView:
    """The draft, or `Missing`."""
    require(viewer, "playbook.drafts")
    try:
        key = uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    except ValueError:
        raise Missing from None
    draft = Draft.objects.filter(uid=key).first()
    if draft is None:
        raise Missing
    return draft_view(draft)


def draft_view(draft: Draft) -> DraftView:
    """The draft as others see it."""
    return DraftView(
        uid=draft.uid,
        process=draft.process,
        base=draft.base,
        source=artefacts.fetch(draft.sha256).content.decode(),
        version=draft.version,
        saved_at=draft.saved_at,
        ended_at=draft.ended_at,
    )


def starter() -> str:
    """A small process that the linter has nothing to say about, to begin one's own from."""
    return (files("etappe.playbook") / "starter.yaml").read_text("utf-8")
