"""Kinds of journal entries about processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from etappe.core.kinds import Created, Edited, JournalKind


@dataclass(frozen=True)
class ProcessPublished(JournalKind):
    """A version of a process was published; it never changes again."""

    name: ClassVar[str] = "process.published"
    personal: ClassVar[tuple[str, ...]] = ("reason",)
    process: str
    number: int
    sha256: str
    stages: int
    reason: str = ""


@dataclass(frozen=True)
class ProcessMadeDefault(JournalKind):
    """New deals start on this process."""

    name: ClassVar[str] = "process.made_default"
    process: str


@dataclass(frozen=True)
class DealsTaken(JournalKind):
    """Open deals came to the newest version of their process."""

    name: ClassVar[str] = "process.deals_taken"
    process: str
    number: int
    deals: int
    remap: str


@dataclass(frozen=True)
class DealsTakenBack(JournalKind):
    """Deals that had come to a version went back to theirs; those that had moved since stayed."""

    name: ClassVar[str] = "process.deals_taken_back"
    process: str
    deals: int
    stayed: int
    remap: str


@dataclass(frozen=True)
class ReviewPlanned(JournalKind):
    """The day of the next review of a process was set (or taken off), and who does it."""

    name: ClassVar[str] = "process.review_planned"
    process: str
    review_on: str | None
    user: int | None


@dataclass(frozen=True)
class ReviewHeld(JournalKind):
    """A process was reviewed."""

    name: ClassVar[str] = "process.review_held"
    personal: ClassVar[tuple[str, ...]] = ("result",)
    process: str
    result: str


@dataclass(frozen=True)
class DraftCreated(Created):
    """Somebody began to write a process or its next version."""

    name: ClassVar[str] = "draft.created"
    draft: str


@dataclass(frozen=True)
class DraftEdited(Edited):
    """A draft was saved, published, discarded or taken up again."""

    name: ClassVar[str] = "draft.edited"
    draft: str
