"""Accounts, and finding the account that another row means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from etappe.core.contact import domain_of_website
from etappe.core.headers import FIELDS, FileKind
from etappe.imports.book import NewLink, name_key
from etappe.imports.convert import Bad, Chunk
from etappe.imports.loaders.base import (
    Decided,
    Item,
    Loader,
    Setting,
    Sorted,
    Tally,
    decided,
    is_key_title,
    says,
    together,
)
from etappe.imports.loaders.owners import Owners
from etappe.imports.models import Link
from etappe.journal.load import as_text
from etappe.people.load import accounts_by_domain, accounts_by_name, change_accounts, create_accounts
from etappe.people.load_merged import survivors
from etappe.people.load_trees import names_of, without_circles

ACCOUNT = "account"

_PLAIN = tuple(
    name
    for name in FIELDS[FileKind.ACCOUNTS]
    if name not in ("external_id", "name", "domain", "revenue", "parent", "owner", "deleted")
)
_NUMBERS = ("employees", "revenue", "founded")


class Accounts:
    """Which account a name or key means, for people and deals; one that has only a name is made."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.book = setting.book(ACCOUNT)
        self.made = 0

    def of(self, values: Iterable[str], title: str) -> dict[str, int]:
        """The accounts that these references mean. Keys that nothing is known of are left out."""
        wanted = {value for value in values if value}
        found = self.book.records(wanted)
        missing = sorted(wanted - set(found))
        if not missing or is_key_title(title):
            return found
        return found | self._named(missing)

    def _named(self, names: Sequence[str]) -> dict[str, int]:
        """Accounts by name alone: those of other sources, else new ones, one for all spellings."""
        found = accounts_by_name(names)
        spellings: dict[str, str] = {}
        for name in names:
            if name not in found:
                spellings.setdefault(name_key(name), name)
        rows = [{"name": name} for name in spellings.values()]
        keys = create_accounts(rows, actor=self.setting.actor, at=self.setting.at) if rows else []
        self.made += len(keys)
        fresh = dict(zip(spellings, keys, strict=True))
        found |= {name: fresh[name_key(name)] for name in names if name not in found}
        self.book.add_aliases({name_key(name): found[name] for name in names}, set(keys))
        return found


class AccountLoader(Loader):
    """Rows of accounts."""

    kind = ACCOUNT

    def __init__(self, setting: Setting, file: Any, owners: Owners) -> None:
        super().__init__(setting, file)
        self.owners = owners

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """Rows with a name, or a domain that does for one."""
        own, names, domains = chunk.column("external_id"), chunk.column("name"), chunk.column("domain")
        parents, owners = chunk.column("parent"), chunk.column("owner")
        revenue, deleted = chunk.column("revenue", None), chunk.column("deleted", None)
        plain = [(name, chunk.values[name]) for name in _PLAIN if name in chunk.values]
        for at, data in chunk.good():
            values = {name: column[at] for name, column in plain}
            domain = domains[at] or _domain(values.get("website", ""))
            name = names[at] or domain
            if deleted[at] or not name:
                chunk.bad.setdefault(at, _why_not(deleted[at], "name"))
                continue
            values |= {"revenue": revenue[at][0]} if revenue[at] else {}
            key = self.key_of(own[at], name)
            yield Item(
                at, key, says(name=name, domain=domain, **values, parent=parents[at], owner=owners[at], data=data)
            )

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Make new accounts, or fill those that are here already; then what changed."""
        owners = self.owners.of(item.says.get("owner", "") for item in [*parts.new, *(i for i, _ in parts.changed)])
        rule = self.setting.plan.duplicates_of(FileKind.ACCOUNTS)
        found = decided(parts.new, self.matches(parts.new), rule, chunk)
        parts, matched = replace(parts, new=found.items), found.matched
        fresh = [item for item in parts.new if item.at not in matched]
        rows = [self._columns(item.says, owners) for item in fresh]
        keys = create_accounts(rows, actor=self.setting.actor, at=self.setting.at) if rows else []
        records = {item.at: key for item, key in zip(fresh, keys, strict=True)} | matched
        self._link(parts.new, records, set(keys))
        changed = self._change(parts, found, owners)
        tally.created = len(fresh)
        tally.changed = len(changed)
        tally.unchanged = len(parts.same) + len(parts.new) - len(fresh) + len(parts.changed) - len(changed)
        self._find_parents(parts, records)

    def matches(self, items: Sequence[Item]) -> dict[int, int]:
        """New rows whose account is here already: by name, else by domain, and not another row's of this source."""
        by = self.setting.plan.duplicates_of(FileKind.ACCOUNTS).match
        if not items:
            return {}
        names = {item.at: str(item.says["name"]) if "name" in by else "" for item in items}
        found = self.book.records(names.values())
        found |= accounts_by_name([name for name in set(names.values()) if name and name not in found])
        domains = {
            item.at: str(item.says.get("domain", ""))
            for item in items
            if "domain" in by and names[item.at] not in found
        }
        by_domain = accounts_by_domain([domain for domain in set(domains.values()) if domain])
        records = {at: found[name] for at, name in names.items() if name in found}
        records |= {at: by_domain[domain] for at, domain in domains.items() if domain in by_domain}
        taken, matched = self.book.linked(records.values()), dict[int, int]()
        for at, record in records.items():
            if record not in taken:
                matched[at] = record
                taken.add(record)
        return matched

    def _columns(self, values: Mapping[str, Any], owners: Mapping[str, Any]) -> dict[str, Any]:
        """The journaled columns that fields of a row give; parents come later."""
        columns = {name: value for name, value in values.items() if name not in ("parent", "owner")}
        columns = {name: ("" if value is None and name not in _NUMBERS else value) for name, value in columns.items()}
        if "owner" in values:
            columns["owner_id"] = owners[values["owner"] or ""].user
        return self.own.put(columns)

    def _link(self, items: Sequence[Item], records: Mapping[int, int], made: set[int]) -> None:
        known = {item.key for item in items}
        self.book.add(
            [
                NewLink(
                    item.key,
                    records[item.at],
                    as_text(item.says),
                    item.nth,
                    str(item.says.get("parent", "")),
                    records[item.at] in made,
                )
                for item in items
            ]
        )
        aliases: dict[str, int] = {}
        for item in items:
            aliases.setdefault(name_key(item.says["name"]), records[item.at])
        self.book.add_aliases({key: record for key, record in aliases.items() if key not in known})

    def _change(self, parts: Sorted, found: Decided, owners: Mapping[str, Any]) -> set[int]:
        changes: dict[int, dict[str, Any]] = {}
        for record, fresh in self.news(parts.changed):
            together(changes, record, self._columns(fresh, owners))
        told = found.filled | found.updated
        said = {
            record: self._columns(item.says, owners)
            for item in parts.new
            if (record := found.matched.get(item.at, 0)) in told
        }
        self.book.renew({known.id: as_text(item.says) for item, known in parts.changed})
        self.book.meet([known.id for _item, known in parts.same])
        return change_accounts(
            changes | said, only_empty=frozenset(found.filled), actor=self.setting.actor, at=self.setting.at
        )

    def _find_parents(self, parts: Sorted, records: Mapping[int, int]) -> None:
        """Changed rows wait for their parents like new ones; one whose account was merged away has no say in it."""
        waiting = {
            known.id: str(item.says["parent"])
            for item, known in parts.changed
            if item.says.get("parent") and not known.is_merged
        }
        for link, parent in waiting.items():
            Link.objects.filter(id=link).update(waits_for=parent)


class Parents(NamedTuple):
    """Parents that no file explains, and accounts that would have stood below themselves (by name)."""

    unknown: int
    circular: Sequence[str]


def set_parents(setting: Setting, title: str) -> Parents:
    """Put accounts below their parents, once all accounts are here. None comes to stand below itself."""
    book, unknown, circular = setting.book(ACCOUNT), 0, list[int]()
    accounts = Accounts(setting)
    waiting = Link.objects.filter(source=setting.source, kind=ACCOUNT).exclude(waits_for="")
    while rows := list(waiting.values_list("id", "record_id", "waits_for").order_by("id")[:2000]):
        found = accounts.of([parent for _id, _record, parent in rows], title)
        moved = survivors(ACCOUNT, [record for _id, record, _parent in rows if record is not None])
        parents = {
            record: found.get(parent) for _id, record, parent in rows if record is not None and record not in moved
        }
        unknown += sum(parent is None for parent in parents.values())
        wanted = {record: parent for record, parent in parents.items() if parent}
        sound = without_circles(wanted)
        circular += [record for record in wanted if record not in sound]
        change_accounts(
            {record: {"parent_id": parent} for record, parent in sound.items()}, actor=setting.actor, at=setting.at
        )
        Link.objects.filter(id__in=[row[0] for row in rows]).update(waits_for="", run=book.run)
    return Parents(unknown, names_of(circular))


def _why_not(deleted: Any, name: str) -> Bad:
    return Bad("deleted_in_source", {}) if deleted else Bad("field_required", {"field": name})


def _domain(website: str) -> str:
    return domain_of_website(website) if website else ""
