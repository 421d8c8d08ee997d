"""Days, months and quarters in the workspace's zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def local_day(at: datetime, zone: str) -> date:
    """The calendar day of a moment in a zone.

    >>> from datetime import UTC
    >>> local_day(datetime(2026, 10, 25, 23, 30, tzinfo=UTC), "Europe/Berlin").isoformat()
    '2026-10-26'
    """
    return at.astimezone(ZoneInfo(zone)).date()
