"""Reading contacts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q
from django.db.models.functions import ExtractMonth, ExtractYear

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.page import Page
from etappe.journal.paging import Sort, bounded_count, stretch
from etappe.people.models import Touchpoint
from etappe.people.queries import AccountRef, PersonRef, person_ref
from etappe.people.scope import visible_touchpoints
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


def newest(viewer: Actor, wanted: Wanted, count: int) -> tuple[list[TouchpointView], bool]:
    """The newest of these contacts, and whether there are more; nothing is counted."""
    rows = visible_touchpoints(viewer).select_related(*NAMED).filter(wanted.condition())
    found = list(rows.order_by("-happened_at", "-id")[: count + 1])
    return [viewed(viewer, row) for row in found[:count]], len(found) > count


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
    months = ExtractYear("happened_at", tzinfo=UTC) * _MONTHS + ExtractMonth("happened_at", tzinfo=UTC) - 1
    part = ExpressionWrapper(F("id") / keys, output_field=BigIntegerField())
    changed = Touchpoint.objects.filter(xid__gte=mark).annotate(months=months, part=part)
    return set(changed.values_list("months", "part").distinct())


_MONTHS = 12
