"""Who sees and does what: one table, and the two questions everybody asks of it.

`ACTS` says for each act how far each role reaches: records of one's own, of one's teams, or all. A deal is one's own
for its owner and its deal team. What a viewer may not see is answered with `Missing` by the room that holds it; what
they see but may not do, with `Forbidden` from here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from etappe.core.actor import Actor, ActorKind, Role
from etappe.core.errors import Forbidden
from etappe.team.models import Team, User


class Reach(IntEnum):
    """How far an act reaches."""

    NOTHING = 0
    OWN = 1
    TEAM = 2
    ALL = 3


NOTHING, OWN, TEAM, ALL = Reach.NOTHING, Reach.OWN, Reach.TEAM, Reach.ALL

#                            admin  manager  rep      marketing success  observer
_TABLE: dict[str, tuple[Reach, Reach, Reach, Reach, Reach, Reach]] = {
    "deals.see":            (ALL, TEAM, TEAM, TEAM, TEAM, ALL),
    "deals.create":         (ALL, TEAM, OWN, NOTHING, OWN, NOTHING),
    "deals.edit":           (ALL, TEAM, OWN, NOTHING, OWN, NOTHING),
    "deals.move":           (ALL, TEAM, OWN, NOTHING, OWN, NOTHING),
    "deals.prove":          (ALL, TEAM, OWN, NOTHING, OWN, NOTHING),
    "deals.ask_exception":  (ALL, TEAM, OWN, NOTHING, OWN, NOTHING),
    "deals.grant":          (ALL, TEAM, NOTHING, NOTHING, NOTHING, NOTHING),
    "deals.inspect":        (ALL, TEAM, NOTHING, NOTHING, NOTHING, NOTHING),
    "deals.judge":          (ALL, TEAM, NOTHING, NOTHING, NOTHING, NOTHING),
    "people.edit":          (ALL, ALL, ALL, ALL, ALL, NOTHING),
    "records.merge":        (ALL, TEAM, OWN, NOTHING, OWN, NOTHING),
    "records.delete":       (ALL, TEAM, OWN, NOTHING, OWN, NOTHING),
    "notes.write":          (ALL, TEAM, TEAM, TEAM, TEAM, NOTHING),
    "contacts.record":      (ALL, ALL, ALL, ALL, ALL, NOTHING),
    "contacts.withdraw":    (ALL, TEAM, OWN, OWN, OWN, NOTHING),
    "figures.see":          (ALL, TEAM, TEAM, TEAM, TEAM, ALL),
    "figures.mail":         (OWN, OWN, OWN, OWN, OWN, OWN),
    "goals.set":            (ALL, TEAM, NOTHING, NOTHING, NOTHING, NOTHING),
    "commitments.make":     (OWN, OWN, OWN, NOTHING, OWN, NOTHING),
    "playbook.see":         (ALL, ALL, ALL, ALL, ALL, ALL),
    "playbook.drafts":      (ALL, ALL, NOTHING, NOTHING, NOTHING, NOTHING),
    "playbook.publish":     (ALL, ALL, NOTHING, NOTHING, NOTHING, NOTHING),
    "imports.see":          (ALL, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    "imports.run":          (ALL, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    "exports.see":          (ALL, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    "exports.run":          (ALL, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    "team.administer":      (ALL, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    "workspace.edit":       (ALL, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    "views.own":            (ALL, TEAM, OWN, OWN, OWN, OWN),
    "views.offer":          (ALL, TEAM, NOTHING, NOTHING, NOTHING, NOTHING),
    "tokens.own":           (ALL, OWN, OWN, OWN, OWN, OWN),
}  # fmt: skip

_COLUMNS = (Role.ADMINISTRATOR, Role.MANAGER, Role.REP, Role.MARKETING, Role.SUCCESS, Role.OBSERVER)

ACTS: dict[str, dict[Role, Reach]] = {act: dict(zip(_COLUMNS, reaches, strict=True)) for act, reaches in _TABLE.items()}
"""How far each role reaches, per act."""

READS = frozenset(
    {"deals.see", "figures.see", "playbook.see", "playbook.drafts", "deals.inspect", "exports.see", "imports.see"}
)
"""Acts that a token with the scope `read` may do."""


@dataclass(frozen=True)
class Holder:
    """Whose record it is: owner, the owner's team, and the deal team."""

    owner: int | None = None
    team: int | None = None
    members: Collection[int] = ()


def may(actor: Actor, act: str, holder: Holder | None = None) -> bool:
    """Whether the actor may do this, to the record of `holder` or (without one) to any record at all."""
    if actor.kind in (ActorKind.SYSTEM, ActorKind.IMPORT):
        return True
    if actor.role is None or not _token_allows(actor, act):
        return False
    reach = ACTS[act][actor.role]
    if holder is None or reach in (Reach.NOTHING, Reach.ALL):
        return reach > Reach.NOTHING
    if actor.id is not None and (holder.owner == actor.id or actor.id in holder.members):
        return True
    return reach is Reach.TEAM and holder.team in actor.teams


def require(actor: Actor, act: str, holder: Holder | None = None) -> None:
    """Raise `Forbidden` unless the actor may."""
    if not may(actor, act, holder):
        raise Forbidden("forbidden", act=act)


def _token_allows(actor: Actor, act: str) -> bool:
    if actor.scopes is None:
        return True
    return ("read" in actor.scopes or "write" in actor.scopes) if act in READS else "write" in actor.scopes


def actor_of(user: User, scopes: frozenset[str] | None = None) -> Actor:
    """The user as an actor: a rep's teams are the own one, a manager's also all below it."""
    role = Role(user.role)
    teams = teams_below(user.team_id) if role is Role.MANAGER else _own(user.team_id)
    return Actor(ActorKind.USER, user.id, role, user.team_id, teams, user.name, scopes)


def _own(team: int | None) -> frozenset[int]:
    return frozenset() if team is None else frozenset({team})


def teams_below(team: int | None) -> frozenset[int]:
    """The team and all teams below it."""
    return teams_below_each([team])[team] if team is not None else frozenset()


def teams_below_each(teams: Iterable[int]) -> dict[int, frozenset[int]]:
    """Each of these teams with all teams below it: one query."""
    parents = dict(Team.objects.values_list("id", "parent_id"))
    return {team: _below(team, parents) for team in teams}


def _below(team: int, parents: Mapping[int, int | None]) -> frozenset[int]:
    found, rows = {team}, -1
    while len(found) != rows:
        rows = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return frozenset(found)
