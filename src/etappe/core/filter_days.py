"""Days of a filter: `2026-03-31`, `today-14d`, `this_month`. Each is a stretch from its first to its last day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from etappe.core.errors import Refusal

PERIODS = (
    "today", "yesterday", "tomorrow", "this_week", "last_week", "next_week", "this_month", "last_month", "next_month",
    "this_quarter", "last_quarter", "next_quarter", "this_year", "last_year", "next_year",
)  # fmt: skip
"""Words that name a stretch of days."""

_RELATIVE = re.compile(r"(?P<base>[a-z_]+)(?P<steps>(?:[+-]\d{1,4}[dwmy])*)", re.IGNORECASE)
_STEP = re.compile(r"([+-]\d{1,4})([dwmy])", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_WHICH = {"last": -1, "this": 0, "next": 1}


@dataclass(frozen=True)
class Stretch:
    """Days from the first to the last, both counted."""

    first: date
    last: date


def is_day_word(text: str) -> bool:
    """Whether the word is one of these, with or without steps; digits are not words.

    >>> is_day_word("Today-2w"), is_day_word("2026-01-01"), is_day_word("this_moment")
    (True, False, False)
    """
    found = _RELATIVE.fullmatch(text)
    return found is not None and found["base"].lower() in PERIODS


def day_parts(text: str) -> tuple[str, list[tuple[int, str]]] | None:
    """The word and its steps, for saying them in another language; None for what is no such word.

    >>> day_parts("today-14d"), day_parts("2026-01-01")
    (('today', [(-14, 'd')]), None)
    """
    if not is_day_word(text):
        return None
    word = text.lower()
    return re.split("[+-]", word, maxsplit=1)[0], [(int(number), unit) for number, unit in _STEP.findall(word)]


def stretch_of(text: str, today: date) -> Stretch:
    """The days that a text names; a date as ISO or Germans write it.

    >>> stretch_of("this_month", date(2026, 2, 11)).last.isoformat()
    '2026-02-28'
    >>> stretch_of("today-1m", date(2026, 3, 31)).first.isoformat()
    '2026-02-28'
    """
    try:
        return _dated(text) or _relative(text.lower(), today)
    except (ValueError, OverflowError):
        raise Refusal("filter_not_a_day", value=text) from None


def dated(text: str) -> Stretch | None:
    """The days of a date or a month as it is written; None for words and for days that the calendar does not have.

    >>> dated("2026-02").last.isoformat(), dated("today"), dated("2026-02-30")
    ('2026-02-28', None, None)
    """
    try:
        return _dated(text)
    except ValueError:
        return None


def _dated(text: str) -> Stretch | None:
    if _ISO.fullmatch(text):
        day = date.fromisoformat(text)
        return Stretch(day, day)
    dotted = _DOTTED.fullmatch(text)
    if dotted:
        day = date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
        return Stretch(day, day)
    found = _ISO_MONTH.fullmatch(text)
    return _month(date(int(found[1]), int(found[2]), 1), 1) if found else None


def _relative(text: str, today: date) -> Stretch:
    found = _RELATIVE.fullmatch(text)
    if found is None or found["base"] not in PERIODS:
        raise ValueError(text)
    first, last = _base(found["base"], today)
    for number, unit in _STEP.findall(found["steps"]):
        first, last = _moved(first, int(number), unit), _moved(last, int(number), unit)
    return Stretch(first, last)


def _base(word: str, today: date) -> tuple[date, date]:
    near = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if word in near:
        day = today + timedelta(days=near[word])
        return day, day
    which, _, unit = word.partition("_")
    if unit == "week":
        monday = today + timedelta(days=7 * _WHICH[which] - today.weekday())
        return monday, monday + timedelta(days=6)
    length = _MONTHS[unit]
    begin = date(today.year, (today.month - 1) // length * length + 1, 1)
    span = _month(_moved(begin, _WHICH[which] * length, "m"), length)
    return span.first, span.last


def _month(first: date, length: int) -> Stretch:
    return Stretch(first, _moved(first, length, "m") - timedelta(days=1))


def _moved(day: date, number: int, unit: str) -> date:
    if unit in "dw":
        return day + timedelta(days=number * (7 if unit == "w" else 1))
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), _month_end(year, month + 1))


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
