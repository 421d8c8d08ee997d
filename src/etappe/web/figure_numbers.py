"""The numbers of figures as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from etappe.core.figures import Interval, Number, Result
from etappe.web.templatetags.formats import days, money_whole, number, percent

MINUTES_BELOW = 2


def unit_of(result: Result) -> Callable[[Number], str]:
    """How a value of this figure is written: shares with more places where more deals carry them."""
    places = 2 if result.finding.n >= 1000 else 1
    currency = result.finding.extra.get("currency", "")
    writers: dict[str, Callable[[Number], str]] = {
        "share": lambda value: percent(value, places),
        "days": whole_days,
        "deals": number,
        "deals_per_year": lambda value: number(value, 1),
        "leads_per_month": lambda value: number(value, 1),
        "contacts_per_month": lambda value: number(value, 1),
        "leads": number,
        "hours": working_hours,
        "amount": lambda value: money_whole(Decimal(value), currency),
        "amount_per_day": lambda value: per_day(value, currency),
        "times": times,
    }
    return writers[result.unit]


def whole_days(value: Number) -> str:
    """A duration as whole days."""
    return days(round(value))


def working_hours(value: Number) -> str:
    """A duration in working hours, in minutes below two of them."""
    if value < MINUTES_BELOW:
        minutes = round(value * 60)
        return ngettext("{count} working minute", "{count} working minutes", minutes).format(count=number(minutes))
    return _("{count} working hours").format(count=number(value, 1))


def per_day(value: Number, currency: str) -> str:
    """An amount per day."""
    return _("{amount} per day").format(amount=money_whole(Decimal(value), currency))


def times(value: Number) -> str:
    """A multiple."""
    return _("{number} times").format(number=number(value, 1))


def between(interval: Interval | None, unit: Callable[[Number], str]) -> str:
    """An interval, the unit written once where it follows the number; empty where there is none."""
    if interval is None:
        return ""
    low, high = interval
    if high is None:
        return _("{low} or more").format(low=unit(low or 0))
    first = number(low or 0) if unit is whole_days else unit(low or 0)
    return _("{low} to {high}").format(low=first, high=unit(high))
