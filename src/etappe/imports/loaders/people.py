"""People."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from etappe.core.headers import FIELDS, FileKind
from etappe.imports.book import name_key, own_key
from etappe.imports.convert import Bad, Chunk
from etappe.imports.loaders.accounts import Accounts
from etappe.imports.loaders.base import (
    Item,
    Loader,
    Setting,
    Sorted,
    Tally,
    decided,
    is_key_title,
    links,
    says,
    settled,
    together,
)
from etappe.imports.loaders.owners import Owners, address_in
from etappe.journal.load import as_text
from etappe.people.load import change_people, create_people, people_by_email, people_by_name

PERSON = "person"

_PLAIN = tuple(
    name for name in FIELDS[FileKind.PEOPLE] if name not in ("external_id", "name", "account", "owner", "deleted")
)


class People:
    """Which person a deal means, by key, address or name; one that has only a name or address is made."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.book = setting.book(PERSON)

    def of(self, wanted: Mapping[tuple[str, str], int | None], title: str) -> dict[tuple[str, str], int]:
        """The people that these references mean: each a value with the account beside it, and that account's key."""
        keys = {reference: _keys(*reference) for reference in wanted}
        known = self.book.known({key for each in keys.values() for key in each})
        records = {key: found[0].record for key, found in known.items()}
        found = {
            reference: record
            for reference, each in keys.items()
            if (record := next((records[key] for key in each if records.get(key)), None)) is not None
        }
        missing = [reference for reference in wanted if reference not in found]
        return found if is_key_title(title) else found | self._made(missing, wanted)

    def _made(
        self, missing: Sequence[tuple[str, str]], accounts: Mapping[tuple[str, str], int | None]
    ) -> dict[tuple[str, str], int]:
        if not missing:
            return {}
        rows = {_keys(*reference)[1]: _row(reference[0], accounts[reference]) for reference in missing}
        keys = create_people(list(rows.values()), actor=self.setting.actor, at=self.setting.at)
        made = dict(zip(rows, keys, strict=True))
        self.book.add_aliases(made, set(keys))
        return {reference: made[_keys(*reference)[1]] for reference in missing}


def _keys(value: str, account: str) -> tuple[str, str, str]:
    """The keys that a reference may have, the surest first."""
    name, address = _split(value)
    named = f"~@{address}" if address else name_key(value, account)
    return own_key(value), named, name_key(name)


def _row(value: str, account: int | None) -> dict[str, Any]:
    name, address = _split(value)
    return {"name": name, "email": address, "account_id": account}


_WITH_ADDRESS = re.compile(r"(?P<name>[^<(]+)[<(](?P<address>[^\s<>()]+@[^\s<>()]+)[>)]")


def _split(value: str) -> tuple[str, str]:
    """The name and the address in a reference like `Eva Kühn (eva@example.com)`; an address alone is both."""
    if found := _WITH_ADDRESS.fullmatch(value):
        return found["name"].strip(), address_in(found["address"])
    return value, address_in(value)


def _aliases(items: Sequence[Item], records: Mapping[int, int]) -> dict[str, int]:
    aliases: dict[str, int] = {}
    for item in items:
        name, record = str(item.says["name"]), records[item.at]
        keys = [name_key(name, str(item.says.get("account", ""))), name_key(name)]
        keys += [f"~@{item.says['email']}"] if item.says.get("email") else []
        for key in keys:
            if key != item.key:
                aliases.setdefault(key, record)
    return aliases


class PersonLoader(Loader):
    """Rows of people."""

    kind = PERSON

    def __init__(self, setting: Setting, file: Any, owners: Owners, accounts: Accounts) -> None:
        super().__init__(setting, file)
        self.owners, self.accounts = owners, accounts

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """Rows with a name or an address."""
        own, names, emails = chunk.column("external_id"), chunk.column("name"), chunk.column("email")
        accounts, owners, deleted = chunk.column("account"), chunk.column("owner"), chunk.column("deleted", None)
        plain = [(name, chunk.values[name]) for name in _PLAIN if name in chunk.values]
        for at, data in chunk.good():
            values = {name: column[at] for name, column in plain}
            name = names[at] or f"{values.get('given_name', '')} {values.get('family_name', '')}".strip() or emails[at]
            if deleted[at] or not name:
                reason = Bad("deleted_in_source", {}) if deleted[at] else Bad("field_required", {"field": "name"})
                chunk.bad.setdefault(at, reason)
                continue
            key = self._key(own[at], emails[at], name, accounts[at])
            yield Item(at, key, says(name=name, **values, account=accounts[at], owner=owners[at], data=data))

    def _key(self, own: str, email: str, name: str, account: str) -> str:
        return f"~@{email}" if email and not own else self.key_of(own, name, account)

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Make new people, or fill those that are here already; then what changed."""
        touched = [*parts.new, *(item for item, _known in parts.changed)]
        owners = self.owners.of(item.says.get("owner", "") for item in touched)
        accounts = self.accounts.of([item.says.get("account", "") for item in touched], self.file.titled("account"))
        parts = settled(parts, accounts, chunk, tally)
        rule = self.setting.plan.duplicates_of(FileKind.PEOPLE)
        found = decided(parts.new, self.matches(parts.new, accounts), rule, chunk)
        parts, matched = replace(parts, new=found.items), found.matched
        fresh = [item for item in parts.new if item.at not in matched]
        rows = [self._columns(item.says, owners, accounts) for item in fresh]
        keys = create_people(rows, actor=self.setting.actor, at=self.setting.at) if rows else []
        records = {item.at: key for item, key in zip(fresh, keys, strict=True)} | matched
        self.book.add(links(parts.new, [records[item.at] for item in parts.new], set(keys)))
        told = found.filled | found.updated
        said = {
            matched[item.at]: self._columns(item.says, owners, accounts)
            for item in parts.new
            if matched.get(item.at) in told
        }
        changes = self._changes(parts, owners, accounts)
        changed = change_people(
            {**changes, **said}, only_empty=frozenset(found.filled), actor=self.setting.actor, at=self.setting.at
        )
        if self._is_referred_to:
            self.book.add_aliases(_aliases(parts.new, records))
        tally.created, tally.changed = len(fresh), len(changed)
        tally.unchanged = len(parts.same) + len(matched) + len(parts.changed) - len(changed)

    @property
    def _is_referred_to(self) -> bool:
        """Whether deals name people, so that they have to be found by name and address."""
        return any(file.position("person") is not None for file in self.setting.plan.of_kind(FileKind.DEALS))

    def matches(self, items: Sequence[Item], accounts: Mapping[str, int] | None = None) -> dict[int, int]:
        """New rows whose person is here already: by address or name, and not another row's of this source."""
        by = self.setting.plan.duplicates_of(FileKind.PEOPLE).match
        emails = {item.at: str(item.says["email"]) for item in items if "email" in by and item.says.get("email")}
        found = people_by_email(list(set(emails.values())))
        records = {at: found[email.lower()] for at, email in emails.items() if email.lower() in found}
        if "name" in by:
            records = self._named(items, accounts or {}) | records
        taken, matched = self.book.linked(records.values()), dict[int, int]()
        for at, record in records.items():
            if record not in taken:
                matched[at] = record
                taken.add(record)
        return matched

    def _named(self, items: Sequence[Item], accounts: Mapping[str, int]) -> dict[int, int]:
        """Rows whose name somebody has in the same account, or without one as the row."""
        wanted = {item.at: (str(item.says["name"]), accounts.get(str(item.says.get("account", "")))) for item in items}
        found = people_by_name({name for name, _account in wanted.values()})
        return {at: found[pair] for at, pair in wanted.items() if pair in found}

    def _columns(
        self, values: Mapping[str, Any], owners: Mapping[str, Any], accounts: Mapping[str, int]
    ) -> dict[str, Any]:
        columns = {name: value or "" for name, value in values.items() if name not in ("account", "owner", "data")}
        if "data" in values:
            columns["data"] = values["data"]
        if "owner" in values:
            columns["owner_id"] = owners[values["owner"] or ""].user
        if "account" in values:
            columns["account_id"] = accounts.get(values["account"] or "")
        return self.own.put(columns)

    def _changes(
        self, parts: Sorted, owners: Mapping[str, Any], accounts: Mapping[str, int]
    ) -> dict[int, dict[str, Any]]:
        changes: dict[int, dict[str, Any]] = {}
        for record, fresh in self.news(parts.changed):
            together(changes, record, self._columns(fresh, owners, accounts))
        self.book.renew({known.id: as_text(item.says) for item, known in parts.changed})
        self.book.meet([known.id for _item, known in parts.same])
        return changes
