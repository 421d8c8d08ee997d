"""Reading imports: how far one is, what came of it, what was rejected."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.imports.loaders.base import Setting
from etappe.imports.models import Rejected, Run, Source
from etappe.imports.plan import Plan, from_stored
from etappe.imports.run import COUNTED, totals_of
from etappe.team import queries as team
from etappe.team.access import require

LISTED = 50
"""Runs that a list shows."""
WRITTEN = ("done", "cancelled", "failed")
"""States in which an import is over and what it wrote is here."""


@dataclass(frozen=True)
class Note:
    """Something about rows: a reason for rejecting them, or only worth knowing."""

    code: str
    rejects: bool
    count: int
    examples: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class FileCount:
    """Rows of one file by what became of them."""

    name: str
    kind: str
    created: int
    changed: int
    unchanged: int
    rejected: int
    rows: int


@dataclass(frozen=True)
class LeftOut:
    """A file that was given and not taken, with the code of the refusal that says why, or one of `UNTAKEN`."""

    name: str
    code: str
    params: Mapping[str, Any]


UNTAKEN = ("no_kind", "not_in_map")
"""Why a file was left out that could be read: the map does not say what its rows are, or nothing about it."""


@dataclass(frozen=True)
class RunView:
    """An import as pages, API and terminal show it."""

    uid: uuid.UUID
    source: str
    state: str
    is_dry: bool
    files: tuple[FileCount, ...]
    totals: Mapping[str, int]
    notes: tuple[Note, ...]
    plan: Plan | None
    process: str
    error: Mapping[str, Any] | None
    rows_done: int
    rows_total: int
    share: float
    created_at: datetime
    started_at: datetime | None
    moved_at: datetime | None
    finished_at: datetime | None
    started_by: int | None
    names: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    undone_at: datetime | None = None
    undone: Mapping[str, Any] = field(default_factory=dict)
    first_entry: int | None = None
    last_entry: int | None = None

    @property
    def has_written(self) -> bool:
        """Whether it is over, and something of it is here."""
        return self.state in WRITTEN and self.totals["created"] + self.totals["changed"] > 0


def run_view(run: Run) -> RunView:
    """The run as a value."""
    plan = from_stored(run.plan) if run.plan else None
    return RunView(
        uid=run.uid,
        source=run.source.name if run.source else (plan.source if plan else ""),
        state=run.state,
        is_dry=run.is_dry,
        files=tuple(_file_count(name, run.counts[name]) for name in _in_order(run)),
        totals=totals_of(run.counts),
        notes=tuple(
            Note(code, bool(note["rejects"]), int(note["count"]), note["examples"])
            for code, note in sorted(run.notes.items(), key=lambda pair: -pair[1]["count"])
        ),
        plan=plan,
        process=plan.process if plan else "",
        error=run.error,
        rows_done=run.rows_done,
        rows_total=run.rows_total,
        share=run.share,
        created_at=run.created_at,
        started_at=run.started_at,
        moved_at=run.moved_at,
        finished_at=run.finished_at,
        started_by=run.started_by_id,
        names=tuple(each["name"] for each in run.files),
        left_out=_left_out(run, plan),
        undone_at=run.undone_at,
        undone={what: told for what, told in run.undone.items() if what not in ("by", "entry")},
        first_entry=run.first_entry,
        last_entry=run.last_entry,
    )


def _left_out(run: Run, plan: Plan | None) -> tuple[LeftOut, ...]:
    """The files that were given and that the plan does not take."""
    found = (untaken(each["name"], each.get("refusal"), plan) for each in _given(run) if plan)
    return tuple(each for each in found if each)


def _given(run: Run) -> Sequence[Mapping[str, Any]]:
    """What is known of every file: what looking at them found, or what the terminal told of them."""
    found: Sequence[Mapping[str, Any]] = run.proposal.get("files", ()) or run.proposal.get("given", ())
    return found


def untaken(name: str, refusal: Mapping[str, Any] | None, plan: Plan | None) -> LeftOut | None:
    """Why the plan does not take a file; None where it does."""
    mapped = plan.file(name) if plan else None
    if refusal:
        return LeftOut(name, refusal["code"], refusal["params"])
    if mapped is not None and mapped.kind is not None:
        return None
    return LeftOut(name, UNTAKEN[mapped is None], {})


def _in_order(run: Run) -> list[str]:
    """The names of the files that were taken, as they were given (a sheet follows its workbook)."""
    given = [each["name"] for each in run.files]
    places = {name: at for at, name in enumerate(given)}
    return sorted(run.counts, key=lambda name: (places.get(name, places.get(name.partition("#")[0], 0)), name))


def _file_count(name: str, counts: Mapping[str, Any]) -> FileCount:
    created, changed, unchanged, rejected_rows = (int(counts[each]) for each in COUNTED)
    return FileCount(name, str(counts["kind"]), created, changed, unchanged, rejected_rows, int(counts["rows"]))


def get_run(viewer: Actor, uid: uuid.UUID | str) -> RunView:
    """An import by its uid."""
    return run_view(found(viewer, uid))


def found(viewer: Actor, uid: uuid.UUID | str) -> Run:
    """The run's row, for this room."""
    require(viewer, "imports.see")
    try:
        key = uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    except ValueError:
        raise Missing from None
    run = Run.objects.select_related("source").filter(uid=key).first()
    if run is None:
        raise Missing
    return run


@dataclass(frozen=True)
class Looking:
    """What looking at the files of an import found; `dry` is what trying it gave."""

    files: Sequence[Mapping[str, Any]]
    problems: Sequence[Mapping[str, Any]]
    labels: Mapping[str, str]
    known: str
    dry: Mapping[str, Any] | None
    questions: Sequence[Mapping[str, str]] = ()


def looking(viewer: Actor, uid: uuid.UUID | str) -> Looking:
    """What was found out about the files of an import."""
    shown = found(viewer, uid).proposal
    return Looking(
        shown.get("files", ()),
        shown.get("problems", ()),
        shown.get("labels", {}),
        shown.get("known", ""),
        shown.get("dry"),
        shown.get("questions", ()),
    )


def runs(viewer: Actor) -> list[RunView]:
    """The newest imports, newest first."""
    require(viewer, "imports.see")
    return [run_view(run) for run in Run.objects.select_related("source").order_by("-id")[:LISTED]]


@dataclass(frozen=True)
class RejectedRow:
    """A row that was not taken."""

    file: str
    line: int
    reason: str
    params: Mapping[str, Any]
    cells: Sequence[str | None]


def rejected(viewer: Actor, uid: uuid.UUID | str, file: str) -> Iterator[RejectedRow]:
    """The rejected rows of one file of an import, in their order."""
    run = found(viewer, uid)
    rows = Rejected.objects.filter(run=run, file=file).order_by("line", "id")
    for row in rows.iterator(2000):
        yield RejectedRow(row.file, row.line, row.reason, row.params, row.cells)


def going_through(plan: Plan, actor: Actor, at: datetime) -> Setting:
    """What going through files needs that writes nothing; the source is 0 where nothing came from it yet."""
    source = Source.objects.filter(name=plan.source).values_list("id", flat=True).first() or 0
    workspace = team.workspace()
    return Setting(source, 0, plan, actor, at, workspace.zone, plan.currency or workspace.currency)
