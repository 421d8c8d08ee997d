"""Money, numbers, dates and times as the reader's language writes them; times in the workspace's zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from etappe.journal import labels
from etappe.journal.labels import language

register = template.Library()
register.filter("words", labels.words)

Number = int | float | Decimal
NARROW, WIDE = "\u202f", "\u00a0"
_DAY_SHORT = {"de": "dd.MM.", "en": "d MMM"}


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale("en", "GB") if language == "en" else Locale(language)


@register.filter
def money(amount: Number | None, currency: str = "EUR") -> str:
    """An amount with its currency's own number of decimals: `1.234,56 €` with a narrow space, or `€1,234.56`."""
    return "" if amount is None else money_in(amount, currency, language())


@register.filter
def money_whole(amount: Number | None, currency: str = "EUR") -> str:
    """The same without decimals, for sums and estimates."""
    return "" if amount is None else money_in(amount, currency, language(), whole=True)


@register.filter
def money_brief(amount: Number | None, currency: str = "EUR") -> str:
    """The same with decimals only where the amount has some: what one deal is worth, on cards and in lists."""
    return "" if amount is None else money_in(amount, currency, language(), whole=is_whole(amount))


def is_whole(amount: Number) -> bool:
    """Whether an amount has no cents.

    >>> is_whole(Decimal("1234.0000")), is_whole(Decimal("1234.5"))
    (True, False)
    """
    return amount == int(amount)


class OfMoney(Protocol):
    """An amount in a currency."""

    @property
    def amount(self) -> Decimal:
        """How much."""

    @property
    def currency(self) -> str:
        """Of which."""


def own_first(own: str) -> Callable[[OfMoney], tuple[bool, Decimal]]:
    """The order in which amounts of several currencies stand beside each other: the own one, then the largest first."""
    return lambda money: (money.currency != own, -money.amount)


_LETTERS = re.compile(r"([A-Z])(?=\d)")
"""Where a currency that is written in letters meets its amount: `CHF 1,234.56`."""
_WHOLE = {"de": f"#,##0{WIDE}¤", "en": "¤#,##0"}


@lru_cache(maxsize=4096)
def money_in(amount: Number, currency: str, language: str, *, whole: bool = False) -> str:
    """An amount in this language. Writing one costs as much as the markup of its row, and lists repeat them."""
    pattern = _WHOLE[language] if whole else None
    said = format_currency(amount, currency, pattern, locale=_locale(language), currency_digits=not whole)
    return _LETTERS.sub(rf"\1{WIDE}", said) if language == "en" else said.replace(WIDE, NARROW)


@register.filter
def number(value: Number | None, decimals: int = 0) -> str:
    """A number with the reader's separators, rounded to `decimals`."""
    if value is None:
        return ""
    return format_decimal(value, "#,##0." + "0" * decimals if decimals else "#,##0", locale=_locale(language()))


@register.filter
def percent(share: Number | None, decimals: int = 0) -> str:
    """A share from 0 to 1 as per cent: `21 %` with a space that does not break, or `21%`."""
    if share is None:
        return ""
    zeros = "." + "0" * decimals if decimals else ""
    pattern = f"#,##0{zeros}{WIDE}%" if language() == "de" else f"#,##0{zeros}%"
    return format_percent(share, pattern, locale=_locale(language()))


@register.filter
def day(value: date | datetime | None) -> str:
    """A day: `24.11.2026` or `24 Nov 2026`."""
    return "" if value is None else labels.day(value)


@register.filter
def day_short(value: date | datetime | None) -> str:
    """A day without its year: `24.11.` or `24 Nov`."""
    return "" if value is None else _day_short(_local_day(value), language())


@lru_cache(maxsize=4096)
def _day_short(value: date, language: str) -> str:
    return format_date(value, _DAY_SHORT[language], locale=_locale(language))


@register.filter
def hour(value: datetime | time | None) -> str:
    """A time of day: `14:30 Uhr` or `14:30`."""
    if value is None:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return _("{time}").format(time=f"{local:%H:%M}")


@register.filter
def moment(value: datetime | None) -> str:
    """A day with its time."""
    return "" if value is None else f"{day(value)}, {hour(value)}"


@register.filter
def weekday(value: date | datetime | None) -> str:
    """The name of the day: `Tuesday`."""
    return "" if value is None else format_date(_local_day(value), "EEEE", locale=_locale(language()))


@register.filter
def week(value: date | datetime | None) -> str:
    """A calendar week: `KW 48` or `week 48`."""
    return "" if value is None else _("week {week}").format(week=_local_day(value).isocalendar().week)


@register.filter
def days(count: int | None) -> str:
    """A number of days in words."""
    if count is None:
        return ""
    return ngettext("{count} day", "{count} days", count).format(count=number(count))


@register.simple_tag
def when(value: date | datetime | None, style: str = "day") -> SafeString | str:
    """A `<time>` element: `style` is `day`, `short`, `moment` or `hour`; the full moment is its tooltip."""
    if value is None:
        return ""
    shown = _STYLES[style](value)
    full = moment(value) if isinstance(value, datetime) else day(value)
    machine = value.astimezone(UTC) if isinstance(value, datetime) else value
    return format_html('<time datetime="{}" title="{}">{}</time>', machine.isoformat(), full, shown)


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(agent: str) -> str:
    """What a browser says of itself, in two words: `Firefox, Windows`; its beginning where it says nothing known."""
    found = [_first(agent, _BROWSERS), _first(agent, _SYSTEMS)]
    return ", ".join(name for name in found if name) or agent[:60]


def _first(agent: str, marks: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in marks if mark in agent), "")


_STYLES: dict[str, Callable[[Any], str]] = {"day": day, "short": day_short, "moment": moment, "hour": hour}


def _local_day(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value
