"""What the figures of the first look came to a little while ago: over a million deals they take seconds to find.

They are kept for those who see all deals, and only where finding them takes long. A page that shows them says when they
were found; whatever else is asked, and by whomever else, is found when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from etappe.insights.engine import Answer
from etappe.insights.metric import Row
from etappe.insights.models import KeptAnswer

FRESH = timedelta(hours=1)
"""For so long they are shown; the job looks every ten minutes."""


def kept(names: Collection[str], day: date, now: datetime) -> dict[str, Answer]:
    """The answers to these statements about `day` that still hold, by name. One query."""
    rows = KeptAnswer.objects.filter(name__in=names, day=day, found_at__gt=now - FRESH, found_at__lte=now)
    return {row.name: Answer(of_plain(row.columns, row.rows), row.sql, "postgres", row.found_at) for row in rows}


def takes_long() -> bool:
    """Whether the deals are so many that finding their figures took long enough to keep them. One query."""
    return KeptAnswer.objects.exists()


Columns = list[tuple[str, str]]
"""Names of columns, each with what has to be made of its values."""


def plain(rows: list[Row]) -> tuple[Columns, list[list[Any]]]:
    """Rows as JSON holds them: their columns, and their values."""
    columns = [(name, _kind(row[name] for row in rows)) for name in (rows[0] if rows else ())]
    return columns, [[_plain(row[name], kind) for name, kind in columns] for row in rows]


def of_plain(columns: Columns, rows: list[list[Any]]) -> list[Row]:
    """The rows again.

    >>> there = [{"n": 2, "on": date(2026, 3, 2), "sum": Decimal("1.50")}, {"n": 3, "on": None, "sum": Decimal(0)}]
    >>> of_plain(*plain(there)) == there
    True
    """
    made = [(name, _MADE[kind]) for name, kind in columns]
    return [
        {name: value if value is None else make(value) for (name, make), value in zip(made, row, strict=True)}
        for row in rows
    ]


_MADE: Mapping[str, Callable[[Any], Any]] = {"day": date.fromisoformat, "number": Decimal, "": lambda value: value}


def _plain(value: Any, kind: str) -> Any:
    return str(value) if kind and value is not None else value


def _kind(values: Iterable[Any]) -> str:
    first = next((value for value in values if value is not None), None)
    if isinstance(first, date):
        return "day"
    return "number" if isinstance(first, Decimal) else ""
