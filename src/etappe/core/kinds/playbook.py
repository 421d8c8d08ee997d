"""Kinds of journal entries about processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from etappe.core.kinds import JournalKind


@dataclass(frozen=True)
class ProcessPublished(JournalKind):
    """A version of a process was published; it never changes again."""

    name: ClassVar[str] = "process.published"
    process: str
    number: int
    sha256: str
    stages: int


@dataclass(frozen=True)
class ProcessMadeDefault(JournalKind):
    """New deals start on this process."""

    name: ClassVar[str] = "process.made_default"
    process: str
