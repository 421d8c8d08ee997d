"""Finding records by name, for every room's search: each way to find goes by an index and gives a bounded number.

The statements are written out here, for they answer while somebody types. They are put together from constants of the
rooms; what somebody looks for only ever comes as a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet

from etappe.core.search import Sought, is_found_at_start, is_found_within
from etappe.journal.asking import ask

LOOKED_AT = 300
"""Rows that one way to find looks at: where more answer, nobody finds the one that is meant before typing on."""
EACH = 40
"""Rows that one way to find may give, the newest of those."""
ALIKE = 150
"""Rows whose similarity is measured."""
VIEWERS = 512
"""Viewers whose rows are kept in SQL per process."""
LOOSE = "0.4"
"""How similar a name must be: a letter wrong or two swapped in a word of six."""

FOUND = """
WITH near AS MATERIALIZED ({ways})
SELECT {columns}, ranked.rank, (SELECT count(*) FROM near)
FROM {table} AS row
CROSS JOIN LATERAL (SELECT etappe_fold(row.name) AS folded OFFSET 0) AS named
CROSS JOIN LATERAL (
    SELECT CASE WHEN {exact} THEN 0 WHEN {begins} THEN 1 WHEN {word} THEN 2 ELSE 3 END AS rank
) AS ranked
WHERE row.id IN (SELECT id FROM near)
ORDER BY ranked.rank, row.owner_id IS NOT DISTINCT FROM %s DESC, {order} LIMIT %s
"""
SIMILAR = """
SELECT {columns}, word_similarity(etappe_fold(%s), etappe_fold(row.name)) AS closeness
FROM {table} AS row
WHERE row.id IN (SELECT id FROM ({seen}) AS row WHERE etappe_fold(row.name) %%> etappe_fold(%s) LIMIT {alike})
ORDER BY closeness DESC, row.id DESC LIMIT %s
"""
FIRST = "(SELECT id FROM ({seen}) AS row WHERE {condition} ORDER BY {by}, id LIMIT {each})"
NEWEST = """(
    SELECT id FROM (SELECT id FROM ({seen}) AS row WHERE {condition} LIMIT {most}) AS way ORDER BY id DESC LIMIT {each}
)"""

NAME, BEGINNING = "etappe_fold(row.name)", " LIKE etappe_fold(%s) || '%%'"
BEGINS = NAME + BEGINNING
HOLDS = "etappe_fold(row.name) LIKE '%%' || etappe_fold(%s) || '%%'"
HOLDS_WORD = "etappe_fold(row.name) LIKE '%% ' || etappe_fold(%s) || '%%'"


@dataclass(frozen=True)
class Part:
    """A piece of a statement with its parameters."""

    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Beside:
    """A way to find by something else than the name, with what makes it an exact hit. Columns are those of `row`."""

    condition: Part
    exact: Part = Part("false")


@dataclass(frozen=True)
class Wanted:
    """What a room looks in: the rows its viewer sees, whose own come first, the columns to give, and their order.

    `last` is the last word of a name, as an expression with an index of its own, where a room has one.
    It follows from the viewer alone. Rooms keep it, for putting the rows into SQL costs as much as asking for them.
    """

    rows: QuerySet[Any]
    owner: int | None
    columns: str
    order: str
    last: str = ""

    @property
    def table(self) -> str:
        """The table of the rows."""
        return str(self.rows.model._meta.db_table)

    @cached_property
    def seen(self) -> Part | None:
        """The rows as a part of a statement; nothing where the viewer sees none at all."""
        try:
            return Part(*self.rows.order_by().query.sql_with_params())
        except EmptyResultSet:
            return None


@dataclass(frozen=True)
class Found:
    """Rows that answer, the best first: the columns, and the rank. Where not `is_whole`, more rows answer as well."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    is_whole: bool = True


def find(wanted: Wanted, sought: Sought, limit: int, beside: Sequence[Beside] = ()) -> Found:
    """Rows whose name begins so, and those found beside the name."""
    seen = wanted.seen
    if seen is None:
        return Found()
    return _found(wanted, sought, limit, beside, [_way(seen, *way) for way in _near(wanted, sought, beside)])


def find_within(
    wanted: Wanted, sought: Sought, limit: int, beside: Sequence[Beside] = (), *, own: bool
) -> list[tuple[Any, ...]]:
    """Rows whose name holds the words anywhere, the best first: those of all or only one's own. Columns and rank."""
    seen = wanted.seen
    ways = [_way(seen, condition, NEWEST) for condition in _within(wanted, sought, own)] if seen else []
    return _found(wanted, sought, limit, beside, ways).rows if ways else []


def _found(wanted: Wanted, sought: Sought, limit: int, beside: Sequence[Beside], ways: Sequence[Part]) -> Found:
    named = {
        "exact": _any("named.folded = etappe_fold(%s)", sought.spellings),
        "begins": _any("named.folded LIKE etappe_fold(%s) || '%%'", escaped(sought.spellings)),
        "word": _any("named.folded LIKE '%% ' || etappe_fold(%s) || '%%'", escaped(sought.spellings)),
    }
    parts = {
        "ways": _joined(" UNION ", ways),
        "exact": _joined(" OR ", [named["exact"], *(each.exact for each in beside)]),
        "begins": _joined(" OR ", [named["begins"], *(each.condition for each in beside)]),
        "word": named["word"],
    }
    plain = {"columns": wanted.columns, "table": wanted.table, "order": wanted.order}
    sql = FOUND.format(**plain, **{name: part.sql for name, part in parts.items()})
    rows = ask(sql, [*_params(parts.values()), wanted.owner, limit], prepared=False)
    return Found([row[:-1] for row in rows], is_whole=not rows or rows[0][-1] < EACH)


def similar(wanted: Wanted, sought: Sought, limit: int) -> list[tuple[Any, ...]]:
    """Rows with a similar name, the most similar first: the columns, and the closeness. Only within `loosely`."""
    seen = wanted.seen
    if seen is None:
        return []
    sql = SIMILAR.format(columns=wanted.columns, table=wanted.table, seen=seen.sql, alike=ALIKE)
    return ask(sql, [sought.text, *seen.params, sought.text, limit], prepared=False)


@contextmanager
def loosely() -> Iterator[None]:
    """Let the database take names for similar that differ by a slip of the finger."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [LOOSE])
        yield


def escaped(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts as LIKE takes them literally."""
    return tuple(text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for text in texts)


def _near(wanted: Wanted, sought: Sought, beside: Sequence[Beside]) -> Iterator[tuple[Part, str]]:
    """Conditions that the best answers fulfil, with the statement that gives their rows."""
    for column in filter(None, (NAME, wanted.last)):
        way = FIRST.replace("{by}", column)
        yield from ((Part(column + BEGINNING, (literal,)), way) for literal in escaped(sought.spellings))
    yield from ((each.condition, NEWEST) for each in beside)


def _within(wanted: Wanted, sought: Sought, own: bool) -> Iterator[Part]:
    """Conditions of names that hold the words anywhere: one's own are looked for apart, the others may be many."""
    if not sought.words:
        return
    held = _joined(" AND ", [_held(word) for word in sought.words])
    if not own:
        yield held
    if wanted.owner is not None:
        yield Part(f"row.owner_id = %s AND {held.sql}", (wanted.owner, *held.params))


def _held(spellings: Sequence[str]) -> Part:
    """A word in the middle of a name; a short one at the beginning of a word only, for in the middle it is anywhere."""
    return _joined(" OR ", [_spelled(spelling) for spelling in spellings])


def _spelled(spelling: str) -> Part:
    literal = escaped([spelling])
    if is_found_within(spelling):
        return Part(HOLDS, literal)
    if is_found_at_start(spelling):
        return Part(f"({BEGINS} OR {HOLDS_WORD})", literal * 2)
    return Part(BEGINS, literal)


def _way(seen: Part, condition: Part, way: str) -> Part:
    sql = way.format(seen=seen.sql, condition=condition.sql, most=LOOKED_AT, each=EACH)
    return Part(sql, (*seen.params, *condition.params))


def _params(parts: Iterable[Part]) -> tuple[Any, ...]:
    return tuple(param for part in parts for param in part.params)


def _any(sql: str, params: Sequence[str]) -> Part:
    return _joined(" OR ", [Part(sql, (param,)) for param in params])


def _joined(word: str, parts: Sequence[Part]) -> Part:
    sql = word.join(part.sql for part in parts)
    whole = sql if word == " UNION " else f"({sql})"
    return Part(whole, _params(parts))
