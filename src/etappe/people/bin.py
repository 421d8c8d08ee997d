"""Reading accounts and people that lie in the recycle bin."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from etappe.core.actor import Actor
from etappe.core.bin import kept_since
from etappe.core.page import Page
from etappe.journal.paging import Sort, page_of
from etappe.people.models import Account, Person
from etappe.people.queries import survivor, visible_accounts, visible_people
from etappe.team.access import Holder, may
from etappe.team.queries import as_uuid, teams_of

NEWEST = {"newest": Sort("archived_at", descending=True, read=datetime.fromisoformat)}


@dataclass(frozen=True)
class ArchivedRow:
    """A record in the recycle bin. `into` is the key of the record it was merged into, if it was."""

    id: int
    uid: uuid.UUID
    name: str
    archived_at: datetime
    into: int | None
    may_restore: bool


def archived(viewer: Actor, subject: str, at: datetime, after: str | None = None) -> Page[ArchivedRow]:
    """Accounts or people that can still be brought back, those deleted last first."""
    found: QuerySet[Any] = _rows(viewer, subject).filter(merged_into=None, archived_at__gte=kept_since(at))
    page: Page[Account | Person] = page_of(found, NEWEST, "newest", after, lambda row: row)
    return Page(_viewed(viewer, page.rows), page.after, page.count)


def selected_archived(
    viewer: Actor, subject: str, uids: Collection[uuid.UUID] | None, limit: int, *, at: datetime
) -> list[int]:
    """The keys of accounts or people that can still be brought back, those named or (for None) all; at most `limit`."""
    found: QuerySet[Any] = _rows(viewer, subject).filter(merged_into=None, archived_at__gte=kept_since(at))
    named = found if uids is None else found.filter(uid__in=list(uids))
    return list(named.order_by("id").values_list("id", flat=True)[:limit])


def find_archived(viewer: Actor, subject: str, uid: uuid.UUID | str) -> ArchivedRow | None:
    """The account or person, if it is archived and the viewer may see it."""
    found: list[Any] = list(_rows(viewer, subject).filter(uid=as_uuid(uid)))
    return _viewed(viewer, found)[0] if found else None


def _rows(viewer: Actor, subject: str) -> QuerySet[Account] | QuerySet[Person]:
    if subject == "account":
        return visible_accounts(viewer, archived=True)
    return visible_people(viewer, archived=True)


def _viewed(viewer: Actor, rows: Iterable[Account | Person]) -> tuple[ArchivedRow, ...]:
    found = list(rows)
    holders = holders_of(found)
    return tuple(
        ArchivedRow(
            id=row.id,
            uid=row.uid,
            name=row.name,
            archived_at=row.archived_at,
            into=row.merged_into_id,
            may_restore=row.merged_into_id is None and may(viewer, "records.delete", holders[row.id]),
        )
        for row in found
        if row.archived_at is not None
    )


def survivor_of(viewer: Actor, subject: str, uid: uuid.UUID) -> tuple[uuid.UUID, str] | None:
    """The uid and name of the record that stands for this account or person, which was merged away.

    None for a record that was not, and where the viewer would see neither.
    """
    merged = _rows(viewer, subject).filter(uid=uid, merged_into__isnull=False).values_list("id", flat=True).first()
    into = survivor(viewer, subject, merged) if merged is not None else None
    if into is None:
        return None
    rows: QuerySet[Any] = visible_accounts(viewer) if subject == "account" else visible_people(viewer)
    return into, str(rows.values_list("name", flat=True).get(uid=into))


def holder_of(subject: str, key: int) -> Holder:
    """Whose this account or person is."""
    model = Account if subject == "account" else Person
    owner, team = model.objects.values_list("owner_id", "owner__team_id").get(id=key)
    return Holder(owner=owner, team=team)


def holders_of(rows: Iterable[Account | Person]) -> dict[int, Holder]:
    """Whose these records are, by key: their owner's, and that colleague's team's."""
    found = list(rows)
    teams = teams_of(row.owner_id for row in found)
    return {row.id: Holder(owner=row.owner_id, team=teams.get(row.owner_id or 0)) for row in found}
