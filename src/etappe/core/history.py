"""How a deal came to where it stands, from what another program tells of its stages.

The rule: the deal's own row says where it stands and when it was closed; a history says only how it got there. Where
the two contradict each other the row counts, and what the history said otherwise is counted and shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from etappe.core.process import Status

SAME_TIME = timedelta(days=1)
"""A closing day without a time of day and the moment in a history are one event if they lie no further apart."""

TWO_AT_ONCE = "history_two_at_once"
ENDS_ELSEWHERE = "history_ends_elsewhere"
AFTER_CLOSING = "history_after_present"


class Told(NamedTuple):
    """One row of a history: the deal entered this place at this time. `stage` is empty for one that was lost."""

    at: datetime
    stage: str
    status: Status
    before: tuple[str, Status] | None = None


class Stay(NamedTuple):
    """A stay that is over."""

    stage: str
    status: Status
    entered: datetime


@dataclass(frozen=True)
class Present:
    """Where the deal stands as its own row says. `is_dated` says that the row names the day it came there.

    `seen` is the data's last day: an open deal stood there at the latest then.
    """

    stage: str
    status: Status
    since: datetime
    is_dated: bool
    began: datetime | None = None
    seen: datetime | None = None


@dataclass(frozen=True)
class Way:
    """The stays before the present one, since when that is, and what did not fit (codes)."""

    stays: tuple[Stay, ...]
    since: datetime
    notes: tuple[str, ...] = ()


def way_of(told: Sequence[Told], present: Present) -> Way:
    """The stays that rows in the order they were given make, up to where the deal stands.

    Of two rows at one moment the later given counts; a stage that is entered twice in a row is one stay.

    >>> from datetime import UTC
    >>> day = lambda n: datetime(2026, 1, n, tzinfo=UTC)
    >>> rows = [Told(day(5), "b", Status.OPEN), Told(day(2), "a", Status.OPEN)]
    >>> way = way_of(rows, Present("b", Status.OPEN, day(9), is_dated=False))
    >>> [stay.stage for stay in way.stays], way.since.day, way.notes
    (['a'], 5, ())
    """
    notes: list[str] = []
    steps = _placed(_in_order(told, notes), present)
    since = present.since
    if steps:
        since = _since(steps, present, notes)
    kept = [
        stay for stay in steps if stay.entered < since or (stay.entered == since and not _is_present(stay, present))
    ]
    if len(kept) < sum(1 for stay in steps if not _is_present(stay, present)):
        notes.append(AFTER_CLOSING)
    stays = _without_repeats(kept)
    if stays and _is_present(stays[-1], present):
        stays.pop()
    return Way(tuple(stays), since, tuple(notes))


def _in_order(told: Sequence[Told], notes: list[str]) -> list[Told]:
    """By time; of several at one moment that say different things, the one given last."""
    by_moment: dict[datetime, Told] = {}
    for row in told:
        other = by_moment.get(row.at)
        if other is not None and (other.stage, other.status) != (row.stage, row.status):
            notes.append(TWO_AT_ONCE)
        by_moment[row.at] = row
    return [by_moment[at] for at in sorted(by_moment)]


def _placed(rows: Sequence[Told], present: Present) -> list[Stay]:
    """The stays with their stages: a deal was lost in the stage it was in."""
    stays: list[Stay] = []
    for row in rows:
        if not stays and row.before is not None and present.began is not None and present.began < row.at:
            stays.append(Stay(row.before[0] or present.stage, row.before[1], present.began))
        stage = row.stage or (stays[-1].stage if stays else present.stage)
        stays.append(Stay(stage, row.status, row.at))
    return _without_repeats(stays)


def _without_repeats(stays: Sequence[Stay]) -> list[Stay]:
    kept: list[Stay] = []
    for stay in stays:
        if not kept or kept[-1][:2] != stay[:2]:
            kept.append(stay)
    return kept


def _is_present(stay: Stay, present: Present) -> bool:
    """Whether a stay is where the deal stands; a closed deal stands in its way of being closed, whatever its stage."""
    if present.status is not Status.OPEN:
        return stay.status is present.status
    return stay.status is Status.OPEN and stay.stage == present.stage


def _since(steps: Sequence[Stay], present: Present, notes: list[str]) -> datetime:
    """When the deal came to where it stands."""
    last = steps[-1]
    if _is_present(last, present):
        is_close = abs(last.entered - present.since) <= SAME_TIME
        return last.entered if present.status is Status.OPEN or is_close else present.since
    if present.status is Status.OPEN or not any(_is_present(step, present) for step in steps):
        notes.append(ENDS_ELSEWHERE)
    if present.status is Status.OPEN and not present.is_dated:
        return max(last.entered, present.seen or present.since)
    return present.since
