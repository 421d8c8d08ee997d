"""Reading the journal: the timeline of a record."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from etappe.core.kinds import REGISTRY, Edited, JournalKind
from etappe.journal.fields import Says, Told, Words
from etappe.journal.models import WRITTEN, Entry
from etappe.journal.statements import Statement

Keys = int | Sequence[int]
"""The key of a record, or those of all that were made one."""

PAGE = 50
"""Entries of a timeline per page."""
LOOKED_AT = 2000
"""Texts that say a word, of which those are sought that somebody may see."""


@dataclass(frozen=True)
class EntryView:
    """An entry as a timeline shows it."""

    id: int
    change_id: uuid.UUID
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    actor_kind: str
    actor_id: int | None
    voids: int | None
    backfilled: bool
    account_id: int | None
    person_id: int | None
    deal_id: int | None
    data: dict[str, Any]


def timeline(
    *, deal: int | None = None, account: Keys | None = None, person: Keys | None = None, before: int | None = None
) -> list[EntryView]:
    """The newest entries about a record, newest first; `before` is the id of the last one of the page before.

    Several keys stand for one record that others were merged into. The caller has checked that the viewer may see it.
    """
    if deal is not None and before is None:
        return [_view(entry) for entry in _NEWEST_OF_DEAL(deal)]
    subject = _subject(deal=deal, account=account, person=person)
    older = Q(id__lt=before) if before else Q()
    return [_view(entry) for entry in Entry.objects.filter(subject, older).order_by("-id")[:PAGE]]


_NEWEST_OF_DEAL = Statement(lambda deal: Entry.objects.filter(deal_id=deal).order_by("-id")[:PAGE])


def kinds_of(
    *, deal: int | None = None, account: int | None = None, person: int | None = None, before: int | None = None
) -> list[JournalKind]:
    """The entries about a record (up to entry `before`, if given) as their kinds, oldest first, for folding."""
    earlier = Q(id__lt=before) if before else Q()
    entries = Entry.objects.filter(_subject(deal=deal, account=account, person=person), earlier).order_by("id")
    return [REGISTRY[entry.kind](**entry.data) for entry in entries]


def latest(*kinds: str, deal: int) -> EntryView | None:
    """The newest entry about a deal, of these kinds if any are named."""
    wanted = Q(kind__in=kinds) if kinds else Q()
    found = Entry.objects.filter(wanted, deal_id=deal).order_by("-id").first()
    return _view(found) if found else None


@dataclass(frozen=True)
class Changed:
    """Which accounts and people some entries are about, and the mark behind which to read on."""

    keys: dict[str, set[int]]
    read: int
    xid: int
    entry: int


def changed_records(xid: int, entry: int, *, limit: int) -> Changed:
    """Accounts and people whose own entries lie behind a mark, `limit` entries at most.

    Only transactions that have ended for everybody are read, so that a late commit is not skipped.
    """
    end = horizon()
    behind = Q(xid__gt=xid) | Q(xid=xid, id__gt=entry)
    own = Q(kind__startswith="account.") | Q(kind__startswith="person.")
    found = Entry.objects.filter(behind, own, xid__gte=xid, xid__lt=end).order_by("xid", "id")
    rows = list(found.values_list("kind", "account_id", "person_id", "xid", "id")[:limit])
    keys: dict[str, set[int]] = {"account": set(), "person": set()}
    for kind, account, person, _xid, _id in rows:
        subject = kind.partition(".")[0]
        key = {"account": account, "person": person}.get(subject)
        if key is not None:
            keys[subject].add(key)
    last = (rows[-1][3], rows[-1][4]) if len(rows) == limit else (end, 0)
    return Changed(keys, len(rows), *last)


def has_changed_records(xid: int, entry: int, first: int, last: int | None) -> bool:
    """Whether entries of accounts or people in a stretch of the journal lie behind a mark, still to be read."""
    behind = Q(xid__gt=xid) | Q(xid=xid, id__gt=entry)
    own = Q(kind__startswith="account.") | Q(kind__startswith="person.")
    stretch = Q(id__gte=first) & (Q(id__lte=last) if last is not None else Q())
    return Entry.objects.filter(behind, own, stretch, xid__gte=xid).exists()


def own_entries(subject: str, key: int, limit: int) -> list[EntryView]:
    """The newest entries that change a record itself, oldest first; `subject` is account, person or deal."""
    found = Entry.objects.filter(**{f"{subject}_id": key}, kind__startswith=f"{subject}.").order_by("-id")[:limit]
    return [_view(entry) for entry in reversed(found)]


def last_entries(kind: str, subject: str, ids: Iterable[int]) -> dict[int, EntryView]:
    """The newest entry of one kind about each of these records, by their key; `subject` is account, person or deal."""
    column = f"{subject}_id"
    found = Entry.objects.filter(kind=kind, **{f"{column}__in": list(ids)}).order_by("id")
    return {getattr(entry, column): _view(entry) for entry in found}


def _subject(*, deal: int | None, account: Keys | None, person: Keys | None) -> Q:
    given = {"deal_id": deal, "account_id": account, "person_id": person}
    about = {column: value for column, value in given.items() if value is not None}
    return Q(**{column if isinstance(value, int) else f"{column}__in": value for column, value in about.items()})


def _view(entry: Entry) -> EntryView:
    return EntryView(
        id=entry.id,
        change_id=entry.change_id,
        kind=entry.kind,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        voids=entry.voids,
        backfilled=entry.backfilled,
        account_id=entry.account_id,
        person_id=entry.person_id,
        deal_id=entry.deal_id,
        data=entry.data,
    )


def horizon() -> int:
    """A mark in time: every entry that becomes visible from now on has a transaction id at or above it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def moment() -> str:
    """The present moment as the database keeps it: what is committed by now, whatever is still being written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


@dataclass(frozen=True)
class Act:
    """Who changed which columns of a record, each with its value before (where the entry tells it) and after."""

    record: int
    actor: int | None
    change: uuid.UUID
    changed: Mapping[str, Sequence[Any]]


def changed_after(subject: str, keys: Sequence[int], since: str) -> list[Act]:
    """What became visible after a `moment()` about these deals, accounts or people and changed them, oldest first."""
    column = f"{subject}_id"
    later = Q(RawSQL("NOT pg_visible_in_snapshot(xid::text::xid8, %s::pg_snapshot)", [since], BooleanField()))
    rows = Entry.objects.filter(later, **{f"{column}__in": list(keys)}, kind__startswith=f"{subject}.")
    told = rows.order_by("id").values_list(column, "actor_id", "change_id", "kind", "data")
    return [Act(key, actor, change, _changed(kind, data)) for key, actor, change, kind, data in told]


def _changed(kind: str, data: Mapping[str, Any]) -> Mapping[str, Sequence[Any]]:
    entry = REGISTRY[kind](**data)
    return entry.changed if isinstance(entry, Edited) else {name: (None, now) for name, now in entry.after().items()}


def touched_since(mark: int, limit: int = 200) -> list[int]:
    """Ids of deals with an entry since the mark, newest first. A mark from `horizon()` misses no late commit."""
    recent = Entry.objects.filter(xid__gte=mark, deal_id__isnull=False).order_by("-id")
    ids = recent.values_list("deal_id", flat=True)[:limit]
    return list(dict.fromkeys(deal for deal in ids if deal is not None))


def touches_since(mark: int, limit: int) -> int:
    """How many entries about deals there are since the mark, counted up to the limit."""
    return Entry.objects.filter(xid__gte=mark, deal_id__isnull=False)[:limit].count()


def happened_since(mark: int, kinds: Collection[str]) -> bool:
    """Whether there is an entry of one of these kinds since the mark."""
    return Entry.objects.filter(xid__gte=mark, kind__in=list(kinds)).exists()


def last_entry_id() -> int:
    """The id of the newest entry that can be seen."""
    newest = Entry.objects.order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def entries_of_change(change: uuid.UUID, kind: str, *, after: int, upto: int, limit: int) -> list[EntryView]:
    """Entries of one kind that belong to a change, oldest first, among those with ids in a stretch of the journal."""
    stretch = Entry.objects.filter(id__gt=after, id__lte=upto)
    return [_view(entry) for entry in stretch.filter(change_id=change, kind=kind).order_by("id")[:limit]]


def entries_by_id(ids: Iterable[int]) -> list[EntryView]:
    """Entries with these ids, oldest first."""
    return [_view(entry) for entry in Entry.objects.filter(id__in=list(ids)).order_by("id")]


@dataclass(frozen=True)
class Edit:
    """An entry of a change, in the fewest fields."""

    id: int
    kind: str
    account: int | None
    person: int | None
    deal: int | None
    data: Mapping[str, Any]


def edits_of(change: uuid.UUID, kinds: Sequence[str], first: int, before: int, limit: int) -> list[Edit]:
    """Entries of these kinds that a change wrote from entry `first` to the one before `before`, newest first."""
    rows = Entry.objects.filter(id__gte=first, id__lt=before, change_id=change, kind__in=kinds).order_by("-id")[:limit]
    return [Edit(row.id, row.kind, row.account_id, row.person_id, row.deal_id, row.data) for row in rows]


def made_and_edited(
    subject: str, keys: Sequence[int], change: uuid.UUID
) -> tuple[dict[int, int], dict[int, list[str]]]:
    """Of these records: the entry that tells of their making by this change, and those that other changes tell of.

    The latter with the columns that were edited, each once.
    """
    column = {"account": "account_id", "person": "person_id", "deal": "deal_id"}[subject]
    rows = Entry.objects.filter(**{f"{column}__in": list(keys)}, kind__startswith=f"{subject}.")
    made: dict[int, int] = {}
    edited: dict[int, list[str]] = {}
    for entry, key, kind, of, changed in rows.order_by("id").values_list(
        "id", column, "kind", "change_id", "data__changed"
    ):
        if of != change:
            columns = edited.setdefault(key, [])
            columns += [name for name in changed or () if name not in columns]
        elif kind == f"{subject}.created":
            made[key] = entry
    return made, edited


def newest() -> int:
    """The newest entry there is; 0 for none."""
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def lock_entry(entry: int) -> None:
    """Until the transaction ends nobody else takes back this entry; its row itself cannot be locked, only read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('journal_entry', %s))", [entry])


def is_taken_back(entry: EntryView) -> bool:
    """Whether a later entry takes this one back."""
    return bool(_taken_back([entry], deal=entry.deal_id, account=entry.account_id, person=entry.person_id))


def entries_saying(
    asked: str, deals: QuerySet[Any], people: QuerySet[Any], accounts: QuerySet[Any], *, limit: int
) -> list[EntryView]:
    """Notes and activities that say what a `tsquery` asks for, newest first, about records that the viewer sees.

    Of those that say it the newest `LOOKED_AT` are looked through; what was written anew or deleted since is left out.
    """
    words = Says(Words(Told(F("data"))), Value(asked))
    newest = Entry.objects.filter(words, kind__in=WRITTEN).order_by("-id").values_list("id", flat=True)[:LOOKED_AT]
    about = (
        Q(deal_id__in=deals.values("id"))
        | Q(deal_id=None, person_id__in=people.values("id"))
        | Q(deal_id=None, person_id=None, account_id__in=accounts.values("id"))
    )
    rows = list(Entry.objects.filter(about, id__in=list(newest)).order_by("-id")[: 2 * limit])
    gone = _voided(rows)
    return [_view(row) for row in rows if row.id not in gone][:limit]


def _voided(rows: Sequence[Entry]) -> set[int | None]:
    """Which of these entries later ones take back; found by the indexes of their records."""
    if not rows:
        return set()
    columns = ("deal_id", "person_id", "account_id")
    about = [Q(**{f"{name}__in": {getattr(row, name) for row in rows} - {None}}) for name in columns]
    ids = [row.id for row in rows]
    later = Entry.objects.filter(reduce(or_, about), id__gt=min(ids), voids__in=ids)
    return set(later.values_list("voids", flat=True))


def without_old_notes(
    entries: Sequence[EntryView], *, deal: int | None = None, account: Keys | None = None, person: Keys | None = None
) -> list[EntryView]:
    """The entries of a record but for notes that were written anew or deleted since."""
    notes = [entry for entry in entries if entry.kind == "note.written"]
    gone = _taken_back(notes, deal=deal, account=account, person=person) if notes else set()
    return [entry for entry in entries if entry.id not in gone]


def _taken_back(
    entries: Sequence[EntryView], *, deal: int | None, account: Keys | None, person: Keys | None
) -> set[int | None]:
    """Which of these entries of one record a later one takes back; found by the index of the record's entries."""
    ids = [entry.id for entry in entries]
    later = Entry.objects.filter(_subject(deal=deal, account=account, person=person), id__gt=min(ids), voids__in=ids)
    return set(later.values_list("voids", flat=True))
