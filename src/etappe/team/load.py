"""Colleagues and teams of an import, with the team each belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.kinds.team import TeamEdited
from etappe.journal.record import action, record
from etappe.team.actions import load_teams
from etappe.team.models import Team, User


@action
def load_team_tree(parents: Mapping[str, str], *, actor: Actor, at: datetime) -> dict[str, int]:
    """Find or make teams by name, each below its parent (empty for none); returns their keys by the names given.

    A team that was there already, or has a parent, stays where it is.
    """
    before = {name.casefold() for name in Team.objects.values_list("name", flat=True)}
    keys = load_teams([*dict.fromkeys([*parents, *filter(None, parents.values())])], actor=actor, at=at)
    for name, parent in parents.items():
        if parent and name.strip().casefold() not in before and keys[name] != keys[parent]:
            _put_below(keys[name], keys[parent], actor=actor, at=at)
    return keys


def _put_below(key: int, parent: int, *, actor: Actor, at: datetime) -> None:
    team = Team.objects.get(id=key)
    if team.parent_id is None:
        team.parent_id = parent
        team.save(update_fields=["parent_id"])
        edited = TeamEdited({"parent_id": [None, parent]}, team=str(team.uid))
        record(edited, actor=actor, at=at, backfilled=True)


def teams_of(users: Iterable[int]) -> dict[int, int | None]:
    """The team of each of these colleagues."""
    return dict(User.objects.filter(id__in=list(users)).values_list("id", "team_id"))
