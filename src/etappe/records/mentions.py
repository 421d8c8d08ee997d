"""Where somebody wrote of something: words in notes, in activities that an import brought, and in evidence."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.fulltext import as_query, asked_words, excerpt
from etappe.core.search import Subject
from etappe.deals.queries import deal_names
from etappe.deals.queries.search import evidence_saying
from etappe.deals.scope import visible
from etappe.journal.queries import EntryView, entries_saying
from etappe.people import queries as people

LIMIT = 12
NOTE, ACTIVITY, EVIDENCE = "note", "activity", "evidence"

Named = Mapping[int, Any]
"""Records by key, each with its uid and name."""


@dataclass(frozen=True)
class Mention:
    """A text that says what was asked for: what it is (a note, an activity, evidence), and of which record."""

    subject: Subject
    uid: uuid.UUID
    name: str
    what: str
    at: datetime
    text: str


def mentions(viewer: Actor, text: str, limit: int = LIMIT) -> tuple[Mention, ...]:
    """Texts that say all of the words, newest first, on records that the viewer sees. Eight queries at most."""
    words = asked_words(text)
    if not words:
        return ()
    asked = as_query(words)
    found = [*_written(viewer, asked, words, limit), *_proved(viewer, asked, words, limit)]
    return tuple(sorted(found, key=lambda mention: mention.at, reverse=True)[:limit])


def _proved(viewer: Actor, asked: str, words: tuple[str, ...], limit: int) -> Iterator[Mention]:
    for each in evidence_saying(viewer, asked, limit=limit):
        yield Mention(Subject.DEAL, each.deal, each.name, EVIDENCE, each.at, excerpt(each.text, words))


def _written(viewer: Actor, asked: str, words: tuple[str, ...], limit: int) -> Iterator[Mention]:
    entries = entries_saying(
        asked, visible(viewer.scope), people.visible_people(viewer), people.visible_accounts(viewer), limit=limit
    )
    deals = deal_names(entry.deal_id for entry in entries if entry.deal_id is not None)
    persons = people.person_names(entry.person_id for entry in entries)
    accounts = people.account_names(entry.account_id for entry in entries)
    for entry in entries:
        subject, ref = _about(entry, deals, persons, accounts)
        what = NOTE if entry.kind == "note.written" else ACTIVITY
        yield Mention(subject, ref.uid, ref.name, what, entry.occurred_at, excerpt(_text(entry), words))


def _about(entry: EntryView, deals: Named, persons: Named, accounts: Named) -> tuple[Subject, Any]:
    """The record that the entry belongs to: a deal before a person, a person before an account."""
    if entry.deal_id is not None:
        return Subject.DEAL, deals[entry.deal_id]
    if entry.person_id is not None:
        return Subject.PERSON, persons[entry.person_id]
    return Subject.ACCOUNT, accounts[entry.account_id or 0]


def _text(entry: EntryView) -> str:
    return " ".join(str(entry.data.get(key) or "") for key in ("text", "subject", "excerpt"))
