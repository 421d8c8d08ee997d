"""How deals went through their process: the steps they took, and what they could show at each moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from etappe.core.process import WON, Basis, Held, Process, Status

GATED = (Basis.EVIDENCE, Basis.OVERRIDE)
"""What a move forward rests on where the gate was asked."""


@dataclass(frozen=True)
class Shown:
    """A piece of evidence in time: kept `since`, and held no more `until` (withdrawn or rejected)."""

    held: Held
    since: datetime
    until: datetime | None = None
    happened: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it could be shown at this moment."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Step:
    """A deal's stay in a stage and status, from `at` on, and what it was entered on."""

    process: Process
    stage: str
    status: Status
    basis: Basis
    at: datetime
    left: datetime | None = None


@dataclass(frozen=True)
class Course:
    """How one deal went. `won` is None while it is open; `ended` is when it was decided."""

    deal: int
    won: bool | None
    ended: datetime | None
    steps: tuple[Step, ...]
    shown: tuple[Shown, ...]

    def held_at(self, at: datetime) -> tuple[Held, ...]:
        """What it could show at this moment."""
        return tuple(each.held for each in self.shown if each.holds(at))


@dataclass(frozen=True)
class Move:
    """A move forward: out of a stage into a later one, or into `won`. `into` is the process that `to` belongs to."""

    process: Process
    stage: str
    into: Process
    to: str
    basis: Basis
    at: datetime


def moves(course: Course) -> Iterator[Move]:
    """The moves forward of a deal, without those that were taken back at once."""
    undone = {place - 1 for place, step in enumerate(course.steps) if step.basis is Basis.UNDO}
    for place, (before, after) in enumerate(pairwise(course.steps), start=1):
        goes_on = after.basis in (*GATED, Basis.IMPORTED) and after.status in (Status.OPEN, Status.WON)
        if goes_on and before.status is Status.OPEN and place not in undone:
            to = WON if after.status is Status.WON else after.stage
            yield Move(before.process, before.stage, after.process, to, after.basis, after.at)
