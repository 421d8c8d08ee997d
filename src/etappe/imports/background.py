"""Imports that a page starts: looked at and carried out in the job process, step by step, while the page follows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.headers import FileKind
from etappe.foreign.tables import FOUND_OUT, sniff, wish_of
from etappe.imports.actions import acting, alone, create, end, files_of, refusal_told
from etappe.imports.actions_presets import with_preset
from etappe.imports.check import Checked, check
from etappe.imports.expect import expected
from etappe.imports.look import Given, Look, Looked, look, refit
from etappe.imports.models import Run
from etappe.imports.own import suited
from etappe.imports.plan import ASKED, Plan, as_stored, fitted, from_data, from_stored
from etappe.imports.queries import found, going_through, run_view
from etappe.imports.run import Cancelled, Job, Progress, carry_out
from etappe.imports.undo import undo
from etappe.imports.uploads import FILES, drop, keep
from etappe.journal.record import action
from etappe.team import queries as team
from etappe.team.access import require

Defer = Callable[[str], Any]
"""Hands the import's uid to the job process."""


@dataclass(frozen=True)
class Wanted:
    """What somebody wants of an import: the map, the kinds of files chosen anew, and how files are to be read."""

    plan: Plan
    kinds: Mapping[str, str]
    readings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


RESTING = ("ready", "done", "failed", "cancelled")
"""States in which nothing is at work."""


@action
def upload(files: Sequence[tuple[str, Iterator[bytes]]], *, then: Defer, actor: Actor, at: datetime) -> uuid.UUID:
    """Keep files and have them looked at; returns the import's uid."""
    require(actor, "imports.run")
    if not files or len(files) > FILES:
        raise Refusal("import_files", limit=FILES, count=len(files))
    run = Run(uid=uuid.uuid4(), state="looking", started_by_id=actor.id, created_at=at, moved_at=at)
    run.files = keep(run.uid, files)
    run.save(force_insert=True)
    then(str(run.uid))
    return uuid.UUID(str(run.uid))


def examine(uid: str, *, at: datetime) -> None:
    """Look at the files, go through all rows, and keep what was found for the page."""
    run = Run.objects.filter(uid=uid, state="looking").first()
    if run is None:
        return
    try:
        seen = look(_given(run), at=at)
        plan = _wanted(run, seen)
        setting = going_through(plan, SYSTEM, at)
        checked, likely = check(seen.readable, plan, setting), expected(seen.readable, plan, setting)
    except Refusal as refusal:
        end(run.id, "failed", at, refusal)
        return
    run.plan, run.proposal, run.state, run.moved_at = as_stored(plan), _shown(seen, checked, run), "ready", at
    run.proposal["expected"] = likely
    run.rows_total = checked.rows
    run.save(update_fields=["plan", "proposal", "state", "moved_at", "rows_total"])


def _given(run: Run) -> list[Given]:
    return [given_again(each) for each in run.files]


def given_again(told: Mapping[str, Any]) -> Given:
    """A file as it was given, with how somebody said that it is to be read."""
    wish = wish_of(told.get("encoding", ""), told.get("delimiter", ""), told.get("header_row"))
    return Given(told["name"], Path(told["path"]), wish=wish)


def _wanted(run: Run, seen: Look) -> Plan:
    """The plan that somebody changed, or the proposal where nobody has."""
    plan = from_stored(run.plan) if run.plan else seen.plan
    kinds: Mapping[str, str] = run.proposal.get("kinds", {})
    for name, kind in kinds.items():
        seen.plan = plan
        plan = refit(seen, name, FileKind(kind) if kind else None)
    return suited(plan, {file.given.name: file.profile for file in seen.readable if file.profile})


def _shown(seen: Look, checked: Checked, run: Run) -> dict[str, Any]:
    return {
        "files": [_file_shown(file, checked) for file in seen.files],
        "problems": [asdict(problem) for problem in checked.problems.values()],
        "labels": seen.labels,
        "known": seen.known,
        "questions": checked.questions,
        "dry": None,
    }


def _file_shown(file: Looked, checked: Checked) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": file.given.name, "rows": checked.shown.get(file.given.name, [])}
    if file.refusal is not None:
        shown["refusal"] = refusal_told(file.refusal)
    wish = file.given.wish
    header = None if wish.header_row == FOUND_OUT else wish.header_row
    shown["wish"] = {"encoding": wish.encoding, "delimiter": wish.delimiter, "header_row": header}
    if file.guess is not None:
        names = ("kind", "encoding", "delimiter", "header_row", "row_count", "size")
        shown["guess"] = {name: getattr(file.guess, name) for name in names}
    if file.found is not None and file.profile is not None:
        shown["columns"] = [
            _column_shown(column, values)
            for column, values in zip(file.found.columns, file.profile.columns, strict=True)
        ]
        shown["confidence"] = file.found.confidence
    return shown


def _column_shown(column: Any, values: Any) -> dict[str, Any]:
    examples = [value[:60] for value, _count in values.values.most_common(3)]
    return {**asdict(column), "examples": examples, "cells": values.cells}


@action
def change(uid: uuid.UUID | str, wanted: Wanted, *, then: Defer, actor: Actor, at: datetime) -> None:
    """Take over what somebody changed in the map, and go through all rows with it again.

    A file that is to be read in another way has other columns: the map is proposed anew.
    """
    run = _resting(actor, uid)
    files = [{**each, **wanted.readings.get(each["name"], {})} for each in run.files]
    is_read_anew = any(_reading(new) != _reading(old) for new, old in zip(files, run.files, strict=True))
    run.files, run.state, run.moved_at = files, "looking", at
    run.plan = "" if is_read_anew else as_stored(wanted.plan)
    run.proposal = {} if is_read_anew else {**run.proposal, "kinds": dict(wanted.kinds)}
    run.save(update_fields=["files", "plan", "proposal", "state", "moved_at"])
    then(str(run.uid))


@action
def read_anew(
    uid: uuid.UUID | str, readings: Mapping[str, Mapping[str, Any]], *, then: Defer, actor: Actor, at: datetime
) -> None:
    """Have files read in another way (encoding, delimiter, line of the header), by name; nothing else changes."""
    run = _resting(actor, uid)
    if unknown := set(readings) - {each["name"] for each in run.files}:
        raise Refusal("unknown_reference", field=f"readings: {min(unknown)[:80]}")
    for told in readings.values():
        wish_of(told.get("encoding", ""), told.get("delimiter", ""), told.get("header_row"))
    wanted = Wanted(from_stored(run.plan), run.proposal.get("kinds", {}), readings)
    change(uid, wanted, then=then, actor=actor, at=at)


def _reading(told: Mapping[str, Any]) -> tuple[Any, ...]:
    return told.get("encoding", ""), told.get("delimiter", ""), told.get("header_row")


@action
def use_preset(uid: uuid.UUID | str, preset: uuid.UUID | str, *, then: Defer, actor: Actor, at: datetime) -> None:
    """Take a saved map (by uid or name) for the files of an import, and go through all rows with it.

    Refuses one that no longer fits.
    """
    run = _resting(actor, uid)
    _take(run, with_preset(actor, preset, from_stored(run.plan), _titles(run)), then, at)


@action
def use_map(uid: uuid.UUID | str, given: Mapping[str, Any], *, then: Defer, actor: Actor, at: datetime) -> None:
    """Take a map as plain data, as it is saved in a file, and go through all rows with it.

    What it says nothing of (source, last day) stays as it was. Refuses one that does not hold, or does not fit.
    """
    run = _resting(actor, uid)
    before, plan = from_stored(run.plan), fitted(from_data(given), _titles(run))
    _take(run, replace(plan, source=plan.source or before.source, as_of=plan.as_of or before.as_of), then, at)


def _titles(run: Run) -> dict[str, list[str]]:
    """The columns of each file that could be read."""
    titles = {
        each["name"]: [column["name"] for column in each.get("columns", ())] for each in run.proposal.get("files", ())
    }
    return {name: columns for name, columns in titles.items() if columns}


def _take(run: Run, plan: Plan, then: Defer, at: datetime) -> None:
    run.plan, run.state, run.moved_at = as_stored(plan), "looking", at
    run.proposal = {**run.proposal, "kinds": {}}
    run.save(update_fields=["plan", "proposal", "state", "moved_at"])
    then(str(run.uid))


@action
def begin(uid: uuid.UUID | str, *, dry: bool, then: Defer, actor: Actor, at: datetime) -> None:
    """Have the import carried out, or tried and taken back."""
    run = _resting(actor, uid)
    files_there(run)
    if waiting := len(undecided(run)):
        raise Refusal("import_undecided", count=waiting)
    run.state, run.is_dry, run.cancel_asked, run.error = "queued", dry, False, None
    run.moved_at = at
    if not run.counts:
        run.share, run.rows_done = 0.0, 0
    run.save(update_fields=["state", "is_dry", "cancel_asked", "error", "moved_at", "share", "rows_done"])
    then(str(run.uid))


@dataclass(frozen=True)
class Ways:
    """How to hand an import to the job process: to be looked at, carried out, or undone."""

    look: Defer
    carry: Defer
    undo: Defer


@action
def take_up(uid: uuid.UUID | str, ways: Ways, *, actor: Actor, at: datetime) -> None:
    """Go on with an import where it was: one that was interrupted at its work, cancelled, or failed.

    One that is at work after all is not disturbed. Refuses where there is nothing to go on with.
    """
    require(actor, "imports.run")
    run = found(actor, uid)
    at_work = {"looking": ways.look, "queued": ways.carry, "running": ways.carry, "undoing": ways.undo}
    if run.state in at_work:
        at_work[run.state](str(run.uid))
    elif run.state in ("failed", "cancelled") and run.plan:
        begin(uid, dry=False, then=ways.carry, actor=actor, at=at)
    else:
        raise Refusal("import_not_resumable", state=run.state)


def _resting(actor: Actor, uid: uuid.UUID | str) -> Run:
    require(actor, "imports.run")
    run = Run.objects.select_for_update().get(id=found(actor, uid).id)
    if run.state not in ("ready", "failed", "cancelled") or not run.plan:
        raise Refusal("import_is_busy", state=run.state)
    return run


def undecided(run: Run) -> list[Mapping[str, str]]:
    """Rows that match a record here, where the map says to ask and nobody has decided."""
    plan = from_stored(run.plan)
    return [
        each
        for each in run.proposal.get("questions", ())
        if plan.duplicates_of(FileKind(each["kind"])).choice(each["key"]) == ASKED
    ]


def files_there(run: Run) -> None:
    """Refuse to go on without the files: they are kept for two days only."""
    if not all(Path(each.get("path", "")).is_file() for each in run.files):
        raise Refusal("import_files_gone")


def carry_on(uid: str, *, clock: Callable[[], datetime]) -> bool:
    """Carry out the import that `begin` asked for; an interrupted one goes on where its ledger ends.

    Returns False where another process is at it: ask again later, for that one may have been killed.
    """
    run = Run.objects.filter(uid=uid, state__in=("queued", "running")).first()
    if run is None:
        return True
    try:
        _try(run, clock) if run.is_dry else _do(run, clock)
    except Refusal as refusal:
        if refusal.code == "import_is_busy":  # somebody else carries it out: this is not its end
            return False
        end(run.id, "failed", clock(), refusal)
    except Cancelled:
        end(run.id, "ready" if run.is_dry else "cancelled", clock())
    if Run.objects.filter(id=run.id, state="done").exists():
        drop(run.uid)
    return True


def carry_undo(uid: str, *, clock: Callable[[], datetime]) -> bool:
    """Undo the import that `begin_undo` asked for; an interrupted undo goes on where it was.

    Returns False where another process is at it, such as one that has just ended the import and still tidies up.
    """
    run = Run.objects.filter(uid=uid, state="undoing").first()
    if run is None:
        return True
    try:
        with alone(run.id):
            undo(uid, actor=acting(actor_of_key(run.undone.get("by"))), clock=clock)
    except Refusal as refusal:
        if refusal.code != "import_is_busy":
            raise
        return False
    return True


def _job(run: Run, key: int, clock: Callable[[], datetime], report: Callable[[Progress], None]) -> Job:
    plan = from_stored(run.plan)
    actor = actor_of_key(run.started_by_id)
    files = files_of(reread(_given(run), plan), plan)
    return Job(key, acting(actor), clock(), files, report, clock)


def actor_of_key(key: int | None) -> Actor:
    """Whoever asked for the work; the system where nobody did, or where they are no colleague any more."""
    try:
        return team.actor_by_id(key) if key else SYSTEM
    except Missing:
        return SYSTEM


def reread(given: Sequence[Given], plan: Plan) -> list[Looked]:
    """The files that the plan names, made out again."""
    looked = []
    for each in given:
        for mapped in plan.files:
            name, _hash, sheet = mapped.file.partition("#")
            if name == each.name or mapped.file == each.name:
                one = replace(each, name=mapped.file, sheet=sheet if mapped.file != each.name else "")
                looked.append(Looked(one, sniff(each.path, sheet=one.sheet, wish=one.wish)))
    return looked


def _do(run: Run, clock: Callable[[], datetime]) -> None:
    job = _job(run, run.id, clock, lambda progress: None)
    total = sum(file.guess.row_count for file in job.files)
    Run.objects.filter(id=run.id).update(rows_total=total)
    with alone(run.id):
        carry_out(job)


def _try(run: Run, clock: Callable[[], datetime]) -> None:
    """Carry it out as another run and take all of that back; tell of it through a connection of its own."""
    with _side_line(run, clock) as report, transaction.atomic():
        likely = {"expected": run.proposal.get("expected", {})}
        key = create(from_stored(run.plan), run.files, likely, actor=SYSTEM, at=clock())
        job = _job(run, key, clock, report)
        carry_out(job)
        view = run_view(Run.objects.select_related("source").get(id=key))
        transaction.set_rollback(True)
    tried = {
        "totals": dict(view.totals),
        "files": [asdict(file) for file in view.files],
        "notes": [asdict(note) for note in view.notes],
    }
    run.proposal = {**run.proposal, "dry": tried}
    run.state, run.moved_at = "ready", clock()
    run.save(update_fields=["proposal", "state", "moved_at"])


@contextmanager
def _side_line(run: Run, clock: Callable[[], datetime]) -> Iterator[Callable[[Progress], None]]:
    line = connections.create_connection("default")

    def report(progress: Progress) -> None:
        with line.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_run SET rows_done = %s, rows_total = %s, share = %s, moved_at = %s, state = 'running' "
                "WHERE id = %s RETURNING cancel_asked",
                [progress.done, progress.total, progress.share, clock(), run.id],
            )
            asked = cursor.fetchone()
        if asked and asked[0]:
            raise Cancelled

    try:
        yield report
    finally:
        line.close()


@action
def discard(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Give up an import that has written nothing, and its files."""
    del at
    require(actor, "imports.run")
    run = found(actor, uid)
    if run.counts or run.state not in RESTING:
        raise Missing
    drop(run.uid)
    run.delete()
