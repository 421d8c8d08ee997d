"""The chronological record of a deal, in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor, ActorKind
from etappe.core.process import Process
from etappe.deals.shapes import DealView
from etappe.journal.labels import words
from etappe.journal.queries import PAGE, EntryView, timeline, without_old_notes
from etappe.journal.texts import Changed, Names, changed, sentence
from etappe.people import queries as people
from etappe.playbook import queries as playbook
from etappe.team import queries as team
from etappe.web.entry_names import account_names, stage_names, team_names
from etappe.web.jottings import Jotting, jotting
from etappe.web.own_words import own_words

LOOKS: dict[str, tuple[str, str]] = {
    "deal.created": ("plus", ""),
    "deal.edited": ("pencil", ""),
    "deal.archived": ("trash", ""),
    "deal.restored": ("arrow-back-up", ""),
    "deal.stage_moved": ("arrow-right", "good"),
    "deal.won": ("trophy", "good"),
    "deal.left": ("circle-x", ""),
    "activity.imported": ("calendar-due", ""),
    "activity.taken_back": ("arrow-back-up", ""),
    "deal.history_imported": ("clock", ""),
    "deal.rested": ("moon-stars", ""),
    "deal.reopened": ("player-play", ""),
    "deal.move_undone": ("arrow-back-up", ""),
    "deal.remapped": ("route", ""),
    "deal.remap_undone": ("arrow-back-up", ""),
    "deal.process_changed": ("route", ""),
    "deal.process_change_undone": ("arrow-back-up", ""),
    "deal.evidence_confirmed": ("file-check", "good"),
    "deal.evidence_withdrawn": ("file-text", "warn"),
    "deal.evidence_judged": ("eye-check", ""),
    "deal.exception_asked": ("flag", "warn"),
    "deal.exception_answered": ("flag", "warn"),
    "deal.note_link_made": ("link", ""),
    "deal.note_answered": ("message", ""),
    "deal.note_link_revoked": ("link-off", ""),
    "deal.stakeholder_added": ("user-plus", ""),
    "deal.stakeholder_removed": ("user", ""),
    "deal.member_added": ("users-group", ""),
    "deal.member_removed": ("users-group", ""),
    "note.written": ("note", ""),
    "note.deleted": ("trash", ""),
    "file.added": ("paperclip", ""),
    "file.removed": ("paperclip", ""),
    "file.restored": ("paperclip", ""),
}
"""Icon and tone of each kind."""


@dataclass(frozen=True)
class Moment:
    """An entry as the record shows it."""

    icon: str
    tone: str
    at: datetime
    by: str
    text: str
    note: str
    changed: tuple[Changed, ...]
    is_voided: bool
    evidence: str
    strength: int
    jotted: Jotting | None


@dataclass(frozen=True)
class Timeline:
    """A page of the record; `before` asks for the older entries."""

    moments: tuple[Moment, ...]
    before: int | None


def timeline_of(viewer: Actor, deal: DealView, *, before: int | None = None) -> Timeline:
    """The newest entries about the deal, or those before one of them."""
    page = timeline(deal=deal.id, before=before)
    entries = without_old_notes(page, deal=deal.id)
    names, own = _names(deal, entries), own_words(viewer, entries)
    voided = {entry.voids for entry in entries if entry.voids}
    return Timeline(
        tuple(_moment(entry, own.put(names, entry), entry.id in voided, viewer) for entry in entries),
        page[-1].id if len(page) == PAGE else None,
    )


def _moment(entry: EntryView, names: Names, is_voided: bool, viewer: Actor) -> Moment:
    icon, tone = LOOKS.get(entry.kind, ("history", ""))
    is_note = entry.kind == "note.written"
    return Moment(
        icon=icon,
        tone=tone,
        at=entry.occurred_at,
        by=_by(entry, names),
        text="" if is_note else sentence(entry.kind, entry.data, names),
        note=str(entry.data.get("text" if is_note else "excerpt") or ""),
        changed=tuple(changed(entry.data, names)),
        is_voided=is_voided,
        evidence=str(entry.data.get("evidence") or ""),
        strength=int(entry.data.get("strength") or 0),
        jotted=jotting(entry, viewer),
    )


def _by(entry: EntryView, names: Names) -> str:
    if entry.actor_kind == ActorKind.BUYER:
        return names.people.get(str(entry.data.get("person")), "")
    return names.users.get(str(entry.actor_id), "")


def _names(deal: DealView, entries: Iterable[EntryView]) -> Names:
    process = deal.process
    others = _other_processes(entries)
    return Names(
        stages=stage_names([*others.values(), process], entries),
        processes={key: words(spec.name) for key, spec in others.items()},
        criteria={key: words(criterion.text) for key, (_stage, criterion) in process.criteria.items()},
        reasons={reason.key: words(reason.name) for reason in process.leave},
        people=_people(deal, list(_mentioned(entries))),
        users=team.colleague_names(),
        teams=team_names(entries),
        accounts=account_names(entries),
        currency=deal.row.currency,
    )


def _other_processes(entries: Iterable[EntryView]) -> dict[str, Process]:
    """The processes that the deal was on, where it was taken from one to another."""
    told = (entry.data for entry in entries if "process_after" in entry.data)
    versions = {data[part] for data in told for part in VERSIONS if part in data}
    return {spec.key: spec for spec in (playbook.spec(version) for version in sorted(versions))}


VERSIONS = ("version_before", "version_after")


def _mentioned(entries: Iterable[EntryView]) -> Iterable[str]:
    for entry in entries:
        changes: Mapping[str, Any] = entry.data.get("changed") or {}
        yield from (str(value) for value in changes.get("next_step_person_id", ()) if value)
        yield str(entry.data.get("person") or "")


def _people(deal: DealView, mentioned: Iterable[str]) -> dict[str, str]:
    """Names by key and by uid: people of the buying centre and of the evidence are known, others are looked up."""
    held = (each.person for stage in deal.stages for view in stage.criteria for each in view.evidence)
    known = {str(each.person.uid): each.person.name for each in deal.stakeholders}
    known |= {str(person.uid): person.name for person in held if person}
    wanted = {key for key in mentioned if key and key not in known}
    by_key = people.person_names(int(key) for key in wanted if key.isdigit())
    by_uid = people.people_by_uid(uuid.UUID(key) for key in wanted if not key.isdigit())
    return known | {str(key): ref.name for key, ref in by_key.items()} | {str(ref.uid): ref.name for ref in by_uid}
