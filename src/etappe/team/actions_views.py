"""Saving, changing, sharing and deleting views of lists."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.contact import clean_fields, clean_flag, clean_line, clean_reference
from etappe.core.deal_fields import clean_name, clean_text
from etappe.core.errors import Forbidden, Missing, Refusal, Stale
from etappe.core.filters import LENGTH, parse, written
from etappe.core.kinds.team import ViewDeleted, ViewEdited, ViewSaved
from etappe.journal.record import action, record
from etappe.journal.values import as_json, columns_of
from etappe.journal.values import changes as differing
from etappe.team.access import Holder, may, require
from etappe.team.fields import Cleaner, one_of
from etappe.team.models import SavedView, Team, User
from etappe.team.queries import as_uuid
from etappe.team.views import OFFERED, SHOWN_AS, SUBJECTS, ListView, holder_of, list_view, may_offer, visible_views

VIEWS_LIMIT = 100
"""Views of one list that somebody can keep."""
COLUMNS_LENGTH = 4_000


def clean_where(field: str, value: Any) -> str:
    """A filter, written in the one way that all filters are; refuses one that cannot be read."""
    return written(parse(clean_text(field, value, LENGTH)))


def clean_columns(field: str, value: Any) -> str:
    """Keys of fields in their order, given as a list or with commas between them."""
    keys = value.split(",") if isinstance(value, str) else value
    if not isinstance(keys, list | tuple):
        raise Refusal("not_a_list", field=field, limit=LENGTH)
    return clean_line(field, ",".join(key for item in keys if (key := clean_line(field, item))), COLUMNS_LENGTH)


VIEW: Mapping[str, Cleaner] = {
    "name": clean_name,
    "where": clean_where,
    "columns": clean_columns,
    "sort": clean_line,
    "group": clean_line,
    "shown_as": one_of(SHOWN_AS),
    "shared": one_of(OFFERED),
    "team": clean_reference,
    "is_default": clean_flag,
}


@action
def save_view(subject: str, given: Mapping[str, Any], *, actor: Actor, at: datetime) -> ListView:
    """Save a view of the list of deals, accounts or people (`deal`, `account`, `person`) for oneself.

    `given`: `name`, and as wanted `where`, `columns`, `sort`, `group`, `shown_as` (`table`, and for deals `board` or
    `calendar`), `shared` (`nobody`, `team`, `everybody`), `team` (a uid; one's own where it is left out) and
    `is_default`. Sharing with everybody and opening first for a team are for those who manage it. Refuses a name that
    one has given to another view of the list.
    """
    require(actor, "views.own")
    if actor.id is None:
        raise Forbidden("forbidden", act="views.own")
    _lock_owner(actor.id)
    row = SavedView(subject=one_of(SUBJECTS)("subject", subject), owner_id=actor.id)
    for column, value in _columns(row, {"name": ""} | dict(given), actor).items():
        setattr(row, column, value)
    if _others(row).count() >= VIEWS_LIMIT:
        raise Refusal("views_full", limit=VIEWS_LIMIT)
    _require_allowed(row, actor)
    _require_name_free(row)
    _take_over(row, actor=actor, at=at)
    row.save(force_insert=True)
    record(ViewSaved(columns_of(row, SavedView.JOURNALED), view=str(row.uid)), actor=actor, at=at)
    return list_view(row, actor)


@action
def edit_view(
    uid: uuid.UUID | str, changes: Mapping[str, Any], *, seen: int | None = None, actor: Actor, at: datetime
) -> ListView:
    """Change what a view lists, its name, and whom it is offered to; the fields are those of `save_view`.

    One view of each kind (table, board, calendar) opens first for a team: the one that did before no longer does.
    """
    row = _locked(uid, actor)
    _require_mine(row, actor)
    if seen is not None and seen != row.version:
        raise Stale("view_stale", seen=seen, now=row.version)
    wanted = _columns(row, changes, actor)
    changed = differing(row, wanted)
    if not changed:
        return list_view(row, actor)
    for column in changed:
        setattr(row, column, wanted[column])
    if {"shared", "team_id", "is_default"} & set(changed):
        _require_allowed(row, actor)
    _require_name_free(row)
    _take_over(row, actor=actor, at=at)
    _write(row, changed, actor=actor, at=at)
    return list_view(row, actor)


@action
def delete_view(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Delete a view, for everybody it was offered to."""
    row = _locked(uid, actor)
    _require_mine(row, actor)
    row.archived_at, row.is_default, row.version = at, False, row.version + 1
    row.save(update_fields=["archived_at", "is_default", "version"])
    record(ViewDeleted(str(row.uid), row.name, as_json(at)), actor=actor, at=at)


def _locked(uid: uuid.UUID | str, actor: Actor) -> SavedView:
    found = visible_views(actor).select_for_update(of=("self",)).filter(uid=as_uuid(uid)).first()
    if found is None:
        raise Missing
    return found


def _lock_owner(owner: int) -> None:
    """Views of one person are written one after the other, so that a name stays theirs."""
    User.objects.select_for_update(of=("self",)).get(id=owner)


def _require_mine(row: SavedView, actor: Actor) -> None:
    require(actor, "views.own", holder_of(row))
    if not may_offer(actor, row):
        raise Forbidden("forbidden", act="views.offer")


def _columns(row: SavedView, given: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """The columns that are to be written: a team only where the view is shared with one."""
    wanted = clean_fields(given, VIEW)
    if row.subject != "deal" and wanted.get("shown_as", SHOWN_AS[0]) != SHOWN_AS[0]:
        raise Refusal("unknown_choice", field="shown_as", choices=SHOWN_AS[:1])
    team = wanted.pop("team", None)
    shared = wanted.get("shared", row.shared)
    if shared != "team":
        if wanted.get("is_default"):
            raise Refusal("view_default_needs_team", field="is_default")
        return wanted | {"team_id": None, "is_default": False}
    team_id = _team_id(team) if team else row.team_id or actor.team
    if team_id is None:
        raise Refusal("view_needs_team", field="shared")
    return wanted | {"team_id": team_id}


def _team_id(uid: uuid.UUID) -> int:
    found = Team.objects.filter(uid=uid).values_list("id", flat=True).first()
    if found is None:
        raise Refusal("unknown_reference", field="team")
    return found


def _require_allowed(row: SavedView, actor: Actor) -> None:
    """Refuse to offer a view more widely than the actor may: to one's own teams, further for those who manage them."""
    within = row.team_id is None or row.team_id in actor.teams
    if not (within or may(actor, "views.offer", Holder(team=row.team_id))) or not may_offer(actor, row):
        raise Forbidden("forbidden", act="views.offer")


def _others(row: SavedView) -> Any:
    found = SavedView.objects.filter(owner_id=row.owner_id, subject=row.subject, archived_at=None)
    return found.exclude(id=row.id or 0)


def _require_name_free(row: SavedView) -> None:
    _lock_owner(row.owner_id)
    if _others(row).filter(name__iexact=row.name).exists():
        raise Refusal("view_name_taken", field="name", value=row.name)


def _take_over(row: SavedView, *, actor: Actor, at: datetime) -> None:
    """Where the view opens first for its team, the one that did until now does so no longer."""
    if not row.is_default:
        return
    Team.objects.select_for_update(of=("self",)).get(id=row.team_id or 0)
    first = SavedView.objects.filter(team_id=row.team_id or 0, subject=row.subject, shown_as=row.shown_as)
    before = first.filter(is_default=True, archived_at=None)
    for other in before.exclude(id=row.id or 0).select_for_update(of=("self",)):
        other.is_default = False
        _write(other, {"is_default": [True, False]}, actor=actor, at=at)


def _write(row: SavedView, changed: dict[str, list[Any]], *, actor: Actor, at: datetime) -> None:
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    record(ViewEdited(changed, view=str(row.uid), called=row.name), actor=actor, at=at)
