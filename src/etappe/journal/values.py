"""Values as the journal keeps them: what JSON can hold, written in one way only, so that equal values compare equal."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import models


def as_json(value: Any) -> Any:
    """The value as JSON holds it: decimals as their shortest text, times in UTC and days in ISO form.

    >>> as_json(Decimal("100.0000")), as_json(date(2026, 3, 1)), as_json({"a": (1, None)})
    ('100', '2026-03-01', {'a': [1, None]})
    """
    if value is None or (isinstance(value, bool | int | float) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(item) for item in value]
    return _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | uuid.UUID):
        return str(value)
    raise TypeError(f"the journal cannot hold {type(value).__name__}")


def _decimal(value: Decimal) -> str:
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def columns_of(row: models.Model, columns: Iterable[str]) -> dict[str, Any]:
    """These columns of a row as the journal keeps them."""
    return {column: as_json(getattr(row, column)) for column in columns}


def changes(row: models.Model, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Which of the wanted values differ from the row's: column to [before, after]."""
    pairs = {column: [as_json(getattr(row, column)), as_json(value)] for column, value in wanted.items()}
    told = {column: pair for column, pair in pairs.items() if pair[0] != pair[1]}
    return told | ({"custom": changed_keys(*told["custom"])} if "custom" in told else {})


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Any]:
    """Of the values of own fields only those that changed, before and after; None where there was or is none.

    >>> changed_keys({"a": "1", "b": "2"}, {"a": "1", "c": "3"})
    [{'b': '2', 'c': None}, {'b': None, 'c': '3'}]
    """
    keys = sorted(key for key in {**before, **after} if before.get(key) != after.get(key))
    return [{key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}]


def afterwards(before: Mapping[str, Any], changed: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The changed columns as they are afterwards: of own fields the journal tells only those that changed."""
    values = {column: pair[1] for column, pair in changed.items()}
    return {**values, "custom": with_keys(before["custom"], values["custom"])} if "custom" in values else values


def with_keys(present: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of own fields with these put in; None takes one away.

    >>> with_keys({"a": "1", "b": "2"}, {"b": None, "c": "3"})
    {'a': '1', 'c': '3'}
    """
    return {key: value for key, value in {**present, **given}.items() if value is not None}
