"""Changing many records alike: what is wanted of all of them, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from etappe.core.errors import Refusal
from etappe.core.own_fields import FIELDS_LIMIT, KEY
from etappe.core.tags import TAGS_LIMIT, clean_tags


class Subject(StrEnum):
    """What kind of records is changed."""

    DEAL = "deal"
    ACCOUNT = "account"
    PERSON = "person"


class Act(StrEnum):
    """What is done to each of them; `move`, `leave` and `rest` for deals only.

    `archive` puts them into the recycle bin, and `restore` brings back what lies there.
    """

    EDIT = "edit"
    MOVE = "move"
    LEAVE = "leave"
    REST = "rest"
    ARCHIVE = "archive"
    RESTORE = "restore"


class Fate(StrEnum):
    """What became of a record, or would: `gone` is one that is no longer there for whoever asked."""

    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    GONE = "gone"


FIELDS: Mapping[Subject, tuple[str, ...]] = {
    Subject.DEAL: (
        "owner", "source", "product", "expected_close", "buyer_target_date", "next_step", "next_step_on",
    ),
    Subject.ACCOUNT: ("owner", "industry", "country", "city"),
    Subject.PERSON: ("owner", "account", "job_title", "department", "language", "channel"),
}  # fmt: skip
"""Fields that may be set alike on many records: none that makes a record the one it is."""

DAYS = frozenset({"expected_close", "buyer_target_date", "next_step_on"})
ACTS: Mapping[Subject, tuple[Act, ...]] = {
    Subject.DEAL: tuple(Act),
    Subject.ACCOUNT: (Act.EDIT, Act.ARCHIVE, Act.RESTORE),
    Subject.PERSON: (Act.EDIT, Act.ARCHIVE, Act.RESTORE),
}
BINNING = (Act.ARCHIVE, Act.RESTORE)
"""Into the recycle bin, and out of it."""


@dataclass(frozen=True)
class Changes:
    """What is wanted: fields to set and tags to put on and take off, a stage to move to, a reason to leave the process
    early (with who won instead, and a note), or a day to rest until.

    `custom` has values of the workspace's own fields by key; None takes one away. A deal rests until `until`; without
    it, it is taken up again.
    """

    act: Act = Act.EDIT
    fields: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    to: str = ""
    reason: str = ""
    lost_to: str = ""
    note: str = ""
    until: date | None = None

    @property
    def has_tags(self) -> bool:
        """Whether tags change."""
        return bool(self.add_tags or self.remove_tags)


@dataclass(frozen=True)
class Decided:
    """What becomes of one record: the columns that change, each [before, after], or the rule's no.

    `version` is the record's before the change.
    """

    key: int
    fate: Fate
    version: int = 0
    changed: Mapping[str, list[Any]] = field(default_factory=dict)
    refusal: Refusal | None = None


def decided(key: int, version: int, decide: Callable[[], Mapping[str, list[Any]]]) -> Decided:
    """The decision as a value, for `decide` that gives the columns that change or raises a refusal."""
    try:
        changed = decide()
    except Refusal as refusal:
        return Decided(key, Fate.REFUSED, version, refusal=refusal)
    return Decided(key, Fate.CHANGED if changed else Fate.SAME, version, changed)


def with_gone(keys: Sequence[int], found: Sequence[Decided]) -> list[Decided]:
    """What became of each key, in the order given; those that nobody found are gone."""
    by_key = {decision.key: decision for decision in found}
    return [by_key.get(key) or Decided(key, Fate.GONE) for key in keys]


def tagged(tags: Sequence[str], changes: Changes) -> list[str]:
    """The tags after the change: each once, however it is spelt; new ones follow those that are there.

    >>> tagged(["VIP", "Messe"], Changes(add_tags=("messe", "Alt"), remove_tags=("vip",)))
    ['Messe', 'Alt']
    """
    kept = {tag.casefold(): tag for tag in tags}
    for tag in changes.add_tags:
        kept.setdefault(tag.casefold(), tag)
    for tag in changes.remove_tags:
        kept.pop(tag.casefold(), None)
    if len(kept) > TAGS_LIMIT:
        raise Refusal("too_many_tags", field="tags", limit=TAGS_LIMIT, count=len(kept))
    return list(kept.values())


_COLUMNS = {"owner": "owner_id", "account": "account_id"}
_PLACE = ("stage", "status", "process_version_id")
_TAKEN = {Act.MOVE: _PLACE, Act.LEAVE: _PLACE, Act.REST: ("rests_until",)}


def overwrites(changes: Changes, since: Mapping[str, Sequence[Any]]) -> bool:
    """Whether the changes would overwrite what was changed `since`: columns, each with its value before and after.

    A record that goes to the recycle bin or comes back goes with all that it holds.

    >>> wanted = Changes(fields={"owner": "ada"}, custom={"region": "north"}, add_tags=("VIP",))
    >>> overwrites(wanted, {"source": ["", "Fair"], "tags": [[], ["Fair"]], "custom": [{}, {"size": "5"}]})
    False
    >>> [overwrites(wanted, each) for each in (
    ...     {"owner_id": [1, 2]}, {"tags": [["vip"], []]}, {"custom": [{"region": "south"}, {}]})]
    [True, True, True]
    """
    if changes.act in BINNING:
        return bool(since)
    if changes.act is not Act.EDIT:
        return any(column in since for column in _TAKEN[changes.act])
    if any(_COLUMNS.get(name, name) in since for name in changes.fields):
        return True
    wanted = {tag.casefold() for tag in (*changes.add_tags, *changes.remove_tags)}
    return bool(_differing_tags(since) & wanted or _own_keys(since) & set(changes.custom))


def _differing_tags(since: Mapping[str, Sequence[Any]]) -> set[str]:
    before, after = ({tag.casefold() for tag in side or ()} for side in since.get("tags", ((), ())))
    return before ^ after


def _own_keys(since: Mapping[str, Sequence[Any]]) -> set[str]:
    return {key for side in since.get("custom", ()) for key in side or {}}


def read_changes(subject: Subject, given: Mapping[str, Any]) -> Changes:
    """What JSON or a form says is wanted; refuses what cannot be wanted of such records, and wanting nothing."""
    act = Act(_one_of("act", given.get("act", Act.EDIT.value), tuple(ACTS[subject])))
    changes = Changes(act=act, **_READERS[act](subject, given))
    if not _wants_something(changes):
        raise Refusal("nothing_to_change")
    return changes


def _edit(subject: Subject, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "fields": _fields(subject, given.get("set", {})),
        "custom": _own(given.get("custom") or {}),
        "add_tags": tuple(clean_tags("tags", given.get("add_tags", ()))),
        "remove_tags": tuple(clean_tags("tags", given.get("remove_tags", ()))),
    }


def _move(_subject: Subject, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"to": str(given.get("to", ""))}


def _leave(_subject: Subject, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(given.get(name, "")) for name in ("reason", "lost_to", "note")}


def _rest(_subject: Subject, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"until": as_day("until", given.get("until"))}


def _nothing_more(_subject: Subject, _given: Mapping[str, Any]) -> dict[str, Any]:
    return {}


_READERS: Mapping[Act, Callable[[Subject, Mapping[str, Any]], dict[str, Any]]] = {
    Act.EDIT: _edit,
    Act.MOVE: _move,
    Act.LEAVE: _leave,
    Act.REST: _rest,
    Act.ARCHIVE: _nothing_more,
    Act.RESTORE: _nothing_more,
}


def _wants_something(changes: Changes) -> bool:
    if changes.act is Act.EDIT:
        return bool(changes.fields or changes.custom or changes.has_tags)
    needed = {Act.MOVE: changes.to, Act.LEAVE: changes.reason}
    return bool(needed.get(changes.act, True))


def as_stored(changes: Changes) -> dict[str, Any]:
    """The changes as JSON holds them; `read_changes` reads it again."""
    fields = {name: value.isoformat() if isinstance(value, date) else value for name, value in changes.fields.items()}
    return {
        "act": changes.act.value,
        "set": fields,
        "custom": dict(changes.custom),
        "add_tags": list(changes.add_tags),
        "remove_tags": list(changes.remove_tags),
        "to": changes.to,
        "reason": changes.reason,
        "lost_to": changes.lost_to,
        "note": changes.note,
        "until": changes.until.isoformat() if changes.until else None,
    }


def _one_of(name: str, value: Any, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise Refusal("unknown_choice", field=name, choices=choices)
    return str(value)


def _fields(subject: Subject, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise Refusal("not_columns", field="set")
    for name in given:
        if name not in FIELDS[subject]:
            raise Refusal("unknown_field", field=name, fields=FIELDS[subject])
    return {name: as_day(name, value) if name in DAYS else _plain(name, value) for name, value in given.items()}


def _own(given: Any) -> dict[str, Any]:
    """Values of own fields by key; what they may be, the fields' definitions say."""
    if not isinstance(given, Mapping) or len(given) > FIELDS_LIMIT:
        raise Refusal("not_columns", field="custom")
    for key in given:
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise Refusal("field_key_unfit", field="custom", value=str(key)[:60])
    return dict(given)


def _plain(name: str, value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Refusal("not_a_text", field=name)
    return value


def as_day(name: str, value: Any) -> date | None:
    """A day in ISO form, or none."""
    if not value:
        return None
    try:
        return value if type(value) is date else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refusal("not_a_date", field=name) from None
