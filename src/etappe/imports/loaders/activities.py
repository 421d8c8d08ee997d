"""Activities and notes, and what belongs to which deal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etappe.core.headers import words_of
from etappe.deals.load import Wanted, change_deals, join_centres
from etappe.deals.load_activities import Activity, tell_activities, without_account
from etappe.imports.convert import Bad, Chunk
from etappe.imports.loaders.base import Item, Loader, Sorted, Tally, links, says

TYPES = ("call", "meeting", "email", "task", "note")
_SAID = {
    "anruf": "call", "telefonat": "call", "termin": "meeting", "event": "meeting", "besprechung": "meeting",
    "mail": "email", "aufgabe": "task", "todo": "task", "notiz": "note", "notes": "note", "notizen": "note",
    "calls": "call", "meetings": "meeting", "emails": "email", "tasks": "task",
}  # fmt: skip


def type_of(text: str, file: str) -> str:
    """What an activity is: as its row says, else as the file's name does.

    >>> type_of("Anruf", "x.csv"), type_of("", "engagement_note_data.csv"), type_of("Lunch", "activities.csv")
    ('call', 'note', 'Lunch')
    """
    for word in words_of(text):
        if word in TYPES or word in _SAID:
            return _SAID.get(word, word)
    if text:
        return text[:60]
    named = (_SAID.get(word, word) for word in words_of(file))
    return next((word for word in named if word in TYPES), "note")


class Keys:
    """The records that keys in these files mean."""

    def __init__(self, loader: Loader) -> None:
        self._books = {kind: loader.setting.book(kind) for kind in ("deal", "account", "person")}

    def of(self, items: Sequence[Item]) -> dict[str, dict[str, int]]:
        """By kind: what each key means. A deal's column may name an account as well, as Salesforce's does."""
        wanted = {kind: {str(item.says.get(kind, "")) for item in items} for kind in self._books}
        wanted["account"] |= wanted["deal"]
        return {kind: book.records(wanted[kind]) for kind, book in self._books.items()}


class ActivityLoader(Loader):
    """Rows of activities and notes: dated entries on timelines."""

    kind = "activity"
    counts_equals = True

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """Rows with a time and something that was written."""
        own, moments, deleted = chunk.column("external_id"), chunk.column("at", None), chunk.column("deleted", None)
        columns = {name: chunk.column(name) for name in ("type", "subject", "text", "deal", "account", "person")}
        for at, _data in chunk.good():
            values = {name: column[at] for name, column in columns.items()}
            reason = self._reason_against(values, moments[at], deleted[at])
            if reason is not None:
                chunk.bad[at] = reason
                continue
            values["type"] = type_of(values["type"], self.file.file)
            said = says(**values, at=moments[at][0])
            key = self.key_of(own[at], said["at"], values["subject"], values["text"][:80], values["deal"])
            yield Item(at, key, said)

    def _reason_against(self, values: Mapping[str, str], moment: Any, deleted: Any) -> Bad | None:
        if deleted:
            return Bad("deleted_in_source", {})
        if moment is None or not (values["subject"] or values["text"]):
            return Bad("activity_incomplete", {})
        return None

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Tell of new ones; those that nobody here has to do with are rejected, to be tried again."""
        found = Keys(self).of(parts.new)
        rows = {item.at: _activity(item.says, found) for item in parts.new}
        for item in parts.new:
            if not (rows[item.at].deal or rows[item.at].account or rows[item.at].person):
                chunk.bad[item.at] = Bad("activity_of_nobody", {})
        fresh = [item for item in parts.new if item.at not in chunk.bad]
        tell_activities([rows[item.at] for item in fresh], actor=self.setting.actor, at=self.setting.at)
        self.book.add(links(fresh, [None] * len(fresh)))
        self.book.meet([known.id for _item, known in (*parts.same, *parts.changed)])
        for item, _known in parts.changed:
            tally.note("activity_kept", line=chunk.lines[item.at])
        tally.created, tally.unchanged = len(fresh), len(parts.same) + len(parts.changed)


def _activity(said: Mapping[str, Any], found: Mapping[str, Mapping[str, int]]) -> Activity:
    about = str(said.get("deal", ""))
    deal = found["deal"].get(about)
    account = found["account"].get(str(said.get("account", ""))) or (None if deal else found["account"].get(about))
    person = found["person"].get(str(said.get("person", "")))
    return Activity(said["at"], said["type"], said.get("subject", ""), said.get("text", ""), deal, account, person)


class LinkLoader(Loader):
    """Rows that say which person or account belongs to which deal."""

    kind = "belongs"

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """Rows that name both sides."""
        columns = {name: chunk.column(name) for name in ("deal", "person", "account")}
        deleted = chunk.column("deleted", None)
        for at, _data in chunk.good():
            if deleted[at]:
                chunk.bad[at] = Bad("deleted_in_source", {})
                continue
            said = says(**{name: column[at] for name, column in columns.items()})
            if "deal" not in said or len(said) < 2:
                chunk.bad[at] = Bad("link_incomplete", {})
                continue
            yield Item(at, self.key_of("", *(str(said.get(name, "")) for name in columns)), said)

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Put people into buying centres, and deals without an account to theirs."""
        found = Keys(self).of(parts.new)
        fresh = [item for item in parts.new if self._is_known(item, found, chunk)]
        deals = {item.at: found["deal"][str(item.says["deal"])] for item in fresh}
        people = {item.at: found["person"].get(str(item.says.get("person", ""))) for item in fresh}
        pairs = [(deals[at], person) for at, person in people.items() if person is not None]
        join_centres(pairs, actor=self.setting.actor, at=self.setting.at)
        self._to_accounts({deals[item.at]: found["account"].get(str(item.says.get("account", ""))) for item in fresh})
        self.book.add(links(fresh, [None] * len(fresh)))
        self.book.meet([known.id for _item, known in parts.same])
        tally.created, tally.unchanged = len(fresh), len(parts.same) + len(parts.changed)

    def _is_known(self, item: Item, found: Mapping[str, Mapping[str, int]], chunk: Chunk) -> bool:
        unknown = [name for name, value in item.says.items() if value not in found[name]]
        if unknown:
            chunk.bad[item.at] = Bad("link_unknown", {"field": unknown[0], "value": item.says[unknown[0]]})
        return not unknown

    def _to_accounts(self, wanted: Mapping[int, int | None]) -> None:
        alone = without_account(list(wanted))
        changes = {
            deal: Wanted({"account_id": account}) for deal, account in wanted.items() if account and deal in alone
        }
        if changes:
            change_deals(changes, actor=self.setting.actor, at=self.setting.at)
