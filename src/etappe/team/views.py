"""Reading saved views of lists: one's own, those of one's team and the teams above, and those offered to everybody."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Func, Q, QuerySet
from django.db.models.functions import Lower

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.journal.statements import AnyOf, Statement, for_each
from etappe.team.access import Holder, may
from etappe.team.models import SavedView
from etappe.team.queries import TeamRef, UserRef, as_uuid, teams_up_from

SUBJECTS = ("deal", "account", "person")
"""What lists are of."""
LISTED = 500
"""Views that are read at most."""
OFFERED = ("nobody", "team", "everybody")
"""Whom a view can be offered to."""
SHOWN_AS = ("table", "board", "calendar")
"""What a view opens as; lists of accounts and people are tables."""


@dataclass(frozen=True)
class ListView:
    """A saved view as the viewer has it before them."""

    uid: uuid.UUID
    subject: str
    name: str
    where: str
    columns: tuple[str, ...]
    sort: str
    group: str
    shown_as: str
    shared: str
    team: TeamRef | None
    is_default: bool
    owner: UserRef
    version: int
    is_own: bool
    may_edit: bool
    opens: bool
    """Whether it is what the viewer's team sees first, where it is shown."""


class _IsAbove(Func):
    """Whether a column holds a team or one of those above it."""

    arg_joiner = """ IN (
        WITH RECURSIVE above(id, parent_id) AS (SELECT id, parent_id FROM team_team WHERE id = """
    template = """%(expressions)s
        UNION SELECT team.id, team.parent_id FROM team_team AS team JOIN above ON team.id = above.parent_id
    ) SELECT id FROM above)"""
    output_field = BooleanField()


def visible_views(viewer: Actor) -> QuerySet[SavedView]:
    """The views that the viewer may open; somebody else's own ones are not there."""
    in_team = Q() if viewer.scope.all else Q(team_id__in=viewer.teams) | Q(_IsAbove("team_id", viewer.team))
    return _opened(viewer.id, in_team)


def _opened(user: Any, in_team: Q) -> QuerySet[SavedView]:
    """The views of a colleague, those offered to everybody, and those of teams that are theirs."""
    found = SavedView.objects.filter(archived_at=None).select_related("owner", "team")
    return found.filter(Q(owner_id=user) | Q(shared="everybody") | (Q(shared="team") & in_team))


def views(viewer: Actor, subject: str = "") -> list[ListView]:
    """The views of a list (`deal`, `account`, `person`) or of all lists: one's own first, then by name."""
    wanted = [subject] if subject else [*SUBJECTS]
    rows = _rows(viewer, wanted)
    first = _first_of(rows, viewer)
    return sorted((_view(row, viewer, opens=row.id in first) for row in rows), key=lambda view: not view.is_own)


def _rows(viewer: Actor, subjects: list[str]) -> list[SavedView]:
    return _listed(viewer.scope.all)(subjects, viewer.id, [*viewer.teams], viewer.team)


def _first_of(rows: Iterable[SavedView], viewer: Actor) -> set[int]:
    """Of the views those that the viewer's team sees first: its own, else that of the nearest team above it."""
    offered = [row for row in rows if row.is_default]
    if all(row.team_id == viewer.team for row in offered):
        return {row.id for row in offered}
    places = {team: place for place, team in enumerate(teams_up_from(viewer.team))}
    found = sorted((row for row in offered if row.team_id in places), key=lambda row: -places[row.team_id or 0])
    return set({(row.subject, row.shown_as): row.id for row in found}.values())


@for_each
def _listed(of_all_teams: bool) -> Statement[SavedView]:
    """Views of lists by name, for those who open the views of all teams and for those who open some."""

    def made(subjects: Any, user: Any, teams: Any, team: Any) -> QuerySet[SavedView]:
        in_team = Q() if of_all_teams else Q(AnyOf("team_id", teams)) | Q(_IsAbove("team_id", team))
        return _opened(user, in_team).filter(AnyOf("subject", subjects)).order_by(Lower("name"), "id")[:LISTED]

    return Statement(made)


def get_view(viewer: Actor, uid: uuid.UUID | str) -> ListView:
    """The view with this uid, or `Missing`."""
    row = visible_views(viewer).filter(uid=as_uuid(uid)).first()
    if row is None:
        raise Missing
    return list_view(row, viewer)


def view_called(viewer: Actor, subject: str, text: str) -> ListView:
    """The view of the list with this uid or name, one's own before others'; refuses where there is none."""
    found = views(viewer, subject)
    wanted = text.strip().casefold()
    for view in found:
        if wanted in (str(view.uid), view.name.casefold()):
            return view
    raise Refusal("unknown_view", value=text[:200])


def holder_of(row: SavedView) -> Holder:
    """Whose view it is: its owner's, and of the team it is shared with."""
    return Holder(owner=row.owner_id, team=row.team_id)


def may_offer(actor: Actor, row: SavedView) -> bool:
    """Whether the actor may let the view stand as widely as it does: first for a team, or for everybody."""
    if row.is_default:
        return may(actor, "views.offer", Holder(team=row.team_id))
    return row.shared != "everybody" or may(actor, "views.offer")


def list_view(row: SavedView, viewer: Actor) -> ListView:
    """The row as the viewer sees it."""
    return _view(row, viewer, opens=row.is_default and row.id in _first_of(_rows(viewer, [row.subject]), viewer))


def _view(row: SavedView, viewer: Actor, *, opens: bool) -> ListView:
    return ListView(
        uid=row.uid,
        subject=row.subject,
        name=row.name,
        where=row.where,
        columns=tuple(key for key in row.columns.split(",") if key),
        sort=row.sort,
        group=row.group,
        shown_as=row.shown_as,
        shared=row.shared,
        team=TeamRef(row.team.uid, row.team.name) if row.team else None,
        is_default=row.is_default,
        owner=UserRef(row.owner.uid, row.owner.name),
        version=row.version,
        is_own=row.owner_id == viewer.id,
        may_edit=may(viewer, "views.own", holder_of(row)) and may_offer(viewer, row),
        opens=opens,
    )
