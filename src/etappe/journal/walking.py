"""Orders by columns of few values, such as the owner: value by value, each read by its own index.

Sorted by a column of another table, or by words that a process says, every row would be read for the first fifty.
Walked, only what is shown is read, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from etappe.journal.asking import ask
from etappe.journal.paging import Place, Walk

AT_ONCE = 4
"""Values that are read first; they mostly fill a page."""

_STEPS = """
SELECT step.place, found.* FROM unnest({arrays}) AS step({names})
CROSS JOIN LATERAL ({rows}) AS found
ORDER BY 1, {order} LIMIT %s
"""


def in_steps(
    rows: QuerySet[Any], places: Sequence[int], equal: Mapping[str, Sequence[Any]], order: Sequence[str], limit: int
) -> list[tuple[Any, ...]]:
    """The first of these rows, step by step: the place of its step and the columns of `order`, of each.

    A step is a place and what columns are `equal` to there; all have the same length. Within a place the columns of
    `order` decide, which an index of the database should hold behind those of `equal`.
    """
    field = rows.model._meta.get_field
    types = ["integer", *(field(column).cast_db_type(connection) for column in equal)]
    there = {column: RawSQL(f"step.{column}", ()) for column in equal}  # noqa: S611 - names of our own columns
    plain = [column.removeprefix("-") for column in order]
    inner = rows.order_by(*order).filter(**there).values_list(*plain)[:limit]
    sql, params = inner.query.sql_with_params()
    told = _STEPS.format(
        arrays=", ".join(f"%s::{kind}[]" for kind in types),
        names=", ".join(("place", *equal)),
        rows=sql,
        order=", ".join(f"{at} {'DESC' if column[0] == '-' else 'ASC'}" for at, column in enumerate(order, 2)),
    )
    return ask(told, [list(places), *map(list, equal.values()), *params, limit], prepared=False)


def by_reference(
    column: str, keys: Callable[[], Sequence[int]], beside: tuple[str, Sequence[str]] | None = None
) -> Walk:
    """By what a column refers to, in the order of `keys`, and by key within; rows without come last, either way.

    A row that refers to none of the keys is in no place: they have to be all there are. So with `beside`, a column that
    stands between the two in the index, and its values.
    """
    between, values = beside or ("", ("",))

    def walk(rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
        order = list(keys())[:: -1 if descending else 1]
        sign, further = ("-", "id__lt") if descending else ("", "id__gt")
        found: list[Place] = []

        def read(part: Sequence[int], among: QuerySet[Any]) -> None:
            lacking = limit - len(found)
            if part and lacking > 0:
                places, second = zip(*product(range(len(part)), values), strict=True)
                equal = {column: [part[place] for place in places]} | ({between: second} if between else {})
                read_now = in_steps(among, places, equal, (f"{sign}id",), lacking)
                found.extend((str(part[place]), key) for place, key in read_now)

        if after and after[0]:
            begun = order.index(int(after[0]))
            read(order[begun : begun + 1], rows.filter(**{further: after[1]}))
            order = order[begun + 1 :]
        if not after or after[0]:
            read(order[:AT_ONCE], rows)
            read(order[AT_ONCE:], rows)
        if len(found) < limit:
            bare = rows.filter(**{column: None}).order_by(f"{sign}id")
            bare = bare.filter(**{further: after[1]}) if after and not after[0] else bare
            found += [("", key) for key in bare.values_list("id", flat=True)[: limit - len(found)]]
        return found

    return Walk(walk)
