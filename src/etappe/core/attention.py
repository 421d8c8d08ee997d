"""Which open deals need attention, and why: from plain values, and from what won deals were like.

Four things are said: the buyer has been silent for longer than nine in ten won deals ever were; a date that was agreed
with the buyer has passed; the deal is past its own expected order date; nothing is agreed at all. That a deal is old is
none of them. A deal that rests until a date the buyer named raises nothing until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

SHARE = 0.9
MINIMUM = 20
"""Won deals with acts by the buyer that a limit needs; below it nothing is said about silence."""
ACT = 3
"""The strength from which evidence is an act by the buyer: done or written by them (`core.evidence.Strength`)."""


class Why(StrEnum):
    """What needs attention."""

    SILENT = "silent"
    TARGET = "target"
    STEP = "step"
    ORDER = "order"
    LOOSE = "loose"


@dataclass(frozen=True)
class Limit:
    """How long nine in ten of `n` won deals were silent at most; of one process, or (empty) of all."""

    days: int
    n: int
    process: str
    as_of: date


@dataclass(frozen=True)
class Limits:
    """The limits of a day. `n` is how many won deals there were to measure."""

    as_of: date
    n: int = 0
    whole: Limit | None = None
    by_process: Mapping[str, Limit] = field(default_factory=dict)

    def of(self, process: str) -> Limit | None:
        """The limit for deals of a process: its own if enough of its deals were won, else that of all."""
        return self.by_process.get(process, self.whole)


@dataclass(frozen=True)
class Standing:
    """What is looked at in a deal. `acted_on` is the day of the buyer's last act, `seen_since` when we began to see."""

    process: str
    is_open: bool
    seen_since: date
    acted_on: date | None = None
    rests_until: date | None = None
    target_on: date | None = None
    step_on: date | None = None
    order_on: date | None = None


@dataclass(frozen=True)
class Reason:
    """Why a deal needs attention: since when, and for silence against which limit."""

    why: Why
    since: date | None = None
    days: int = 0
    limit: Limit | None = None


def measured(gaps: Iterable[tuple[str, int, int]], as_of: date) -> Limits:
    """The limits from `(process, longest silence in days, deals)`; a process needs enough won deals of its own.

    >>> found = measured([("a", day, 1) for day in range(1, 21)] + [("b", 90, 2)], date(2026, 3, 2))
    >>> found.n, found.of("a").days, found.of("b").days, found.of("b").process
    (22, 18, 20, '')
    >>> measured([("a", 5, 19)], date(2026, 3, 2)).of("a") is None
    True
    """
    rows = list(gaps)
    processes = sorted({process for process, _gap, _deals in rows})
    own = {
        key: _limit(key, [(gap, deals) for process, gap, deals in rows if process == key], as_of) for key in processes
    }
    whole = _limit("", [(gap, deals) for _process, gap, deals in rows], as_of)
    known = {key: limit for key, limit in own.items() if limit is not None}
    return Limits(as_of, sum(deals for _process, _gap, deals in rows), whole, known)


def _limit(process: str, gaps: list[tuple[int, int]], as_of: date) -> Limit | None:
    n = sum(deals for _gap, deals in gaps)
    if n < MINIMUM:
        return None
    reached = 0
    for gap, deals in sorted(gaps):
        reached += deals
        if reached >= SHARE * n - 1e-9:
            return Limit(gap, n, process, as_of)
    return None


def silent_since(deal: Standing, today: date) -> date:
    """The day since which nothing came from the buyer. A rest that is over was their word, and counts as one.

    Where no act was ever recorded, silence begins when we began to see the deal: what was not recorded before an import
    is no silence of the buyer.
    """
    rested = deal.rests_until if deal.rests_until is not None and deal.rests_until <= today else None
    heard = deal.acted_on if deal.acted_on is not None else deal.seen_since
    return max(heard, rested) if rested else heard


def is_resting(deal: Standing, today: date) -> bool:
    """Whether the deal waits until a date the buyer named."""
    return deal.rests_until is not None and deal.rests_until > today


def reasons(deal: Standing, limits: Limits, today: date) -> tuple[Reason, ...]:
    """Why the deal needs attention, the gravest first; nothing for one that is closed or rests."""
    if not deal.is_open or is_resting(deal, today):
        return ()
    dates = ((Why.TARGET, deal.target_on), (Why.STEP, deal.step_on), (Why.ORDER, deal.order_on))
    passed = [Reason(why, day, (today - day).days) for why, day in dates if day is not None and day < today]
    loose = [Reason(Why.LOOSE)] if deal.step_on is None else []
    return (*_silence(deal, limits.of(deal.process), today), *passed, *loose)


def _silence(deal: Standing, limit: Limit | None, today: date) -> tuple[Reason, ...]:
    since = silent_since(deal, today)
    days = (today - since).days
    return (Reason(Why.SILENT, since, days, limit),) if limit is not None and days > limit.days else ()


def silent_before(limit: Limit, today: date) -> date:
    """Deals whose buyer was last heard of before this day are silent for longer than the limit."""
    return today - timedelta(days=limit.days)
