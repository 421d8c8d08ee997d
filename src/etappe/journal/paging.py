"""Reading long lists page by page: keyset instead of offset, and a count with a bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import Combinable

from etappe.core.errors import Refusal
from etappe.core.page import COUNT_LIMIT, Count, Mark, Page, read_mark, write_mark
from etappe.journal.statements import Statement

M = TypeVar("M", bound=Model)
R = TypeVar("R")

_BEYOND_NUMBERS = Decimal(10) ** 15
"""No `numeric(19, 4)` is as large."""

PAGE = 50
"""Rows per page."""


@dataclass(frozen=True)
class Sort:
    """An order: an expression that is never null (and its id breaks ties), and its direction.

    `read` turns the value of a mark back into what the database compares; None where JSON holds it as it is.
    """

    by: str | Combinable
    descending: bool = False
    read: Callable[[Any], Any] | None = None


Place = tuple[str, int]
"""Where a record stands in an order that is walked: as a mark keeps it, and its key."""


@dataclass(frozen=True)
class Walk:
    """An order that stands in a table beside the rows.

    `places` gives keys of these rows in it, the other way round if asked, behind a place (None for the start), and at
    most so many. It may refuse a place that is none with `ValueError`.
    """

    places: Callable[[QuerySet[Any], bool, Place | None, int], list[Place]]
    descending: bool = False


Order = Sort | Walk


def bounded_count(rows: QuerySet[M]) -> Count:
    """How many rows there are, counted up to `COUNT_LIMIT`."""
    number = rows.order_by()[: COUNT_LIMIT + 1].count()
    return Count(min(number, COUNT_LIMIT), more=number > COUNT_LIMIT)


def chosen(sorts: Mapping[str, Order], key: str) -> Order:
    """The sort of this name; a refusal names those there are."""
    if key not in sorts:
        raise Refusal("unknown_sort", sort=key, sorts=tuple(sorts))
    return sorts[key]


def page_of(
    rows: QuerySet[M], sorts: Mapping[str, Order], key: str, after: str | None, view: Callable[[M], R], size: int = PAGE
) -> Page[R]:
    """The page behind the mark `after` in the order `key`, and how many rows there are.

    Two queries; up to six for an order that is walked.
    """
    found, mark = stretch(rows, sorts, key, after, size)
    return Page(tuple(view(row) for row in found), mark, bounded_count(rows))


def stretch(
    rows: QuerySet[M], sorts: Mapping[str, Order], key: str, after: str | None, size: int = PAGE
) -> tuple[list[M], str | None]:
    """The rows behind the mark `after` in the order `key`, and the mark to read on from; nothing is counted."""
    sort = chosen(sorts, key)
    mark = read_mark(after, key) if after else None
    limit = size + 1
    found = _walked(rows, sort, mark, limit) if isinstance(sort, Walk) else _sorted(rows, sort, mark, limit)
    return [row for row, _value in found[:size]], _onward([(row.pk, value) for row, value in found], key, size)


def first_keys(rows: QuerySet[M], sort: Sort, size: int = PAGE) -> Statement[tuple[int, Any]]:
    """What finds the first page in this order, for `first_stretch`: a statement to keep where many ask for the same."""
    ordered = _ordered(rows, sort)
    return Statement(lambda: ordered.values_list("id", "sort_value")[: size + 1])


def first_stretch(
    statement: Statement[tuple[int, Any]], key: str, size: int = PAGE
) -> tuple[tuple[int, ...], str | None]:
    """The keys of the rows of the first page in the order `key`, and the mark to read on from."""
    found = statement()
    return tuple(row for row, _value in found[:size]), _onward(found, key, size)


def _onward(found: Sequence[tuple[int, Any]], key: str, size: int) -> str | None:
    """The mark behind a page of which one row more was read, if there is one."""
    if len(found) <= size:
        return None
    last, value = found[size - 1]
    return write_mark(Mark(key, _mark_value(value), last))


def _ordered(rows: QuerySet[M], sort: Sort) -> QuerySet[M]:
    direction = "-" if sort.descending else ""
    valued = rows.annotate(sort_value=F(sort.by) if isinstance(sort.by, str) else sort.by)
    return valued.order_by(f"{direction}sort_value", f"{direction}id")  # type: ignore[return-value] # annotated


def _sorted(rows: QuerySet[M], sort: Sort, mark: Mark | None, limit: int) -> list[tuple[M, Any]]:
    """Rows behind the mark, each with its value in the order."""
    found = _ordered(rows, sort).filter(_behind(mark, sort) if mark else Q())[:limit]
    return [(row, row.sort_value) for row in found]  # type: ignore[attr-defined] # annotated


def _walked(rows: QuerySet[M], walk: Walk, mark: Mark | None, limit: int) -> list[tuple[M, Any]]:
    """Rows behind the mark, in an order that stands beside them."""
    if mark is not None and not isinstance(mark.value, str):
        raise Refusal("bad_mark")
    after = None if mark is None else (str(mark.value), mark.id)
    try:
        places = walk.places(rows, walk.descending, after, limit)
    except (ValueError, ArithmeticError):
        raise Refusal("bad_mark") from None
    found = rows.order_by().in_bulk([key for _value, key in places])
    return [(found[key], value) for value, key in places if key in found]


def _behind(mark: Mark, sort: Sort) -> Q:
    # `a >= x and (a > x or id > i)` lets the index find the start, which `a > x or (a = x and id > i)` does not.
    try:
        value = _comparable(sort.read(mark.value)) if sort.read else mark.value
    except (TypeError, ValueError, ArithmeticError):
        raise Refusal("bad_mark") from None
    less = "lt" if sort.descending else "gt"
    return Q(**{f"sort_value__{less}e": value}) & (Q(**{f"sort_value__{less}": value}) | Q(**{f"id__{less}": mark.id}))


def _comparable(value: Any) -> Any:
    """The value of a mark as the database can compare it; `ValueError` for one that no row has."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC)
    if isinstance(value, Decimal) and not abs(value) < _BEYOND_NUMBERS:
        raise ValueError("a number without bound")
    return value


def _mark_value(value: Any) -> str | int | float | None:
    return value if isinstance(value, int | float | str) else str(value)
