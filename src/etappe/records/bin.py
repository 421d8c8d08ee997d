"""The recycle bin over all rooms: what may be deleted, what lies there, and who put it there."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from etappe.core.actor import Actor, ActorKind
from etappe.core.bin import days_left, kept_since
from etappe.core.errors import Missing, Refusal
from etappe.core.page import Page
from etappe.deals.actions import bin as deals
from etappe.deals.queries import bin as deal_reads
from etappe.journal.queries import last_entries
from etappe.journal.record import action
from etappe.people import actions_bin as people
from etappe.people import bin as people_reads
from etappe.people import queries as people_queries
from etappe.team.access import may
from etappe.team.queries import user_names

SUBJECTS = ("account", "person", "deal")
"""What can be deleted."""


@dataclass(frozen=True)
class Binned:
    """A record in the recycle bin: who put it there, when, and for how many days it can still be brought back.

    `with_import` says that it went with an import that was undone. `into` is the uid of the record that it was merged
    into, if it was.
    """

    subject: str
    uid: uuid.UUID
    name: str
    archived_at: datetime
    by: str
    days_left: int
    may_restore: bool
    with_import: bool = False
    into: uuid.UUID | None = None


@action
def archive(subject: str, uid: uuid.UUID | str, *, seen: int | None = None, actor: Actor, at: datetime) -> None:
    """Put a record into the recycle bin. Refuses an account with open deals; closed ones stay as they are."""
    if subject == "deal":
        deals.archive(uid, seen=seen, actor=actor, at=at)
        return
    key = people.archive(subject, uid, seen=seen, actor=actor, at=at)
    # The account is locked now, so that no deal begins on it meanwhile; a refusal takes all back.
    if subject == "account" and (count := deal_reads.open_deals_of([key])[key]):
        raise Refusal("account_has_open_deals", name=_name_of(actor, uid), count=count)


def _name_of(actor: Actor, uid: uuid.UUID | str) -> str:
    row = people_reads.find_archived(actor, "account", uid)
    return row.name if row else ""


@action
def restore(subject: str, uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Bring a record back from the recycle bin, within 90 days."""
    if subject == "deal":
        deals.restore(uid, actor=actor, at=at)
    else:
        people.restore(subject, uid, actor=actor, at=at)


def may_delete(viewer: Actor, subject: str, key: int) -> bool:
    """Whether the viewer may delete this account or person."""
    return may(viewer, "records.delete") and may(viewer, "records.delete", people_reads.holder_of(subject, key))


def kept_out(keys: Collection[int]) -> dict[int, Refusal]:
    """Which of these accounts their open deals keep out of the recycle bin, each with the refusal."""
    return {key: Refusal("open_deals_remain") for key in deal_reads.open_deals_of(keys)}


def binned(viewer: Actor, subject: str, at: datetime, after: str | None = None) -> Page[Binned]:
    """What lies in the recycle bin and can still be brought back, deleted last first. A bounded number of queries."""
    if subject not in SUBJECTS:
        raise Missing
    if subject == "deal":
        found: Page[deal_reads.ArchivedDeal] | Page[people_reads.ArchivedRow] = deal_reads.archived_deals(
            viewer, at, after
        )
    else:
        found = people_reads.archived(viewer, subject, at, after)
    return Page(_told(subject, found.rows, at), found.after, found.count)


def gone(viewer: Actor, subject: str, uid: uuid.UUID | str, at: datetime) -> Binned | None:
    """The record as it lies in the recycle bin or was merged away; None where the viewer would never see it."""
    if subject == "deal":
        deal = deal_reads.find_archived_deal(viewer, uid)
        rows: Iterable[deal_reads.ArchivedDeal | people_reads.ArchivedRow] = [deal] if deal else []
    else:
        row = people_reads.find_archived(viewer, subject, uid)
        if row is not None and row.into is not None:
            return _merged(viewer, subject, row, at)
        rows = [row] if row else []
    kept = [row for row in rows if row.archived_at >= kept_since(at)]
    return next(iter(_told(subject, kept, at)), None)


def _merged(viewer: Actor, subject: str, row: people_reads.ArchivedRow, at: datetime) -> Binned | None:
    into = people_queries.survivor(viewer, subject, row.id)
    if into is None:
        return None
    left = days_left(row.archived_at, at)
    return Binned(subject, row.uid, row.name, row.archived_at, "", left, may_restore=False, into=into)


def _told(
    subject: str, rows: Iterable[deal_reads.ArchivedDeal | people_reads.ArchivedRow], at: datetime
) -> tuple[Binned, ...]:
    found = list(rows)
    entries = last_entries(f"{subject}.archived", subject, [row.id for row in found]) if found else {}
    names = user_names(entry.actor_id for entry in entries.values())
    by = {key: names[entry.actor_id].name for key, entry in entries.items() if entry.actor_id in names}
    with_import = {key for key, entry in entries.items() if entry.actor_kind == ActorKind.IMPORT}
    return tuple(
        Binned(
            subject=subject,
            uid=row.uid,
            name=row.name,
            archived_at=row.archived_at,
            by=by.get(row.id, ""),
            days_left=days_left(row.archived_at, at),
            may_restore=row.may_restore,
            with_import=row.id in with_import,
        )
        for row in found
    )
