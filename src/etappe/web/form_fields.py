"""Fields that forms of several pages share: amounts and days, as the reader's language writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from etappe.core.tags import split_tags
from etappe.journal.labels import language

CURRENCIES = ("EUR", "CHF", "USD", "GBP", "CZK", "DKK", "HUF", "NOK", "PLN", "SEK", "JPY")
_SPACES = re.compile("[ \u00a0\u202f]+")


class AmountField(forms.Field):
    """An amount as the reader's language writes it: `1.234,56` in German, `1,234.56` in English."""

    default_error_messages = {"amount": _("This is no amount. Write it like {example}.")}

    def to_python(self, value: Any) -> Any:
        """The amount as a decimal, or None."""
        text = _SPACES.sub("", str(value or "")).strip("€$£")
        if not text:
            return None
        try:
            return parse_decimal(text, locale=language(), strict=True)
        except NumberFormatError:
            example = format_decimal(Decimal("1234.56"), locale=language())
            raise ValidationError(str(self.error_messages["amount"]).format(example=example), code="amount") from None

    def prepare_value(self, value: Any) -> Any:
        """The stored amount as the reader would write it."""
        if not isinstance(value, Decimal):
            return value
        return format_decimal(value, "0.00##" if value % 1 else "0", locale=language())


class TagsField(forms.CharField):
    """Tags in one line, between commas."""

    def __init__(self, **options: Any) -> None:
        help_text = _("Several between commas.")
        super().__init__(
            **{"label": _("Tags"), "required": False, "max_length": 4000, "help_text": help_text, **options}
        )

    def clean(self, value: Any) -> Any:
        """The tags, each as it was typed."""
        return split_tags(str(super().clean(value)))

    def prepare_value(self, value: Any) -> Any:
        """The tags a record has, in one line."""
        return ", ".join(value) if isinstance(value, list | tuple) else value


class DayInput(forms.DateInput):
    """The browser's own picker of a day."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, from the picker or typed the German way."""
    return forms.DateField(
        label=label, widget=DayInput(), input_formats=["%Y-%m-%d", "%d.%m.%Y"], **{"required": False, **options}
    )
