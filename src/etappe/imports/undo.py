"""Undoing a whole import within 90 days: what it made goes to the recycle bin, what it changed is as it was before.

Values that somebody changed since stay, and so does what records outside the import need; both are listed. The work is
done in steps, each in a transaction of its own, so that it goes on where it was after an interruption.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.kinds.imports import ImportUndone
from etappe.deals.load_undo import accounts_of_deals as accounts_with_deals
from etappe.deals.load_undo import archive_deals, named_deals, people_of_deals
from etappe.imports.models import Link, Past, Run
from etappe.imports.queries import found
from etappe.imports.undo_edits import take_back_edits
from etappe.imports.undo_history import take_back_histories
from etappe.imports.undo_merges import LISTED, merged_among, remember_merged
from etappe.journal.queries import made_and_edited, newest
from etappe.journal.record import action, record, under
from etappe.people.load_undo import archive_accounts, archive_people, belonging, named_accounts, named_people
from etappe.team.access import require

KEPT = timedelta(days=90)
"""How long an import can be undone."""
AT_ONCE = 4000
"""Records that are taken back in one transaction."""

STAYING = ("stays", "kept", "merged", "joined")
"""Why something stays: others need it, changed it since, merged it since, or use it in a buying centre."""


@dataclass(frozen=True)
class _Sort:
    """How records of one kind are taken back."""

    kind: str
    archive: Callable[..., list[int]]
    named: Callable[[Sequence[int]], Sequence[Any]]
    needed: Callable[[Run, Sequence[int]], set[int]]


def _accounts_needed(run: Run, keys: Sequence[int]) -> set[int]:
    """Accounts that deals, people, other accounts or other imports need which the import did not make."""
    pairs = belonging(keys)
    below = Link.objects.filter(kind="account", made=run.id, record_id__in={child for _account, child in pairs})
    going = set(below.values_list("record_id", flat=True))
    with_others = {account for account, child in pairs if child not in going}
    return accounts_with_deals(keys) | with_others | _named_elsewhere(run, "account", keys)


def _people_needed(run: Run, keys: Sequence[int]) -> set[int]:
    """People whom deals or other imports need which the import did not make."""
    return people_of_deals(keys) | _named_elsewhere(run, "person", keys)


def _named_elsewhere(run: Run, kind: str, keys: Sequence[int]) -> set[int]:
    """Those of the records that rows of other sources mean, too, in an import that stands or is at work."""
    links = Link.objects.filter(kind=kind, record_id__in=keys).exclude(source=run.source_id)
    standing = links.exclude(run__state__in=("undoing", "undone"), seen_before="")
    return {key for key in standing.values_list("record_id", flat=True) if key is not None}


_SORTS = (
    _Sort("deal", archive_deals, named_deals, lambda run, keys: set()),
    _Sort("person", archive_people, named_people, _people_needed),
    _Sort("account", archive_accounts, named_accounts, _accounts_needed),
)
"""Deals first: what only they needed can go after them."""


@action
def begin_undo(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> str:
    """Ask for an import to be undone; returns its uid. Refuses one that wrote nothing, runs, or is too old."""
    require(actor, "imports.run")
    run = Run.objects.select_for_update().get(id=found(actor, uid).id)
    if run.state == "undoing":
        return str(run.uid)
    if run.state not in ("done", "cancelled", "failed") or not run.counts or run.first_entry is None:
        raise Refusal("import_not_undoable", state=run.state)
    if (run.finished_at or run.created_at) + KEPT < at:
        raise Refusal("import_too_old_to_undo", days=KEPT.days)
    run.state, run.undone_at, run.moved_at, run.rows_done, run.share = "undoing", at, at, 0, 0.0
    run.undone |= {"by": actor.id}
    run.last_entry = run.last_entry or newest()
    made = Link.objects.filter(source=run.source, made=run.id).exclude(record_id=None)
    run.rows_total = made.values("kind", "record_id").distinct().count()
    run.save(update_fields=[
        "state", "undone_at", "moved_at", "last_entry", "rows_done", "rows_total", "share", "undone"
    ])  # fmt: skip
    return str(run.uid)


def undo(uid: uuid.UUID | str, *, actor: Actor, clock: Callable[[], datetime]) -> None:
    """Carry out what `begin_undo` asked for; an interrupted one goes on where it was."""
    run = Run.objects.filter(uid=uid, state="undoing").first()
    if run is None:
        return
    with under(uuid.uuid5(run.uid, "undo")):
        while take_back_edits(run.id, actor=actor, at=clock()):
            pass
        for sort in _SORTS:
            while _archive(run.id, sort, actor=actor, at=clock()):
                pass
        while take_back_histories(run.id, actor=actor, at=clock()):
            pass
        _finish(run.id, actor=actor, at=clock())


@action
def _archive(key: int, sort: _Sort, *, actor: Actor, at: datetime) -> bool:
    """Archive some records that the import made; returns whether there were any."""
    run = _locked(key)
    records = _made(run, sort.kind)
    if not records:
        return False
    merged = merged_among(run, sort.kind, records)
    needed = sort.needed(run, merged.records) - set(merged.into) - set(merged.holding)
    leaving = merged.leaving(needed)
    left = merged.left(leaving)
    voids, edited = made_and_edited(sort.kind, leaving, run.uid)
    gone = sort.archive(leaving, voids, actor=actor, at=at)
    _remember(run, "stays", sort, needed)
    _remember(run, "edited", sort, set(edited) & set(gone), edited)
    remember_merged(run, sort.kind, sort.named, left)
    _count(run, sort.kind, len(gone))
    _forget(run, sort.kind, merged.records, {*needed, *left})
    run.rows_done += len(merged.records)
    run.share = min(run.rows_done / run.rows_total, 1.0) if run.rows_total else 0.0
    run.moved_at = at
    run.save(update_fields=["undone", "rows_done", "share", "moved_at"])
    return True


def _locked(key: int) -> Run:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('etappe imports'))")
    return Run.objects.select_for_update().get(id=key)


def _made(run: Run, kind: str) -> list[int]:
    """Some records that the run made and that have not been looked at yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id FROM imports_link WHERE source_id = %s AND kind = %s AND made = %s "
            "AND record_id IS NOT NULL LIMIT %s",
            [run.source_id, kind, run.id, AT_ONCE],
        )
        return list({record for (record,) in cursor.fetchall()})


def _remember(
    run: Run, what: str, sort: _Sort, keys: Iterable[int], columns: Mapping[int, Sequence[str]] | None = None
) -> None:
    """Count records and keep some of them by name, with their columns that somebody edited."""
    keys = list(keys)
    if not keys:
        return
    told = run.undone.setdefault(what, {"count": 0, "records": []})
    told["count"] += len(keys)
    room = LISTED - len(told["records"])
    for each in sort.named(sorted(keys)[: max(room, 0)]):
        beside = list((columns or {}).get(each.id, ()))
        told["records"].append([sort.kind, each.uid, each.name[:200], *([beside] if beside else [])])


def _count(run: Run, kind: str, count: int) -> None:
    archived = run.undone.setdefault("archived", {})
    archived[kind] = archived.get(kind, 0) + count


def _forget(run: Run, kind: str, records: Sequence[int], needed: Iterable[int]) -> None:
    """Rows of records that are gone are new when they come again; a record that stays is nobody's making any more."""
    links = Link.objects.filter(kind=kind)
    links.filter(record_id__in=list(needed), made=run.id).update(made=None)
    links.filter(record_id__in=set(records) - set(needed)).delete()


@action
def _finish(key: int, *, actor: Actor, at: datetime) -> None:
    """Let changed rows say again what they said before, and close the book."""
    run = _locked(key)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_link SET seen = seen_before WHERE source_id = %s AND run_id = %s AND seen_before <> ''",
            [run.source_id, run.id],
        )
        cursor.execute(
            "DELETE FROM imports_link WHERE source_id = %s AND record_id IS NULL "
            "AND (made = %s OR (made IS NULL AND run_id = %s))",
            [run.source_id, run.id, run.id],
        )
    Past.objects.filter(source=run.source_id, run=run.id).delete()
    run.state, run.undone_at, run.moved_at = "undone", at, at
    run.save(update_fields=["state", "undone_at", "moved_at"])
    archived: Mapping[str, int] = run.undone.get("archived", {})
    told = ImportUndone(str(run.uid), sum(archived.values()), int(run.undone.get("restored", 0)), _stayed(run))
    record(told, actor=actor, at=at)


def _stayed(run: Run) -> int:
    return sum(int(run.undone.get(what, {}).get("count", 0)) for what in STAYING)
