"""Lists in the order of an own field: the index of values is walked, not the records, so that a page stays a page.

Records without a value come last, whichever way round. Choices come in the order in which the field has them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, When
from django.db.models import Value as Given

from etappe.core.own_fields import NUMBER_LIMIT, FieldKind
from etappe.journal.paging import Place, Walk
from etappe.people.models import Field, FieldValue

COLUMNS = {
    FieldKind.TEXT: "text",
    FieldKind.LINK: "text",
    FieldKind.NUMBER: "number",
    FieldKind.MONEY: "number",
    FieldKind.DATE: "day",
}
"""Kinds whose values are in order by themselves, with the column of the index that holds them."""

VALUED = "="
"""Begins the place of a record with a value; that of one without is empty."""


def order_of(own: Field) -> Walk | None:
    """The order by this field; none for what has several values, or the name of another record."""
    if own.kind in COLUMNS:
        return Walk(_walk(own.id, _ByValue(own.id, COLUMNS[FieldKind(own.kind)])))
    if own.kind == FieldKind.CHOICE:
        return Walk(_walk(own.id, _ByChoice(own.id, tuple(str(choice["key"]) for choice in own.choices))))
    return None


Valued = Callable[[QuerySet[Any], bool, Place | None, int], list[Place]]


def _walk(field: int, valued: Valued) -> Valued:
    """First the records with a value, then the others by age."""

    def walk(rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
        in_values = after is None or after[0].startswith(VALUED)
        found = valued(rows, descending, after, limit) if in_values else []
        if len(found) < limit:
            found += _rest(rows, field, None if in_values else after, limit - len(found))
        return found

    return walk


def _rest(rows: QuerySet[Any], field: int, after: Place | None, limit: int) -> list[Place]:
    held = FieldValue.objects.filter(field=field, record=OuterRef("id"))
    bare = rows.filter(~Q(Exists(held)), id__gt=after[1] if after else 0)
    return [("", key) for key in bare.order_by("id").values_list("id", flat=True)[:limit]]


@dataclass(frozen=True)
class _ByValue:
    """Values in their own order."""

    field: int
    column: str

    def __call__(self, rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
        held = FieldValue.objects.filter(field=self.field, record__in=rows.order_by().values("id"))
        held = held.filter(**{f"{self.column}__isnull": False})
        if after:
            held = held.filter(self._behind(after, "lt" if descending else "gt"))
        sign = "-" if descending else ""
        found = held.order_by(f"{sign}{self.column}", f"{sign}record").values_list(self.column, "record")
        return [(f"{VALUED}{value}", key) for value, key in found[:limit]]

    def _behind(self, after: Place, less: str) -> Q:
        value = _READ[self.column](after[0].removeprefix(VALUED))
        further = Q(**{f"{self.column}__{less}": value}) | Q(**{f"record__{less}": after[1]})
        return Q(**{f"{self.column}__{less}e": value}) & further


def _number(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or abs(value) > NUMBER_LIMIT:
        raise ValueError("no such number is kept")
    return value


_READ: dict[str, Callable[[str], Any]] = {"text": str, "number": _number, "day": date.fromisoformat}

SINGLY = 12
"""Choices that are read one after the other; it takes many rare ones to come to those behind, which are sorted."""


@dataclass(frozen=True)
class _ByChoice:
    """Choices in the order of their list. Each is read for itself: only so its records come as the index has them."""

    field: int
    keys: Sequence[str]

    def __call__(self, rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
        keys = list(reversed(self.keys)) if descending else list(self.keys)
        if after:
            keys = keys[keys.index(after[0].removeprefix(VALUED)) :]
        held = FieldValue.objects.filter(field=self.field, record__in=rows.order_by().values("id"))
        record, found = "-record" if descending else "record", list[Place]()
        for at, key in enumerate(keys[:SINGLY]):
            of_key = held.filter(text=key)
            if after and at == 0:
                of_key = of_key.filter(**{"record__lt" if descending else "record__gt": after[1]})
            left = limit - len(found)
            found += [(VALUED + key, one) for one in of_key.order_by(record).values_list("record", flat=True)[:left]]
            if len(found) == limit:
                return found
        return found + _together(held, keys[SINGLY:], record, limit - len(found))


def _together(held: QuerySet[FieldValue], keys: Sequence[str], record: str, limit: int) -> list[Place]:
    if not keys:
        return []
    place = Case(*(When(text=key, then=Given(at)) for at, key in enumerate(keys)), output_field=IntegerField())
    found = held.filter(text__in=keys).annotate(place=place).order_by("place", record)
    return [(VALUED + str(key), one) for key, one in found.values_list("text", "record")[:limit]]
