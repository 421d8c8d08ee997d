"""The kinds of fields a filter knows: how each compares, sorts, and what it says of a value it cannot read."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateField, DateTimeField, DecimalField, F, Func, Q, TextField
from django.db.models import Value as Given
from django.db.models.expressions import Combinable, Exists
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.db.models.lookups import (
    Contains,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    LessThan,
    LessThanOrEqual,
)

from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.filter_days import Stretch, stretch_of
from etappe.core.filters import ME, MY_TEAM, Op, Value
from etappe.core.values import NO, YES, fold_key
from etappe.journal.fields import Fold
from etappe.journal.filtering import Asker, Choices, Field, Kind, Reached, Test
from etappe.journal.labels import FIELDS, Label
from etappe.journal.paging import Order, Sort

LEAST = Given(Decimal(-1), output_field=DecimalField(max_digits=19, decimal_places=4))
"""Stands for no number where rows are sorted by one."""
LAST_DAY = Given(date(9999, 12, 31), output_field=DateField())
"""Stands for no day where rows are sorted by one."""
NO_TEXT = Given("", output_field=TextField())
LAST_MOMENT = Given(datetime(9999, 12, 31, tzinfo=UTC), output_field=DateTimeField())

_LOOKUPS = {Op.BELOW: "lt", Op.UP_TO: "lte", Op.ABOVE: "gt", Op.FROM: "gte"}
_RELATIONS = {
    Op.BELOW: LessThan,
    Op.UP_TO: LessThanOrEqual,
    Op.ABOVE: GreaterThan,
    Op.FROM: GreaterThanOrEqual,
}
_MONEY = re.compile(r"(?P<number>[+-]?\d{1,15}(?:\.\d{1,4})?)\s*(?P<currency>[A-Za-z]{3})?")
_EARLIEST, _LATEST = date(1, 1, 3), date(9999, 12, 29)


def named(key: str, name: Label | None) -> Label:
    """What the field is called: as given, or as all other pages call it."""
    return name if name is not None else FIELDS[key.rpartition(".")[2]]


def unreadable(value: Value, expected: str) -> Refusal:
    """The refusal of a value that the field cannot read."""
    return Refusal("filter_value_unfit", value=value.text[:200], expected=expected)


def unknown(value: Value, offered: Iterable[str]) -> Refusal:
    """The refusal of a value that is none of those the field knows."""
    return Refusal("filter_value_unknown", value=value.text[:200], choices=tuple(offered)[:20])


def any_of(conditions: Sequence[Q]) -> Q:
    """One of these."""
    return reduce(or_, conditions)


# --- Texts ---


def text(key: str, name: Label | None = None, *, read: Callable[[str], str] = str) -> Field:
    """A text column that is never null, typed in by the same name."""
    return Field(key, named(key, name), Kind.TEXT, text_test(key, read), F(key), Sort(Fold(F(key))), edit=key)


def text_test(column: str, read: Callable[[str], str] = str) -> Test:
    """Compares a text whatever its case and accents; `read` turns what was written into what is stored."""

    def test(op: Op, values: tuple[Value, ...], _asker: Asker) -> Q:
        if op is Op.EMPTY:
            return Q(**{column: ""})
        folded = [Fold(Given(value.text if op is Op.HAS else read(value.text))) for value in values]
        if op is Op.HAS:
            return Q(Contains(Fold(F(column)), folded[0]))
        return Q(Exact(Fold(F(column)), folded[0])) if len(folded) == 1 else Q(In(Fold(F(column)), folded))

    return test


# --- Numbers and money ---


def number(key: str, name: Label | None = None, *, path: str | None = None, edit: str = "") -> Field:
    """A number column."""
    column = path or key
    order = Sort(Coalesce(Cast(column, DecimalField(max_digits=19, decimal_places=4)), LEAST), read=as_decimal)
    return Field(key, named(key, name), Kind.NUMBER, number_test(column), F(column), order, edit=edit)


def number_test(column: str) -> Test:
    """Compares numbers."""

    def test(op: Op, values: tuple[Value, ...], _asker: Asker) -> Q:
        if op is Op.EMPTY:
            return Q(**{f"{column}__isnull": True})
        return _compared(column, op, [number_of(value) for value in values])

    return test


def _compared(column: str, op: Op, values: Sequence[Any]) -> Q:
    if op in _LOOKUPS:
        return Q(**{f"{column}__{_LOOKUPS[op]}": values[0]})
    return Q(**{f"{column}__in": list(values)})


def number_of(value: Value) -> Decimal:
    """The number that was written, with a decimal point."""
    try:
        found = Decimal(value.text) if len(value.text) < 40 else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or abs(found) >= Decimal(10) ** 15:
        raise unreadable(value, "number")
    return found


def computed_test(value: Combinable) -> Test:
    """Compares a number that is worked out per row and is 0 where there is nothing."""

    def test(op: Op, values: tuple[Value, ...], _asker: Asker) -> Q:
        if op is Op.EMPTY:
            return Q(Exact(value, 0))
        numbers = [number_of(one) for one in values]
        return Q(_RELATIONS[op](value, numbers[0])) if op in _RELATIONS else Q(In(value, numbers))

    return test


def as_text(column: str) -> Cast:
    """The column as text."""
    return Cast(column, TextField())


def as_decimal(value: object) -> Decimal:
    """A mark's value as a number."""
    return Decimal(str(value))


def money(key: str, currency: str, name: Label | None = None, *, edit: str = "") -> Field:
    """An amount with its currency beside it. Without a currency the number alone is compared."""
    return Field(
        key, named(key, name), Kind.MONEY, money_test(key, currency), money_value(F(key), F(currency)),
        Sort(Coalesce(key, LEAST), read=as_decimal), edit=edit,
    )  # fmt: skip


def money_value(amount: Any, currency: Any) -> JSONObject:
    """An amount and its currency as one value; the amount as text, since JSON knows no decimals."""
    return JSONObject(amount=Cast(amount, TextField()), currency=currency)


def money_test(column: str, currency: str) -> Test:
    """Compares amounts: `10000`, or `"10000 EUR"`."""

    def one(op: Op, value: Value) -> Q:
        found = _MONEY.fullmatch(value.text.strip())
        if found is None:
            raise unreadable(value, "money")
        meant = _compared(column, op, [Decimal(found["number"])])
        return meant & Q(**{currency: found["currency"].upper()}) if found["currency"] else meant

    def test(op: Op, values: tuple[Value, ...], _asker: Asker) -> Q:
        return Q(**{f"{column}__isnull": True}) if op is Op.EMPTY else any_of([one(op, value) for value in values])

    return test


# --- Days and moments ---


def day(key: str, name: Label | None = None, *, path: str | None = None, edit: str = "") -> Field:
    """A day column."""
    column = path or key
    order = Sort(Coalesce(column, LAST_DAY), read=date.fromisoformat)
    return Field(key, named(key, name), Kind.DAY, day_test(column), F(column), order, edit=edit)


def day_test(column: str) -> Test:
    """Compares days with stretches of days: `= this_month` is within, `> this_month` after its last day."""

    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        if op is Op.EMPTY:
            return Q(**{f"{column}__isnull": True})
        return any_of([_in_stretch(column, op, days_of(value, asker)) for value in values])

    return test


def _in_stretch(column: str, op: Op, days: Stretch) -> Q:
    if op in _LOOKUPS:
        return Q(**{f"{column}__{_LOOKUPS[op]}": days.first if op in (Op.BELOW, Op.FROM) else days.last})
    return Q(**{f"{column}__gte": days.first, f"{column}__lte": days.last})


def days_of(value: Value, asker: Asker) -> Stretch:
    """The days that were written."""
    return stretch_of(value.text, asker.today)


def moment(key: str, name: Label | None = None, *, path: str | None = None, is_known: bool = False) -> Field:
    """A moment, compared by the day it has in the workspace's zone.

    One that is always known is sorted by the column itself, in which an index can find it.
    """
    column = path or key
    order = Sort(column if is_known else Coalesce(column, LAST_MOMENT), read=datetime.fromisoformat)
    return Field(key, named(key, name), Kind.MOMENT, moment_test(column), F(column), order)


def moment_test(column: str) -> Test:
    """Compares moments with stretches of days."""

    def one(op: Op, value: Value, asker: Asker) -> Q:
        first, behind = bounds(days_of(value, asker), asker.zone())
        parts = {
            Op.BELOW: {"lt": first}, Op.FROM: {"gte": first}, Op.UP_TO: {"lt": behind}, Op.ABOVE: {"gte": behind},
        }  # fmt: skip
        wanted = parts.get(op, {"gte": first, "lt": behind})
        return Q(**{f"{column}__{lookup}": bound for lookup, bound in wanted.items()})

    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        if op is Op.EMPTY:
            return Q(**{f"{column}__isnull": True})
        return any_of([one(op, value, asker) for value in values])

    return test


def bounds(days: Stretch, zone: str) -> tuple[datetime, datetime]:
    """The moment at which the days begin, and the one at which they are over."""
    # Two days are kept free at both ends of the calendar, so that no zone leads out of it.
    first, last = max(days.first, _EARLIEST), min(days.last, _LATEST)
    at = ZoneInfo(zone)
    starts = datetime.combine(min(first, _LATEST), time(), at)
    ends = datetime.combine(max(last, _EARLIEST) + timedelta(days=1), time(), at)
    return starts.astimezone(UTC), ends.astimezone(UTC)


# --- Choices ---


def choice(
    key: str,
    choices: Choices,
    name: Label | None = None,
    *,
    path: str | None = None,
    edit: str = "",
    free: bool = False,
) -> Field:
    """One of some keys. `free` takes other values too, as they came with an import."""
    column = path or key
    test = choice_test(column, choices, free=free)
    return Field(key, named(key, name), Kind.CHOICE, test, F(column), Sort(column), choices, edit)


def choice_test(column: str, choices: Choices, *, free: bool = False) -> Test:
    """Compares a key, written as it is or as the reader's language calls it."""

    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        if op is Op.EMPTY:
            return Q(**{column: ""})
        offered = choices(asker)
        found = [key for value in values for key in keys_of(value, offered, free=free)]
        return Q(**{f"{column}__in": found})

    return test


def keys_of(value: Value, offered: Sequence[tuple[str, str]], *, free: bool = False) -> list[str]:
    """The keys that a value names, by key or by label."""
    wanted = fold_key(value.text)
    found = [key for key, label in offered if wanted in (fold_key(key), fold_key(label))]
    if not found and not free:
        raise unknown(value, [key for key, _label in offered])
    return found or [value.text]


def yes_no(key: str, name: Label | None = None) -> Field:
    """A column that says yes or no."""
    return Field(key, named(key, name), Kind.YES_NO, flag_test(Q(**{key: True})), F(key))


def flag_test(holds: Q | Callable[[Asker], Q]) -> Test:
    """Whether something holds."""

    def test(_op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        word = values[0].text.lower()
        if word not in YES and word not in NO:
            raise unreadable(values[0], "yes_no")
        meant = holds if isinstance(holds, Q) else holds(asker)
        return meant if word in YES else ~meant

    return test


# --- Colleagues, teams, records ---

Finder = Callable[[str, bool], Collection[int]]
"""Keys of the rows with this name, address or uid; with True those whose name holds the text."""


def user(
    key: str,
    find: Finder,
    of_teams: Callable[[Collection[int]], Collection[int]],
    column: str,
    name: Label | None = None,
    order: Order | None = None,
) -> Field:
    """A colleague: `me`, `my_team`, or by name, address or uid."""

    def keys(value: Value, asker: Asker) -> Collection[int]:
        if value.literal or value.text.lower() not in (ME, MY_TEAM):
            return _found(find, value)
        viewer = _somebody(value, asker)
        return [viewer.id or 0] if value.text.lower() == ME else of_teams(viewer.teams)

    shown = JSONObject(uid=f"{column}__uid", name=f"{column}__name")
    return Field(key, named(key, name), Kind.USER, _reference(column, keys, find), shown, order, edit=key)


def team(key: str, find: Finder, column: str) -> Field:
    """A team: `my_team`, or by name or uid."""

    def keys(value: Value, asker: Asker) -> Collection[int]:
        if value.literal or value.text.lower() != MY_TEAM:
            return _found(find, value)
        return _somebody(value, asker).teams

    shown = JSONObject(uid=f"{column}__uid", name=f"{column}__name")
    return Field(key, named(key, None), Kind.TEAM, _reference(column, keys, find), shown)


def _somebody(value: Value, asker: Asker) -> Actor:
    """Who asks; the terminal itself is nobody whom `me` or `my_team` could mean."""
    if asker.viewer.id is None:
        raise Refusal("filter_needs_somebody", value=value.text)
    return asker.viewer


def _found(find: Finder, value: Value) -> Collection[int]:
    keys = find(value.text, False)
    if not keys:
        raise unreadable(value, "name")
    return keys


def _reference(column: str, keys: Callable[[Value, Asker], Collection[int]], find: Finder) -> Test:
    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        if op is Op.EMPTY:
            return Q(**{f"{column}__isnull": True})
        if op is Op.HAS:
            return Q(**{f"{column}__in": list(find(values[0].text, True))})
        return Q(**{f"{column}__in": [key for value in values for key in keys(value, asker)]})

    return test


def record(key: str, kind: Kind, reached: Reached, column: str | None = None) -> Field:
    """A related record, by its name or uid; the asker finds only what they see."""
    link = column or key
    shown = JSONObject(uid=f"{link}__uid", name=f"{link}__name")
    order = Sort(Coalesce(Fold(F(f"{link}__name")), NO_TEXT))
    return Field(key, named(key, None), kind, record_test(reached, Q(**{f"{link}__isnull": True})), shown, order)


def record_test(reached: Reached, absent: Q) -> Test:
    """Compares the name of a related record, whatever its case and accents, or its uid."""
    by_name = text_test("name")

    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        if op is Op.EMPTY:
            return absent
        uids = [uid for value in values if (uid := as_uid(value.text))]
        if uids and op is not Op.HAS:
            return Q(Exists(reached(asker).filter(Q(uid__in=uids) | by_name(op, values, asker))))
        return Q(Exists(reached(asker).filter(by_name(op, values, asker))))

    return test


def as_uid(written: str) -> uuid.UUID | None:
    """The text as a uid; None for one that is none."""
    try:
        return uuid.UUID(written)
    except ValueError:
        return None


# --- Tags ---


def tags(key: str = "tags", name: Label | None = None) -> Field:
    """Words on a record: `=` means it has the tag."""
    return Field(key, named(key, name), Kind.TAGS, tags_test(key), F(key))


def tags_test(column: str) -> Test:
    """Has a tag, has one of several, or has one with these letters. The index holds only what has tags at all."""

    def test(op: Op, values: tuple[Value, ...], _asker: Asker) -> Q:
        if op is Op.EMPTY:
            return Q(**{column: []})
        if op is Op.HAS:
            joined = Func(F(column), Given("\n"), function="array_to_string", output_field=TextField())
            return ~Q(**{column: []}) & Q(Contains(Fold(joined), Fold(Given(values[0].text))))
        wanted = [value.text for value in values]
        lookup = "contains" if len(wanted) == 1 else "overlap"
        return Q(**{f"{column}__{lookup}": wanted}) & ~Q(**{column: []})

    return test
