"""Imports over the API: give files, see what would become of them, carry out, resume, cancel, undo."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from etappe.api.signin import Caller
from etappe.core.errors import Missing
from etappe.imports import actions, background, queries
from etappe.imports.export import rejected_file
from etappe.imports.jobs import WAYS
from etappe.imports.plan import as_data
from etappe.imports.texts import left_out, reason
from etappe.imports.undo import begin_undo
from etappe.records.duplicates import likely_since

router = Router(tags=["imports"])


class CountsOut(Schema):
    """Rows by what became of them; they add up to `rows`."""

    created: int
    changed: int
    unchanged: int
    rejected: int
    rows: int


class FileCountOut(CountsOut):
    """The same for one file; `number` is its place in the addresses of rejected rows."""

    number: int
    name: str
    kind: str


class NoteOut(Schema):
    """Something about rows: why some were rejected, or worth knowing of others; the text in the caller's language."""

    code: str
    rejects: bool
    count: int
    text: str
    examples: list[dict[str, Any]]


class ErrorOut(Schema):
    """Why an import ended."""

    code: str
    params: dict[str, Any]


class ImportOut(Schema):
    """An import, its state (`looking` to `undone`), and the `share` of the work that is behind it, from 0 to 1."""

    uid: uuid.UUID
    source: str
    state: str
    is_dry: bool
    names: list[str]
    totals: CountsOut
    rows_done: int
    rows_total: int
    share: float
    error: ErrorOut | None
    created_at: datetime
    started_at: datetime | None
    moved_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None


class QuestionOut(Schema):
    """A row that matches a record here and waits for a decision, to be written into the map under its `key`."""

    kind: str
    key: str
    name: str
    uid: uuid.UUID
    here: str


class TriedOut(Schema):
    """What trying it without writing gave."""

    totals: CountsOut
    files: list[FileCountOut]
    notes: list[NoteOut]


class LikelyOut(Schema):
    """Pairs of likely duplicates found since the import began; while it `is_looking` there may be more."""

    found: int
    or_more: bool
    is_looking: bool
    by_subject: dict[str, int]


class LeftOutOut(Schema):
    """A file that was given and not taken, with the reason in the caller's language."""

    name: str
    code: str
    text: str


class ImportDetailOut(ImportOut):
    """An import with its map, what stands out in its files, and what came of it."""

    files: list[FileCountOut]
    notes: list[NoteOut]
    left_out: list[LeftOutOut]
    map: dict[str, Any] | None
    problems: list[NoteOut]
    questions: list[QuestionOut]
    tried: TriedOut | None
    undone: dict[str, Any]
    likely_duplicates: LikelyOut | None


class ReadingIn(Schema):
    """How a file is to be read where that was made out wrongly; `header_row` from 1, 0 for none."""

    encoding: str = Field(default="", max_length=40)
    delimiter: str = Field(default="", max_length=4)
    header_row: int | None = Field(default=None, ge=0, le=1000)


class MapIn(Schema):
    """One of: a map as `map` of an import or a saved file has it; a saved map by name; how files are to be read."""

    map: dict[str, Any] | None = None
    preset: str = Field(default="", max_length=200)
    readings: dict[str, ReadingIn] = Field(default={}, max_length=100)


class StartIn(Schema):
    """Whether it is only to be tried: everything is done and taken back."""

    dry: bool = False


@router.get("/imports", response=list[ImportOut])
def list_imports(request: Caller) -> Any:
    """The newest imports, newest first."""
    return [_brief(run) for run in queries.runs(request.actor)]


@router.post("/imports", response={201: ImportOut})
def give_files(request: Caller, files: File[list[UploadedFile]]) -> Status[Any]:
    """Give the files of an import, all that belong together. They are looked at; nothing is written yet."""
    given = [(each.name or "?", iter(each.chunks())) for each in files]
    uid = background.upload(given, then=WAYS.look, actor=request.actor, at=request.at)
    return Status(201, _brief(queries.get_run(request.actor, uid)))


@router.get("/imports/{uid}", response=ImportDetailOut)
def get_import(request: Caller, uid: uuid.UUID) -> dict[str, Any]:
    """An import: its map and problems once it is ready, how far it is, what came of it."""
    return _whole(request, uid)


@router.post("/imports/{uid}/map", response={202: ImportOut})
def map_import(request: Caller, uid: uuid.UUID, body: MapIn) -> Status[Any]:
    """Take another map, or read files in another way; all rows are gone through again."""
    if body.preset:
        background.use_preset(uid, _preset(body.preset), then=WAYS.look, actor=request.actor, at=request.at)
    elif body.map is not None:
        background.use_map(uid, body.map, then=WAYS.look, actor=request.actor, at=request.at)
    else:
        readings = {name: reading.model_dump() for name, reading in body.readings.items()}
        background.read_anew(uid, readings, then=WAYS.look, actor=request.actor, at=request.at)
    return Status(202, _brief(queries.get_run(request.actor, uid)))


def _preset(text: str) -> uuid.UUID | str:
    try:
        return uuid.UUID(text)
    except ValueError:
        return text


@router.post("/imports/{uid}/start", response={202: ImportOut})
def start_import(request: Caller, uid: uuid.UUID, body: StartIn) -> Status[Any]:
    """Have it carried out, or only tried."""
    background.begin(uid, dry=body.dry, then=WAYS.carry, actor=request.actor, at=request.at)
    return Status(202, _brief(queries.get_run(request.actor, uid)))


@router.post("/imports/{uid}/resume", response={202: ImportOut})
def resume_import(request: Caller, uid: uuid.UUID) -> Status[Any]:
    """Go on with one that was interrupted, cancelled or failed, where it was."""
    background.take_up(uid, WAYS, actor=request.actor, at=request.at)
    return Status(202, _brief(queries.get_run(request.actor, uid)))


@router.post("/imports/{uid}/cancel", response={202: ImportOut})
def cancel_import(request: Caller, uid: uuid.UUID) -> Status[Any]:
    """Ask it to stop after the rows in hand; what is written stays."""
    actions.cancel(uid, actor=request.actor, at=request.at)
    return Status(202, _brief(queries.get_run(request.actor, uid)))


@router.post("/imports/{uid}/undo", response={202: ImportOut})
def undo_import(request: Caller, uid: uuid.UUID) -> Status[Any]:
    """Have the whole import taken back, within 90 days; what stays is listed under `undone`."""
    WAYS.undo(begin_undo(uid, actor=request.actor, at=request.at))
    return Status(202, _brief(queries.get_run(request.actor, uid)))


@router.post("/imports/{uid}/discard", response={204: None})
def discard_import(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Give up one that has written nothing, and delete its files."""
    background.discard(uid, actor=request.actor, at=request.at)
    return Status(204, None)


@router.get("/imports/{uid}/rejected/{number}.csv")
def rejected_of_import(request: Caller, uid: uuid.UUID, number: int) -> StreamingHttpResponse:
    """The rejected rows of one file as CSV, with a column that says why: correct them and import them again."""
    run = queries.get_run(request.actor, uid)
    if not 0 <= number < len(run.files) or not run.files[number].rejected:
        raise Missing
    rows = rejected_file(request.actor, uid, run.files[number].name)
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rejected-{number + 1}.csv"'
    return answer


# --- As JSON ---


def _brief(run: queries.RunView) -> dict[str, Any]:
    names = ("uid", "source", "state", "is_dry", "rows_done", "rows_total", "share", "error")
    times = ("created_at", "started_at", "moved_at", "finished_at", "undone_at")
    shown = {name: getattr(run, name) for name in (*names, *times)}
    return shown | {"names": list(run.names), "totals": dict(run.totals)}


def _whole(request: Caller, uid: uuid.UUID) -> dict[str, Any]:
    run, looking = queries.get_run(request.actor, uid), queries.looking(request.actor, uid)
    return _brief(run) | {
        "files": [_file(number, asdict(file)) for number, file in enumerate(run.files)],
        "notes": [_note(asdict(note)) for note in run.notes],
        "left_out": [
            {"name": each.name, "code": each.code, "text": left_out(each.code, each.params)} for each in run.left_out
        ],
        "map": as_data(run.plan) if run.plan else None,
        "problems": [_note(problem) for problem in looking.problems],
        "questions": looking.questions,
        "tried": _tried(looking.dry) if looking.dry else None,
        "undone": run.undone,
        "likely_duplicates": _likely(request, run),
    }


def _file(number: int, counts: dict[str, Any]) -> dict[str, Any]:
    return counts | {"number": number}


def _note(note: Any) -> dict[str, Any]:
    first = note["examples"][0] if note["examples"] else {}
    return {**note, "examples": list(note["examples"]), "text": reason(note["code"], first)}


def _tried(dry: Any) -> dict[str, Any]:
    files = [_file(number, each) for number, each in enumerate(dry["files"])]
    return {"totals": dry["totals"], "files": files, "notes": [_note(note) for note in dry["notes"]]}


def _likely(request: Caller, run: queries.RunView) -> dict[str, Any] | None:
    if not run.has_written:
        return None
    began = run.started_at or run.created_at
    return asdict(likely_since(request.actor, began, first=run.first_entry, last=run.last_entry))
