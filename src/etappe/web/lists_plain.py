"""Fields named plainly in the address of a list (`?source=fair`): understood as conditions of its filter."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict

from etappe.core.errors import Refusal
from etappe.core.filters import LENGTH, Condition, Op, Value, all_of, parse, written


def as_conditions(query: QueryDict, names: Collection[str], where: str = "") -> QueryDict:
    """The query with these of its names as conditions of the filter, joined to the one it has or else to `where`.

    Several values of a name mean any of them, an empty one means nothing. Beside a filter that cannot be read the
    query stays as it is, for that has to be mended first.
    """
    if not names:
        return query
    given = {name: [value for value in query.getlist(name) if value.strip()] for name in names}
    try:
        there = parse(str(query.get("where", where))[: LENGTH + 1])
    except Refusal:
        return query
    asked = query.copy()
    for name in given:
        asked.pop(name)
    asked["where"] = written(all_of(there, *(_is(name, values) for name, values in given.items() if values)))
    asked._mutable = False
    return asked


def _is(name: str, values: list[str]) -> Condition:
    return Condition(name, Op.IS if len(values) == 1 else Op.IN, tuple(Value(value.strip()) for value in values))
