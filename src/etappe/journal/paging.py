"""Reading long lists page by page: keyset instead of offset, and a count with a bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import Combinable

from etappe.core.errors import Refusal
from etappe.core.page import COUNT_LIMIT, Count, Mark, Page, read_mark, write_mark

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


def bounded_count(rows: QuerySet[M]) -> Count:
    """How many rows there are, counted up to `COUNT_LIMIT`."""
    number = rows.order_by()[: COUNT_LIMIT + 1].count()
    return Count(min(number, COUNT_LIMIT), more=number > COUNT_LIMIT)


def chosen(sorts: dict[str, Sort], key: str) -> Sort:
    """The sort of this name; a refusal names those there are."""
    if key not in sorts:
        raise Refusal("unknown_sort", sort=key, sorts=tuple(sorts))
    return sorts[key]


def page_of(
    rows: QuerySet[M], sorts: dict[str, Sort], key: str, after: str | None, view: Callable[[M], R], size: int = PAGE
) -> Page[R]:
    """The page behind the mark `after` in the order `key`. Two queries."""
    sort = chosen(sorts, key)
    ordered = rows.annotate(sort_value=F(sort.by) if isinstance(sort.by, str) else sort.by)
    behind = _behind(read_mark(after, key), sort) if after else Q()
    direction = "-" if sort.descending else ""
    found = list(ordered.filter(behind).order_by(f"{direction}sort_value", f"{direction}id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    mark = None if last is None else write_mark(Mark(key, _mark_value(last.sort_value), last.pk))  # type: ignore[attr-defined]
    return Page(tuple(view(row) for row in found[:size]), mark, bounded_count(rows))


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
