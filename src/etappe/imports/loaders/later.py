"""Own fields that name whom the same import brings in later: asked once more when all accounts and people are here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from etappe.core.headers import FileKind
from etappe.imports.loaders.base import Item, Loader, Tally
from etappe.imports.loaders.own import UNKNOWN
from etappe.imports.models import Link
from etappe.imports.plan import FILLED, UPDATED
from etappe.journal.load import as_text
from etappe.people.load import change_accounts, change_people
from etappe.people.load_merged import survivors

if TYPE_CHECKING:
    from etappe.imports.convert import Chunk

CHANGE: Mapping[FileKind | None, Any] = {FileKind.ACCOUNTS: change_accounts, FileKind.PEOPLE: change_people}
"""Kinds of rows that may name whom a later row brings, and how their records are changed."""


@dataclass
class Found:
    """Rows that are complete now: how many fields of each note, and the lines of the file that they stand in."""

    counts: dict[str, int] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Owing:
    """A row that was taken without whom it names, and the fields that can be filled now."""

    item: Item
    link: Link
    names: tuple[str, ...]
    before: Mapping[str, Any]


def ask_again(loader: Loader, chunk: Chunk) -> Found:
    """Fill own fields of rows that this run has taken without them, where it is known now whom they name."""
    items = [item for item in loader.rows(chunk, Tally()) if item.at not in chunk.bad]
    loader.own.find(items)
    owing = list(_owing(loader, items))
    _fill(loader, owing)
    seen = {each.link.id: as_text({**each.before, **_said(each)}) for each in owing}
    loader.book.complete(seen)
    found = Found()
    for each in owing:
        found.lines.add(chunk.lines[each.item.at])
        for name in each.names:
            code = UNKNOWN[loader.own.referring[name]]
            found.counts[code] = found.counts.get(code, 0) + 1
    return found


def _said(each: _Owing) -> dict[str, Any]:
    return {name: each.item.says[name] for name in each.names}


def _owing(loader: Loader, items: list[Item]) -> Iterator[_Owing]:
    """Rows whose link says all that they say but for whom they name: a second row with the same key says otherwise."""
    asking: dict[str, Item] = {}
    for item in items:
        if any(item.says.get(name) for name in loader.own.referring):
            asking.setdefault(item.key, item)
    links = Link.objects.filter(source=loader.setting.source, kind=loader.kind, run=loader.setting.run)
    found = {link.key: link for link in links.filter(key__in=list(asking), record_id__isnull=False, nth=0)}
    moved = survivors(loader.kind, [link.record_id for link in found.values() if link.record_id is not None])
    for item in asking.values():
        link = found.get(item.key)
        if link is None or link.record_id in moved or not link.seen:
            continue
        before: dict[str, Any] = json.loads(link.seen)
        names = tuple(
            name
            for name in loader.own.referring
            if item.says.get(name) and name not in before and loader.own.knows(item, name)
        )
        if names and json.loads(as_text(_without(item.says, loader))) == _without(before, loader):
            yield _Owing(item, link, names, before)


def _without(says: Mapping[str, Any], loader: Loader) -> dict[str, Any]:
    return {name: value for name, value in says.items() if name not in loader.own.referring}


def _fill(loader: Loader, owing: list[_Owing]) -> None:
    """Write the fields; of a record that was here before, as the rule for such records says."""
    kind = loader.file.kind
    rule = loader.setting.plan.duplicates_of(kind) if kind else None
    changes: dict[int, dict[str, Any]] = {}
    filled: set[int] = set()
    for each in owing:
        policy = UPDATED if rule is None or each.link.made else rule.choice(each.item.key)
        if each.link.record_id is None or policy not in (FILLED, UPDATED):
            continue
        changes[each.link.record_id] = loader.own.put(_said(each))
        if policy == FILLED:
            filled.add(each.link.record_id)
    if changes:
        setting = loader.setting
        CHANGE[kind](changes, only_empty=frozenset(filled), actor=setting.actor, at=setting.at)
