"""What runs in the child to make out and read a table."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, BinaryIO, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, load_workbook

from etappe.foreign import encodings
from etappe.foreign.header_row import Layout, find_layout, layout_at
from etappe.foreign.reasons import Reason, too_large, unreadable
from etappe.foreign.text import one_line
from etappe.foreign.vcard_reader import COLUMNS, card_rows, count_cards, is_vcard
from etappe.foreign.zips import check_zip

MAX_COLUMNS: Final = 500
MAX_CELL: Final = 32 << 10
_MAX_FIELD: Final = 2 << 20
_MAX_XLSX: Final = 64 << 20
_MAX_CONTENT: Final = 112 << 20
"""Unpacked bytes of a workbook that the child can hold within its memory: some 200,000 rows of ten columns."""
_SAMPLE_LINES: Final = 200
_SHOWN_ROWS: Final = 20
_BATCH_ROWS: Final = 1000
_BATCH_CHARACTERS: Final = 1 << 20
_DELIMITERS: Final = (",", ";", "\t", "|")
_NULL: Final = "\\N"
_ESCAPED: Final = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"})
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Numbered = Iterator[tuple[int, list[str]]]
"""Rows with the line each begins on."""


@dataclass(frozen=True)
class TableGuess:
    """How to read a table. All of it may be changed before the rows are read."""

    kind: str
    """`csv`, `xlsx` or `vcf` (vCards, whose columns are always the same)."""
    encoding: str
    delimiter: str
    quote: str
    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    """The line (CSV) or row (XLSX) of the header, from 1; 0 where there is none and columns are numbered."""
    columns: tuple[str, ...]
    sample: tuple[tuple[str | None, ...], ...]
    """The first rows below the header."""
    row_count: int
    """About how many rows follow; exact where no cell holds a line break."""
    size: int
    """Bytes."""


FOUND_OUT: Final = -1
"""In place of the line of the header: where it stands is found out."""


@dataclass(frozen=True)
class Wish:
    """How somebody says that a table is to be read; what is empty is found out."""

    encoding: str = ""
    delimiter: str = ""
    header_row: int = FOUND_OUT


def guess_table(file: BinaryIO, sheet: str, wish: Wish) -> TableGuess:
    """Find out what `file` holds."""
    start = file.read(8)
    if start.startswith(_OLD_OFFICE):
        raise unreadable(Reason.OLD_OFFICE)
    if start.startswith(b"PK\x03\x04"):
        return _guess_xlsx(file, sheet, wish)
    return _guess_csv(file, wish)


def _layout(sample: list[tuple[int, list[str]]], wish: Wish) -> Layout:
    return find_layout(sample) if wish.header_row == FOUND_OUT else layout_at(sample, wish.header_row)


def _guess_csv(file: BinaryIO, wish: Wish) -> TableGuess:
    found = encodings.scan(file)
    found = replace(found, encoding=wish.encoding or found.encoding)
    head = _head(file, found.encoding)
    if not head.strip("\ufeff\0 \r\n\t"):
        raise unreadable(Reason.EMPTY)
    if is_vcard(head):
        return _guess_cards(file, found.encoding, found.size)
    quote = _quote(head)
    delimiter = wish.delimiter or _delimiter(head, quote)
    sample = [(line, row) for line, row in _csv_rows(io.StringIO(head, newline=""), delimiter, quote) if any(row)]
    layout = _layout(sample, wish)
    return _guess(layout, "csv", found.size, found.lines - layout.header_row, found.encoding, delimiter, quote)


def _guess_cards(file: BinaryIO, encoding: str, size: int) -> TableGuess:
    text = _text(file, encoding)
    shown = [row for _line, row in itertools.islice(card_rows(text), _SHOWN_ROWS)]
    text.seek(0)
    cards = count_cards(text)
    _let_go(text)
    sample = tuple(tuple(_fitted(row, len(COLUMNS))) for row in shown)
    return TableGuess("vcf", encoding, "", "", "", (), 0, COLUMNS, sample, cards, size)


def _guess(
    layout: Layout, kind: str, size: int, row_count: int, encoding: str = "", delimiter: str = "", quote: str = ""
) -> TableGuess:
    if len(layout.columns) > MAX_COLUMNS:
        raise unreadable(Reason.TOO_MANY_COLUMNS, columns=len(layout.columns), limit=MAX_COLUMNS)
    width = len(layout.columns)
    sample = tuple(tuple(_fitted(row, width)) for row in layout.below[:_SHOWN_ROWS])
    return TableGuess(
        kind, encoding, delimiter, quote, "", (), layout.header_row, layout.columns, sample, max(row_count, 0), size
    )


def _head(file: BinaryIO, encoding: str) -> str:
    """The first lines as text, at most as much of them as two fields may hold."""
    text = _text(file, encoding)
    lines = [text.readline(_MAX_FIELD) for _ in range(_SAMPLE_LINES)]
    _let_go(text)
    return "".join(lines)[: 2 * _MAX_FIELD]


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    file.seek(0)
    return io.TextIOWrapper(io.BufferedReader(file, 1 << 20), encoding, errors="replace", newline="")  # type: ignore[type-var]


def _let_go(text: io.TextIOWrapper) -> None:
    """Leave the file open, which the readers on top of it would close with themselves."""
    text.detach().detach()  # type: ignore[attr-defined] # what it reads from is buffered


def _quote(head: str) -> str:
    """The quotation mark: the double one, unless fields stand in single ones and none in double ones."""
    single = sum(line.strip().startswith("'") and line.strip().endswith("'") for line in head.splitlines())
    return "'" if '"' not in head and single > 1 else '"'


def _delimiter(head: str, quote: str) -> str:
    """The delimiter under which most lines have the same number of cells, and many."""
    first = head.lstrip("\ufeff")[:6].lower()
    if first.startswith("sep=") and len(first) > 4:
        return first[4]
    return max(_DELIMITERS, key=lambda each: _regularity(head, each, quote))


def _regularity(head: str, delimiter: str, quote: str) -> float:
    widths = [len(row) for _, row in _csv_rows(io.StringIO(head, newline=""), delimiter, quote) if any(row)]
    if not widths:
        return 0.0
    usual = max(set(widths), key=lambda width: (widths.count(width) if width > 1 else 0, width))
    return 0.0 if usual < 2 else widths.count(usual) / len(widths) * min(usual, 10) ** 0.5


def _csv_rows(lines: Iterable[str], delimiter: str, quote: str) -> Numbered:
    """Rows with the line each begins on; NULs are dropped, a first line `sep=;` is none of the data."""
    csv.field_size_limit(_MAX_FIELD)
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    line = 1
    try:
        for row in reader:
            if line > 1 or not (row and row[0].lstrip("\ufeff").lower() == "sep="):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise unreadable(Reason.FIELD_TOO_LONG, line=line, limit=_MAX_FIELD) from error


def _guess_xlsx(file: BinaryIO, wanted: str, wish: Wish) -> TableGuess:
    book, size = _open_book(file)
    sheet = _sheet(book, wanted) if wanted in book.sheet_names else _first_filled(book)
    rows = [(line, row) for line, row in itertools.islice(_sheet_rows(sheet), _SAMPLE_LINES) if any(row)]
    if not rows:
        raise unreadable(Reason.EMPTY)
    layout = _layout(rows, wish)
    guess = _guess(layout, "xlsx", size, sheet.total_height - layout.header_row)
    return replace(guess, sheet=sheet.name, sheets=tuple(one_line(name, 100) for name in book.sheet_names))


def _open_book(file: BinaryIO) -> tuple[CalamineWorkbook, int]:
    size = file.seek(0, io.SEEK_END)
    unpacked = check_zip(file)
    if "xl/workbook.xml" not in unpacked:
        raise unreadable(Reason.NO_TABLE)
    if size > _MAX_XLSX or sum(unpacked.values()) > _MAX_CONTENT:
        raise too_large(max(size, sum(unpacked.values())), _MAX_CONTENT)
    file.seek(0)
    try:
        return load_workbook(io.BytesIO(file.read())), size
    except CalamineError as error:
        raise unreadable(Reason.MALFORMED) from error


def _first_filled(book: CalamineWorkbook) -> CalamineSheet:
    """The first sheet with something in it."""
    sheets = (_sheet(book, name) for name in book.sheet_names)
    found = next((sheet for sheet in sheets if sheet.end), None)
    if found is None:
        raise unreadable(Reason.EMPTY)
    return found


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except CalamineError as error:
        raise unreadable(Reason.MALFORMED) from error


def _sheet_rows(sheet: CalamineSheet) -> Numbered:
    """Rows with their number in the sheet; cells of empty columns on the left are there too."""
    (top, left), (_, right) = sheet.start or (0, 0), sheet.end or (0, 0)
    if right >= MAX_COLUMNS * 4:
        raise unreadable(Reason.TOO_MANY_COLUMNS, columns=right + 1, limit=MAX_COLUMNS)
    for line, row in enumerate(sheet.iter_rows(), start=top + 1):
        yield line, [""] * left + [_cell_text(cell) for cell in row]


def _cell_text(cell: Any) -> str:
    """A cell of a workbook as text: numbers with a point, dates as ISO, times only where there is one.

    >>> from datetime import datetime
    >>> _cell_text(3.0), _cell_text(datetime(2016, 12, 31)), _cell_text(True)
    ('3', '2016-12-31', 'true')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) <= 2**53 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def read_table(file: BinaryIO, guess: TableGuess) -> Iterator[list[Any]]:
    """The rows below the header in batches: lines, rows, problems."""
    batch = _Batch(guess.columns)
    for line, row in _body(file, guess):
        batch.add(line, row)
        if batch.is_full:
            yield batch.plain()
            batch = _Batch(guess.columns)
    if batch.lines:
        yield batch.plain()


def copy_table(file: BinaryIO, guess: TableGuess) -> Iterator[bytes]:
    """The same rows in PostgreSQL's text format: line, code of the problem, cells."""
    for lines, rows, problems in read_table(file, guess):
        codes = {at: code for at, code, _params in problems}
        block = [
            f"{line}\t{codes.get(at, _NULL)}\t{_copied(row)}\n"
            for at, (line, row) in enumerate(zip(lines, rows, strict=True))
        ]
        yield "".join(block).encode()


def _copied(row: list[str | None]) -> str:
    """The cells of a row; only what is unprintable or has a backslash needs the slow way."""
    cells = [cell or "" for cell in row]
    text = "".join(cells)
    if "\\" in text or not text.isprintable():
        cells = [cell.translate(_ESCAPED) for cell in cells]
    return "\t".join([cell or _NULL for cell in cells])


def _body(file: BinaryIO, guess: TableGuess) -> Numbered:
    every = _every_row(file, guess)
    for line, row in every:
        if line > guess.header_row:
            yield line, row
            break
    yield from every


def _every_row(file: BinaryIO, guess: TableGuess) -> Numbered:
    if guess.kind == "xlsx":
        return _sheet_rows(_sheet(_open_book(file)[0], guess.sheet))
    if guess.kind == "vcf":
        return card_rows(_text(file, guess.encoding))
    return _csv_rows(_text(file, guess.encoding), guess.delimiter, guess.quote)


_TOTAL = re.compile(
    r"(?:gesamt(?:summe)?|(?:zwischen)?summe|insgesamt|(?:grand |sub)?totals?)(?:\s*\(.*\))?\s*:?", re.IGNORECASE
)
"""What stands before a sum below a list."""


def _has_letters(cell: str) -> bool:
    """Whether there is more in a cell than an amount with its currency."""
    return sum(map(str.isalpha, cell)) > 3


class _Batch:
    """Rows on their way, brought to the width of the table."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns, self._width = columns, len(columns)
        self.lines: list[int] = []
        self.rows: list[list[str | None]] = []
        self.problems: list[tuple[int, str, dict[str, Any]]] = []
        self._characters = 0

    @property
    def is_full(self) -> bool:
        return len(self.lines) >= _BATCH_ROWS or self._characters > _BATCH_CHARACTERS

    def add(self, line: int, row: list[str]) -> None:
        """Take a row that has anything in it."""
        joined, width = "".join(row), self._width
        if not joined or joined.isspace():
            return
        if "\0" in joined:
            row = [cell.replace("\0", "") for cell in row]
        is_none = self._is_none(row)
        if len(row) != width:
            row = self._resized(row, width, complain=not is_none)
        if len(joined) > MAX_CELL:
            row = self._cut(row)
        self.lines.append(line)
        self.rows.append([cell or None for cell in row])
        self._characters += min(len(joined), width * MAX_CELL)

    def _is_none(self, row: list[str]) -> bool:
        """Whether it is the header once more, or a sum; says so, and that of a title above the header, too."""
        first = next(cell for cell in row if cell and not cell.isspace()).strip()
        if first != self._columns[0] and not _TOTAL.fullmatch(first):
            return False
        cells = [cell.strip() for cell in row if cell and not cell.isspace()]
        if len(cells) > 1 and cells == list(self._columns[: len(cells)]):
            if self.rows and sum(cell is not None for cell in self.rows[-1]) == 1 < self._width:
                self.problems.append((len(self.rows) - 1, "row_title", {}))
            self._complain("row_header")
            return True
        if _TOTAL.fullmatch(first) and not any(map(_has_letters, cells[1:])):
            self._complain("row_total")
            return True
        return False

    def _resized(self, row: list[str], width: int, *, complain: bool) -> list[str]:
        if not complain:
            pass
        elif len(row) < width:
            self._complain("row_short", cells=len(row), columns=width)
        elif any(cell.strip() for cell in row[width:]):
            self._complain("row_long", cells=len(row), columns=width)
        return row[:width] + [""] * (width - len(row))

    def _cut(self, row: list[str]) -> list[str]:
        at = next((at for at, cell in enumerate(row) if len(cell) > MAX_CELL), None)
        if at is not None:
            self._complain("cell_too_long", column=at + 1, length=len(row[at]), limit=MAX_CELL)
        return [cell[:MAX_CELL] for cell in row]

    def _complain(self, code: str, **params: int) -> None:
        self.problems.append((len(self.rows), code, params))

    def plain(self) -> list[Any]:
        """What goes to the parent."""
        return [self.lines, self.rows, self.problems]


def _fitted(row: list[str], width: int) -> list[str | None]:
    cells = [cell.replace("\0", "")[:MAX_CELL] or None for cell in row[:width]]
    return cells + [None] * (width - len(cells))
