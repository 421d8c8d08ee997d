"""Asking the database by the shortest way, for statements that come again and again.

Django makes a cursor for every question, puts the values into the text, and the database reads and plans that text
anew. Here each connection keeps a cursor per statement, values go beside the text, and what came a few times is
planned once. A small question costs half of it then, and one over several tables a third.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from psycopg import ClientCursor, RawCursor
from psycopg.pq import Format
from psycopg.types.datetime import TimestamptzLoader

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.abc import AdaptContext

KEPT = 150
"""Cursors that a connection keeps, each with the rows it gave last."""
PREPARED_AFTER = 5
"""Times that a statement is asked before the database keeps its plan: psycopg's own number."""
_CURSORS = "etappe_cursors"
_PLACE = re.compile(r"%s|%%")


def ask(sql: str, params: Sequence[Any] = (), *, prepared: bool = True) -> list[tuple[Any, ...]]:
    """The rows of a statement, written with `%s` for each value.

    Not `prepared` is what is planned anew for each value, as for the beginning of a name. Whoever counts or watches
    Django's queries sees it like any other.
    """
    own = connections[DEFAULT_DB_ALIAS]
    if own.execute_wrappers or own.queries_logged:
        with own.cursor() as plain:
            plain.execute(sql, params)
            return list(plain.fetchall())
    own.ensure_connection()
    own.validate_no_broken_transaction()
    with own.wrap_database_errors:
        cursor = _cursor(own.connection, sql)
        cursor.execute(numbered(sql), params, prepare=None if prepared else False)
        return cursor.fetchall()


def literal(value: Any) -> str:
    """A value as it stands in the text of a statement, for what is the same every time."""
    own = connections[DEFAULT_DB_ALIAS]
    own.ensure_connection()
    return ClientCursor(own.connection).mogrify("%s", [value]).replace("%", "%%")


@lru_cache(maxsize=1024)
def numbered(sql: str) -> str:
    """The statement with `$1`, `$2` ... for its values, as the database has it."""
    number = 0

    def place(found: re.Match[str]) -> str:
        nonlocal number
        if found[0] == "%%":
            return "%"
        number += 1
        return f"${number}"

    return _PLACE.sub(place, sql)


def _cursor(raw: Connection[Any], sql: str) -> RawCursor[Any]:
    """The cursor of this statement; what a cursor knows about reading its rows stays with it."""
    held: dict[str, RawCursor[Any]] | None = getattr(raw, _CURSORS, None)
    if held is None:
        held = {}
        setattr(raw, _CURSORS, held)
        raw.prepare_threshold = PREPARED_AFTER if settings.PREPARES_STATEMENTS else None
    found = held.get(sql)
    if found is None:
        if len(held) >= KEPT:
            del held[next(iter(held))]
        found = held[sql] = RawCursor(raw)
    return found


def read_moments_quickly() -> None:
    """Let connections read moments as Python reads them: several in each row, and Django's way takes them apart."""
    own = connections[DEFAULT_DB_ALIAS]
    template = get_adapters_template(settings.USE_TZ, own.timezone)
    plain: Any = template.get_loader(template.types["timestamptz"].oid, Format.TEXT)
    template.register_loader("timestamptz", type("Moments", (_Moments,), {"timezone": plain.timezone, "plain": plain}))


class _Moments(TimestamptzLoader):
    """Reads a moment; one beyond Python's calendar is left to the loader that names it in its error."""

    timezone: Any
    plain: type[TimestamptzLoader]

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        # Not the parent's, which asks the connection for its zone each time: every text names its own.
        self.oid, self._context = oid, context

    def load(self, data: Any) -> datetime:
        """The moment in UTC."""
        try:
            return datetime.fromisoformat(str(data, "ascii")).astimezone(self.timezone)
        except ValueError:
            return self.plain(self.oid, self._context).load(data)
