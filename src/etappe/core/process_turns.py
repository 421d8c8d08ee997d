"""Whose turn it was while deals stood in a stage: what waited for us, and what still lacked.

Two waits can be told from the records: the buyer had acted and nobody had kept it yet, and everything the stage asks
was there and nobody had moved the deal on. All other time something lacked; how much of that was our work and how much
the buyer's own time is recorded nowhere, and is not guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final

from etappe.core.evidence import Kind, counts_as
from etappe.core.process import Basis, Phase, Process, Stage, Status, is_met
from etappe.core.process_past import Course, Shown, Step
from etappe.core.proportion import ratio

MINIMUM: Final = 20
"""Deals below which no share is given."""
_DAY: Final = 86_400
_OURS: Final = (Kind.CALL_NOTE, Kind.SOURCE)
"""Evidence that is no act of the buyer's."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Stay:
    """Days of one deal in a stage, and for how many of them an act of the buyer, or the move itself, waited for us."""

    deal: int
    days: float
    unkept: float
    unmoved: float

    @property
    def waited(self) -> float:
        """Days that waited for us."""
        return min(self.days, self.unkept + self.unmoved)


@dataclass(frozen=True)
class Turns:
    """A stage over all deals: `share` of the days in it that waited for us, with the 95 % interval; None for too few.

    `days` is the median of a stay; `unkept` and `unmoved` are the two parts of the share.
    """

    stage: str
    n: int
    days: float | None
    share: float | None
    interval: tuple[float, float] | None
    unkept: float | None
    unmoved: float | None
    deals: tuple[tuple[int, float], ...]
    """The deals that waited for us, with the days, the longest first."""


def turns(process: Process, courses: Iterable[Course], until: datetime) -> tuple[Turns, ...]:
    """Each stage before the order; stays that began by import, or that ended without any time, are left out."""
    stays: dict[str, list[Stay]] = defaultdict(list)
    for course in courses:
        for key, stay in _stays(course, until):
            stays[key].append(stay)
    return tuple(_turns(stage.key, stays[stage.key]) for stage in process.stages if stage.phase is not Phase.KEEP)


def _turns(stage: str, stays: list[Stay]) -> Turns:
    by_deal: dict[int, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for stay in stays:
        waited, days = by_deal[stay.deal]
        by_deal[stay.deal] = waited + stay.waited, days + stay.days
    n, whole = len(by_deal), sum(stay.days for stay in stays)
    waits = sorted(((deal, waited) for deal, (waited, _days) in by_deal.items() if waited), key=lambda pair: -pair[1])
    if n < MINIMUM or not whole:
        return Turns(stage, n, None, None, None, None, None, tuple(waits))
    parts, wholes = zip(*by_deal.values(), strict=True)
    share, interval = ratio(parts, wholes, [1] * n)
    unkept = min(share, sum(stay.unkept for stay in stays) / whole)
    return Turns(stage, n, median(wholes), share, interval, unkept, share - unkept, tuple(waits))


def _stays(course: Course, until: datetime) -> Iterator[tuple[str, Stay]]:
    ends = [step.at for step in course.steps[1:]] + [until]
    for step, end in zip(course.steps, ends, strict=True):
        if step.status is not Status.OPEN or step.basis is Basis.IMPORTED or step.stage not in step.process.order:
            continue
        span = step.at, min(end, until)
        if span[0] < span[1]:
            yield step.stage, _stay(course, step, span)


def _stay(course: Course, step: Step, span: Span) -> Stay:
    unkept = _joined(_late(course.shown, span))
    ready = _ready(course, step.process.stage(step.stage), span)
    unmoved = [] if ready is None else [(ready, span[1])]
    both = _days(_joined([*unkept, *unmoved]))
    return Stay(course.deal, _days([span]), _days(unkept), both - _days(unkept))


def _late(shown: Iterable[Shown], span: Span) -> Iterator[Span]:
    """From an act of the buyer until it was kept, as far as it lies within the stay."""
    for each in shown:
        theirs = counts_as(each.held.kind, each.held.provenance) not in _OURS
        if theirs and each.happened is not None:
            begins, ends = max(each.happened, span[0]), min(each.since, span[1])
            if begins < ends:
                yield begins, ends


def _ready(course: Course, stage: Stage, span: Span) -> datetime | None:
    """From when on all that the stage requires was there; None where it asks nothing or something lacked to the end."""
    if not stage.required:
        return None
    moments = sorted({span[0], *(each.since for each in course.shown if span[0] < each.since < span[1])})
    for moment in moments:
        held = course.held_at(moment)
        if all(is_met(stage, criterion, held) for criterion in stage.required):
            return moment
    return None


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The same time, each moment once."""
    joined: list[Span] = []
    for begins, ends in sorted(spans):
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], ends)
        else:
            joined.append((begins, ends))
    return joined


def _days(spans: Iterable[Span]) -> float:
    return sum((ends - begins).total_seconds() for begins, ends in spans) / _DAY
