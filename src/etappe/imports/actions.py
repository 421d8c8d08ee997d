"""Starting, changing and running imports."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from etappe.core.actor import Actor, ActorKind
from etappe.core.errors import Missing, Refusal
from etappe.imports.look import Look, Looked
from etappe.imports.models import Run
from etappe.imports.plan import Plan, as_stored
from etappe.imports.queries import RunView, run_view
from etappe.imports.run import Cancelled, File, Job, Progress, carry_out
from etappe.journal.record import action
from etappe.team.access import require


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
        return _run(files, plan, actor=actor, at=at, clock=clock, report=report)
    with transaction.atomic():
        view = _run(files, plan, actor=actor, at=at, clock=clock, report=report)
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
    files: Sequence[File],
    plan: Plan,
    *,
    actor: Actor,
    at: datetime,
    clock: Callable[[], datetime],
    report: Callable[[Progress], None],
) -> RunView:
    run = create(plan, [file.given.name for file in files], actor=actor, at=at)
    job = Job(run, acting(actor), at, files, report, clock)
    try:
        carry_out(job)
    except Refusal as refusal:
        end(run, "failed", clock(), refusal)
        raise
    except Cancelled:
        end(run, "cancelled", clock())
    return run_view(Run.objects.select_related("source").get(id=run))


@action
def create(plan: Plan, files: Sequence[str], *, actor: Actor, at: datetime) -> int:
    """The record of a run that is about to begin; returns its key."""
    require(actor, "imports.run")
    starter = actor.id if actor.kind is ActorKind.USER else None
    run = Run.objects.create(
        state="running",
        files=[{"name": name} for name in files],
        plan=as_stored(plan),
        started_by_id=starter,
        created_at=at,
        started_at=at,
    )
    return run.id


def end(run: int, state: str, at: datetime, refusal: Refusal | None = None) -> None:
    """Note how a run ended, and why."""
    error = (
        {"code": refusal.code, "params": {key: str(value) for key, value in refusal.params.items()}}
        if refusal
        else None
    )
    Run.objects.filter(id=run).update(state=state, finished_at=at, error=error)


@action
def cancel(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Ask a run to stop after the chunk in hand; what is written stays, and the same files can be imported again."""
    require(actor, "imports.run")
    del at
    if not Run.objects.filter(uid=uid).exclude(state__in=("done", "failed", "cancelled")).update(cancel_asked=True):
        raise Missing
