"""Turning a block of cells into values, column by column: each different cell is read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from etappe.core.contact import ACCOUNT, DATA_LIMIT, NOTE_LIMIT, PERSON
from etappe.core.dates import YMD, NoDate, day_of, moment_of
from etappe.core.deal_fields import CLEANERS, NAME_LIMIT, TEXT_LIMIT, clean_name, clean_text
from etappe.core.errors import Refusal
from etappe.core.headers import DATA, ENTERED, FIELDS, SKIP, FileKind, Form, stage_entered
from etappe.core.periods import local_day
from etappe.core.person_names import addresses_in, in_order, numbers_in
from etappe.core.values import (
    DOT,
    SEVERAL,
    SYMBOLS,
    NoNumber,
    currency_in,
    currency_of,
    is_nothing,
    read_flag,
    read_number,
    split_money,
    tidy,
)
from etappe.foreign import markup
from etappe.foreign.tables import Batch
from etappe.imports.own import readers
from etappe.imports.plan import ColumnMap, FileMap
from etappe.journal.values import as_json
from etappe.people.countries import code_of

_PLAIN_AMOUNT = re.compile(r"(?:0|[1-9]\d{0,11})(?:\.\d{1,2})?")
"""Amounts that need no reading: they stand as the journal keeps them, but for zeros at the end."""

_HTML = re.compile(r"(?i)</?(?:p|br|div|span|ul|ol|li|b|strong|i|em|u|a|table|h[1-6]|blockquote)\b[^<>]*>")
_HTML_LIMIT = 10 * NOTE_LIMIT
"""What a text may take with its marks."""

REMEMBERED = 20_000
"""Different cells of a column whose reading is remembered."""


@dataclass(frozen=True)
class Bad:
    """A cell that cannot be read, and why."""

    code: str
    params: Mapping[str, Any]


class Reading(dict[str | None, Any]):
    """What cells say, by cell; a new one is read when it is first met. `empty` is what nothing means."""

    def __init__(self, read: Callable[[str], Any], empty: Any) -> None:
        super().__init__({None: empty, "": empty})
        self._read, self._empty = read, empty
        self.has_bad = False

    def __missing__(self, cell: str) -> Any:
        if len(self) > REMEMBERED:
            self.clear()
            self.update({None: self._empty, "": self._empty})
        self[cell] = value = self._value(cell)
        return value

    def _value(self, cell: str) -> Any:
        try:
            return self._read(cell)
        except Refusal as refusal:
            self.has_bad = True
            return Bad(refusal.code, refusal.params)


@dataclass
class Chunk:
    """A block of rows as values: a list per field, custom data per row, and the rows that cannot be taken."""

    lines: Sequence[int]
    cells: Sequence[Sequence[str | None]]
    values: dict[str, list[Any]] = field(default_factory=dict)
    entered: list[tuple[str, list[Any]]] = field(default_factory=list)
    """By stage: the moments in a column that says when deals entered it."""
    data: list[dict[str, str]] = field(default_factory=list)
    bad: dict[int, Bad] = field(default_factory=dict)

    def column(self, name: str, empty: Any = "") -> list[Any]:
        """The values of a field, `empty` for each row where the file has no such column."""
        return self.values.get(name) or [empty] * len(self.lines)

    def good(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Positions and custom data of the rows whose cells could all be read."""
        return ((at, data) for at, data in enumerate(self.data) if at not in self.bad)


class Converter:
    """Reads the rows of one file by its map."""

    def __init__(self, file: FileMap, zone: str, currency: str) -> None:
        self.file, self.zone = file, ZoneInfo(zone)
        self._own, self._currency = readers(file, currency), currency
        kind = file.kind or FileKind.DEALS
        self._fields = [
            (at, column.field, self._reading(kind, column))
            for at, column in enumerate(file.columns)
            if column.field not in (DATA, SKIP)
        ]
        self._data = [
            (at, clean_name("data", tidy(column.column)[:NAME_LIMIT]), Reading(_custom, None))
            for at, column in enumerate(file.columns)
            if column.field == DATA and tidy(column.column)
        ]
        self._several = [
            (
                at,
                clean_name("data", tidy(column.column)[:NAME_LIMIT]),
                Reading(partial(_parts, _SEVERAL[column.field]), ()),
            )
            for at, column in enumerate(file.columns)
            if column.field in _SEVERAL and tidy(column.column)
        ]

    def convert(self, batch: Batch) -> Chunk:
        """The block as values."""
        chunk = Chunk(batch.lines, batch.rows)
        columns = list(zip(*batch.rows, strict=True))
        for at, problem in batch.problems.items():
            chunk.bad[at] = Bad(problem.code, problem.params)
        for position, name, reading in self._fields:
            values = [reading[cell] for cell in columns[position]] if columns else []
            if name == ENTERED:
                title = self.file.columns[position].column
                chunk.entered.append((stage_entered(title) or title, values))
            else:
                chunk.values[name] = values
            if reading.has_bad:
                self._mark(chunk, values, self.file.columns[position].column)
        chunk.data = self._custom(columns, len(batch.rows))
        for position, title, parts in self._several:
            self._keep_several(chunk, [parts[cell] for cell in columns[position]] if columns else [], position, title)
        self._limit(chunk)
        return chunk

    def _mark(self, chunk: Chunk, values: Sequence[Any], title: str) -> None:
        for at, value in enumerate(values):
            if type(value) is Bad:
                chunk.bad.setdefault(at, Bad(value.code, {**value.params, "column": title}))

    def _keep_several(self, chunk: Chunk, parts: Sequence[Sequence[str]], position: int, title: str) -> None:
        """Of several addresses or numbers in a cell the first is taken; the cell is kept beside it.

        The second number is a person's mobile, where the file has no column for that.
        """
        for at, each in enumerate(parts):
            if each:
                chunk.data[at][title] = _custom(chunk.cells[at][position] or "")
        if self.file.kind is FileKind.PEOPLE and any(parts) and self.file.columns[position].field == "phone":
            chunk.values.setdefault("mobile", [tidy(each[1]) if each else "" for each in parts])

    def _custom(self, columns: Sequence[Sequence[str | None]], rows: int) -> list[dict[str, str]]:
        if not self._data:
            return [{} for _ in range(rows)]
        names = [name for _at, name, _reading in self._data]
        cells = zip(*([reading[cell] for cell in columns[at]] for at, _name, reading in self._data), strict=True)
        return [{name: value for name, value in zip(names, row, strict=True) if value} for row in cells]

    def _limit(self, chunk: Chunk) -> None:
        if len(self._data) < 2:
            return
        for at, data in enumerate(chunk.data):
            if sum(map(len, data.values())) > DATA_LIMIT // 4:
                chunk.bad.setdefault(at, Bad("too_long", {"field": "data", "limit": DATA_LIMIT // 4}))

    def _reading(self, kind: FileKind, column: ColumnMap) -> Reading:
        if column.field in self._own:
            return Reading(self._own[column.field], None)
        form = FIELDS[kind][column.field]
        special: dict[Form, tuple[Callable[[str], Any], Any]] = {
            Form.DAY: (partial(_day, column.style or YMD), None),
            Form.MOMENT: (partial(_moment, column.style or YMD, self.zone), None),
            Form.MONEY: (partial(_money, column, _cleaner(kind, column.field), self._currency), None),
            Form.NUMBER: (partial(_whole, column.style or DOT, _cleaner(kind, column.field)), None),
            Form.FLAG: (_flag, None),
            Form.KEY: (_key, ""),
            Form.CURRENCY: (partial(_currency, self._currency), ""),
        }
        if (kind, column.field) == (FileKind.DEALS, "person"):
            return Reading(partial(_people, TEXT_LIMIT), "")  # several may stand in a cell
        if column.field in ("owner", "manager"):
            return Reading(partial(_people, NAME_LIMIT), "")
        if form in special:
            return Reading(*special[form])
        return Reading(partial(_text, column.field, _cleaner(kind, column.field)), "")


def _cleaner(kind: FileKind, name: str) -> Callable[[str, Any], Any]:
    """The core's rule for this field."""
    own: Mapping[str, Callable[[str, Any], Any]] = {
        FileKind.ACCOUNTS: ACCOUNT, FileKind.PEOPLE: PERSON, FileKind.DEALS: CLEANERS,
    }.get(kind, {})  # fmt: skip
    if kind is FileKind.ACTIVITIES and name in _WRITTEN:
        return _WRITTEN[name]
    if name == "name":
        return _person_name if kind in (FileKind.PEOPLE, FileKind.OWNERS) else _optional_name
    if name == "email":
        return _first_address
    if name in ("phone", "mobile"):
        return partial(_first_number, own[name])
    return own.get(name) or (
        lambda field_name, value: value if not isinstance(value, str) else _line(field_name, value)
    )


def _optional_name(field_name: str, value: str) -> str:
    return clean_name(field_name, value) if value else ""


def _person_name(field_name: str, value: str) -> str:
    return _optional_name(field_name, in_order(value))


def _written(field_name: str, value: str) -> str:
    """What somebody wrote, with its lines; HTML becomes text."""
    text = markup.as_text(markup.clean(clean_text(field_name, value, _HTML_LIMIT))) if _HTML.search(value) else value
    return clean_text(field_name, text, NOTE_LIMIT)


def _subject(field_name: str, value: str) -> str:
    return " ".join(clean_text(field_name, value, TEXT_LIMIT).split())


_WRITTEN: Mapping[str, Callable[[str, Any], str]] = {"text": _written, "subject": _subject}
"""What activities say in words of their own."""


def _first_address(field_name: str, value: str) -> Any:
    return PERSON["email"](field_name, addresses_in(value)[0])


def _first_number(clean: Callable[[str, Any], Any], field_name: str, value: str) -> Any:
    return clean(field_name, numbers_in(value)[0])


_SEVERAL: Mapping[str, Callable[[str], list[str]]] = {
    "email": addresses_in, "phone": numbers_in, "mobile": numbers_in,
}  # fmt: skip
"""Fields of which a cell may hold several, and what parts it."""


def _parts(parted: Callable[[str], list[str]], cell: str) -> list[str]:
    """The parts of a cell that holds several; none for any other."""
    found = parted(cell)
    return found if len(found) > 1 else []


def _people(limit: int, cell: str) -> str:
    """Names or keys of people, several with semicolons between them, given names first."""
    return ";".join(in_order(part.strip()) for part in _key(cell, limit).split(";"))


def _line(field_name: str, value: str) -> str:
    return " ".join(clean_text(field_name, value, NAME_LIMIT).split())


def _text(name: str, clean: Callable[[str, Any], Any], cell: str) -> str:
    cleaned = clean(name, tidy(cell))
    return code_of(cleaned) if name == "country" else str(cleaned)


def _custom(cell: str) -> str:
    return clean_text("data", tidy(cell), NOTE_LIMIT)


def _key(cell: str, limit: int = NAME_LIMIT) -> str:
    text = tidy(cell)
    return "" if is_nothing(text) else " ".join(clean_text("key", text, limit).split())


def _currency(usual: str, cell: str) -> str:
    text = tidy(cell)
    if is_nothing(text):
        return ""
    sign = text.lower()
    code = currency_of(SYMBOLS.get(sign) or (sign if sign in SEVERAL else text.upper()), usual)
    if not code:
        raise Refusal("not_a_currency", value=text[:40])
    return code


def _flag(cell: str) -> bool | None:
    if is_nothing(cell) and read_flag(cell) is None:
        return None
    value = read_flag(cell)
    if value is None:
        raise Refusal("not_yes_or_no", value=cell[:40])
    return value


def _number(style: str, cell: str) -> Decimal:
    try:
        return read_number(tidy(cell), style)
    except NoNumber:
        raise Refusal("not_a_number", value=cell[:40], style=style) from None


def _money(column: ColumnMap, clean: Callable[[str, Any], Any], usual: str, cell: str) -> tuple[str, str] | None:
    """The amount as the journal keeps it, with the currency that the cell names, or else the column's title."""
    style, titled = column.style or DOT, currency_in(column.column, usual)
    if style == DOT and _PLAIN_AMOUNT.fullmatch(cell):
        return (cell.rstrip("0").rstrip(".") if "." in cell else cell), titled
    if is_nothing(cell):
        return None
    try:
        amount = clean("amount", _number(style, cell))
    except Refusal as refusal:
        limit = {name: refusal.params[name] for name in ("limit",) if name in refusal.params}
        raise Refusal(refusal.code, **limit, value=cell[:40], style=style) from None
    return as_json(amount), currency_of(split_money(tidy(cell))[1], titled or usual) or titled


def _whole(style: str, clean: Callable[[str, Any], Any], cell: str) -> int | None:
    if is_nothing(cell):
        return None
    number = _number(style, cell)
    if number != int(number):
        raise Refusal("not_a_number", value=cell[:40], style=style)
    cleaned = clean("number", int(number))
    return int(cleaned)


def _day(style: str, cell: str) -> str | None:
    if is_nothing(cell):
        return None
    try:
        return day_of(cell, style).isoformat()
    except NoDate:
        raise Refusal("not_a_date", value=cell[:40], style=style) from None


def _moment(style: str, zone: ZoneInfo, cell: str) -> tuple[str, str] | None:
    """The moment in UTC, and its day in the workspace's zone."""
    if is_nothing(cell):
        return None
    try:
        moment: datetime = moment_of(cell, style, zone)
    except (NoDate, OverflowError):
        raise Refusal("not_a_date", value=cell[:40], style=style) from None
    return moment.isoformat(), local_day(moment, zone.key).isoformat()
