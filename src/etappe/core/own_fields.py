"""Fields that a workspace defines for itself: what they may hold, how they are read, and when a deal needs them.

Values stand in a record's `custom` by the field's key, as JSON holds them: text, link and choice as text (a choice by
its key), several choices as a list of keys, a number as decimal text, money as amount and currency, a date as ISO day,
a person or an account as uid.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from etappe.core.contact import clean_reference, clean_website
from etappe.core.dates import YMD, NoDate, day_of
from etappe.core.deal_fields import NAME_LIMIT, TEXT_LIMIT, clean_currency, clean_date, clean_name, clean_text
from etappe.core.errors import Refusal
from etappe.core.values import DOT, NoNumber, fold_key, is_nothing, read_number, split_money, tidy

FIELDS_LIMIT, CHOICES_LIMIT, STAGES_LIMIT, HELP_LIMIT = 100, 200, 200, 500
DECIMALS, MONEY_DECIMALS, NUMBER_LIMIT = 6, 4, Decimal(10) ** 15

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_STAGE = re.compile(r"[a-z0-9_\-]{1,80}:[a-z0-9_\-]{1,80}")


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    PERSON = "person"
    ACCOUNT = "account"
    LINK = "link"


SUBJECTS = ("account", "person", "deal")
"""Records that have fields of their own."""

CHOOSING = (FieldKind.CHOICE, FieldKind.CHOICES)
"""Kinds whose values are chosen from a list."""

REFERRING = (FieldKind.PERSON, FieldKind.ACCOUNT)
"""Kinds whose values name another record."""


@dataclass(frozen=True)
class Choice:
    """Something to choose. One that is `gone` is offered no more; values that have it keep it, and its name."""

    key: str
    name: str
    gone: bool = False


@dataclass(frozen=True)
class OwnField:
    """A field as rules see it; `required_in` names stages as `process:stage`."""

    key: str
    name: str
    kind: FieldKind
    choices: tuple[Choice, ...] = ()
    required_in: tuple[str, ...] = ()

    @property
    def offered(self) -> tuple[Choice, ...]:
        """What can be chosen."""
        return tuple(choice for choice in self.choices if not choice.gone)


# --- Values ---


def clean_value(own: OwnField, value: Any) -> Any:
    """The value as a record keeps it; None where there is none. Refuses what the field cannot hold.

    >>> clean_value(OwnField("size", "Size", FieldKind.NUMBER), Decimal("12.50"))
    '12.5'
    >>> clean_value(OwnField("paid", "Paid", FieldKind.MONEY), {"amount": "7", "currency": "EUR"})
    {'amount': '7', 'currency': 'EUR'}
    """
    if value is None or value == "" or value == [] or value == ():
        return None
    try:
        return _CLEANERS[own.kind](own, value)
    except Refusal as refusal:
        said = {**refusal.params, "field": form_name(own.key), "label": own.name}
        raise Refusal(refusal.code, **said) from None


def form_name(key: str) -> str:
    """What forms and refusals call the field with this key."""
    return f"custom_{key}"


def _text(own: OwnField, value: Any) -> str | None:
    return clean_text(own.key, value, TEXT_LIMIT) or None


def _link(own: OwnField, value: Any) -> str | None:
    return clean_website(own.key, value) or None


def _number(own: OwnField, value: Any) -> str:
    return _decimal(own, value, DECIMALS)


def _decimal(own: OwnField, value: Any, places: int) -> str:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= NUMBER_LIMIT or number != round(number, places):
        raise Refusal("number_unfit", field=own.key, places=places)
    plain = format(round(number, places), "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain == "-0" else plain


def _money(own: OwnField, value: Any) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        raise Refusal("money_unfit", field=own.key)
    if value.get("amount") in (None, ""):
        return None
    currency = clean_currency(own.key, value.get("currency"))
    return {"amount": _decimal(own, value["amount"], MONEY_DECIMALS), "currency": currency}


def _date(own: OwnField, value: Any) -> str | None:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise Refusal("not_a_date", field=own.key) from None
    day = clean_date(own.key, value)
    return day.isoformat() if day else None


def _choice(own: OwnField, value: Any) -> str:
    keys = tuple(choice.key for choice in own.offered)
    if value not in keys:
        raise Refusal("unknown_choice", field=own.key, choices=tuple(choice.name for choice in own.offered))
    return str(value)


def _choices(own: OwnField, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or len(value) > CHOICES_LIMIT:
        raise Refusal("not_a_list", field=own.key, limit=CHOICES_LIMIT)
    wanted = {_choice(own, item) for item in value}
    return [choice.key for choice in own.choices if choice.key in wanted]


def _reference(own: OwnField, value: Any) -> str | None:
    uid = clean_reference(own.key, value)
    return str(uid) if uid else None


_CLEANERS: Mapping[FieldKind, Callable[[OwnField, Any], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _money,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.PERSON: _reference,
    FieldKind.ACCOUNT: _reference,
    FieldKind.LINK: _link,
}


def merged(fields: Iterable[OwnField], present: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """The values after an edit: those that are given replace those there, and nothing takes a value away.

    A value that is given as it stands there is not looked at again, so that a choice offered no more can stay.
    """
    if not isinstance(given, Mapping):
        raise Refusal("not_columns", field="custom")
    known = {own.key: own for own in fields}
    values = dict(present)
    for key, value in given.items():
        if key not in known:
            raise Refusal("unknown_field", field=key, fields=tuple(known))
        if key in present and value == present[key]:
            continue
        values[key] = clean_value(known[key], value)
    return {key: value for key, value in values.items() if value is not None}


# --- Texts of a file ---


def read_text(own: OwnField, text: str, *, style: str = DOT, days: str = YMD, currency: str = "EUR") -> Any:
    """The value that a cell of a table says, in the styles of its column; None for none. Refuses what is none.

    A person or an account is left as the text that names it (an address, a name): who that is, tables know.

    >>> read_text(OwnField("size", "Size", FieldKind.CHOICE, (Choice("xl", "Sehr groß"),)), "sehr gross")
    'xl'
    """
    cell = tidy(text)
    if not cell or (own.kind is not FieldKind.TEXT and is_nothing(cell)):
        return None
    value = _typed(own, cell, style, days, currency)
    return _READERS.get(own.kind, clean_value)(own, value)


def _typed(own: OwnField, cell: str, style: str, days: str, currency: str) -> Any:
    """The cell as the cleaner of the field's kind takes it."""
    if own.kind is FieldKind.NUMBER:
        return _read_number(own, cell, style)
    if own.kind is FieldKind.MONEY:
        code = split_money(cell)[1]
        return {"amount": _read_number(own, cell, style), "currency": code if len(code) == 3 else currency}
    if own.kind is FieldKind.DATE:
        return _read_day(own, cell, days)
    return _keys(own, cell) if own.kind in CHOOSING else cell


def _read_number(own: OwnField, cell: str, style: str) -> Decimal:
    try:
        return read_number(cell, style)
    except NoNumber:
        raise Refusal("not_a_number", field=form_name(own.key), label=own.name, value=cell[:40], style=style) from None


def _read_day(own: OwnField, cell: str, days: str) -> date:
    try:
        return day_of(cell, days)
    except NoDate:
        raise Refusal("not_a_date", field=form_name(own.key), label=own.name, value=cell[:40], style=days) from None


def _keys(own: OwnField, cell: str) -> Any:
    """Names or keys of choices as keys; what is none is left for the cleaner to refuse."""
    by_name = {fold_key(text): choice.key for choice in own.offered for text in (choice.key, choice.name)}
    if own.kind is FieldKind.CHOICE:
        return by_name.get(fold_key(cell), cell)
    parts = [part.strip() for part in re.split(r"[;,|\n]", cell) if part.strip()]
    return [by_name.get(fold_key(part), part) for part in parts]


def _as_named(own: OwnField, cell: Any) -> str:
    return clean_text(own.key, cell, NAME_LIMIT)


_READERS: Mapping[FieldKind, Callable[[OwnField, Any], Any]] = dict.fromkeys(REFERRING, _as_named)


# --- Which a deal needs ---


@dataclass(frozen=True)
class Unfilled:
    """A field that a deal needs before it leaves a stage, and that holds nothing.

    One of the workspace's own with its name, or (not `own`) one that every deal has.
    """

    stage: str
    key: str
    name: str = ""
    own: bool = True


def unfilled(fields: Iterable[OwnField], values: Mapping[str, Any], process: str) -> tuple[Unfilled, ...]:
    """The required fields without a value, each with the stage of this process that asks for it."""
    return tuple(
        Unfilled(stage.partition(":")[2], own.key, own.name)
        for own in fields
        if own.key not in values
        for stage in own.required_in
        if stage.partition(":")[0] == process
    )


# --- Definitions ---


def key_of(name: str, taken: Iterable[str] = ()) -> str:
    """A key made of a name, of letters, digits and lines below; another one than those that are taken.

    >>> key_of("Größe (m²)"), key_of("Größe", ["grosse"]), key_of("大")
    ('grosse_m2', 'grosse_2', 'field')
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:34].strip("_")
    stem = stem if KEY.fullmatch(stem) else f"field_{stem}".strip("_")
    used, number, key = set(taken), 1, stem
    while key in used:
        number += 1
        key = f"{stem}_{number}"
    return key


def clean_kind(field: str, value: Any) -> str:
    """What the field holds."""
    if not isinstance(value, str) or value not in list(FieldKind):
        raise Refusal("unknown_choice", field=field, choices=tuple(FieldKind))
    return str(value)


def clean_subject(field: str, value: Any) -> str:
    """The records that have the field."""
    if value not in SUBJECTS:
        raise Refusal("unknown_choice", field=field, choices=SUBJECTS)
    return str(value)


def clean_key(field: str, value: Any) -> str:
    """A key that a program gave."""
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise Refusal("field_key_unfit", field=field, value=str(value)[:60])
    return value


def clean_help(field: str, value: Any) -> str:
    """What the field is for, in a sentence."""
    return " ".join(clean_text(field, value, HELP_LIMIT).split())


def clean_required(field: str, value: Any) -> list[str]:
    """Stages as `process:stage`, each once."""
    if not isinstance(value, list | tuple) or len(value) > STAGES_LIMIT:
        raise Refusal("not_a_list", field=field, limit=STAGES_LIMIT)
    for stage in value:
        if not isinstance(stage, str) or not _STAGE.fullmatch(stage):
            raise Refusal("stage_unfit", field=field, value=str(stage)[:160])
    return list(dict.fromkeys(value))


def clean_choices(field: str, value: Any, present: Sequence[Choice] = ()) -> list[dict[str, Any]]:
    """The list to choose from: names, or key and name. What was there and is not given stays as gone.

    >>> clean_choices("choices", ["A", {"key": "b", "name": "B!"}], [Choice("b", "B"), Choice("c", "C")])[2]
    {'key': 'c', 'name': 'C', 'gone': True}
    """
    if not isinstance(value, list | tuple) or len(value) > CHOICES_LIMIT:
        raise Refusal("not_a_list", field=field, limit=CHOICES_LIMIT)
    known = {choice.key: choice for choice in present}
    kept: dict[str, str] = {}
    for item in value:
        name = clean_name(field, item.get("name") if isinstance(item, Mapping) else item)
        if fold_key(name) in map(fold_key, kept.values()):
            raise Refusal("choice_twice", field=field, value=name)
        kept[_choice_key(field, item, name, known, kept)] = name
    if not kept:
        raise Refusal("choices_needed", field=field)
    gone = [choice for choice in present if choice.key not in kept]
    return [{"key": key, "name": name} for key, name in kept.items()] + [
        {"key": choice.key, "name": choice.name, "gone": True} for choice in gone
    ]


def _choice_key(field: str, item: Any, name: str, known: Mapping[str, Choice], kept: Mapping[str, str]) -> str:
    """The key that is given, or that of the choice with this name, or a new one."""
    if isinstance(item, Mapping) and item.get("key"):
        return clean_key(field, item["key"])
    named = next((choice.key for choice in known.values() if choice.name == name and choice.key not in kept), "")
    return named or key_of(name, {*known, *kept})
