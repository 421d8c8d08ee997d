"""The only start of a read: which accounts and people a viewer sees."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Protocol, TypeVar

from django.db.models import Expression, Q, QuerySet

from etappe.core.actor import Actor, ActorKind, Role
from etappe.people.models import Account, Person, Touchpoint
from etappe.team.queries import teams_above_each

M = TypeVar("M", Account, Person)


def visible_accounts(viewer: Actor, *, archived: bool = False) -> QuerySet[Account]:
    """The start of every read of accounts: all but the private ones, which their owner and administrators see.

    With `archived` those that lie in the recycle bin or were merged away, instead of those that are in use.
    """
    return _kept(Account.objects.all(), viewer, archived=archived)


def visible_people(viewer: Actor, *, archived: bool | None = False) -> QuerySet[Person]:
    """The start of every read of people: as for accounts; those of a private account are private with it.

    For `archived` being None also those that lie in the recycle bin or were merged away: entries tell of them.
    """
    if sees_everything(viewer):
        return _kept(Person.objects.all(), viewer, archived=archived)
    hidden = Account.objects.filter(is_private=True).exclude(owner=viewer.id)
    return _kept(Person.objects.all(), viewer, archived=archived).exclude(account__in=hidden.values("id"))


def visible_touchpoints(viewer: Actor, *, withdrawn: bool = False) -> QuerySet[Touchpoint]:
    """The start of every read of contacts: those with accounts and people whom the viewer sees, and that count.

    With `withdrawn` those that were withdrawn instead. What lies in the recycle bin takes its contacts along.
    """
    return touchpoints_seen_by(sight_of(viewer), viewer.id, withdrawn=withdrawn)


class Sight(Enum):
    """What of private records somebody sees."""

    ALL = "all"
    OWN = "own"
    NONE = "none"


def sight_of(viewer: Actor) -> Sight:
    """Who has no role sees no record that may be private."""
    if sees_everything(viewer):
        return Sight.ALL
    return Sight.NONE if viewer.role is None else Sight.OWN


def touchpoints_seen_by(
    sight: Sight, viewer: int | Expression | None, *, withdrawn: bool = False
) -> QuerySet[Touchpoint]:
    """The same, where `viewer` is the key of a user or the place of one in a statement that is kept."""
    rows = Touchpoint.objects.filter(
        Q(account=None) | Q(account__archived_at=None), withdrawn_at__isnull=not withdrawn
    ).filter(Q(account__isnull=False) | Q(person__archived_at=None))
    if sight is Sight.ALL:
        return rows
    if sight is Sight.NONE:
        return rows.none()
    return rows.filter(*(_none_or_open(place, viewer) for place in ("account", "person", "person__account")))


def _none_or_open(place: str, viewer: int | Expression | None) -> Q:
    """That there is no record at this place, or one that is open to the viewer."""
    return Q(**{place: None}) | Q(**{f"{place}__is_private": False}) | Q(**{f"{place}__owner": viewer})


def _kept(rows: QuerySet[M], viewer: Actor, *, archived: bool | None) -> QuerySet[M]:
    """What is open to the viewer, in use or archived; both for None."""
    here = Q() if archived is None else Q(archived_at__isnull=not archived)
    return rows.filter(Q() if sees_everything(viewer) else _open_to(viewer), here)


def sees_everything(viewer: Actor) -> bool:
    """Whether private records are no secret to this viewer."""
    return viewer.kind in (ActorKind.SYSTEM, ActorKind.IMPORT) or viewer.role is Role.ADMINISTRATOR


def _open_to(viewer: Actor) -> Q:
    return Q(is_private=False) | Q(owner=viewer.id) if viewer.role is not None else Q(pk__in=())


class OfTeam(Protocol):
    """What is meant for one team, or for everybody."""

    @property
    def team_id(self) -> int | None:
        """The key of the team; none for everybody."""


F = TypeVar("F", bound=OfTeam)


def meant_for(viewer: Actor, found: Iterable[F], *, team: int | None = None) -> list[F]:
    """Those of the fields that are for everybody, the viewer's teams and those above, or for `team` (a deal's)."""
    return meant_for_each(viewer, found, [team])[team]


def meant_for_each(viewer: Actor, found: Iterable[F], teams: Iterable[int | None]) -> dict[int | None, list[F]]:
    """The same for records of each of these teams, in at most one query."""
    rows, asked = list(found), set(teams)
    if viewer.scope.all or all(row.team_id is None for row in rows):
        return dict.fromkeys(asked, rows)
    above = teams_above_each({viewer.team, *asked})
    own = {None, *viewer.teams, *above[viewer.team]}
    return {team: [row for row in rows if row.team_id in own | above[team]] for team in asked}
