"""What the value of an own field says in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal
from django.utils.translation import gettext

from etappe.core.own_fields import REFERRING, FieldKind, OwnField
from etappe.journal.labels import day, language, listed


def value_text(own: OwnField | None, value: Any, names: Mapping[str, str]) -> str:
    """The value in words; `names` has those of people and accounts by uid. A field nobody knows is told as it is."""
    if value is None:
        return ""
    if own is None:
        return listed(str(item) for item in value) if isinstance(value, list) else str(value)
    if own.kind in REFERRING:
        return names.get(str(value)) or gettext("not to be seen")
    if own.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        return _chosen(own, value if isinstance(value, list) else [value])
    return _plain(own.kind, value)


def _chosen(own: OwnField, keys: list[str]) -> str:
    called = {choice.key: choice.name for choice in own.choices}
    return listed(called.get(key, key) for key in keys)


def _plain(kind: FieldKind, value: Any) -> str:
    if kind is FieldKind.DATE:
        return day(date.fromisoformat(value))
    if kind is FieldKind.NUMBER:
        return format_decimal(Decimal(value), "#,##0.######", locale=language())
    if kind is FieldKind.MONEY:
        return format_currency(Decimal(value["amount"]), value["currency"], locale=language())
    return str(value)
