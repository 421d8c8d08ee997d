"""Reading contacts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from django.db.models import BigIntegerField, Expression, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.page import Page
from etappe.journal.paging import Sort, bounded_count, stretch
from etappe.journal.statements import Statement, for_each
from etappe.people.models import Touchpoint
from etappe.people.queries import AccountRef, PersonRef, person_ref
from etappe.people.scope import Sight, sight_of, touchpoints_seen_by, visible_touchpoints
from etappe.team.access import Holder, may
from etappe.team.queries import UserRef, as_uuid

WITHDRAW = "contacts.withdraw"


@dataclass(frozen=True)
class TouchpointView:
    """One contact, with whom it was and who of ours had it."""

    uid: uuid.UUID
    happened_at: datetime
    direction: str
    channel: str
    act: str
    about: str
    source: str
    key: str
    account: AccountRef | None
    person: PersonRef | None
    user: UserRef | None
    recorded_at: datetime
    withdrawn_at: datetime | None
    may_withdraw: bool


def get_touchpoint(viewer: Actor, uid: uuid.UUID | str) -> TouchpointView:
    """The contact, if it was not withdrawn and the viewer sees with whom it was; otherwise `Missing`."""
    found = visible_touchpoints(viewer).select_related(*NAMED).filter(uid=as_uuid(uid)).first()
    if found is None:
        raise Missing
    return viewed(viewer, found)


@dataclass(frozen=True)
class Wanted:
    """Which contacts: with a record (by key), on a channel, in a direction, from one moment until before another."""

    account: int | None = None
    person: int | None = None
    channel: str = ""
    direction: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def condition(self) -> Q:
        """What the rows have to fulfil."""
        given = {
            "account_id": self.account,
            "person_id": self.person,
            "channel": self.channel or None,
            "direction": self.direction or None,
            "happened_at__gte": self.since,
            "happened_at__lt": self.until,
        }
        return Q(**{name: value for name, value in given.items() if value is not None})


NEWEST = {"newest": Sort("happened_at", descending=True, read=datetime.fromisoformat)}


def touchpoints(viewer: Actor, wanted: Wanted, *, after: str | None = None) -> Page[TouchpointView]:
    """The contacts that the viewer may see, newest first, page by page."""
    rows = visible_touchpoints(viewer).filter(wanted.condition())
    found, mark = stretch(rows.select_related(*NAMED), NEWEST, "newest", after)
    return Page(tuple(viewed(viewer, row) for row in found), mark, bounded_count(rows))


MONTHS: Final = 3
"""So many months of contacts, this one among them, are looked at before all older ones."""


def newest(
    viewer: Actor, subject: Literal["account", "person"], key: int, count: int, *, at: datetime
) -> tuple[list[TouchpointView], bool]:
    """The newest contacts with the account or person of this key, and whether there are more; nothing is counted.

    Every month is a table of its own, and planning to look into all of them takes longer than looking. So the newest
    months are asked first, which most often are enough, and the older ones by a statement that is planned once.
    """
    sight = sight_of(viewer)
    if sight is Sight.NONE:
        return [], False
    asked, since = _Asked(subject, count + 1, sight), _months_back(at)
    found = _late(asked)(key, since, viewer.id)
    if len(found) <= count:
        found += _early(asked)(key, since, viewer.id)
    return [viewed(viewer, row) for row in found[:count]], len(found) > count


class _Asked(NamedTuple):
    """What is part of a statement, not given to it."""

    subject: str
    limit: int
    sight: Sight

    def rows(self, key: Expression, viewer: Expression) -> QuerySet[Touchpoint]:
        """The contacts that are asked for, of all months."""
        rows = touchpoints_seen_by(self.sight, viewer).filter(**{f"{self.subject}_id": key})
        return rows.select_related(*NAMED).order_by("-happened_at", "-id")


def _months_back(at: datetime) -> datetime:
    """The begin of the first month that is looked at first; months are those of the table, in UTC."""
    months = at.astimezone(UTC).year * _YEAR + at.astimezone(UTC).month - MONTHS
    return datetime(months // _YEAR, months % _YEAR + 1, 1, tzinfo=UTC)


@for_each
def _late(asked: _Asked) -> Statement[Touchpoint]:
    return Statement(lambda key, since, viewer: asked.rows(key, viewer).filter(happened_at__gte=since)[: asked.limit])


@for_each
def _early(asked: _Asked) -> Statement[Touchpoint]:
    return Statement(lambda key, since, viewer: asked.rows(key, viewer).filter(happened_at__lt=since)[: asked.limit])


NAMED = ("account", "person", "user")
"""Records whose names a contact shows, to be read along with it."""


def viewed(viewer: Actor, row: Touchpoint) -> TouchpointView:
    """The contact with the names of whom it tells."""
    return TouchpointView(
        uid=row.uid,
        happened_at=row.happened_at,
        direction=row.direction,
        channel=row.channel,
        act=row.act,
        about=row.about,
        source=row.source,
        key=row.key,
        account=AccountRef(row.account.uid, row.account.name) if row.account else None,
        person=person_ref(row.person) if row.person else None,
        user=UserRef(row.user.uid, row.user.name) if row.user else None,
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
        may_withdraw=may_withdraw(viewer, row),
    )


def may_withdraw(actor: Actor, row: Touchpoint) -> bool:
    """Whether the actor may withdraw this contact; one that names no colleague whoever may withdraw at all."""
    return may(actor, WITHDRAW, Holder(owner=row.user_id, team=row.user.team_id) if row.user else None)


def parts_changed(mark: int, keys: int) -> set[tuple[int, int]]:
    """Where contacts were recorded, changed or withdrawn in transactions from `mark` on.

    Each place is a month, in UTC, as the number of months since year 0, and a range of so many keys.
    """
    months = ExtractYear("happened_at", tzinfo=UTC) * _YEAR + ExtractMonth("happened_at", tzinfo=UTC) - 1
    part = ExpressionWrapper(F("id") / keys, output_field=BigIntegerField())
    changed = Touchpoint.objects.filter(xid__gte=mark).annotate(months=months, part=part)
    return set(changed.values_list("months", "part").distinct())


_YEAR: Final = 12
"""Months of a year."""
