"""Kinds of journal entries about imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from etappe.core.kinds import JournalKind


@dataclass(frozen=True)
class ImportFinished(JournalKind):
    """An import run ended; counts are rows of the source by what became of them."""

    name: ClassVar[str] = "import.finished"
    run: str
    files: list[str]
    created: int
    changed: int
    unchanged: int
    rejected: int


@dataclass(frozen=True)
class ImportUndone(JournalKind):
    """An import was taken back: records put into the recycle bin, records restored, and what stays."""

    name: ClassVar[str] = "import.undone"
    run: str
    archived: int
    restored: int
    stays: int
