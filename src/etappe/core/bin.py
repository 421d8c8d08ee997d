"""The recycle bin: how long what was deleted can be brought back."""

from __future__ import annotations

from datetime import datetime, timedelta

DAYS = 90
"""Days that a deleted record stays in the recycle bin, and that a merge can be undone."""


def kept_since(at: datetime) -> datetime:
    """What was deleted at this moment or later can still be brought back."""
    return at - timedelta(days=DAYS)


def days_left(since: datetime, at: datetime) -> int:
    """Whole days, begun ones counted, until what was deleted at `since` is out of reach.

    >>> from datetime import UTC
    >>> days_left(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC))
    90
    """
    return max(0, -(-(since - kept_since(at)) // timedelta(days=1)))
