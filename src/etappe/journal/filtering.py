"""Filters over a room's rows: which fields there are, and what a parsed filter means in SQL.

Every condition is true or false, never unknown: what a record does not have is neither above nor below anything, and
"not" means all others. So negations are carried down to the conditions, and each condition is one `Q`.
Only fields of the registry are reachable, and values are only ever parameters.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import Exists, Subquery

from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.filters import EVERYTHING, All, Condition, Node, Not, Op, Value, conditions_of, parse
from etappe.journal.labels import Label
from etappe.journal.paging import Order

M = TypeVar("M", bound=Model)


class Kind(StrEnum):
    """What a field holds; it decides how it compares and how it is shown."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    YES_NO = "yes_no"
    USER = "user"
    TEAM = "team"
    ACCOUNT = "account"
    PERSON = "person"
    TAGS = "tags"
    STAGE = "stage"


_EQUAL = (Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN)
_NONE = (Op.EMPTY, Op.FILLED)
_ORDER = (Op.BELOW, Op.UP_TO, Op.ABOVE, Op.FROM)
_IN_TIME = (*_ORDER, Op.NOT_SINCE)
_PART = (Op.HAS, Op.HAS_NOT)

OPS: Mapping[Kind, tuple[Op, ...]] = {
    Kind.TEXT: (*_PART, *_EQUAL, *_NONE),
    Kind.NUMBER: (*_EQUAL, *_ORDER, *_NONE),
    Kind.MONEY: (*_ORDER, *_EQUAL, *_NONE),
    Kind.DAY: (*_EQUAL, *_IN_TIME, *_NONE),
    Kind.MOMENT: (*_EQUAL, *_IN_TIME, *_NONE),
    Kind.CHOICE: (*_EQUAL, *_NONE),
    Kind.YES_NO: (Op.IS, Op.IS_NOT),
    Kind.USER: (*_EQUAL, *_PART, *_NONE),
    Kind.TEAM: (*_EQUAL, *_PART, *_NONE),
    Kind.ACCOUNT: (*_EQUAL, *_PART, *_NONE),
    Kind.PERSON: (*_EQUAL, *_PART, *_NONE),
    Kind.TAGS: (*_EQUAL, *_PART, *_NONE),
    Kind.STAGE: (*_EQUAL,),
}
"""How each kind compares, the usual way first."""

_STEADY = frozenset({Kind.TEXT, Kind.NUMBER, Kind.MONEY, Kind.DAY, Kind.TAGS, Kind.YES_NO})
_POSITIVE = {Op.IS_NOT: Op.IS, Op.HAS_NOT: Op.HAS, Op.NOT_IN: Op.IN, Op.NOT_SINCE: Op.FROM, Op.FILLED: Op.EMPTY}


@dataclass(frozen=True)
class Asker:
    """Who filters, on which day, in which zone: what `me` and `today` mean."""

    viewer: Actor
    today: date
    zone: Callable[[], str]


Test = Callable[[Op, tuple[Value, ...], Asker], Q]
"""What a field makes of `=`, `in`, `~`, `is empty` and the four comparisons; the others are their negation."""

Choices = Callable[[Asker], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Field:
    """A field that lists can be filtered by, sorted by and show.

    `value` is what a row shows of it, as an expression over the row, or made of who asks; without one it only filters.
    `order` sorts by it.
    `edit` is its name in the edit action; empty for what is not typed in.
    """

    key: str
    name: Label
    kind: Kind
    test: Test
    value: Any = None
    order: Order | None = None
    choices: Choices | None = None
    edit: str = ""
    group: Label = ""
    """What related record it belongs to, for pickers."""
    is_settled: bool = False
    """Whether its choices are the program's own, and so the same until it is started anew."""

    @property
    def is_steady(self) -> bool:
        """Whether its test may be kept: it follows from values, viewer, day and the reader's language alone."""
        return self.is_settled or (self.kind in _STEADY and "custom." not in self.key)

    @property
    def ops(self) -> tuple[Op, ...]:
        """How it compares."""
        return OPS[self.kind]


@dataclass(frozen=True)
class Registry:
    """The fields of one kind of record, by key."""

    subject: str
    fields: Mapping[str, Field]

    def field(self, key: str) -> Field:
        """The field, or a refusal: one for own fields that are gone, one that names the nearest for a misspelt one."""
        if key in self.fields:
            return self.fields[key]
        if "custom." in key:
            raise Refusal("filter_field_gone", field=key)
        near = difflib.get_close_matches(key, self.fields, n=3, cutoff=0.5) or list(self.fields)[:8]
        raise Refusal("filter_unknown_field", field=key, near=tuple(near))

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields.values())

    def sorts(self) -> Mapping[str, Order]:
        """Every order, by the name it has in an address; a minus turns it round."""
        return _Orders(self.fields)


class _Orders(Mapping[str, Order]):
    """The orders of fields. One is asked for, so they are not all made."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> Order:
        field = self._fields.get(name.removeprefix("-"))
        if field is None or field.order is None:
            raise KeyError(name)
        return replace(field.order, descending=True) if name.startswith("-") else field.order

    def __iter__(self) -> Iterator[str]:
        return (sign + key for key, field in self._fields.items() if field.order for sign in ("", "-"))

    def __len__(self) -> int:
        return sum(1 for _name in self)


def registry(subject: str, *groups: Sequence[Field]) -> Registry:
    """A registry of these fields."""
    return Registry(subject, {field.key: field for group in groups for field in group})


def compiled(tree: Node, known: Registry, asker: Asker) -> Q:
    """What the filter means for rows of this registry; refuses unknown fields and values that make no sense."""
    return _compiled(tree, known, asker, negated=False)


def _compiled(tree: Node, known: Registry, asker: Asker, *, negated: bool) -> Q:
    if isinstance(tree, Not):
        return _compiled(tree.part, known, asker, negated=not negated)
    if isinstance(tree, Condition):
        return one(tree, known.field(tree.field), asker, negated=negated)
    joined = Q()
    for part in tree.parts:
        found = _compiled(part, known, asker, negated=negated)
        joined = joined & found if isinstance(tree, All) is not negated else joined | found
    return joined


def one(condition: Condition, field: Field, asker: Asker, *, negated: bool) -> Q:
    """One condition on its field."""
    op = condition.op
    if op not in field.ops:
        allowed = tuple(other.value for other in field.ops)
        raise Refusal("filter_op_unfit", field=field.key, op=op.value, ops=allowed)
    found = field.test(_POSITIVE.get(op, op), condition.values, asker)
    return ~found if negated is not (op in _POSITIVE) else found


Fields = Callable[[Actor, bool], Registry]
"""The fields there are for a viewer, with those that the workspace defined or without them, which saves a query."""


def sorts_for(key: str, plain: Mapping[str, Order], fields: Fields, viewer: Actor) -> Mapping[str, Order]:
    """The orders to choose `key` from: by own fields too where it names one."""
    return {**plain, **fields(viewer, True).sorts()} if "custom." in key else plain


def filtered(rows: QuerySet[M], where: str | Node, fields: Fields, asker: Asker) -> QuerySet[M]:
    """The rows that the filter leaves; the filter as text or as a tree."""
    tree = parse(where) if isinstance(where, str) else where
    if tree == EVERYTHING:
        return rows
    with_own = any("custom." in condition.field for condition in conditions_of(tree))
    return rows.filter(compiled(tree, fields(asker.viewer, with_own), asker))


def names_field(tree: Node, key: str) -> bool:
    """Whether some condition stands on the field."""
    return any(condition.field == key for condition in conditions_of(tree))


Reached = Callable[[Asker], QuerySet[Any]]
"""The related rows the asker sees; with `OuterRef` they are bound to the row that is filtered."""


def related(prefix: str, group: Label, fields: Sequence[Field], reached: Reached, *, shown: bool = True) -> list[Field]:
    """The fields of a related record as fields of this one (`account.country`), as far as the asker sees it.

    What is not there, or not for the asker's eyes, is empty. Where one row has several of them, they are not `shown`.
    """
    return [
        replace(
            field, key=f"{prefix}.{field.key}", test=_through(field, reached), order=None, edit="", group=group,
            value=_value_of(field, reached) if shown else None,
        )
        for field in fields
    ]  # fmt: skip


def _value_of(field: Field, reached: Reached) -> Callable[[Asker], Any]:
    def value(asker: Asker) -> Any:
        inner = field.value(asker) if is_asked(field.value) else field.value
        return Subquery(reached(asker).annotate(shown_value=inner).values("shown_value")[:1])

    return value


def is_asked(value: Any) -> bool:
    """Whether a field's value depends on who asks."""
    return callable(value) and not hasattr(value, "resolve_expression")


def _through(field: Field, reached: Reached) -> Test:
    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        inner = field.test(op, values, asker)
        if op is Op.EMPTY:
            return ~Q(Exists(reached(asker).filter(~inner)))
        return Q(Exists(reached(asker).filter(inner)))

    return test
