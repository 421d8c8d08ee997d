"""Lists of accounts, people and deals with any of their columns: what tables, exports and the command line show."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, Model, QuerySet, Sum

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.filters import EVERYTHING, Condition, Node, Op, Value, conditions_of
from etappe.core.page import Count as Counted
from etappe.deals.list_fields import account_registry, deal_registry
from etappe.deals.queries import REASONED_FROM
from etappe.deals.scope import visible
from etappe.journal.filtering import Asker, Field, Fields, Kind, Registry, compiled, is_asked
from etappe.journal.labels import language
from etappe.journal.paging import Sort, bounded_count, chosen, first_keys, first_stretch, stretch
from etappe.journal.statements import AnyOf, Statement
from etappe.people.list_fields import person_registry
from etappe.people.queries import found_by_text, visible_accounts, visible_people
from etappe.records.list_values import Money, reader_of
from etappe.team.queries import workspace

COLUMNS = 20
"""Columns of a list."""
GROUPS = 100
"""Groups that are told apart; the largest come first."""
CHUNK = 500
"""Rows that an export reads at once."""


@dataclass(frozen=True)
class Subject:
    """A kind of record that is listed: where its rows and fields come from, and how it is shown at first.

    `beside` is the column that the search box looks at, too; `marks` are columns that a page needs for its signs, `raw`
    those of the table that it needs as they are.
    """

    key: str
    rows: Callable[[Actor], QuerySet[Any]]
    fields: Fields
    columns: tuple[str, ...]
    sort: str
    beside: str = ""
    marks: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()


def _deals(viewer: Actor) -> QuerySet[Any]:
    return visible(viewer.scope)


SUBJECTS: Mapping[str, Subject] = {
    "deals": Subject(
        "deals", _deals, deal_registry,
        ("name", "account", "stage", "amount", "owner", "next_step", "expected_close", "stage_since"),
        "-created", marks=("status", "proof", "resting", "next_step_on"), raw=REASONED_FROM,
    ),
    "accounts": Subject(
        "accounts", visible_accounts, account_registry,
        ("name", "industry", "city", "employees", "domain", "owner"), "name", "domain", ("is_private",),
    ),
    "people": Subject(
        "people", visible_people, person_registry,
        ("name", "account", "job_title", "email", "phone", "owner"), "name", "email", ("is_private",),
    ),
}  # fmt: skip
"""What can be listed, by the name it has in addresses."""


SINGULAR: Mapping[str, str] = {"deals": "deal", "accounts": "account", "people": "person"}
"""What one of them is called in addresses, acts and saved views."""


@dataclass(frozen=True)
class Wanted:
    """What to list: which rows, which columns, in which order."""

    subject: Subject
    where: Node = EVERYTHING
    search: str = ""
    columns: tuple[str, ...] = ()
    sort: str = ""


@dataclass(frozen=True)
class Line:
    """A row: its values by the keys of fields; `raw` as the subject says."""

    uid: uuid.UUID
    version: int
    values: Mapping[str, Any]
    raw: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Listing:
    """A page of a list, with the fields it shows. What has more pages than one is not counted: `count_of` does that."""

    fields: tuple[Field, ...]
    rows: tuple[Line, ...]
    after: str | None
    count: Counted | None
    known: Registry


@dataclass(frozen=True)
class Group:
    """Rows that have a value in common: how many, what they come to, and the condition that leaves them."""

    value: Any
    count: int
    sums: tuple[Money, ...]
    where: Condition | None


def subject_of(key: str) -> Subject:
    """The subject with this name, or `Missing`."""
    if key not in SUBJECTS:
        raise Missing
    return SUBJECTS[key]


def asker_of(viewer: Actor, today: date) -> Asker:
    """Who asks, and on which day."""
    return Asker(viewer, today, lambda: workspace().zone)


def registry_of(subject: Subject, viewer: Actor) -> Registry:
    """Every field of the subject."""
    return subject.fields(viewer, True)


def matching(viewer: Actor, wanted: Wanted, known: Registry, today: date) -> QuerySet[Any]:
    """The rows that the viewer sees and the filter leaves."""
    rows = wanted.subject.rows(viewer)
    if wanted.where != EVERYTHING:
        rows = rows.filter(compiled(wanted.where, known, asker_of(viewer, today)))
    return found_by_text(rows, wanted.search, wanted.subject.beside) if wanted.search else rows


def count_of(viewer: Actor, wanted: Wanted, today: date) -> Counted:
    """How many rows there are, up to a bound."""
    return bounded_count(matching(viewer, wanted, registry_of(wanted.subject, viewer), today))


def listing(
    viewer: Actor, wanted: Wanted, *, after: str | None = None, today: date, known: Registry | None = None
) -> Listing:
    """A page of the list."""
    known = known or registry_of(wanted.subject, viewer)
    fields = shown_fields(known, wanted)
    found, mark = _page(viewer, wanted, known, after, today)
    lines = _lines(viewer, wanted.subject, found, (*fields, *_marks(known, wanted.subject)), today)
    count = None if after or mark else Counted(len(found))
    return Listing(fields, lines, mark, count, known)


def _page(
    viewer: Actor, wanted: Wanted, known: Registry, after: str | None, today: date
) -> tuple[tuple[int, ...], str | None]:
    """The keys of a page's rows, and the mark to read on from."""
    sort = wanted.sort or wanted.subject.sort
    if after is None and _may_be_kept(wanted, known, sort):
        first = _first_keys(viewer, today, language(), wanted.subject.key, wanted.where, sort)
        return first_stretch(first, sort)
    found, mark = stretch(matching(viewer, wanted, known, today).only("id"), known.sorts(), sort, after)
    return _ids(found), mark


def _may_be_kept(wanted: Wanted, known: Registry, sort: str) -> bool:
    """Whether what finds the first page follows from what is asked alone, and not from what else is stored."""
    return (
        not wanted.search
        and "custom." not in sort
        and isinstance(chosen(known.sorts(), sort), Sort)
        and all(known.field(condition.field).is_steady for condition in conditions_of(wanted.where))
    )


@lru_cache(maxsize=512)
def _first_keys(
    viewer: Actor, today: date, _language: str, subject: str, where: Node, sort: str
) -> Statement[tuple[int, Any]]:
    """Lists are opened again and again with the filters people saved: putting one into SQL costs as much as asking."""
    wanted = Wanted(SUBJECTS[subject], where)
    known = wanted.subject.fields(viewer, False)
    order = chosen(known.sorts(), sort)
    assert isinstance(order, Sort)
    return first_keys(matching(viewer, wanted, known, today), order)


def _ids(found: Sequence[Any]) -> tuple[int, ...]:
    return tuple(int(row.pk) for row in found)


def shown_fields(known: Registry, wanted: Wanted) -> tuple[Field, ...]:
    """The columns that are wanted, each once; those of the subject where none are named."""
    keys = tuple(dict.fromkeys(wanted.columns)) or wanted.subject.columns
    if len(keys) > COLUMNS:
        raise Refusal("too_many_columns", limit=COLUMNS, count=len(keys))
    found = tuple(known.field(key) for key in keys)
    for field in found:
        if field.value is None:
            raise Refusal("column_not_shown", field=field.key)
    return found


def one(viewer: Actor, wanted: Wanted, uid: uuid.UUID, *, today: date) -> tuple[tuple[Field, ...], Line | None]:
    """A single row with the columns of a list, if the viewer sees it."""
    known = registry_of(wanted.subject, viewer)
    fields = shown_fields(known, wanted)
    ids = tuple(wanted.subject.rows(viewer).filter(uid=uid).values_list("id", flat=True))
    lines = _lines(viewer, wanted.subject, ids, (*fields, *_marks(known, wanted.subject)), today)
    return fields, next(iter(lines), None)


def _marks(known: Registry, subject: Subject) -> tuple[Field, ...]:
    return tuple(known.field(key) for key in subject.marks)


def _lines(
    viewer: Actor, subject: Subject, ids: tuple[int, ...], fields: tuple[Field, ...], today: date
) -> tuple[Line, ...]:
    """The values of these rows, in their order: one query, whatever the columns."""
    if not ids:
        return ()
    asker = asker_of(viewer, today)
    readers = [(field.key, reader_of(field, asker)) for field in fields]
    behind = len(NAMED) + len(subject.raw)
    found = {}
    for row in _reading(asker, subject, fields)(list(ids)):
        (key, uid, version, *raw), given = row[:behind], row[behind:]
        values = {name: read(value) for (name, read), value in zip(readers, given, strict=True)}
        found[key] = Line(uid, version, values, tuple(raw))
    return tuple(found[key] for key in ids if key in found)


NAMED = ("id", "uid", "version")
"""What every row begins with."""


def _reading(asker: Asker, subject: Subject, fields: tuple[Field, ...]) -> Statement[tuple[Any, ...]]:
    """The rows of some keys with these columns. Own fields may change at any time, so what they show is not kept."""
    if any("custom." in field.key for field in fields):
        return _statement(asker, subject, fields)
    return _kept_statement(asker.viewer, asker.today, subject.key, tuple(field.key for field in fields))


@lru_cache(maxsize=512)
def _kept_statement(viewer: Actor, today: date, subject: str, columns: tuple[str, ...]) -> Statement[tuple[Any, ...]]:
    rows = SUBJECTS[subject]
    known = rows.fields(viewer, False)
    return _statement(asker_of(viewer, today), rows, tuple(known.field(key) for key in columns))


def _statement(asker: Asker, subject: Subject, fields: tuple[Field, ...]) -> Statement[tuple[Any, ...]]:
    wanted = {f"c{place}": value_of(field, asker) for place, field in enumerate(fields)}
    rows = subject.rows(asker.viewer).annotate(**wanted)
    return Statement(lambda ids: rows.filter(AnyOf("id", ids)).values_list(*NAMED, *subject.raw, *wanted))


def value_of(field: Field, asker: Asker) -> Any:
    """What a row shows of the field, as an expression."""
    return field.value(asker) if is_asked(field.value) else field.value


def every(viewer: Actor, wanted: Wanted, *, today: date) -> Iterator[Line]:
    """All rows of a list, read in chunks, so that its length costs no memory."""
    known = registry_of(wanted.subject, viewer)
    fields, rows = shown_fields(known, wanted), matching(viewer, wanted, known, today)
    sort, sorts, after = wanted.sort or wanted.subject.sort, known.sorts(), None
    while True:
        found, after = stretch(rows.only("id"), sorts, sort, after, CHUNK)
        yield from _lines(viewer, wanted.subject, _ids(found), fields, today)
        if after is None:
            return


# --- Groups ---

GROUPED = frozenset({Kind.CHOICE, Kind.STAGE, Kind.USER, Kind.TEAM, Kind.ACCOUNT, Kind.TEXT, Kind.YES_NO})
"""Kinds of fields that rows can be grouped by."""


def may_group(field: Field) -> bool:
    """Whether rows can be grouped by the field: by columns of their own only."""
    return field.kind in GROUPED and field.value is not None and "." not in field.key


def groups(viewer: Actor, wanted: Wanted, by: str, *, today: date) -> tuple[Group, ...]:
    """The rows of a list by the value of a field: how many, and the sums of their amounts, never mixing currencies."""
    known = registry_of(wanted.subject, viewer)
    field = known.field(by)
    if not may_group(field):
        raise Refusal("group_unfit", field=by)
    asker = asker_of(viewer, today)
    rows = matching(viewer, wanted, known, today).order_by()
    linked = _linked(rows, field)
    rows = rows.annotate(group_value=F(field.key) if linked else value_of(field, asker))
    found = _counted(rows, with_money="amount" in known.fields)
    found = _named(linked, found) if linked else found
    read = reader_of(field, asker)
    made = [Group(read(raw), count, sums, _condition(field, raw)) for raw, count, sums in found]
    merged: dict[Any, Group] = {}
    for group in made:
        merged[group.value] = _together(merged.get(group.value), group)
    return tuple(sorted(merged.values(), key=lambda group: -group.count)[:GROUPS])


Counts = list[tuple[Any, int, tuple[Money, ...]]]


def _linked(rows: QuerySet[Any], field: Field) -> type[Model] | None:
    """The model of the record that a column refers to, if it refers to one: rows are grouped by its key."""
    if field.kind not in (Kind.ACCOUNT, Kind.USER, Kind.TEAM):
        return None
    linked: type[Model] | None = rows.model._meta.get_field(field.key).related_model
    return linked


def _named(model: type[Model], found: Counts) -> Counts:
    """The groups by the names of their records: only of those that are shown, not of every row."""
    keys = {key for key, _count, _sums in found}
    named = model._base_manager.filter(pk__in=keys).values_list("pk", "uid", "name")
    shown = {key: {"uid": str(uid), "name": name} for key, uid, name in named}
    return [(shown.get(key, {}), count, sums) for key, count, sums in found]


def _counted(rows: QuerySet[Any], *, with_money: bool) -> Counts:
    if not with_money:
        counted = rows.values("group_value").annotate(number=Count("id")).order_by("-number")[: GROUPS * 2]
        return [(row["group_value"], row["number"], ()) for row in counted]
    by_currency = rows.values("group_value", "currency").annotate(number=Count("id"), total=Sum("amount"))
    return [
        (row["group_value"], row["number"], (Money(row["total"], row["currency"]),) if row["total"] is not None else ())
        for row in by_currency.order_by("-number")[: GROUPS * 5]
    ]


def _together(one: Group | None, other: Group) -> Group:
    """Two groups of one value: versions of a process have stages of one name, currencies have sums of their own."""
    if one is None:
        return other
    sums: dict[str, Decimal] = {}
    for money in (*one.sums, *other.sums):
        sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
    return replace(one, count=one.count + other.count, sums=tuple(Money(sum_, cur) for cur, sum_ in sums.items()))


def _condition(field: Field, raw: Any) -> Condition | None:
    """The condition that leaves a group's rows; none where no text names them."""
    key = _key_of(raw)
    if key is None:
        return None
    if key == "":
        return Condition(field.key, Op.EMPTY) if Op.EMPTY in field.ops else None
    return Condition(field.key, Op.IS, (Value(key, literal=True),))


def _key_of(raw: Any) -> str | None:
    if isinstance(raw, dict):
        return str(raw.get("uid") or raw.get("stage") or "")
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    return raw if isinstance(raw, str) else None


def first_ids(viewer: Actor, wanted: Wanted, *, today: date) -> QuerySet[Any]:
    """The keys of all rows of a list, for acts on many of them."""
    known = registry_of(wanted.subject, viewer)
    chosen(known.sorts(), wanted.sort or wanted.subject.sort)
    return matching(viewer, wanted, known, today).values_list(F("id"), flat=True)
