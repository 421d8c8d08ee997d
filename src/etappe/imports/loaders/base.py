"""What all loaders share: telling new rows from known ones, and accounting for every row."""

from __future__ import annotations

import json
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.headers import words_of
from etappe.core.mapping_own import is_own
from etappe.imports.book import Book, Known, NewLink, name_key, own_key
from etappe.imports.convert import Bad, Chunk
from etappe.imports.loaders.own import OwnColumn, with_own
from etappe.imports.plan import APART, ASKED, FILLED, UPDATED, Duplicates, FileMap, Plan
from etappe.journal.load import as_text

EXAMPLES = 5
"""Rows that are shown for each thing worth noting."""

_KEY_WORDS = {"id", "ids", "nr", "nummer", "number", "key", "uid", "guid", "no"}


@dataclass(frozen=True)
class Setting:
    """What a run works with."""

    source: int
    run: int
    plan: Plan
    actor: Actor
    at: datetime
    zone: str
    currency: str

    def book(self, kind: str) -> Book:
        """The links of this source of one kind."""
        return Book(self.source, self.run, kind)


@dataclass
class Tally:
    """What became of rows; `notes` are things worth knowing about rows that were taken, by code."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, Bad]] = field(default_factory=list)
    notes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)

    def note(self, code: str, **params: Any) -> None:
        """Remember something about a row."""
        self.noted[code] = self.noted.get(code, 0) + 1
        if len(self.notes.setdefault(code, [])) < EXAMPLES:
            self.notes[code].append(params)


@dataclass(frozen=True)
class Item:
    """A row that can be taken: its position in the chunk, its key, and what it says (only what is not empty)."""

    at: int
    key: str
    says: Mapping[str, Any]
    nth: int = 0


@dataclass
class Sorted:
    """A chunk's rows by what is known of them."""

    new: list[Item] = field(default_factory=list)
    changed: list[tuple[Item, Known]] = field(default_factory=list)
    same: list[tuple[Item, Known]] = field(default_factory=list)


@dataclass
class Decided:
    """New rows that mean a record here, by position: the record, and how it is written. Rows to ask about are gone."""

    items: list[Item]
    matched: dict[int, int]
    filled: set[int] = field(default_factory=set)
    updated: set[int] = field(default_factory=set)


def decided(items: Sequence[Item], matched: Mapping[int, int], rule: Duplicates, chunk: Chunk) -> Decided:
    """What becomes of new rows that match a record here, as the plan or a decision on the row says."""
    result = Decided([], {})
    for item in items:
        record = matched.get(item.at)
        choice = rule.choice(item.key) if record is not None else APART
        if choice == ASKED:
            chunk.bad[item.at] = Bad("undecided", {"name": str(item.says.get("name", ""))[:80]})
            continue
        result.items.append(item)
        if record is None or choice == APART:
            continue
        result.matched[item.at] = record
        if choice == FILLED:
            result.filled.add(record)
        elif choice == UPDATED:
            result.updated.add(record)
    return result


class Loader:
    """Loads the rows of one file. Each kind says what its rows are and how they are written."""

    kind = ""
    counts_equals = False
    """Whether rows with the same name are different things (deals) or the same thing twice (accounts, people)."""

    def __init__(self, setting: Setting, file: FileMap) -> None:
        self.setting, self.file = setting, file
        self.book = setting.book(self.kind)
        self.fields = {column.field for column in file.columns}
        self.own = OwnColumn(setting, file)

    def load(self, chunk: Chunk) -> Tally:
        """Write a chunk; call it in the transaction that keeps the ledger."""
        tally = Tally()
        items = [item for item in self.rows(chunk, tally) if item.at not in chunk.bad]
        parts = self._sorted(self.own.settled(items), chunk)
        self.own.note(chunk, tally)
        self.write(parts, chunk, tally)
        tally.rejected = sorted(chunk.bad.items())
        return tally

    def expect(self, chunk: Chunk) -> dict[str, int]:
        """How many of these rows say something `new` or `altered`, and to how many deals they give a new past."""
        items = [item for item in self.rows(chunk, Tally()) if item.at not in chunk.bad]
        parts = self._sorted(items, chunk)
        return {"new": len(parts.new), "altered": len(parts.changed), "renewed": 0}

    def rows(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """The rows of the chunk with what they say of own fields; what cannot be taken goes to `chunk.bad`."""
        return with_own(self.items(chunk, tally), chunk)

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """The rows of the chunk; what cannot be taken goes to `chunk.bad`."""
        raise NotImplementedError

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Write new and changed rows, and count."""
        raise NotImplementedError

    def matches(self, items: Sequence[Item]) -> dict[int, int]:
        """New rows that match a record here by what they say, by position."""
        del items
        return {}

    def questions(self, items: Sequence[Item]) -> list[tuple[Item, int]]:
        """Rows to ask about: those that match a record here, where the plan says to ask and nobody has decided."""
        kind = self.file.kind
        rule = self.setting.plan.duplicates_of(kind) if kind else None
        if rule is None or rule.policy != ASKED:
            return []
        known = self.book.known({item.key for item in items})
        fresh = [item for item in items if item.key not in known]
        found = self.matches(fresh)
        return [(item, found[item.at]) for item in fresh if item.at in found]

    def _sorted(self, items: Sequence[Item], chunk: Chunk) -> Sorted:
        known = self.book.known({item.key for item in items})
        parts, used = Sorted(), dict[str, int]()
        for item in items:
            seen = known.get(item.key, [])
            nth = self._nth(item, seen, used)
            if nth is None:
                chunk.bad[item.at] = Bad("row_twice", {"key": item.key.lstrip("=~")[:80]})
                continue
            self._sort(parts, Item(item.at, item.key, item.says, nth), seen)
        return parts

    def _nth(self, item: Item, seen: Sequence[Known], used: dict[str, int]) -> int | None:
        """Which of several rows with this key it is; None for one that stands there twice."""
        before = used.get(item.key, 0) + sum(1 for each in seen if each.was_now)
        used[item.key] = used.get(item.key, 0) + 1
        return before if not before or (self.counts_equals and not item.key.startswith("=")) else None

    def _sort(self, parts: Sorted, item: Item, seen: Sequence[Known]) -> None:
        found = next((each for each in seen if each.nth == item.nth), None)
        if found is None:
            parts.new.append(item)
        elif found.seen == as_text(item.says):
            parts.same.append((item, found))
        else:
            parts.changed.append((item, found))

    def changed_fields(self, item: Item, known: Known) -> dict[str, Any]:
        """The fields that say something else than when the row was last seen; a field that was emptied is None."""
        before: dict[str, Any] = json.loads(known.seen or "{}")
        changed = {
            name: item.says.get(name)
            for name in {*before, *item.says}
            if name != "data" and before.get(name) != item.says.get(name) and self._tells(name)
        }
        data, old = item.says.get("data", {}), before.get("data", {})
        fresh = {name: value for name, value in data.items() if old.get(name) != value}
        return changed | ({"data": fresh} if fresh else {})

    def news(self, changed: Sequence[tuple[Item, Known]]) -> Iterator[tuple[int, dict[str, Any]]]:
        """What changed rows say of which record that they did not say before.

        Where a row's record was merged into another one, it says only what that one's own rows are silent about, and
        empties nothing.
        """
        said = self.book.said_of({known.record for _item, known in changed if known.is_merged and known.record})
        for item, known in changed:
            if known.record is not None:
                fresh = self.changed_fields(item, known)
                yield known.record, _unsaid(fresh, said.get(known.record, ())) if known.is_merged else fresh

    def _tells(self, name: str) -> bool:
        """Whether the file says anything of the field: an own one that no column fills stays as it is."""
        return not is_own(name) or name in self.fields

    def key_of(self, external_id: str, *names: str) -> str:
        """The key of a row: the one the source gives, else one made of its names."""
        return own_key(external_id) if external_id else name_key(*names)


def together(changes: dict[int, dict[str, Any]], record: int, columns: Mapping[str, Any]) -> None:
    """Add what a row says of a record to what others say of it; the later one counts, custom data are united."""
    before = changes.setdefault(record, {})
    data = {**before.get("data", {}), **columns.get("data", {})}
    before.update(columns, **({"data": data} if data else {}))


def _unsaid(changed: Mapping[str, Any], said: Collection[str]) -> dict[str, Any]:
    """Changed fields without those that were emptied, and those that the record's own row says."""
    left = {name: value for name, value in changed.items() if value is not None and name != "data" and name not in said}
    data = {name: value for name, value in changed.get("data", {}).items() if f"data.{name}" not in said}
    return left | ({"data": data} if data else {})


def is_key_title(title: str) -> bool:
    """Whether a column's title says that it holds keys and not names.

    >>> is_key_title("account_id"), is_key_title("Kundennr"), is_key_title("Account Name")
    (True, True, False)
    """
    words = words_of(title)
    return bool(words) and (words[-1] in _KEY_WORDS or words[-1].endswith(("nummer", "nr", "id")))


def says(**values: Any) -> dict[str, Any]:
    """What a row says: only what is not empty."""
    return {name: value for name, value in values.items() if value not in (None, "", {})}


def without(item: Item, name: str) -> Item:
    """The row without a field that could not be taken over, so that it is tried again when the row comes next."""
    return replace(item, says={key: value for key, value in item.says.items() if key != name})


def settled(parts: Sorted, accounts: Mapping[str, int], chunk: Chunk, tally: Tally) -> Sorted:
    """The rows without accounts that nobody knows; each is noted."""

    def settle(item: Item) -> Item:
        account = item.says.get("account", "")
        if not account or account in accounts:
            return item
        tally.note("account_unknown", line=chunk.lines[item.at], value=account)
        return without(item, "account")

    return Sorted(
        [settle(item) for item in parts.new], [(settle(item), known) for item, known in parts.changed], parts.same
    )


def links(items: Sequence[Item], records: Sequence[int | None], made: Container[int | None] = ()) -> list[NewLink]:
    """The links of new rows to the records they became; those in `made` are of this run's making."""
    return [
        NewLink(item.key, record, as_text(item.says), item.nth, is_made=record in made)
        for item, record in zip(items, records, strict=True)
    ]
