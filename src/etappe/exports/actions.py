"""Writing an archive at once, and what the journal is told of it."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

from etappe.core.actor import Actor
from etappe.core.kinds.exports import WorkspaceExported
from etappe.exports.write import Report, Summary, write_archive
from etappe.journal.record import action, record
from etappe.team.access import require


def write_now(path: Path, *, report: Report, actor: Actor, at: datetime) -> Summary:
    """Write everything into a new file that nobody else may read. The journal says who did, and what it came to."""
    require(actor, "exports.run")
    with open(path, "xb", opener=_private) as out:
        summary = write_archive(out, at, report)
    tell(summary, digest_of(path), actor=actor, at=at)
    return summary


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@action
def tell(summary: Summary, sha256: str, *, actor: Actor, at: datetime) -> None:
    """Put down that everything was exported."""
    record(WorkspaceExported(rows=summary.rows, files=summary.files, sha256=sha256), actor=actor, at=at)
