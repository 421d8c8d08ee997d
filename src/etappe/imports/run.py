"""Carrying out an import: file by file and chunk by chunk, each chunk in a transaction of its own with its ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from etappe.core.actor import Actor
from etappe.core.headers import FileKind
from etappe.core.import_progress import Part, share
from etappe.core.kinds.imports import ImportFinished
from etappe.foreign.tables import Batch, TableGuess, batches
from etappe.imports.check import example
from etappe.imports.convert import Chunk, Converter
from etappe.imports.expect import Expected
from etappe.imports.loaders.accounts import set_parents
from etappe.imports.loaders.base import EXAMPLES, Loader, Setting, Tally
from etappe.imports.loaders.history import renew_waiting, without_deal
from etappe.imports.loaders.later import CHANGE, ask_again
from etappe.imports.loaders.own import UNKNOWN
from etappe.imports.loaders.pasts import Pasts
from etappe.imports.look import Given
from etappe.imports.models import Run, Source
from etappe.imports.plan import NEW, FileMap, Plan, as_stored, from_stored
from etappe.imports.rooms import Rooms, places_of, proposal_of, resolved
from etappe.journal.load import as_text, copy_rows, renew_statistics
from etappe.journal.queries import newest
from etappe.journal.record import action, record, under
from etappe.playbook import actions as playbook_actions
from etappe.playbook import queries as playbook
from etappe.team import queries as team

CHUNK = 4000
"""Rows that are written in one transaction."""

ORDER = (
    FileKind.STAGES, FileKind.PRODUCTS, FileKind.OWNERS, FileKind.ACCOUNTS, FileKind.PEOPLE, FileKind.HISTORY,
    FileKind.DEALS, FileKind.LINKS, FileKind.ACTIVITIES,
)  # fmt: skip
"""Kinds of files in the order they are loaded: what is referred to comes first, and a deal's past before the deal."""

COUNTED = ("created", "changed", "unchanged", "rejected")


class Cancelled(Exception):
    """Somebody asked to stop, between two chunks."""


@dataclass(frozen=True)
class File:
    """A file that is read in a run."""

    given: Given
    guess: TableGuess
    map: FileMap


@dataclass(frozen=True)
class Progress:
    """How far a run is: rows done of about how many, and the share of the work, as rows of some kinds cost more."""

    done: int
    total: int
    file: str
    run: str = ""
    share: float = 0.0


@dataclass
class Job:
    """What a run needs from beginning to end."""

    run: int
    actor: Actor
    at: datetime
    files: Sequence[File]
    report: Callable[[Progress], None]
    clock: Callable[[], datetime]
    total: int = 0
    done: int = 0
    ledger: dict[str, int] = field(default_factory=dict)
    counts: dict[str, dict[str, Any]] = field(default_factory=dict)
    expected: Expected = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    renewed: int = 0
    waiting: int = 0
    share: float = 0.0

    def go_on(self) -> float:
        """How much of the work is behind; what was shown as done stays so."""
        parts = [self._part(file, file.map.kind) for file in self.files if file.map.kind]
        self.share = max(self.share, share(parts, self.renewed, self.waiting))
        return self.share

    def _part(self, file: File, kind: FileKind) -> Part:
        rows = self.sizes.get(file.given.name, file.guess.row_count)
        came = self.counts.get(file.given.name, dict.fromkeys(COUNTED, 0))
        likely = self.expected.get(file.given.name, {"new": 1.0, "altered": 0.0})
        same = came["unchanged"] + came["rejected"]
        return Part(kind, rows, likely["new"], likely["altered"], came["created"], came["changed"], same)


def carry_out(job: Job) -> None:
    """Load all files. Raises `Cancelled`, or the refusal that ended it; chunks that are written stay."""
    uid = Run.objects.values_list("uid", flat=True).get(id=job.run)
    job.report(Progress(0, sum(file.guess.row_count for file in job.files), "", str(uid)))
    with under(uid):
        _carry_out(job)


def _carry_out(job: Job) -> None:
    setting, rooms = _prepare(job)
    job.total = sum(file.guess.row_count for file in job.files)
    for kind in ORDER:
        for file in job.files:
            if file.map.kind is kind:
                _load_file(job, rooms, file)
        if kind is FileKind.ACCOUNTS:
            _parents(job, setting)
        if kind is FileKind.PEOPLE:
            _ask_again(job, rooms)
        if kind in (FileKind.HISTORY, FileKind.DEALS):
            job.waiting = Pasts(setting).count_waiting()
    while _histories(job, setting, rooms):
        _tell(job)
    _finish(job, setting)
    renew_statistics()


@action
def _prepare(job: Job) -> tuple[Setting, Rooms]:
    """Find or make the source, publish the process if there is none yet, and remember both."""
    run = Run.objects.select_for_update().get(id=job.run)
    plan = from_stored(run.plan)
    plan, version = _published(plan, job)
    source, _made = Source.objects.get_or_create(name=plan.source)
    source.headers |= {file.map.kind.value: list(file.guess.columns) for file in job.files if file.map.kind}
    source.save(update_fields=["headers"])
    run.source, run.plan, run.state = source, as_stored(plan), "running"
    run.started_at = run.started_at or job.at
    run.first_entry = run.first_entry or newest() + 1
    run.save(update_fields=["source", "plan", "state", "started_at", "first_entry"])
    job.ledger, job.counts, job.share = dict(run.done), run.counts, run.share
    job.expected = run.proposal.get("expected", {})
    job.waiting = round(sum(_renewing(job, file) for file in job.files))
    workspace = team.workspace()
    currency = plan.currency or workspace.currency
    setting = Setting(source.id, run.id, plan, job.actor, job.at, workspace.zone, currency)
    return setting, Rooms.of(setting, places_of(plan, version))


def _renewing(job: Job, file: File) -> float:
    """How many deals are likely to get their past anew from this file."""
    return float(job.expected.get(file.given.name, {}).get("renewed", 0.0)) * file.guess.row_count


def _published(plan: Plan, job: Job) -> tuple[Plan, int]:
    """The plan with a process that is there, and its version's key."""
    if not plan.of_kind(FileKind.DEALS):
        return plan, _any_version(job)
    if plan.process != NEW:
        return plan, playbook.get_version(plan.process).id
    proposal = proposal_of(plan)
    version = playbook_actions.publish(proposal.source, actor=job.actor, at=job.at)
    return resolved(plan, proposal), version.id


def _any_version(job: Job) -> int:
    """Some process: a run without deals asks nothing of it."""
    found = playbook.processes(job.actor)
    if found:
        return playbook.get_version(found[0].key).id
    return playbook_actions.take_library("classic_six", actor=job.actor, at=job.at).id


def _load_file(job: Job, rooms: Rooms, file: File) -> None:
    loader, converter = rooms.loader(file.map), Converter(file.map, rooms.setting.zone, rooms.setting.currency)
    written, at = job.ledger.get(file.given.name, 0), 0
    for batch in chunks(batches(file.given.path, file.guess)):
        rows, at = len(batch.rows), at + len(batch.rows)
        job.done += rows
        if at > written:
            _write(job, loader, converter, file, _from(batch, rows - (at - written)), at)
        _tell(job, file.given.name)
    job.sizes[file.given.name] = at


def _tell(job: Job, name: str = "") -> None:
    job.report(Progress(job.done, max(job.total, job.done), name, share=job.go_on()))


def _ask_again(job: Job, rooms: Rooms) -> None:
    """Go once more through accounts and people whose own fields name somebody whom nobody knew then."""
    for file in job.files:
        if file.map.kind not in CHANGE or not _has_unknown(job):
            continue
        loader, converter = rooms.loader(file.map), Converter(file.map, rooms.setting.zone, rooms.setting.currency)
        if loader.own.referring:
            for batch in chunks(batches(file.given.path, file.guess)):
                _complete(job, loader, converter, file, batch)


def _has_unknown(job: Job) -> bool:
    notes: dict[str, Any] = Run.objects.values_list("notes", flat=True).get(id=job.run)
    return any(code in notes for code in UNKNOWN.values())


@action
def _complete(job: Job, loader: Loader, converter: Converter, file: File, batch: Batch) -> None:
    """Fill what can be filled now, and take back what was noted of it."""
    run = _locked(job)
    found = ask_again(loader, converter.convert(batch))
    for code, count in found.counts.items():
        note = run.notes[code]
        note["count"] -= count
        note["examples"] = [
            each
            for each in note["examples"]
            if each.get("file") != file.given.name or each.get("line") not in found.lines
        ]
        if note["count"] <= 0:
            del run.notes[code]
    run.moved_at = job.clock()
    run.save(update_fields=["notes", "moved_at"])


def _from(batch: Batch, first: int) -> Batch:
    """The rows of a block that the ledger does not have yet."""
    if first <= 0:
        return batch
    problems = {at - first: problem for at, problem in batch.problems.items() if at >= first}
    return Batch(batch.lines[first:], batch.rows[first:], problems)


def chunks(found: Iterable[Batch]) -> Iterator[Batch]:
    """Blocks of rows large enough to be worth a transaction."""
    lines: list[int] = []
    rows: list[list[str | None]] = []
    problems: dict[int, Any] = {}
    for batch in found:
        problems |= {len(rows) + at: problem for at, problem in batch.problems.items()}
        lines += batch.lines
        rows += batch.rows
        if len(rows) >= CHUNK:
            yield Batch(lines, rows, problems)
            lines, rows, problems = [], [], {}
    if rows:
        yield Batch(lines, rows, problems)


@action
def _write(job: Job, loader: Loader, converter: Converter, file: File, batch: Batch, upto: int) -> None:
    """Write a chunk and its ledger. Imports write one chunk after the other, whoever runs them."""
    run = _locked(job)
    if run.done.get(file.given.name, 0) >= upto:
        return
    chunk = converter.convert(batch)
    tally = loader.load(chunk)
    _keep_rejected(run.id, file.given.name, chunk, tally)
    _count(run, file, chunk, tally)
    run.done[file.given.name] = upto
    run.rows_done += len(chunk.lines)
    job.counts = run.counts
    run.share = job.go_on()
    run.moved_at = job.clock()
    run.save(update_fields=["counts", "notes", "done", "rows_done", "share", "moved_at"])


def _locked(job: Job) -> Run:
    """The run, while no other import writes; stops here if somebody asked it to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('etappe imports'))")
    run = Run.objects.select_for_update().get(id=job.run)
    if run.cancel_asked:
        raise Cancelled
    return run


def _keep_rejected(run: int, name: str, chunk: Chunk, tally: Tally) -> None:
    if tally.rejected:
        rows = (
            (
                run,
                name,
                chunk.lines[at],
                bad.code,
                as_text(example(name, chunk.lines[at], bad)),
                as_text(chunk.cells[at]),
            )
            for at, bad in tally.rejected
        )
        copy_rows("imports_rejected", ("run_id", "file", "line", "reason", "params", "cells"), rows)


def _count(run: Run, file: File, chunk: Chunk, tally: Tally) -> None:
    counts = run.counts.setdefault(
        file.given.name, {"kind": str(file.map.kind), **dict.fromkeys(COUNTED, 0), "rows": 0}
    )
    for name, count in zip(COUNTED, (tally.created, tally.changed, tally.unchanged, len(tally.rejected)), strict=True):
        counts[name] += count
    counts["rows"] += len(chunk.lines)
    for at, bad in tally.rejected:
        _note(run.notes, bad.code, True, 1, [example(file.given.name, chunk.lines[at], bad)])
    for code, count in tally.noted.items():
        _note(run.notes, code, False, count, [{"file": file.given.name, **params} for params in tally.notes[code]])


def _note(notes: dict[str, Any], code: str, rejects: bool, count: int, examples: Sequence[Mapping[str, Any]]) -> None:
    note = notes.setdefault(code, {"rejects": rejects, "count": 0, "examples": []})
    note["count"] += count
    note["examples"] += examples[: EXAMPLES - len(note["examples"])]


@action
def _parents(job: Job, setting: Setting) -> None:
    title = next((file.map.titled("parent") for file in job.files if file.map.titled("parent")), "")
    parents = set_parents(setting, title)
    if parents.unknown or parents.circular:
        run = Run.objects.select_for_update().get(id=job.run)
        if parents.unknown:
            _note(run.notes, "parent_unknown", False, parents.unknown, [])
        if parents.circular:
            names = [{"name": name} for name in parents.circular[:EXAMPLES]]
            _note(run.notes, "parent_circular", False, len(parents.circular), names)
        run.save(update_fields=["notes"])


@action
def _histories(job: Job, setting: Setting, rooms: Rooms) -> bool:
    """Write the past of some deals that were here before; returns whether there were any left."""
    run = _locked(job)
    renewed = renew_waiting(setting, rooms.places)
    if renewed is None:
        return False
    for code, deals in renewed.notes.items():
        _note(run.notes, code, False, len(deals), [{"key": key} for key in deals[:EXAMPLES]])
    _note(run.notes, "history_renewed", False, renewed.deals, [])
    job.renewed, job.waiting = job.renewed + renewed.asked, max(job.waiting - renewed.asked, 0)
    run.moved_at, run.share = job.clock(), job.go_on()
    run.save(update_fields=["notes", "moved_at", "share"])
    return True


@action
def _finish(job: Job, setting: Setting) -> None:
    """Close the run: every row accounted for, and one entry in the journal."""
    run = Run.objects.select_for_update().get(id=job.run)
    totals = totals_of(run.counts)
    if sum(totals[name] for name in COUNTED) != totals["rows"]:
        raise RuntimeError(f"rows are not accounted for: {totals}")
    if any(file.map.kind is FileKind.HISTORY for file in job.files) and (strays := without_deal(setting)):
        _note(run.notes, "history_without_deal", False, strays, [])
    run.state, run.finished_at, run.rows_total, run.share = "done", job.clock(), totals["rows"], 1.0
    run.last_entry = newest()
    run.save(update_fields=["state", "finished_at", "rows_total", "share", "notes", "last_entry"])
    files = [file.given.name for file in job.files if file.map.kind]
    finished = ImportFinished(str(run.uid), files, *(totals[name] for name in COUNTED))
    record(finished, actor=job.actor, at=job.at)


def totals_of(counts: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Rows by what became of them, over all files."""
    return {name: sum(int(each[name]) for each in counts.values()) for name in (*COUNTED, "rows")}


def rolled_back(job: Job) -> Run:
    """Carry the import out and take it all back; returns the run as it ended."""
    with transaction.atomic():
        carry_out(job)
        run = Run.objects.get(id=job.run)
        transaction.set_rollback(True)
    return run
