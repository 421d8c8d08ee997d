"""The vocabulary of the journal: one frozen dataclass per kind of entry, one file per room.

A kind says its dotted name, its version, which of its fields hold personal data, and what the record looks like
afterwards (`after`), so that folding a record's entries in order gives the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

REGISTRY: dict[str, type[JournalKind]] = {}


@dataclass(frozen=True)
class JournalKind:
    """Base of all kinds. Their fields are what JSON can hold: text, numbers, booleans, lists and dicts of these."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    personal: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        if "name" in cls.__dict__:
            REGISTRY[cls.name] = cls

    def after(self) -> dict[str, Any]:
        """Columns of the record that this entry sets."""
        return {}

    def onto(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The record's columns after this entry, where they were `state` before it."""
        return {**state, **self.after()}

    def data(self) -> dict[str, Any]:
        """What the journal stores."""
        return asdict(self)


@dataclass(frozen=True)
class Created(JournalKind):
    """A record was made, with these values in its journaled columns."""

    values: dict[str, Any]
    personal: ClassVar[tuple[str, ...]] = ("values",)

    def after(self) -> dict[str, Any]:
        return self.values


@dataclass(frozen=True)
class Edited(JournalKind):
    """Columns of a record changed: each with its value before and after."""

    changed: dict[str, list[Any]]
    personal: ClassVar[tuple[str, ...]] = ("changed",)

    def after(self) -> dict[str, Any]:
        return {column: pair[1] for column, pair in self.changed.items()}

    def onto(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The columns with the new values; of own values only those that changed are told, and only they change."""
        after = {**state, **self.after()}
        if "custom" in self.changed:
            after["custom"] = patched(state.get("custom") or {}, *self.changed["custom"])
        return after


def patched(values: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Own values after a change of some of them: only keys that `before` or `after` name are touched.

    >>> patched({"a": "1", "b": "2"}, {"b": "2", "c": None}, {"b": None, "c": "3"})
    {'a': '1', 'c': '3'}
    """
    kept = {key: value for key, value in values.items() if key not in before and key not in after}
    return kept | {key: value for key, value in after.items() if value is not None}


def fold(entries: list[JournalKind], start: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The journaled columns of a record, from its entries in order; `start` holds columns that it got later."""
    state = dict(start or {})
    for entry in entries:
        state = entry.onto(state)
    return state
