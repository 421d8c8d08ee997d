"""Kinds of journal entries about goals, commitments and mails of figures.

`goal`, `commitment` and `subscription` are uids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from etappe.core.kinds import Created, Edited, JournalKind


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


@dataclass(frozen=True)
class SubscriptionMade(Created):
    """A colleague asked to be mailed a figure every week or month."""

    name: ClassVar[str] = "subscription.made"
    personal: ClassVar[tuple[str, ...]] = ()
    subscription: str
    whose: str


@dataclass(frozen=True)
class SubscriptionChanged(Edited):
    """Such a mail comes at another time."""

    name: ClassVar[str] = "subscription.changed"
    personal: ClassVar[tuple[str, ...]] = ()
    subscription: str
    whose: str
    figure: str


@dataclass(frozen=True)
class SubscriptionEnded(JournalKind):
    """Such a mail comes no longer; `by_link` if the link in a mail ended it, which needs no sign-in."""

    name: ClassVar[str] = "subscription.ended"
    subscription: str
    whose: str
    figure: str
    ended_at: str
    by_link: bool = False

    def after(self) -> dict[str, Any]:
        return {"ended_at": self.ended_at}
