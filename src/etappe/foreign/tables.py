"""Tables that others exported: CSV of any make, and XLSX. What they are is found out; rows come as a stream.

Everything is read in a child process. Of a CSV file only one batch is in memory at a time; an XLSX file is held by the
child, within its limit.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from etappe.core.errors import Refusal
from etappe.foreign import child
from etappe.foreign.reasons import too_large
from etappe.foreign.table_reader import FOUND_OUT, TableGuess, Wish, copy_table, guess_table, read_table

MAX_CSV_BYTES: Final = 2 << 30
SECONDS: Final = 60.0
MEGABYTES: Final = 300

__all__ = [
    "FOUND_OUT",
    "NO_ROWS",
    "Batch",
    "Row",
    "RowProblem",
    "TableGuess",
    "Wish",
    "batches",
    "copy_blocks",
    "rows",
    "sniff",
]


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row: `row_short`, `cell_too_long` and so on, `NO_ROWS`, with what its sentence needs."""

    code: str
    params: dict[str, Any]


NO_ROWS: Final = frozenset(("row_header", "row_title", "row_total"))
"""Problems of rows that are none: a header that comes again, a title above it, a sum below."""


class Row(NamedTuple):
    """One row of a table: the line (CSV) or row (XLSX) where it begins, and a cell or None for each column."""

    line: int
    cells: list[str | None]
    problem: RowProblem | None


@dataclass(frozen=True)
class Batch:
    """Some rows in a block; `problems` by position in `rows`. Rows are as wide as the table, too long cells are cut."""

    lines: list[int]
    rows: list[list[str | None]]
    problems: dict[int, RowProblem]


ENCODINGS: Final = ("utf-8", "utf-16", "cp1252", "cp1250", "cp850", "mac_roman", "iso8859_15")
"""Encodings that somebody may say a file is in."""
HEADER_LIMIT: Final = 100
DELIMITERS: Final = (",", ";", "\t", "|")


def wish_of(encoding: str = "", delimiter: str = "", header_row: int | None = None) -> Wish:
    """How a file is to be read; refuses what cannot be."""
    if encoding and encoding not in ENCODINGS:
        raise Refusal("reading_unknown", field="encoding", value=encoding[:40], known=list(ENCODINGS))
    if delimiter and delimiter not in DELIMITERS:
        raise Refusal("reading_unknown", field="delimiter", value=delimiter[:40], known=[", ; | tab"])
    if header_row is not None and not 0 <= header_row <= HEADER_LIMIT:
        raise Refusal("reading_unknown", field="header_row", value=str(header_row), known=[f"0 to {HEADER_LIMIT}"])
    return Wish(encoding, delimiter, FOUND_OUT if header_row is None else header_row)


def sniff(path: Path, *, sheet: str = "", wish: Wish | None = None) -> TableGuess:
    """What the file at `path` is: kind, encoding, delimiter, header, columns, first rows. `sheet`: of an XLSX file.

    What `wish` says is taken as it is.

    Raises a refusal `file_*` where it holds no table, more than 500 columns, or more than can be read.
    """
    size = path.stat().st_size
    if size > MAX_CSV_BYTES:
        raise too_large(size, MAX_CSV_BYTES)
    return child.run(guess_table, path, sheet, wish or Wish(), seconds=SECONDS, megabytes=MEGABYTES)


def batches(path: Path, guess: TableGuess) -> Generator[Batch, None, None]:
    """The rows below the header in blocks of up to a thousand; rows that are empty throughout are left out."""
    for lines, cells, problems in child.stream(read_table, path, guess, seconds=SECONDS, megabytes=MEGABYTES):
        yield Batch(lines, cells, {at: RowProblem(code, params) for at, code, params in problems})


def rows(path: Path, guess: TableGuess) -> Generator[Row, None, None]:
    """The rows below the header one by one."""
    for batch in batches(path, guess):
        for at, (line, cells) in enumerate(zip(batch.lines, batch.rows, strict=True)):
            yield Row(line, cells, batch.problems.get(at))


def copy_blocks(path: Path, guess: TableGuess) -> Generator[bytes, None, None]:
    """The rows as blocks of bytes for PostgreSQL's `COPY ... FROM STDIN` (text format, UTF-8), made by the child.

    Each line holds: line number, code of its problem or NULL, then the cells; an empty cell is NULL.
    """
    yield from child.stream(copy_table, path, guess, seconds=SECONDS, megabytes=MEGABYTES)
