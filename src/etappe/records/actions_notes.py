"""Rewriting and deleting notes: nothing in the journal changes; a new entry takes the old one back."""

from __future__ import annotations

from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.contact import clean_note
from etappe.core.errors import Forbidden, Refusal
from etappe.core.kinds import JournalKind
from etappe.core.kinds.people import NoteDeleted, NoteWritten
from etappe.journal.queries import EntryView, is_taken_back, lock_entry
from etappe.journal.record import action, record
from etappe.records.notes import get_note
from etappe.team.access import may, require


@action
def rewrite_note(entry: int, text: str, *, actor: Actor, at: datetime) -> int:
    """Write a note anew; for its writer. Returns the id of the new entry. Refuses one that was changed since."""
    note = _present(entry, actor)
    require(actor, "notes.write")
    if note.actor_id is None or note.actor_id != actor.id:
        raise Forbidden("not_your_note")
    wanted = clean_note("text", text)
    return note.id if wanted == note.data.get("text") else _instead(note, NoteWritten(text=wanted), actor, at)


@action
def delete_note(entry: int, *, actor: Actor, at: datetime) -> None:
    """Take a note off the record; for its writer and for administrators."""
    note = _present(entry, actor)
    require(actor, "notes.write")
    is_own = note.actor_id is not None and note.actor_id == actor.id
    if not is_own and not may(actor, "workspace.edit"):
        raise Forbidden("not_your_note")
    _instead(note, NoteDeleted(), actor, at)


def _present(entry: int, actor: Actor) -> EntryView:
    """The note, which nobody else changes meanwhile."""
    note = get_note(actor, entry)
    lock_entry(entry)
    if is_taken_back(note):
        raise Refusal("note_changed")
    return note


def _instead(note: EntryView, kind: JournalKind, actor: Actor, at: datetime) -> int:
    about = {"account": note.account_id, "person": note.person_id, "deal": note.deal_id}
    return record(kind, actor=actor, at=at, voids=note.id, **about)  # type: ignore[arg-type]  # the three are all there are
