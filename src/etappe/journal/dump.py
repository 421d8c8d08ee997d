"""Reading whole tables, block by block, as CSV or JSON lines: never more than a few rows are in memory.

The caller keeps a transaction of one snapshot open, so that all tables are of the same moment.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from etappe.journal.archived import Archived, Column
from etappe.journal.models import Artefact

BLOCK = 1 << 18
"""Bytes that are handed on together."""

CSV = "FORMAT csv, HEADER true"
LINES = "FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01'"
"""JSON has neither of these characters, so that COPY leaves every line as it is."""


def one_snapshot() -> None:
    """Let everything that follows in this transaction see the same moment, and write nothing. Call it first."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def count_rows(of: Archived) -> int:
    """How many rows the table has."""
    return of.model._base_manager.count()


def dump(of: Archived) -> Iterator[bytes]:
    """The table as the archive holds it, in blocks."""
    with connection.cursor() as cursor, cursor.copy(_query(of)) as copy:
        held, size = [], 0
        for part in copy:
            held.append(bytes(part))
            size += len(part)
            if size >= BLOCK:
                yield b"".join(held)
                held, size = [], 0
        yield b"".join(held)


def _query(of: Archived) -> str:
    columns = ", ".join(f'{_shown(of, column)} AS "{column.name}"' for column in of.columns)
    rows = f'SELECT {columns} FROM "{of.table}" ORDER BY "{of.key}"'
    if of.is_lines:
        return f"COPY (SELECT to_json(line) FROM ({rows}) AS line) TO STDOUT WITH ({LINES})"
    return f"COPY ({rows}) TO STDOUT WITH ({CSV})"


def _shown(of: Archived, column: Column) -> str:
    if column.name in of.shown:
        return of.shown[column.name]
    if column.sql == "bytea":
        return f"encode(\"{column.name}\", 'hex')"
    if of.is_lines:
        return f'"{column.name}"'
    if column.is_list:
        return f'to_json("{column.name}")'
    return f'"{column.name}"::text' if column.sql == "boolean" else f'"{column.name}"'


def artefacts() -> Iterator[tuple[str, bytes]]:
    """The bytes that evidence consists of, one after the other, each with its SHA-256 in hex."""
    for digest in Artefact.objects.order_by("sha256").values_list("sha256", flat=True).iterator(chunk_size=500):
        yield bytes(digest).hex(), bytes(Artefact.objects.values_list("content", flat=True).get(sha256=digest))
