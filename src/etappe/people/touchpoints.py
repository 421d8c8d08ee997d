"""Reading contacts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.people.models import Touchpoint
from etappe.people.queries import AccountRef, PersonRef, account_names, person_names
from etappe.people.scope import visible_touchpoints
from etappe.team.access import Holder, may
from etappe.team.queries import UserRef, as_uuid, teams_of, user_names

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
    found = list(visible_touchpoints(viewer).filter(uid=as_uuid(uid)))
    if not found:
        raise Missing
    return viewed(viewer, found)[0]


def viewed(viewer: Actor, rows: Sequence[Touchpoint]) -> list[TouchpointView]:
    """These contacts with the names of whom they tell: at most four queries, however many they are."""
    accounts = account_names(row.account_id for row in rows)
    people = person_names(row.person_id for row in rows)
    users = user_names(row.user_id for row in rows)
    holders = holders_of(rows)
    return [
        TouchpointView(
            uid=row.uid,
            happened_at=row.happened_at,
            direction=row.direction,
            channel=row.channel,
            act=row.act,
            about=row.about,
            source=row.source,
            key=row.key,
            account=accounts.get(row.account_id or 0),
            person=people.get(row.person_id or 0),
            user=users.get(row.user_id or 0),
            recorded_at=row.recorded_at,
            withdrawn_at=row.withdrawn_at,
            may_withdraw=may_withdraw(viewer, holders[row.uid]),
        )
        for row in rows
    ]


def holders_of(rows: Iterable[Touchpoint]) -> dict[uuid.UUID, Holder]:
    """Whose these contacts are: the colleague's who had them, and that colleague's team's."""
    found = list(rows)
    teams = teams_of(row.user_id for row in found)
    return {row.uid: Holder(owner=row.user_id, team=teams.get(row.user_id or 0)) for row in found}


def may_withdraw(actor: Actor, holder: Holder) -> bool:
    """Whether the actor may withdraw a contact of this holder; without one, whoever may withdraw at all."""
    return may(actor, WITHDRAW, holder if holder.owner is not None else None)
