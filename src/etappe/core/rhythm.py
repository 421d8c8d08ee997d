"""When something that is sent every week, every month or every working day is due, in the workspace's zone."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

WEEKLY, MONTHLY, WORKDAYS = "weekly", "monthly", "workdays"
RHYTHMS = (WEEKLY, MONTHLY, WORKDAYS)
DAYS = {WEEKLY: 7, MONTHLY: 31, WORKDAYS: 1}
"""Days of a week (Monday is 1) and of a month; a month that is shorter is meant up to its last day.

Of working days, Monday to Friday, there is none to choose.
"""
FRIDAY = 5


def next_time(rhythm: str, day: int, hour: int, *, zone: str, after: datetime) -> datetime:
    """The first moment after `after` at which it is `hour` o'clock on such a day.

    An hour that the clock leaves out in spring is the one after it; of an hour that comes twice in autumn, the first.

    >>> after = datetime(2026, 3, 27, 12, tzinfo=UTC)
    >>> next_time("weekly", 7, 2, zone="Europe/Berlin", after=after).isoformat()
    '2026-03-29T01:00:00+00:00'
    >>> next_time("monthly", 31, 7, zone="Europe/Berlin", after=after.replace(month=4)).isoformat()
    '2026-04-30T05:00:00+00:00'
    """
    place = ZoneInfo(zone)
    days = _DAYS_OF[rhythm](day, after.astimezone(place).date())
    moments = (datetime.combine(each, time(hour), place) for each in days)
    return next(moment for moment in (each.astimezone(UTC) for each in moments) if moment > after)


def _weekdays(day: int, first: date) -> Iterator[date]:
    """Such days of the week, from `first` on."""
    start = first + timedelta(days=(day - first.isoweekday()) % 7)
    return (start + timedelta(weeks=weeks) for weeks in count())


def _month_days(day: int, first: date) -> Iterator[date]:
    """Such days of the month, from the month of `first` on."""
    months = (divmod(12 * first.year + first.month - 1 + ahead, 12) for ahead in count())
    return (date(year, month + 1, min(day, monthrange(year, month + 1)[1])) for year, month in months)


def _workdays(_day: int, first: date) -> Iterator[date]:
    """Mondays to Fridays, from `first` on."""
    ahead = (first + timedelta(days=days) for days in count())
    return (day for day in ahead if day.isoweekday() <= FRIDAY)


_DAYS_OF = {WEEKLY: _weekdays, MONTHLY: _month_days, WORKDAYS: _workdays}
