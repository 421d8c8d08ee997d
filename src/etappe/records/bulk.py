"""Changing many records at once: choose, preview, run chunk by chunk, undo.

Which records is settled when they are chosen; what becomes of each is decided by the code of the single action, for
the preview and again when it is written. A chunk and its place in the ledger are one transaction, so a run that was
killed goes on where it was. Everything a run writes is one change in the journal.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.bulk import Changes, Decided, Fate, Subject, as_stored, read_changes
from etappe.core.errors import Missing, Refusal
from etappe.core.periods import local_day
from etappe.journal.load import as_text, copy_rows
from etappe.journal.queries import moment
from etappe.journal.record import action, under
from etappe.records.bulk_meanwhile import Seen, overtaken
from etappe.records.bulk_queries import AT_WORK, SHOWN, UNDO_DAYS, found
from etappe.records.bulk_reasons import Reasons
from etappe.records.bulk_rooms import PERMITS, Chosen, carry_out, decide, keys_of, names_of, take_back, versions_of
from etappe.records.models import BulkRow, BulkRun
from etappe.team import queries as team
from etappe.team.access import require

LIMIT = 100_000
"""Records of one run."""

CHUNK = 1000
"""Records that are written in one transaction."""

PREVIEWED = 5000
"""Records that are decided at a time for the preview."""

DRAFT_DAYS = 2
"""After so many days a run that nobody started is forgotten."""

Defer = Callable[[str], Any]
"""Hands the run's uid to the job process."""


@action
def choose(subject: str, chosen: Chosen, *, actor: Actor, at: datetime) -> uuid.UUID:
    """Settle which records are to be changed; returns the uid of the run that waits for what is wanted of them.

    Records that the actor does not see are left out as if they were not there. Refuses a choice of nothing.
    """
    kind = _subject(subject)
    require(actor, PERMITS[kind])
    if actor.id is None:
        raise Refusal("needs_a_person")
    today = local_day(at, team.workspace().zone)
    keys = keys_of(actor, kind, chosen, LIMIT + 1, at=at, today=today)
    if not keys:
        raise Refusal("nothing_chosen")
    run = BulkRun.objects.create(
        subject=kind.value,
        where=chosen.where,
        is_cut=len(keys) > LIMIT,
        rows_total=min(len(keys), LIMIT),
        change_id=uuid.uuid4(),
        undo_change_id=uuid.uuid4(),
        started_by_id=actor.id,
        created_at=at,
        moved_at=at,
    )
    columns = ("run_id", "record", "version", "fate", "undone")
    versions = versions_of(kind, keys[:LIMIT])
    copy_rows("records_bulkrow", columns, ((run.id, key, version, "", "") for key, version in versions.items()))
    return uuid.UUID(str(run.uid))


def _subject(subject: str) -> Subject:
    if subject not in tuple(Subject):
        raise Refusal("unknown_choice", field="subject", choices=tuple(Subject))
    return Subject(subject)


@action
def want(uid: uuid.UUID | str, given: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    """Say what is wanted of the records, and see what would become of each; none of them is changed.

    Refuses what can be right for none of them, and a run that has begun.
    """
    run = _locked(actor, uid)
    if run.state not in ("draft", "ready"):
        raise Refusal("bulk_has_begun")
    subject = Subject(run.subject)
    changes = read_changes(subject, given)
    since, reasons, counts, shown = moment(), Reasons([]), Counter[str](), _Shown()
    keys = list(BulkRow.objects.filter(run=run).order_by("record").values_list("record", flat=True))
    for start in range(0, len(keys), PREVIEWED):
        part = keys[start : start + PREVIEWED]
        decisions = decide(subject, part, changes, actor=actor, at=at)
        counts[Fate.GONE] += len(part) - len(decisions)
        for decision in decisions:
            counts[decision.fate] += 1
            shown.add(decision, reasons.number(decision.refusal))
    run.changes, run.state, run.moved_at = as_stored(changes), "ready", at
    run.preview = {"since": since, "counts": dict(counts), "rows": shown.rows(subject), "reasons": reasons.kept}
    run.save(update_fields=["changes", "state", "moved_at", "preview"])


class _Shown:
    """The first rows of each fate."""

    def __init__(self) -> None:
        self.first: dict[Fate, list[tuple[Decided, int | None]]] = {fate: [] for fate in Fate}

    def add(self, decision: Decided, reason: int | None) -> None:
        """Keep it, if it is among the first."""
        if len(self.first[decision.fate]) < SHOWN:
            self.first[decision.fate].append((decision, reason))

    def rows(self, subject: Subject) -> list[dict[str, Any]]:
        """The rows with their names, as the preview keeps them."""
        pairs = [pair for fate in Fate for pair in self.first[fate]]
        names = names_of(subject, [decision.key for decision, _reason in pairs])
        return [
            {
                "uid": str(names[decision.key][0]),
                "name": names[decision.key][1],
                "fate": decision.fate.value,
                "changed": decision.changed,
                "reason": reason,
            }
            for decision, reason in pairs
            if decision.key in names
        ]


@action
def start(uid: uuid.UUID | str, *, then: Defer, actor: Actor, at: datetime) -> None:
    """Have it carried out, or gone on with after it was stopped. Refuses one without a preview, and one at work."""
    run = _locked(actor, uid)
    if run.state not in ("ready", "cancelled", "failed"):
        raise Refusal("bulk_has_begun" if run.state != "draft" else "nothing_to_change")
    _set_off(run, "queued", run.rows_done, at)
    then(str(run.uid))


@action
def undo(uid: uuid.UUID | str, *, then: Defer, actor: Actor, at: datetime) -> None:
    """Have all that a run changed put back, but records that somebody changed since. Within 90 days."""
    run = _locked(actor, uid)
    if run.state not in ("done", "cancelled", "failed") or not run.counts.get(Fate.CHANGED):
        raise Refusal("bulk_nothing_to_undo")
    if run.finished_at and at - run.finished_at > timedelta(days=UNDO_DAYS):
        raise Refusal("bulk_undo_is_over", days=UNDO_DAYS)
    run.undone_by_id = actor.id
    run.save(update_fields=["undone_by"])
    _set_off(run, "undoing", sum(run.undo_counts.values()), at)
    then(str(run.uid))


def _set_off(run: BulkRun, state: str, done: int, at: datetime) -> None:
    run.state, run.done_before, run.started_at, run.moved_at = state, done, at, at
    run.cancel_asked, run.error = False, None
    run.save(update_fields=["state", "done_before", "started_at", "moved_at", "cancel_asked", "error"])


@action
def cancel(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Ask a run to stop after the records in hand; what is written stays, and can be undone."""
    del at
    run = _locked(actor, uid)
    if run.state not in AT_WORK:
        raise Refusal("bulk_is_over")
    BulkRun.objects.filter(id=run.id).update(cancel_asked=True)


def _locked(actor: Actor, uid: uuid.UUID | str) -> BulkRun:
    run = found(actor, uid)
    require(actor, PERMITS[Subject(run.subject)])
    return BulkRun.objects.select_for_update().get(id=run.id)


# --- Carrying out ---


def carry_on(uid: str, *, clock: Callable[[], datetime], report: Callable[[BulkRun], None] = lambda run: None) -> None:
    """Carry out what `start` or `undo` asked for, chunk by chunk; an interrupted one goes on where its ledger ends."""
    run = BulkRun.objects.filter(uid=uid, state__in=AT_WORK).first()
    if run is None:
        return
    is_undo = run.state == "undoing"
    step = _undo_chunk if is_undo else _chunk
    try:
        actor = team.actor_by_id(run.undone_by_id if is_undo and run.undone_by_id else run.started_by_id)
        with under(run.undo_change_id if is_undo else run.change_id):
            while step(run.id, actor=actor, at=clock()):
                run.refresh_from_db()
                report(run)
    except Missing:
        _fail(run.id, {"code": "owner_has_left", "params": {"name": ""}}, clock())
    except Refusal as refusal:
        _fail(run.id, {"code": refusal.code, "params": {k: str(v) for k, v in refusal.params.items()}}, clock())


def _fail(run: int, error: Mapping[str, Any], at: datetime) -> None:
    BulkRun.objects.filter(id=run).update(state="failed", finished_at=at, error=error)


@action
def _chunk(run_id: int, *, actor: Actor, at: datetime) -> bool:
    """Write the next chunk and its ledger; false when nothing is left to do."""
    run = BulkRun.objects.select_for_update().get(id=run_id)
    if run.state not in ("queued", "running"):
        return False
    waiting = BulkRow.objects.filter(run=run, fate="").order_by("record")
    chosen = dict(waiting.values_list("record", "version")[:CHUNK])
    if run.cancel_asked or not chosen:
        return _end(run, "cancelled" if run.cancel_asked else "done", at)
    subject = Subject(run.subject)
    changes: Changes = read_changes(subject, run.changes)
    left = overtaken(subject, chosen, changes, Seen(run.preview.get("since", ""), run.change_id), actor=actor, at=at)
    keys = sorted(set(chosen) - {decision.key for decision in left})
    decisions = left + carry_out(subject, keys, changes, actor=actor, at=at)
    reasons = Reasons(run.reasons)
    kept = [(decision, reasons.number(decision.refusal)) for decision in decisions]
    _keep(run.id, [_ledger_row(decision, reason) for decision, reason in kept])
    run.counts = _added(run.counts, decisions)
    run.reasons, run.state, run.moved_at = reasons.kept, "running", at
    run.rows_done += len(chosen)
    run.save(update_fields=["counts", "reasons", "state", "moved_at", "rows_done"])
    return True


def _end(run: BulkRun, state: str, at: datetime) -> bool:
    run.state, run.moved_at, run.finished_at = state, at, run.finished_at if run.state == "undoing" else at
    run.save(update_fields=["state", "moved_at", "finished_at"])
    return False


def _ledger_row(decision: Decided, reason: int | None) -> dict[str, Any]:
    is_changed = decision.fate is Fate.CHANGED
    return {
        "record": decision.key,
        "fate": decision.fate.value,
        "reason": reason,
        "before": {column: pair[0] for column, pair in decision.changed.items()} if is_changed else None,
        "version": decision.version + 1 if is_changed else None,
    }


def _added(counts: Mapping[str, int], decisions: Sequence[Decided]) -> dict[str, int]:
    return dict(Counter(counts) + Counter(decision.fate.value for decision in decisions))


def _keep(run: int, rows: Sequence[Mapping[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_bulkrow AS row SET fate = new.fate, reason = new.reason, before = new.before, "
            "version = new.version FROM jsonb_to_recordset(%s::jsonb) "
            "AS new(record bigint, fate text, reason integer, before jsonb, version integer) "
            "WHERE row.run_id = %s AND row.record = new.record",
            [as_text(list(rows)), run],
        )


@action
def _undo_chunk(run_id: int, *, actor: Actor, at: datetime) -> bool:
    """Put the next chunk back; false when nothing is left to do."""
    run = BulkRun.objects.select_for_update().get(id=run_id)
    if run.state != "undoing":
        return False
    changed = BulkRow.objects.filter(run=run, fate=Fate.CHANGED.value, undone="").order_by("record")
    rows = {row.record: (row.before or {}, row.version or 0) for row in changed[:CHUNK]}
    if run.cancel_asked or not rows:
        return _end(run, "done" if run.cancel_asked else "undone", at)
    subject = Subject(run.subject)
    act = read_changes(subject, run.changes).act
    decisions = take_back(subject, act, rows, actor=actor, at=at)
    reasons = Reasons(run.reasons)
    _keep_undone(run.id, [(decision, reasons.number(decision.refusal)) for decision in decisions])
    run.undo_counts = _added(run.undo_counts, decisions)
    run.reasons, run.moved_at = reasons.kept, at
    run.save(update_fields=["undo_counts", "reasons", "moved_at"])
    return True


def _keep_undone(run: int, decisions: Sequence[tuple[Decided, int | None]]) -> None:
    rows = [{"record": decision.key, "undone": decision.fate.value, "reason": reason} for decision, reason in decisions]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_bulkrow AS row SET undone = new.undone, undone_reason = new.reason "
            "FROM jsonb_to_recordset(%s::jsonb) AS new(record bigint, undone text, reason integer) "
            "WHERE row.run_id = %s AND row.record = new.record",
            [as_text(rows), run],
        )


def forget(at: datetime) -> None:
    """Delete runs that nobody started, and what it takes to undo those that can no longer be undone."""
    BulkRun.objects.filter(state__in=("draft", "ready"), moved_at__lt=at - timedelta(days=DRAFT_DAYS)).delete()
    over = BulkRun.objects.filter(finished_at__lt=at - timedelta(days=UNDO_DAYS))
    BulkRow.objects.filter(run__in=over.values("id"), before__isnull=False).update(before=None)
