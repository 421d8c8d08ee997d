"""Writing a process before it is published: drafts that several people share, and that hold any text."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal, Stale
from etappe.core.kinds.playbook import DraftCreated, DraftEdited
from etappe.core.process_file import read
from etappe.core.process_yaml import LARGEST
from etappe.journal import artefacts
from etappe.journal.record import action, record
from etappe.journal.values import columns_of
from etappe.playbook.actions import publish
from etappe.playbook.drafts import DraftView, draft_view, starter
from etappe.playbook.models import Draft, Process
from etappe.playbook.queries import VersionView, get_version
from etappe.team.access import require
from etappe.team.queries import user_names

MEDIA_TYPE = "application/yaml"


@action
def start_draft(process: str = "", *, source: str | None = None, actor: Actor, at: datetime) -> DraftView:
    """Begin the next version of a process, or a new one; a process that is being written already is joined instead."""
    require(actor, "playbook.publish")
    base = get_version(process) if process else None
    if base is not None:
        Process.objects.select_for_update().get(key=process)
        running = Draft.objects.filter(process=process, ended_at=None).first()
        if running is not None:
            return draft_view(running)
    text = clean(source if source is not None else base.source if base else starter())
    draft = Draft(uid=uuid.uuid4(), process=process, base=base.number if base else None, saved_by=actor.id, saved_at=at)
    _keep(draft, text)
    draft.save(force_insert=True)
    values = columns_of(draft, Draft.JOURNALED)
    record(DraftCreated(values, str(draft.uid)), actor=actor, at=at)
    return draft_view(draft)


def clean(source: str) -> str:
    """Any text that can be kept, with one kind of line end; how far it is a process is asked later."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    size = len(text.encode("utf-8", "replace"))
    if size > LARGEST:
        raise Refusal("file_too_large", size=size, limit=LARGEST)
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Refusal("control_characters", field="source")
    return text


def _keep(draft: Draft, text: str) -> None:
    draft.sha256 = artefacts.store(text.encode(), MEDIA_TYPE)
    draft.title = {language: said.value[:160] for language, said in read(text).name.items()}


@action
def save_draft(uid: uuid.UUID | str, source: str, *, seen: int | None = None, actor: Actor, at: datetime) -> DraftView:
    """Save the text of a draft, whatever it is worth. Raises `Stale` if somebody was quicker; nothing is lost then."""
    draft, text = lock(actor, uid, seen), clean(source)
    _write(draft, lambda: _keep(draft, text), actor=actor, at=at)
    return draft_view(draft)


def lock(actor: Actor, uid: uuid.UUID | str, seen: int | None) -> Draft:
    """An open draft for writing, as the actor saw it."""
    draft = _found(actor, uid)
    if draft.ended_at is not None:
        raise Refusal("draft_ended", at=draft.ended_at)
    if seen is not None and seen != draft.version:
        by = next((user.name for user in user_names([draft.saved_by]).values()), "")
        raise Stale("stale", seen=seen, now=draft.version, by=by, at=draft.saved_at, changed={})
    return draft


def _found(actor: Actor, uid: uuid.UUID | str) -> Draft:
    require(actor, "playbook.publish")
    try:
        key = uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    except ValueError:
        raise Missing from None
    draft = Draft.objects.select_for_update().filter(uid=key).first()
    if draft is None:
        raise Missing
    return draft


def _write(draft: Draft, change: Callable[[], None], *, actor: Actor, at: datetime) -> None:
    before = columns_of(draft, Draft.JOURNALED)
    change()
    after = columns_of(draft, Draft.JOURNALED)
    changed = {column: [before[column], value] for column, value in after.items() if before[column] != value}
    if not changed:
        return
    draft.version, draft.saved_by, draft.saved_at = draft.version + 1, actor.id, at
    draft.save()
    record(DraftEdited(changed, str(draft.uid)), actor=actor, at=at)


@action
def discard_draft(uid: uuid.UUID | str, *, seen: int | None = None, actor: Actor, at: datetime) -> None:
    """Put a draft aside; it can be taken up again."""
    draft = lock(actor, uid, seen)
    _write(draft, lambda: setattr(draft, "ended_at", at), actor=actor, at=at)


@action
def resume_draft(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> DraftView:
    """Take up a draft again that was discarded or published, unless its process is being written anew."""
    draft = _found(actor, uid)
    if draft.process:
        Process.objects.select_for_update().filter(key=draft.process).first()
        if Draft.objects.filter(process=draft.process, ended_at=None).exclude(id=draft.id).exists():
            raise Refusal("draft_running")
    _write(draft, lambda: setattr(draft, "ended_at", None), actor=actor, at=at)
    return draft_view(draft)


@action
def publish_draft(
    uid: uuid.UUID | str, *, reason: str = "", seen: int | None = None, actor: Actor, at: datetime
) -> VersionView:
    """Publish a draft as the next version of its process, and end it."""
    draft = lock(actor, uid, seen)
    version = publish(draft_view(draft).source, reason=reason, actor=actor, at=at)
    _write(draft, lambda: setattr(draft, "ended_at", at), actor=actor, at=at)
    return version
