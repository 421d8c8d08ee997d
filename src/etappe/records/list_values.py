"""What the columns of a list hold, as plain values, and as text for files."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from etappe.core.process import Process
from etappe.journal.filtering import Asker, Field, Kind
from etappe.journal.labels import words
from etappe.playbook import queries as playbook


@dataclass(frozen=True)
class Ref:
    """Another record or a colleague, by name."""

    uid: uuid.UUID
    name: str


@dataclass(frozen=True)
class Money:
    """An amount in a currency."""

    amount: Decimal
    currency: str


Read = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """A column of a file: its key, the field it belongs to, and how what it says is read from the field's value."""

    key: str
    field: Field
    read: Read
    is_currency: bool = False
    """Whether it says the currency of the amount before it."""


def reader_of(field: Field, asker: Asker) -> Read:
    """How the column's raw values are read; names of choices are looked up once for all rows."""
    if field.kind is Kind.STAGE:
        places: dict[tuple[int, str], str] = {}  # a page shows the same few stages again and again
        return lambda raw: _place(raw, places)
    if field.choices is not None:
        names = dict(field.choices(asker))
        return lambda raw: _named(raw, names)
    read = _READERS.get(field.kind)
    return _as_it_is if read is None else lambda raw: None if raw is None else read(raw)


def _as_it_is(raw: Any) -> Any:
    return raw


def _named(raw: Any, names: dict[str, str]) -> Any:
    if isinstance(raw, list):
        return tuple(names.get(key, key) for key in raw)
    return None if raw is None else names.get(raw, raw)


def _place(raw: Any, names: dict[tuple[int, str], str]) -> str:
    """The name of a stage, or of a process."""
    version, stage = (raw["version"], raw["stage"]) if isinstance(raw, dict) else (raw, "")
    if (version, stage) not in names:
        process: Process = playbook.spec(version)
        names[version, stage] = words(process.stage(stage).name if stage else process.name)
    return names[version, stage]


def _ref(raw: Any) -> Ref | None:
    return Ref(uuid.UUID(raw["uid"]), raw["name"]) if raw.get("uid") else None


def _money(raw: Any) -> Any:
    if isinstance(raw, list):
        return tuple(found for item in raw if (found := _money(item)))
    return Money(Decimal(raw["amount"]), raw["currency"]) if raw.get("amount") is not None else None


def _number(raw: Any) -> Any:
    return Decimal(raw) if isinstance(raw, str) else raw


def _day(raw: Any) -> date:
    return date.fromisoformat(raw) if isinstance(raw, str) else raw


_READERS: dict[Kind, Read] = {
    Kind.USER: _ref,
    Kind.TEAM: _ref,
    Kind.ACCOUNT: _ref,
    Kind.PERSON: _ref,
    Kind.MONEY: _money,
    Kind.NUMBER: _number,
    Kind.DAY: _day,
    Kind.TAGS: tuple,
}


CURRENCY = "currency"
"""The column of deals that holds the currency of their value."""


def in_files(fields: Sequence[Field], usual: str) -> tuple[Column, ...]:
    """The columns of files: an amount is a number there, and its currency stands in a column behind it.

    That of deals is the column that says their currency, so it stands there once. Own fields have one column: their
    amounts are numbers in the `usual` currency and name any other one, for imports know one column per own field.
    """
    return tuple(column for field in fields for column in _columns(field, {each.key for each in fields}, usual))


def _columns(field: Field, shown: set[str], usual: str) -> list[Column]:
    if field.kind is not Kind.MONEY:
        return [Column(field.key, field, _as_it_is)]
    if ".custom." in f".{field.key}":
        return [Column(field.key, field, lambda value: _amounts(value) if _is_in(value, usual) else value)]
    beside = CURRENCY if field.key == "amount" else f"{field.key}.{CURRENCY}"
    amount, currency = Column(field.key, field, _amounts), Column(beside, field, _currencies, is_currency=True)
    return [amount] if beside in shown else [amount, currency]


def _is_in(value: Any, currency: str) -> bool:
    return isinstance(value, Money) and value.currency == currency


def _amounts(value: Any) -> Any:
    return _of_each(value, lambda money: money.amount)


def _currencies(value: Any) -> Any:
    return _of_each(value, lambda money: money.currency)


def _of_each(value: Any, part: Callable[[Money], Any]) -> Any:
    """A part of an amount, or of several; of one among them as if it stood alone."""
    if isinstance(value, tuple):
        found = tuple(part(money) for money in value)
        return found[0] if len(found) == 1 else found
    return part(value) if isinstance(value, Money) else value


def as_text(value: Any, zone: ZoneInfo) -> str:
    """The value for a file: numbers with a point, days in ISO form, several things with a semicolon between them.

    >>> as_text((Money(Decimal("12.5000"), "EUR"), Money(Decimal(3), "CHF")), ZoneInfo("UTC"))
    '12.5 EUR; 3 CHF'
    """
    if isinstance(value, tuple):
        return "; ".join(as_text(item, zone) for item in value)
    if isinstance(value, Money):
        return f"{plain_number(value.amount)} {value.currency}"
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, Ref):
        return value.name
    return "" if value is None else str(value)


def plain_number(value: Decimal) -> str:
    """The number without zeros at its end.

    >>> plain_number(Decimal("100.0000")), plain_number(Decimal("0.5000"))
    ('100', '0.5')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_json(value: Any) -> Any:
    """The value for JSON: references by uid and name, amounts as text."""
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if isinstance(value, Money):
        return {"amount": plain_number(value.amount), "currency": value.currency}
    if isinstance(value, Ref):
        return {"uid": str(value.uid), "name": value.name}
    if isinstance(value, Decimal):
        return plain_number(value)
    return value.isoformat() if isinstance(value, date) else value
