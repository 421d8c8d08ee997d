"""Kinds of journal entries about goals and commitments. `goal` and `commitment` are uids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from etappe.core.kinds import Created, Edited


@dataclass(frozen=True)
class GoalSet(Created):
    """A goal was set for a colleague or a team."""

    name: ClassVar[str] = "goal.set"
    personal: ClassVar[tuple[str, ...]] = ()
    goal: str
    whose: str


@dataclass(frozen=True)
class GoalChanged(Edited):
    """A goal was changed, or taken away (no target any more)."""

    name: ClassVar[str] = "goal.changed"
    personal: ClassVar[tuple[str, ...]] = ()
    goal: str
    whose: str


@dataclass(frozen=True)
class CommitmentMade(Created):
    """A colleague said what they will win in a month; without an amount they took back what they had said."""

    name: ClassVar[str] = "commitment.made"
    personal: ClassVar[tuple[str, ...]] = ()
    commitment: str
    whose: str


@dataclass(frozen=True)
class CommitmentChanged(Edited):
    """A colleague said another amount for a month on the same day."""

    name: ClassVar[str] = "commitment.changed"
    personal: ClassVar[tuple[str, ...]] = ()
    commitment: str
    whose: str
