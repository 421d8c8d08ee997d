"""Reading the fields that the workspace defined for its records, and what records hold in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.own_fields import REFERRING, Choice, FieldKind, OwnField, Unfilled, form_name, merged, unfilled
from etappe.journal.own_values import value_text
from etappe.journal.statements import Statement
from etappe.people.models import Field
from etappe.people.queries import visible_accounts, visible_people
from etappe.people.scope import meant_for, meant_for_each
from etappe.team.queries import TeamRef, as_uuid, team_names, teams_above


@dataclass(frozen=True, kw_only=True)
class FieldView(OwnField):
    """A field with all that its page shows. Its rules are those of `OwnField`."""

    uid: uuid.UUID
    id: int
    subject: str
    help: str
    team: TeamRef | None
    team_id: int | None
    position: int
    archived_at: datetime | None


@dataclass(frozen=True)
class Shown:
    """A value as a record's page shows it; `url` leads out, `uid` to the person or account it names."""

    key: str
    name: str
    kind: FieldKind
    text: str
    url: str = ""
    uid: str = ""


# --- Definitions ---


def fields(subject: str, viewer: Actor | None = None, *, team: int | None = None) -> list[FieldView]:
    """The fields of accounts, people or deals (`subject`), in their order.

    With a viewer only those that are meant for their team, or for `team` (a deal's).
    """
    found = [row for row in field_views(subject) if row.archived_at is None]
    return found if viewer is None else meant_for(viewer, found, team=team)


def field_views(subject: str = "") -> list[FieldView]:
    """All fields, of one subject if it is named; the archived ones, too."""
    found = _FIELDS_OF(subject) if subject else list(Field.objects.order_by("subject", "position", "id"))
    named = team_names(row.team_id for row in found) if any(row.team_id for row in found) else {}
    return [field_view(row, named) for row in found]


_FIELDS_OF = Statement(lambda subject: Field.objects.filter(subject=subject).order_by("position", "id"))


def field_view(row: Field, teams: Mapping[int, TeamRef] | None = None) -> FieldView:
    """The field as a value."""
    named = team_names([row.team_id]) if teams is None and row.team_id else teams or {}
    return FieldView(
        key=row.key,
        name=row.name,
        kind=FieldKind(row.kind),
        choices=tuple(Choice(**choice) for choice in row.choices),
        required_in=tuple(row.required_in),
        uid=row.uid,
        id=row.id,
        subject=row.subject,
        help=row.help,
        team=named.get(row.team_id or 0),
        team_id=row.team_id,
        position=row.position,
        archived_at=row.archived_at,
    )


def get_field(uid: uuid.UUID | str) -> FieldView:
    """The field, or `Missing`."""
    found = Field.objects.filter(uid=as_uuid(uid)).first()
    if found is None:
        raise Missing
    return field_view(found)


# --- Values ---


def own_values(
    subject: str, present: Mapping[str, Any], given: Any, actor: Actor, team: int | None = None
) -> dict[str, Any]:
    """The values of a record's own fields after an edit; for its `custom`. Refuses what they cannot hold.

    A person or an account that is named has to be one that the actor sees.
    """
    known = fields(subject, actor, team=team)
    values = merged(known, present, given)
    for own in known:
        if own.kind in REFERRING and values.get(own.key) != present.get(own.key):
            require_seen(own, values.get(own.key), actor)
    return values


def require_seen(own: FieldView, uid: str | None, actor: Actor) -> None:
    """Refuses the uid of a person or an account that the actor does not see."""
    if uid is None:
        return
    rows = visible_people(actor) if own.kind is FieldKind.PERSON else visible_accounts(actor)
    if not rows.filter(uid=uid).exists():
        raise Refusal("unknown_reference", field=form_name(own.key), label=own.name)


def readable_values(known: Iterable[FieldView], custom: Mapping[str, Any]) -> dict[str, Any]:
    """Of a record's own values those of these fields."""
    return {own.key: custom[own.key] for own in known if own.key in custom}


def readable_each(
    subject: str, viewer: Actor, records: Iterable[tuple[int | None, Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """Of many records' own values (with the team of each) those that are meant for the viewer or the record's team."""
    there = list(records)
    if not any(custom for _team, custom in there):
        return [{} for _record in there]
    known = meant_for_each(viewer, fields(subject), (team for team, _custom in there))
    return [readable_values(known[team], custom) for team, custom in there]


def shown_values(known: Iterable[FieldView], custom: Mapping[str, Any], viewer: Actor) -> tuple[Shown, ...]:
    """The values of these fields in words, in the fields' order; what holds nothing is left out."""
    there = [own for own in known if own.key in custom]
    names = reference_names(((own.kind, custom[own.key]) for own in there), viewer)
    return tuple(_shown(own, custom[own.key], names) for own in there)


def _shown(own: FieldView, value: Any, names: Mapping[str, str]) -> Shown:
    is_link = own.kind is FieldKind.LINK
    uid = str(value) if own.kind in REFERRING and str(value) in names else ""
    return Shown(own.key, own.name, own.kind, value_text(own, value, names), str(value) if is_link else "", uid)


def reference_names(values: Iterable[tuple[FieldKind, Any]], viewer: Actor) -> dict[str, str]:
    """Names of the people and accounts that these values refer to, as far as the viewer sees them, by uid."""
    wanted: dict[FieldKind, set[str]] = {kind: set() for kind in REFERRING}
    for kind, value in values:
        if kind in wanted:
            wanted[kind].add(str(value))
    people = visible_people(viewer).filter(uid__in=wanted[FieldKind.PERSON])
    accounts = visible_accounts(viewer).filter(uid__in=wanted[FieldKind.ACCOUNT])
    found = list(people.values_list("uid", "name")) if wanted[FieldKind.PERSON] else []
    found += list(accounts.values_list("uid", "name")) if wanted[FieldKind.ACCOUNT] else []
    return {str(uid): name for uid, name in found}


def unfilled_values(custom: Mapping[str, Any], process: str, team: int | None) -> tuple[Unfilled, ...]:
    """The fields that stages of this process ask of a deal of this team, and that hold nothing."""
    asked = [own for own in fields("deal") if own.required_in and own.key not in custom]
    if any(own.team_id for own in asked):
        around = {None, *teams_above(team)}
        asked = [own for own in asked if own.team_id in around]
    return unfilled(asked, custom, process)
