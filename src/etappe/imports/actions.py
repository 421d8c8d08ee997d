"""Starting, changing and running imports."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from etappe.core.actor import Actor, ActorKind
from etappe.core.errors import Missing, Refusal
from etappe.foreign.tables import FOUND_OUT, sniff, wish_of
from etappe.imports.expect import expected
from etappe.imports.look import Given, Look, Looked
from etappe.imports.models import Run
from etappe.imports.plan import Plan, as_stored, from_stored
from etappe.imports.queries import RunView, found, going_through, run_view
from etappe.imports.run import Cancelled, File, Job, Progress, carry_out
from etappe.journal.record import action
from etappe.team.access import require

OVER = ("done", "failed", "cancelled", "undoing", "undone")
"""States in which there is nothing to cancel."""


def acting(actor: Actor) -> Actor:
    """Whoever starts an import, as the import that acts for them: it writes what no single person may."""
    return replace(actor, kind=ActorKind.IMPORT)


def run_now(
    look: Look,
    plan: Plan,
    *,
    dry: bool,
    actor: Actor,
    at: datetime,
    clock: Callable[[], datetime],
    report: Callable[[Progress], None] = lambda progress: None,
) -> RunView:
    """Carry out an import at once, in this process. A dry one is taken back as a whole and leaves nothing behind.

    Refuses when nothing of the files can be taken, and when a file is broken; chunks that are written stay.
    """
    require(actor, "imports.run")
    files = files_of(look.readable, plan)
    if not dry:
        return _run(look, files, plan, actor=actor, at=at, clock=clock, report=report)
    with transaction.atomic():
        view = _run(look, files, plan, actor=actor, at=at, clock=clock, report=report)
        transaction.set_rollback(True)
    return replace(view, is_dry=True)


def files_of(looked: Sequence[Looked], plan: Plan) -> list[File]:
    """The files that the plan takes, with how each is read."""
    files = []
    for file in looked:
        mapped = plan.file(file.given.name)
        if mapped is not None and mapped.kind is not None and file.guess is not None:
            files.append(File(file.given, file.guess, mapped))
    if not files:
        raise Refusal("import_nothing_found", files=[file.given.name for file in looked])
    return files


def _run(
    look: Look,
    files: Sequence[File],
    plan: Plan,
    *,
    actor: Actor,
    at: datetime,
    clock: Callable[[], datetime],
    report: Callable[[Progress], None],
) -> RunView:
    given = [{"name": file.given.name, "refusal": refusal_told(file.refusal)} for file in look.files]
    likely = expected(look.readable, plan, going_through(plan, actor, at))
    run = create(plan, _told(files), {"given": given, "expected": likely}, actor=actor, at=at)
    return _carried(Job(run, acting(actor), at, files, report, clock))


def _told(files: Sequence[File]) -> list[dict[str, Any]]:
    """The files as a run remembers them, so that it can be taken up again: where each lies, and how it is read."""
    told = []
    for file in files:
        wish, found = file.given.wish, file.given.path.stat()
        told.append(
            {
                "name": file.given.name,
                "path": str(file.given.path.resolve()),
                "sheet": file.given.sheet,
                "encoding": wish.encoding,
                "delimiter": wish.delimiter,
                "header_row": None if wish.header_row == FOUND_OUT else wish.header_row,
                "size": found.st_size,
                "modified": found.st_mtime_ns,
            }
        )
    return told


def resume(
    uid: uuid.UUID | str,
    *,
    actor: Actor,
    at: datetime,
    clock: Callable[[], datetime],
    report: Callable[[Progress], None] = lambda progress: None,
) -> RunView:
    """Take up an import that was interrupted, cancelled or failed, where its ledger ends.

    Refuses one that is over or at work, and one whose files are gone or have changed since.
    """
    require(actor, "imports.run")
    run = found(actor, uid)
    if run.state not in ("running", "queued", "failed", "cancelled") or not run.plan or run.is_dry:
        raise Refusal("import_not_resumable", state=run.state)
    plan = from_stored(run.plan)
    job = Job(run.id, acting(actor), at, files_of([_again(each) for each in run.files], plan), report, clock)
    with alone(run.id):
        Run.objects.filter(id=run.id).update(state="running", cancel_asked=False, error=None)
    return _carried(job)


def _again(told: Mapping[str, Any]) -> Looked:
    """A file of a run as it was given; refuses one that is not there any more, or not the same."""
    path = Path(told.get("path", ""))
    if not told.get("path") or not path.is_file():
        raise Refusal("import_files_gone")
    here = path.stat()
    if "modified" in told and (here.st_size, here.st_mtime_ns) != (told["size"], told["modified"]):
        raise Refusal("import_files_changed", file=told["name"])
    wish = wish_of(told.get("encoding", ""), told.get("delimiter", ""), told.get("header_row"))
    given = Given(told["name"], path, told.get("sheet", ""), wish)
    return Looked(given, sniff(path, sheet=given.sheet, wish=wish))


@contextmanager
def alone(run: int) -> Iterator[None]:
    """Nobody else carries out this run meanwhile; refuses where somebody does. A killed process lets go by itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('etappe import run'), %s)", [run])
        if not cursor.fetchone()[0]:
            raise Refusal("import_is_busy", state="running")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('etappe import run'), %s)", [run])


def _carried(job: Job) -> RunView:
    run, clock = job.run, job.clock
    try:
        with alone(run):
            carry_out(job)
    except Refusal as refusal:
        end(run, "failed", clock(), refusal)
        raise
    except Cancelled:
        end(run, "cancelled", clock())
    return run_view(Run.objects.select_related("source").get(id=run))


def refusal_told(refusal: Refusal | None) -> dict[str, Any] | None:
    """A refusal as a run keeps it."""
    if refusal is None:
        return None
    return {"code": refusal.code, "params": {key: str(value) for key, value in refusal.params.items()}}


@action
def create(
    plan: Plan,
    files: Sequence[Mapping[str, Any]],
    proposal: Mapping[str, Any] | None = None,
    *,
    actor: Actor,
    at: datetime,
) -> int:
    """The record of a run that is about to begin, with what is known of all files that were given; returns its key."""
    require(actor, "imports.run")
    starter = actor.id if actor.kind is ActorKind.USER else None
    run = Run.objects.create(
        state="running",
        files=[dict(each) for each in files],
        plan=as_stored(plan),
        proposal=dict(proposal or {}),
        started_by_id=starter,
        created_at=at,
        started_at=at,
    )
    return run.id


def end(run: int, state: str, at: datetime, refusal: Refusal | None = None) -> None:
    """Note how a run ended, and why."""
    Run.objects.filter(id=run).update(state=state, finished_at=at, error=refusal_told(refusal))


@action
def cancel(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Ask a run to stop after the chunk in hand; what is written stays, and the same files can be imported again."""
    require(actor, "imports.run")
    del at
    if not Run.objects.filter(uid=uid).exclude(state__in=OVER).update(cancel_asked=True):
        raise Missing
