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
        "leads_per_month": counted,
        "contacts_per_month": counted,
        "leads": number,
        "hours": working_hours,
        "amount": lambda value: money_whole(Decimal(value), currency),
        "amount_per_day": lambda value: per_day(value, currency),
        "times": times,
    }
    return writers[result.unit]


def counted(value: Number) -> str:
    """A count, or a mean of counts with one place."""
    return number(value, 0 if float(value).is_integer() else 1)


def headline_of(result: Result) -> str:
    """The value of the figure with what it is per, which its rows leave to their head."""
    value = result.finding.value
    if not result.is_enough or value is None:
        return "–"
    said = unit_of(result)(value)
    if result.unit == "deals_per_year":
        return _("{number} per year").format(number=counted(value))
    return _("{number} per month").format(number=said) if result.unit.endswith("_per_month") else said


def axis_of(unit: Callable[[Number], str]) -> Callable[[Number], str]:
    """How the same unit is written along an axis, where there is little room."""
    if unit is working_hours:
        return short_hours
    return whole_counts if unit is number else unit


def whole_counts(value: Number) -> str:
    """Counts; nothing between two of them."""
    return number(value) if float(value).is_integer() else ""


def short_hours(value: Number) -> str:
    """Hours, shortened."""
    return _("{count} h").format(count=counted(value))


def whole_days(value: Number) -> str:
    """A duration as whole days; what is shorter than one as hours or minutes."""
    if not 0 < value < 1:
        return days(round(value))
    hours, minutes = round(value * 24), round(value * 1440)
    if minutes < MINUTES_BELOW * 60:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=number(minutes))
    return ngettext("{count} hour", "{count} hours", hours).format(count=number(hours))


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
    return _("{low} to {high}").format(low=_first(low or 0, unit), high=unit(high))


def _first(low: Number, unit: Callable[[Number], str]) -> str:
    if unit is whole_days and not 0 < low < 1:
        return number(low)
    return number(low, 1) if unit is working_hours and low >= MINUTES_BELOW else unit(low)
