"""Kinds of journal entries about goals. `goal` is a uid."""

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
