"""Kinds of journal entries about exports of everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from etappe.core.kinds import JournalKind


@dataclass(frozen=True)
class WorkspaceExported(JournalKind):
    """Everything was written into an archive; `sha256` is that of the file."""

    name: ClassVar[str] = "workspace.exported"
    rows: int
    files: int
    sha256: str


@dataclass(frozen=True)
class WorkspaceLoaded(JournalKind):
    """An archive was loaded into this workspace, which was empty.

    The archive's entries keep both of their times; the transaction (`xid`) of this entry is theirs too, and says that
    they were recorded elsewhere.
    """

    name: ClassVar[str] = "workspace.loaded"
    rows: int
    files: int
    sha256: str
    taken_at: str
    written_by: str
    entries: int
