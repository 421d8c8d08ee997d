"""Own fields in a loader: what rows say of them, whom they name, and the column that they make together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from etappe.core.mapping_own import is_own
from etappe.core.merging import OWN
from etappe.core.own_fields import REFERRING, FieldKind
from etappe.imports.own import own_of
from etappe.people.load_own import meant, uids_by_key

if TYPE_CHECKING:
    from etappe.imports.convert import Chunk
    from etappe.imports.loaders.base import Item, Setting, Tally
    from etappe.imports.plan import FileMap

UNKNOWN = {FieldKind.PERSON: "own_person_unknown", FieldKind.ACCOUNT: "own_account_unknown"}
"""Notes on values that name nobody here: the row is taken without them, and asked again when it comes next."""


def with_own(items: Iterable[Item], chunk: Chunk) -> Iterator[Item]:
    """The rows with what they say of own fields, under the names that maps give these."""
    columns = [(name, values) for name, values in chunk.values.items() if is_own(name)]
    for item in items:
        own = {name: values[item.at] for name, values in columns if values[item.at] is not None}
        yield replace(item, says={**item.says, **own}) if own else item


class OwnColumn:
    """The values of own fields for the rows of one file."""

    def __init__(self, setting: Setting, file: FileMap) -> None:
        self.setting = setting
        self.referring = {name: own.kind for name, own in own_of(file).items() if own.kind in REFERRING}
        self._uids: dict[FieldKind, Mapping[str, str]] = {}
        self._dropped: list[tuple[int, str, str]] = []

    def settled(self, items: list[Item]) -> list[Item]:
        """The rows without names that mean nobody here. Who is meant is known from now on."""
        self._dropped = []
        if not self.referring:
            return items
        self.find(items)
        return [self._settled(item) for item in items]

    def note(self, chunk: Chunk, tally: Tally) -> None:
        """Note the names that `settled` left out, but for rows that are rejected."""
        for at, code, value in self._dropped:
            if at not in chunk.bad:
                tally.note(code, line=chunk.lines[at], value=value)

    def find(self, items: Collection[Item]) -> None:
        """Find out whom the rows name."""
        for kind in set(self.referring.values()):
            names = [name for name, other in self.referring.items() if other is kind]
            self._uids[kind] = self._meant(
                kind, {item.says[name] for item in items for name in names if item.says.get(name)}
            )

    def knows(self, item: Item, name: str) -> bool:
        """Whether it is known whom the row names in this field."""
        return item.says.get(name) in self._uids[self.referring[name]]

    def _settled(self, item: Item) -> Item:
        says = dict(item.says)
        for name, kind in self.referring.items():
            if says.get(name) and not self.knows(item, name):
                self._dropped.append((item.at, UNKNOWN[kind], says.pop(name)))
        return replace(item, says=says) if len(says) < len(item.says) else item

    def _meant(self, kind: FieldKind, texts: Collection[str]) -> dict[str, str]:
        """Keys and names of this source first, then whoever is here."""
        known = self.setting.book(kind.value).records(texts)
        uids = uids_by_key(kind, set(known.values()))
        found = {text: uids[key] for text, key in known.items() if key in uids}
        return found | meant(kind, [text for text in texts if text not in found])

    def put(self, columns: dict[str, Any]) -> dict[str, Any]:
        """The columns with `custom` in place of what stands there of own fields; None for what was emptied."""
        own = {name: columns.pop(name) for name in list(columns) if name.startswith(OWN)}
        if own:
            columns["custom"] = {name.removeprefix(OWN): self._value(name, value) for name, value in own.items()}
        return columns

    def _value(self, name: str, value: Any) -> Any:
        if value in (None, ""):
            return None
        kind = self.referring.get(name)
        return self._uids[kind][value] if kind else value
