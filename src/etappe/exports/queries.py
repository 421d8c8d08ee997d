"""Reading which archives were written, and where they lie."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.exports.actions import AT_WORK, SILENT, file_of
from etappe.exports.models import Export
from etappe.team.access import require

SHOWN = 20
BLOCK = 1 << 18


@dataclass(frozen=True)
class ExportView:
    """An archive. `state` is queued, running, done, cancelled, failed or gone."""

    uid: uuid.UUID
    state: str
    asked_by: str
    created_at: datetime
    moved_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    rows_done: int
    rows_total: int
    size: int
    sha256: str

    @property
    def is_at_work(self) -> bool:
        """Whether there is something to wait for."""
        return self.state in AT_WORK

    def is_silent(self, at: datetime) -> bool:
        """Whether it was interrupted, as it seems."""
        return self.is_at_work and at - self.moved_at > SILENT

    @property
    def share(self) -> int:
        """How much is written, of a hundred."""
        return min(99, 100 * self.rows_done // self.rows_total) if self.rows_total else 0


def exports(viewer: Actor) -> list[ExportView]:
    """The latest exports, newest first."""
    require(viewer, "exports.see")
    return [_view(export) for export in Export.objects.select_related("started_by").order_by("-id")[:SHOWN]]


def get_export(viewer: Actor, uid: uuid.UUID | str) -> ExportView:
    """One of them."""
    require(viewer, "exports.see")
    found = Export.objects.select_related("started_by").filter(uid=uid).first()
    if found is None:
        raise Missing
    return _view(found)


@dataclass(frozen=True)
class Fetched:
    """An archive as it is sent: under which name, how many bytes, and these in blocks."""

    name: str
    size: int
    blocks: Iterator[bytes]


def fetch(viewer: Actor, uid: uuid.UUID | str, at: datetime) -> Fetched:
    """The archive, while it may be fetched."""
    found = get_export(viewer, uid)
    path = file_of(found.uid)
    if found.state != "done" or found.expires_at is None or found.expires_at <= at or not path.is_file():
        raise Missing
    return Fetched(f"etappe-{found.created_at:%Y-%m-%d}.zip", found.size, _blocks(path))


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _view(export: Export) -> ExportView:
    names = (
        "state",
        "created_at",
        "moved_at",
        "finished_at",
        "expires_at",
        "rows_done",
        "rows_total",
        "size",
        "sha256",
    )
    by = export.started_by.name if export.started_by else ""
    return ExportView(uid=uuid.UUID(str(export.uid)), asked_by=by, **{name: getattr(export, name) for name in names})
