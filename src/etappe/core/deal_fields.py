"""What the fields of a deal may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from etappe.core.errors import Refusal

NAME_LIMIT, TEXT_LIMIT = 200, 2000
AMOUNT_LIMIT = Decimal(10) ** 13
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean_text(field: str, value: Any, limit: int = TEXT_LIMIT) -> str:
    """The text without white space around it; refuses control characters and more than `limit` characters."""
    if not isinstance(value, str):
        raise Refusal("not_a_text", field=field)
    text = value.strip()
    if _CONTROL.search(text):
        raise Refusal("control_characters", field=field)
    if len(text) > limit:
        raise Refusal("too_long", field=field, limit=limit, length=len(text))
    return text


def clean_name(field: str, value: Any) -> str:
    """A name: one line, not empty."""
    text = " ".join(clean_text(field, value, NAME_LIMIT).split())
    if not text:
        raise Refusal("field_required", field=field)
    return text


def clean_amount(field: str, value: Any) -> Decimal | None:
    """An amount from 0 on, or none."""
    if value is None:
        return None
    if not isinstance(value, (Decimal, int)) or isinstance(value, bool):
        raise Refusal("not_an_amount", field=field)
    amount = Decimal(value)
    return bounded_amount(field, amount, AMOUNT_LIMIT).quantize(Decimal("0.0001"))


def bounded_amount(field: str, amount: Decimal, limit: Decimal) -> Decimal:
    """The amount, if it lies between 0 and below `limit`."""
    if not amount.is_finite() or amount < 0:
        raise Refusal("not_an_amount", field=field)
    if amount >= limit:
        raise Refusal("amount_too_large", field=field, limit=int(limit))
    return amount


def clean_currency(field: str, value: Any) -> str:
    """An ISO 4217 code."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{3}", value):
        raise Refusal("not_a_currency", field=field)
    return value


def clean_date(field: str, value: Any) -> date | None:
    """A day between 1900 and 2200, or none."""
    if value is None:
        return None
    if type(value) is not date or not 1900 <= value.year < 2200:
        raise Refusal("not_a_date", field=field)
    return value


CLEANERS: Mapping[str, Callable[[str, Any], Any]] = {
    "name": clean_name,
    "amount": clean_amount,
    "currency": clean_currency,
    "source": lambda field, value: clean_text(field, value, NAME_LIMIT),
    "product": lambda field, value: clean_text(field, value, NAME_LIMIT),
    "expected_close": clean_date,
    "buyer_target_date": clean_date,
    "buyer_since": clean_date,
    "engaged_since": clean_date,
    "next_step": clean_text,
    "next_step_on": clean_date,
}
"""How each plain field of a deal is cleaned."""


def clean_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The plain fields, cleaned; refuses a field that a deal does not have."""
    for field in values:
        if field not in CLEANERS:
            raise Refusal("unknown_field", field=field, fields=tuple(CLEANERS))
    return {field: CLEANERS[field](field, value) for field, value in values.items()}
