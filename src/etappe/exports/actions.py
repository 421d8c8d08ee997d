"""Asking for an archive, giving it up, and what the journal is told of it."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.kinds.exports import WorkspaceExported
from etappe.exports.models import Export
from etappe.exports.write import Report, Summary, write_archive
from etappe.journal.record import action, record
from etappe.team.access import require

Defer = Callable[[str], Any]
"""Hands the export's uid to the job process."""

KEPT = timedelta(hours=24)
"""How long an archive may be fetched."""
SILENT = timedelta(minutes=2)
"""After this long without progress an export counts as interrupted."""
AT_WORK = ("queued", "running")


def write_now(path: Path, *, report: Report, actor: Actor, at: datetime) -> Summary:
    """Write everything into a new file that nobody else may read. The journal says who did, and what it came to."""
    require(actor, "exports.run")
    summary, sha256 = written(path, at, report)
    tell(summary, sha256, actor=actor, at=at)
    return summary


def written(path: Path, at: datetime, report: Report) -> tuple[Summary, str]:
    """Write the archive into a new file; returns what it holds, and its digest."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
        summary = write_archive(out, at, report)
    return summary, digest_of(path)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@action
def tell(summary: Summary, sha256: str, *, actor: Actor, at: datetime) -> None:
    """Put down that everything was exported."""
    record(WorkspaceExported(rows=summary.rows, files=summary.files, sha256=sha256), actor=actor, at=at)


def file_of(uid: uuid.UUID) -> Path:
    """Where the archive of an export lies."""
    return Path(settings.EXPORTS) / f"{uid}.zip"


@action
def ask(*, then: Defer, actor: Actor, at: datetime) -> uuid.UUID:
    """Have everything written into an archive; returns the export's uid. Refuses while another one is at work."""
    require(actor, "exports.run")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('etappe exports'))")
    Export.objects.filter(state__in=AT_WORK, moved_at__lt=at - SILENT).update(state="failed", finished_at=at)
    if Export.objects.filter(state__in=AT_WORK).exists():
        raise Refusal("export_is_busy")
    export = Export.objects.create(uid=uuid.uuid4(), started_by_id=actor.id, created_at=at, moved_at=at)
    then(str(export.uid))
    return uuid.UUID(str(export.uid))


@action
def cancel(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Stop an export that is at work, and forget one that is over: its archive is deleted."""
    require(actor, "exports.run")
    export = Export.objects.select_for_update().filter(uid=uid).first()
    if export is None:
        raise Missing
    if export.state == "running" and export.moved_at >= at - SILENT:
        export.cancel_asked = True
    else:
        path = file_of(export.uid)
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
        export.state, export.finished_at = "gone" if export.state == "done" else "cancelled", at
    export.save(update_fields=["cancel_asked", "state", "finished_at"])


@action
def finish(uid: uuid.UUID, summary: Summary, sha256: str, *, actor: Actor, at: datetime) -> None:
    """The archive is there, and may be fetched for a day."""
    size = file_of(uid).stat().st_size
    rows = summary.rows
    Export.objects.filter(uid=uid).update(
        state="done", finished_at=at, moved_at=at, expires_at=at + KEPT, size=size, sha256=sha256, rows_done=rows,
        rows_total=rows,
    )  # fmt: skip
    tell(summary, sha256, actor=actor, at=at)


@action
def end(uid: uuid.UUID, state: str, *, actor: Actor, at: datetime) -> None:
    """Note that nothing came of an export, and leave no file behind."""
    del actor
    file_of(uid).unlink(missing_ok=True)
    Export.objects.filter(uid=uid).update(state=state, finished_at=at, moved_at=at)


@action
def drop_expired(*, actor: Actor, at: datetime) -> int:
    """Delete archives that nobody may fetch any more, and what interrupted ones left; returns how many files."""
    del actor
    Export.objects.filter(state="done", expires_at__lte=at).update(state="gone")
    keep = {str(uid) for uid in Export.objects.filter(state__in=("done", *AT_WORK)).values_list("uid", flat=True)}
    place = Path(settings.EXPORTS)
    old = [path for path in place.iterdir() if path.name.split(".")[0] not in keep] if place.is_dir() else []
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
