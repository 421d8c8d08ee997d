"""Which records live on in another one since they were merged, for many keys at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

_TABLES = {"account": "people_account", "person": "people_person"}

_SURVIVORS = """
    WITH RECURSIVE way(start, now, steps) AS (
        SELECT id, merged_into_id, 1 FROM {table} WHERE id = ANY(%s) AND merged_into_id IS NOT NULL
        UNION ALL
        SELECT way.start, next.merged_into_id, way.steps + 1 FROM way JOIN {table} AS next ON next.id = way.now
        WHERE next.merged_into_id IS NOT NULL AND way.steps < 1000
    )
    SELECT DISTINCT ON (start) start, now FROM way ORDER BY start, steps DESC
"""
_ABSORBED = """
    WITH RECURSIVE below(id, top, steps) AS (
        SELECT id, merged_into_id, 1 FROM {table} WHERE merged_into_id = ANY(%s)
        UNION ALL
        SELECT next.id, below.top, below.steps + 1 FROM below JOIN {table} AS next ON next.merged_into_id = below.id
        WHERE below.steps < 1000
    )
    SELECT id, top FROM below ORDER BY id
"""


def survivors(subject: str, keys: Iterable[int]) -> dict[int, int]:
    """Those of the records that were merged away, and the one each lives on in, however often it was merged on."""
    return _found(_SURVIVORS, subject, keys)


def absorbed(subject: str, keys: Iterable[int]) -> dict[int, int]:
    """Records that were merged into these, also through others: the key of each, and which of these it lives on in."""
    return _found(_ABSORBED, subject, keys)


def _found(statement: str, subject: str, keys: Iterable[int]) -> dict[int, int]:
    wanted = list(keys)
    if subject not in _TABLES or not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=_TABLES[subject]), [wanted])
        return dict(cursor.fetchall())
