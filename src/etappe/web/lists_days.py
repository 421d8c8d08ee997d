"""The days of a filter's row: picked in words (so many days ago, this month, a date), kept in the filter's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from etappe.core.filter_days import PERIODS, Stretch, dated, day_parts
from etappe.core.filters import Op
from etappe.journal.filtering import Field
from etappe.web.lists_words import IN_DAYS, day_words

AGO, AHEAD, DATE = "ago", "ahead", "date"
MEASURED: tuple[tuple[str, Promise], ...] = (
    (AGO, pgettext_lazy("days", "… ago")),
    (AHEAD, pgettext_lazy("days", "in …")),
    (DATE, pgettext_lazy("days", "a date")),
)
"""Shapes of a value that want more than a word."""
UNITS: tuple[tuple[str, Promise], ...] = (
    ("d", pgettext_lazy("ago or in", "days")),
    ("w", pgettext_lazy("ago or in", "weeks")),
    ("m", pgettext_lazy("ago or in", "months")),
    ("y", pgettext_lazy("ago or in", "years")),
)
USUAL = 14
"""How many days stand there before somebody says another number."""
MOST = 9_999
"""The steps that a filter can be written with have four digits."""


@dataclass(frozen=True)
class Days:
    """A value in parts: its shape (a word, one of `MEASURED`, or what it is written as), and what that one needs."""

    shape: str
    count: int
    unit: str
    date: str
    shapes: Sequence[tuple[str, str]]

    @property
    def is_counted(self) -> bool:
        """Whether a number of days, weeks, months or years belongs to it."""
        return self.shape in (AGO, AHEAD)

    @property
    def is_date(self) -> bool:
        """Whether it is a day of the calendar."""
        return self.shape == DATE

    @property
    def units(self) -> Sequence[tuple[str, str]]:
        """What is counted."""
        return [(unit, str(said)) for unit, said in UNITS]

    @property
    def most(self) -> int:
        """The greatest number one can say."""
        return MOST


def days_of(field: Field | None, op: str, value: str) -> Days | None:
    """The row's value in parts; None where it is no day, or several of them, which are typed."""
    if field is None or field.kind not in IN_DAYS or op not in set(Op) or Op(op).takes != 1:
        return None
    shape, count, unit, on = _parts(value)
    known = [*((word, day_words(word)) for word in PERIODS), *((key, str(said)) for key, said in MEASURED)]
    if shape and shape not in dict(known):
        known.append((shape, day_words(shape)))
    return Days(shape, count, unit, on, known)


def _parts(value: str) -> tuple[str, int, str, str]:
    parts, stretch = day_parts(value), dated(value)
    if stretch and stretch.first == stretch.last:
        return DATE, USUAL, "d", stretch.first.isoformat()
    if parts and parts[0] == "today" and len(parts[1]) == 1:
        number, unit = parts[1][0]
        return AGO if number < 0 else AHEAD, abs(number), unit, ""
    return value.lower() if parts else value, USUAL, "d", ""


def days_given(asked: QueryDict, number: int, typed: str, today: date) -> str:
    """The value of a row as the filter writes it; `typed` where the row was none of days."""
    shape = asked.get(f"days_{number}")
    if shape is None:
        return typed
    if shape in (AGO, AHEAD):
        return f"today{'-' if shape == AGO else '+'}{_count(asked, number)}{_unit(asked, number)}"
    if shape == DATE:
        return _date(asked.get(f"date_{number}", ""), today)
    return shape


def _date(given: str, today: date) -> str:
    """The day; one that the calendar does not have stays as it was typed, to be told."""
    stretch: Stretch | None = dated(given.strip())
    return stretch.first.isoformat() if stretch else given.strip() or today.isoformat()


def _count(asked: QueryDict, number: int) -> int:
    given = asked.get(f"count_{number}", "").strip()
    return min(int(given), MOST) if given.isascii() and given.isdigit() and len(given) < 10 else USUAL


def _unit(asked: QueryDict, number: int) -> str:
    given = asked.get(f"unit_{number}", "")
    return given if given in dict(UNITS) else "d"
