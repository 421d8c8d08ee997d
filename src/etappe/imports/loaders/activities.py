"""Activities and notes, and what belongs to which deal.

To what an activity belongs may stand in files of links, which come before it: they are kept in the book under its key,
and each record that the activity belongs to gets it on its timeline. A link that comes later brings it there then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from etappe.core.headers import words_of
from etappe.deals.load import Wanted, change_deals, join_centres
from etappe.deals.load_activities import Activity, tell_activities, without_account
from etappe.imports.book import NewLink, own_key
from etappe.imports.convert import Bad, Chunk
from etappe.imports.loaders.base import Item, Loader, Sorted, Tally, links, says, without
from etappe.journal.load import as_text
from etappe.people.load import change_people

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
        return self.said_by([item.says for item in items])

    def said_by(self, rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
        """The same of what rows say."""
        rows = list(rows)
        wanted = {kind: {str(row.get(kind, "")) for row in rows} for kind in self._books}
        wanted["account"] |= wanted["deal"]
        return {kind: book.records(wanted[kind]) for kind, book in self._books.items()}


class ActivityLoader(Loader):
    """Rows of activities and notes: dated entries on timelines."""

    kind = "activity"
    counts_equals = True

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """Rows with a time, and something that was written or at least what it was."""
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
        if moment is None or not (values["subject"] or values["text"] or values["type"]):
            return Bad("activity_incomplete", {})
        return None

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Tell of new ones; those that nobody here has to do with are rejected, to be tried again."""
        keys, links_of = Keys(self), Links(self).of({item.key for item in parts.new})
        said = {item.at: [item.says, *links_of.get(item.key, ())] for item in parts.new}
        found = keys.said_by(row for rows in said.values() for row in rows)
        told = {item.at: _told(item.says, _targets(said[item.at], found)) for item in parts.new}
        for item in parts.new:
            if not told[item.at]:
                chunk.bad[item.at] = Bad("activity_of_nobody", {})
        fresh = [item for item in parts.new if item.at not in chunk.bad]
        rows = [row for item in fresh for row in told[item.at]]
        tell_activities(rows, actor=self.setting.actor, at=self.setting.at)
        self.book.add(links(fresh, [None] * len(fresh), made={None}))
        self.book.meet([known.id for _item, known in (*parts.same, *parts.changed)])
        for item, _known in parts.changed:
            tally.note("activity_kept", line=chunk.lines[item.at])
        tally.created, tally.unchanged = len(fresh), len(parts.same) + len(parts.changed)


_KINDS = ("deal", "account", "person")


def _targets(rows: Sequence[Mapping[str, Any]], found: Mapping[str, Mapping[str, int]]) -> list[list[int]]:
    """The deals, accounts and people that an activity belongs to, by its own row (the first) and by links."""
    named = {kind: [found[kind].get(str(row.get(kind, ""))) for row in rows] for kind in _KINDS}
    if not any(named["deal"]):
        named["account"].append(found["account"].get(str(rows[0].get("deal", ""))))
    return [list(dict.fromkeys(key for key in named[kind] if key is not None)) for kind in _KINDS]


def _told(said: Mapping[str, Any], targets: Sequence[Sequence[int]]) -> list[Activity]:
    """The activity on the timelines of all that it belongs to, in as few entries as it takes."""
    what = (said["at"], said["type"], said.get("subject", ""), said.get("text", ""))
    return [Activity(*what, *each) for each in zip_longest(*targets)]


class Links:
    """What files of links say of activities: kept in the book by the activity's key, a row for each link."""

    def __init__(self, loader: Loader) -> None:
        self._book = loader.setting.book("about")

    def of(self, keys: Iterable[str]) -> dict[str, list[dict[str, str]]]:
        """What each activity belongs to: rows that name a deal, an account or a person."""
        known = self._book.known(keys)
        return {key: [json.loads(each.seen) for each in rows] for key, rows in known.items()}

    def add(self, rows: Sequence[tuple[str, Mapping[str, str]]]) -> None:
        """Keep links: the key of the activity, and what it belongs to."""
        count = {key: len(known) for key, known in self._book.known({key for key, _said in rows}).items()}
        fresh = []
        for key, said in rows:
            nth = count[key] = count.get(key, 0) + 1
            fresh.append(NewLink(key, None, as_text(said), nth - 1, is_made=True))
        self._book.add(fresh)


class LinkLoader(Loader):
    """Rows that say what belongs together: two of a deal, an activity, a person and an account."""

    kind = "belongs"

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """Rows that name both sides."""
        columns = {name: chunk.column(name) for name in ("deal", "person", "account", "activity")}
        deleted = chunk.column("deleted", None)
        for at, _data in chunk.good():
            if deleted[at]:
                chunk.bad[at] = Bad("deleted_in_source", {})
                continue
            said = says(**{name: column[at] for name, column in columns.items()})
            if len(said) < 2:
                chunk.bad[at] = Bad("link_incomplete", {})
                continue
            yield Item(at, self.key_of("", *_names(said)), said)

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Put people into buying centres, deals and people without an account to theirs, activities onto timelines."""
        found = Keys(self).of(parts.new)
        fresh = [item for item in parts.new if self._is_known(item, found, chunk)]
        self._join([item for item in fresh if "deal" in item.says and "activity" not in item.says], found)
        self._employ([item for item in fresh if not {"deal", "activity"} & set(item.says)], found)
        self._link([item for item in fresh if "activity" in item.says])
        self.book.add(links(fresh, [None] * len(fresh), made={None}))
        self.book.meet([known.id for _item, known in parts.same])
        tally.created, tally.unchanged = len(fresh), len(parts.same) + len(parts.changed)

    def _is_known(self, item: Item, found: Mapping[str, Mapping[str, int]], chunk: Chunk) -> bool:
        """Whether the records are here. Activities come after their links."""
        unknown = [name for name, value in item.says.items() if name in _KINDS and value not in found[name]]
        if unknown:
            chunk.bad[item.at] = Bad("link_unknown", {"field": unknown[0], "value": item.says[unknown[0]]})
        return not unknown

    def _join(self, items: Sequence[Item], found: Mapping[str, Mapping[str, int]]) -> None:
        deals = {item.at: found["deal"][str(item.says["deal"])] for item in items}
        people = {item.at: found["person"].get(str(item.says.get("person", ""))) for item in items}
        pairs = [(deals[at], person) for at, person in people.items() if person is not None]
        join_centres(pairs, actor=self.setting.actor, at=self.setting.at)
        self._to_accounts({deals[item.at]: found["account"].get(str(item.says.get("account", ""))) for item in items})

    def _to_accounts(self, wanted: Mapping[int, int | None]) -> None:
        alone = without_account(list(wanted))
        changes = {
            deal: Wanted({"account_id": account}) for deal, account in wanted.items() if account and deal in alone
        }
        if changes:
            change_deals(changes, actor=self.setting.actor, at=self.setting.at)

    def _employ(self, items: Sequence[Item], found: Mapping[str, Mapping[str, int]]) -> None:
        """Give people that have no account the first one that the file names; one that was chosen stays."""
        wanted: dict[int, dict[str, int]] = {}
        for item in items:
            person, account = found["person"][item.says["person"]], found["account"][item.says["account"]]
            wanted.setdefault(person, {"account_id": account})
        if wanted:
            change_people(wanted, only_empty=frozenset(wanted), actor=self.setting.actor, at=self.setting.at)

    def _link(self, items: Sequence[Item]) -> None:
        """Keep what activities belong to; those that were told before are told on these records' timelines too."""
        if not items:
            return
        rows = [(own_key(item.says["activity"]), without(item, "activity").says) for item in items]
        before = {key: known[0] for key, known in self.setting.book("activity").known({key for key, _ in rows}).items()}
        late = [(json.loads(before[key].seen), said) for key, said in rows if key in before]
        found = Keys(self).said_by(row for pair in late for row in pair)
        told = [row for activity, said in late for row in _told_late(activity, said, found)]
        tell_activities(told, actor=self.setting.actor, at=self.setting.at)
        Links(self).add(rows)


def _names(said: Mapping[str, Any]) -> list[str]:
    """What the key of a link is made of."""
    return [str(said.get(name, "")) for name in ("deal", "person", "account")] + [
        str(said[name]) for name in ("activity",) if name in said
    ]


def _told_late(
    activity: Mapping[str, Any], said: Mapping[str, Any], found: Mapping[str, Mapping[str, int]]
) -> list[Activity]:
    """An activity that is here already, on the timelines of records where it is not."""
    there, wanted = _targets([activity], found), _targets([said], found)
    fresh = [[key for key in keys if key not in old] for keys, old in zip(wanted, there, strict=True)]
    return _told(activity, fresh)
