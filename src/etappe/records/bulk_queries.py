"""Reading runs of bulk edits: the preview, how far one is, what came of it."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from etappe.core.actor import Actor, Role
from etappe.core.bulk import Changes, Fate, Subject, read_changes
from etappe.core.errors import Missing
from etappe.core.values import formula_safe
from etappe.journal.labels import language
from etappe.records.bulk_rooms import names_of
from etappe.records.models import BulkRow, BulkRun

AT_WORK = ("queued", "running", "undoing")
UNDO_DAYS = 90
SILENT = timedelta(minutes=2)
"""After this long without progress a run counts as interrupted."""

SHOWN = 8
"""First rows of each fate that a preview shows."""

LISTED = 50
"""Runs that a list shows."""

SLICE = 2000
"""Refused rows that are read at a time."""


@dataclass(frozen=True)
class Reason:
    """Why records were refused or left as they are, in the reader's language, and how many."""

    code: str
    params: Mapping[str, Any]
    what: str
    missing: tuple[str, ...]
    way_out: str
    count: int


@dataclass(frozen=True)
class Row:
    """One record of a preview; `changed` is column to [before, after] as the journal keeps it."""

    uid: uuid.UUID
    name: str
    fate: Fate
    changed: Mapping[str, Sequence[Any]]
    reason: Reason | None


@dataclass(frozen=True)
class Preview:
    """What would become of the records: how many of each fate, the first rows of each, and the reasons."""

    counts: Mapping[str, int]
    rows: tuple[Row, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class BulkView:
    """A run as page, API and terminal show it."""

    id: int
    uid: uuid.UUID
    subject: Subject
    state: str
    where: str
    is_cut: bool
    changes: Changes | None
    preview: Preview | None
    counts: Mapping[str, int]
    undo_counts: Mapping[str, int]
    reasons: tuple[Reason, ...]
    change_id: uuid.UUID
    error: Mapping[str, Any] | None
    rows_total: int
    rows_done: int
    done_before: int
    created_at: datetime
    started_at: datetime | None
    moved_at: datetime | None
    finished_at: datetime | None
    started_by: int

    @property
    def is_at_work(self) -> bool:
        """Whether it is being carried out or taken back."""
        return self.state in AT_WORK

    @property
    def work(self) -> tuple[int, int]:
        """Records done, and how many there are to do."""
        if self.state == "undoing":
            return sum(self.undo_counts.values()), self.counts.get(Fate.CHANGED, 0)
        return self.rows_done, self.rows_total

    def can_be_undone(self, at: datetime) -> bool:
        """Whether there is something to take back, and time for it."""
        is_over = self.state in ("done", "cancelled", "failed")
        in_time = self.finished_at is None or at - self.finished_at <= timedelta(days=UNDO_DAYS)
        left = self.counts.get(Fate.CHANGED, 0) > sum(self.undo_counts.values())
        return is_over and in_time and left


def get_bulk(viewer: Actor, uid: uuid.UUID | str) -> BulkView:
    """A run by its uid: one's own; administrators see all."""
    return view_of(found(viewer, uid))


def found(viewer: Actor, uid: uuid.UUID | str) -> BulkRun:
    """The run's row, for this room."""
    try:
        key = uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    except ValueError:
        raise Missing from None
    run = BulkRun.objects.filter(uid=key).first()
    if run is None or not (run.started_by_id == viewer.id or viewer.role is Role.ADMINISTRATOR):
        raise Missing
    return run


def someone_waits() -> bool:
    """Whether a bulk edit is at work, at whose page somebody is looking."""
    return BulkRun.objects.filter(state__in=AT_WORK).exists()


def silent(at: datetime) -> list[str]:
    """The uids of runs at work that have not moved for a while: their process was killed."""
    runs = BulkRun.objects.filter(state__in=AT_WORK, moved_at__lt=at - SILENT)
    return [str(uid) for uid in runs.values_list("uid", flat=True)]


def bulks(viewer: Actor) -> list[BulkView]:
    """The newest runs that were started, newest first: one's own; administrators see all."""
    runs = BulkRun.objects.exclude(state__in=("draft", "ready")).order_by("-id")
    mine = runs if viewer.role is Role.ADMINISTRATOR else runs.filter(started_by=viewer.id)
    return [view_of(run) for run in mine.defer("preview")[:LISTED]]


def view_of(run: BulkRun) -> BulkView:
    """The run as a value."""
    subject = Subject(run.subject)
    plain = (
        "id", "uid", "state", "where", "is_cut", "counts", "undo_counts", "change_id", "error", "rows_total",
        "rows_done", "done_before", "created_at", "started_at", "moved_at", "finished_at",
    )  # fmt: skip
    return BulkView(
        **{name: getattr(run, name) for name in plain},
        subject=subject,
        changes=read_changes(subject, run.changes) if run.changes else None,
        preview=_preview(run.preview) if "preview" not in run.get_deferred_fields() and run.preview else None,
        reasons=tuple(map(_reason, run.reasons)),
        started_by=run.started_by_id,
    )


def _preview(kept: Mapping[str, Any]) -> Preview:
    reasons = tuple(map(_reason, kept["reasons"]))
    rows = (
        Row(
            uuid.UUID(row["uid"]),
            row["name"],
            Fate(row["fate"]),
            row["changed"],
            None if row["reason"] is None else reasons[row["reason"]],
        )
        for row in kept["rows"]
    )
    return Preview(kept["counts"], tuple(rows), reasons)


def _reason(kept: Mapping[str, Any]) -> Reason:
    said = kept["said"].get(language()) or next(iter(kept["said"].values()))
    return Reason(
        kept["code"], kept["params"], said["what"], tuple(said["missing"]), said["way_out"], int(kept["count"])
    )


@dataclass(frozen=True)
class Refused:
    """A record that was not changed, or not put back, and why."""

    uid: uuid.UUID | None
    name: str
    reason: Reason | None
    in_undo: bool


def refused(viewer: Actor, uid: uuid.UUID | str) -> Iterator[Refused]:
    """The records of a run that were refused or gone, and those that were left alone when it was undone."""
    run = found(viewer, uid)
    reasons = [_reason(kept) for kept in run.reasons]
    last = 0
    while rows := _left(run, last):
        last = rows[-1].record
        names = names_of(Subject(run.subject), [row.record for row in rows])
        for row in rows:
            in_undo = row.undone in (Fate.REFUSED, Fate.GONE)
            number = row.undone_reason if in_undo else row.reason
            known = names.get(row.record)
            yield Refused(
                known[0] if known else None,
                known[1] if known else "",
                reasons[number] if number is not None else None,
                in_undo,
            )


def _left(run: BulkRun, after: int) -> list[BulkRow]:
    left = (Fate.REFUSED.value, Fate.GONE.value)
    rows = BulkRow.objects.filter(run=run, record__gt=after)
    return list((rows.filter(fate__in=left) | rows.filter(undone__in=left)).order_by("record")[:SLICE])


def refused_file(viewer: Actor, uid: uuid.UUID | str) -> Iterator[str]:
    """The refused records as CSV (UTF-8), with the reason and the way out; no cell begins like a formula."""
    yield "\ufeff" + _line(["uid", "name", "code", "reason", "missing", "way_out", "when"])
    for row in refused(viewer, uid):
        why = row.reason
        cells = (why.code, why.what, "; ".join(why.missing), why.way_out) if why else ("gone", "", "", "")
        yield _line([str(row.uid or ""), row.name, *cells, "undo" if row.in_undo else "change"])


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([formula_safe(cell) for cell in cells])
    return text.getvalue()
