"""Working time: Monday to Friday, 8 to 18 on the clock of the workspace.

Moments become a number of working seconds that only grows, so that the working time between two of them is a
subtraction, on every engine that figures are asked of.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

OPENS, CLOSES = 8, 18
HOUR: Final = 3600
DAY: Final = (CLOSES - OPENS) * HOUR
"""Working seconds of a working day."""
WEEKDAYS: Final = 5
_FIRST = datetime(1970, 1, 1, tzinfo=UTC).date().toordinal()
TO_MONDAY: Final = 3
"""1970-01-01 was a Thursday: its week began so many days before."""


def worked(moment: datetime, zone: str) -> int:
    """Working seconds from 1970-01-01 to a moment, from 1990 on; nights and weekends add none.

    A day has its ten hours also where the clock is put forward or back: that happens at night.

    >>> friday, monday = datetime(2026, 3, 6, 16, 0, tzinfo=UTC), datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
    >>> (worked(monday, "Europe/Berlin") - worked(friday, "Europe/Berlin")) / HOUR
    2.5
    >>> saturday = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
    >>> worked(saturday, "UTC") - worked(friday, "UTC") == 2 * HOUR
    True
    """
    local = moment.astimezone(ZoneInfo(zone))
    weeks, weekday = divmod(local.date().toordinal() - _FIRST + TO_MONDAY, 7)
    before = weeks * WEEKDAYS + min(weekday, WEEKDAYS) - TO_MONDAY
    since = local.hour * HOUR + local.minute * 60 + local.second - OPENS * HOUR
    today = max(0, min(since, DAY)) if weekday < WEEKDAYS else 0
    return before * DAY + today


def later(moment: datetime, seconds: int, zone: str) -> datetime:
    """The moment by which so many working seconds more have passed; the first such moment.

    >>> friday = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
    >>> later(friday, 2 * HOUR + HOUR // 2, "Europe/Berlin")
    datetime.datetime(2026, 3, 9, 8, 30, tzinfo=datetime.timezone.utc)
    >>> later(friday, HOUR, "Europe/Berlin").isoformat()
    '2026-03-06T17:00:00+00:00'
    """
    if seconds <= 0:
        return moment
    days, rest = divmod(worked(moment, zone) + seconds - 1, DAY)
    weeks, weekday = divmod(days + TO_MONDAY, WEEKDAYS)
    day = date.fromordinal(_FIRST + weeks * 7 + weekday - TO_MONDAY)
    opens = datetime.combine(day, time(OPENS), ZoneInfo(zone))
    return (opens + timedelta(seconds=rest + 1)).astimezone(UTC)
