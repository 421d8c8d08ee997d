"""Defining fields of the workspace's own: no migration, one row each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from etappe.core.actor import Actor
from etappe.core.deal_fields import clean_name
from etappe.core.errors import Missing, Refusal
from etappe.core.kinds.people import FieldArchived, FieldDefined, FieldEdited, FieldRestored
from etappe.core.own_fields import (
    CHOOSING,
    FIELDS_LIMIT,
    Choice,
    clean_choices,
    clean_help,
    clean_key,
    clean_kind,
    clean_required,
    clean_subject,
    key_of,
)
from etappe.core.values import fold_key
from etappe.journal.record import action, record
from etappe.journal.values import as_json, columns_of
from etappe.journal.values import changes as differing
from etappe.people.fields import FieldView, field_view
from etappe.people.models import Field
from etappe.team import queries as team
from etappe.team.access import require
from etappe.team.queries import as_uuid

_EDITABLE: Mapping[str, Callable[[str, Any], Any]] = {
    "name": clean_name,
    "help": clean_help,
    "required_in": clean_required,
}


@action
def define_field(subject: str, given: Mapping[str, Any], *, actor: Actor, at: datetime) -> FieldView:
    """Define a field for accounts, people or deals.

    `given`: `name` and `kind`; `choices` where one chooses; `key` (made of the name where it is left out), `help`,
    `team` (a uid), and for deals `required_in`. Refuses a key or a name that another field of the subject has.
    """
    require(actor, "workspace.edit")
    columns = {"kind": clean_kind("kind", given.get("kind")), "name": clean_name("name", given.get("name", ""))}
    known = list(Field.objects.filter(subject=clean_subject("subject", subject)).select_for_update())
    if sum(1 for row in known if row.archived_at is None) >= FIELDS_LIMIT:
        raise Refusal("fields_full", limit=FIELDS_LIMIT)
    row = Field(subject=subject, **columns, position=max((each.position for each in known), default=0) + 1)
    row.key = clean_key("key", given["key"]) if given.get("key") else key_of(row.name, (each.key for each in known))
    rest = {name: value for name, value in given.items() if name not in ("key", "kind", "name", "choices")}
    for column, value in (_columns(row, rest) | _first_choices(row, given)).items():
        setattr(row, column, value)
    _require_name_free(row, known)
    _insert(row)
    record(FieldDefined(columns_of(row, Field.JOURNALED), field=str(row.uid)), actor=actor, at=at)
    return field_view(row)


def _first_choices(row: Field, given: Mapping[str, Any]) -> dict[str, Any]:
    return _choices(row, given.get("choices") or ()) if row.kind in CHOOSING or given.get("choices") else {}


def _insert(row: Field) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refusal("field_key_taken", field="key", value=row.key) from None


@action
def edit_field(uid: uuid.UUID | str, changes: Mapping[str, Any], *, actor: Actor, at: datetime) -> FieldView:
    """Change a field's `name`, `help`, `team`, `choices` or `required_in`; its key, kind and subject stay.

    A choice that is left out is offered no more; values that have it keep it.
    """
    require(actor, "workspace.edit")
    row = _locked(uid)
    wanted = _columns(row, {name: value for name, value in changes.items() if name != "choices"})
    if "choices" in changes:
        wanted |= _choices(row, changes["choices"])
    _write(row, wanted, actor=actor, at=at)
    return field_view(row)


@action
def order_fields(subject: str, uids: Sequence[uuid.UUID | str], *, actor: Actor, at: datetime) -> None:
    """Put the fields of a subject into this order; those that are not named follow in the order they had."""
    require(actor, "workspace.edit")
    rows = list(Field.objects.filter(subject=subject).select_for_update().order_by("position", "id"))
    wanted = {as_uuid(uid): place for place, uid in enumerate(uids)}
    if unknown := set(wanted) - {row.uid for row in rows}:
        raise Refusal("unknown_reference", field="fields", uids=sorted(map(str, unknown)))
    rows.sort(key=lambda row: wanted.get(row.uid, len(wanted)))
    for position, row in enumerate(rows, 1):
        _write(row, {"position": position}, actor=actor, at=at)


@action
def archive_field(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> FieldView:
    """Offer a field no more; what records hold in it stays, and comes back with it."""
    require(actor, "workspace.edit")
    row = _locked(uid)
    if row.archived_at is None:
        row.archived_at = at
        row.save(update_fields=["archived_at"])
        record(FieldArchived(str(row.uid), row.name, as_json(at)), actor=actor, at=at)
    return field_view(row)


@action
def restore_field(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> FieldView:
    """Offer an archived field again; refuses where another one has its name by now."""
    require(actor, "workspace.edit")
    row = _locked(uid)
    if row.archived_at is not None:
        row.archived_at = None
        _require_name_free(row, _of_subject(row))
        row.save(update_fields=["archived_at"])
        record(FieldRestored(str(row.uid), row.name), actor=actor, at=at)
    return field_view(row)


def _of_subject(row: Field) -> QuerySet[Field]:
    return Field.objects.filter(subject=row.subject)


def _locked(uid: uuid.UUID | str) -> Field:
    found = Field.objects.filter(uid=as_uuid(uid)).select_for_update().first()
    if found is None:
        raise Missing
    return found


def _write(row: Field, wanted: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    changed = differing(row, wanted)
    if not changed:
        return
    for column in changed:
        setattr(row, column, wanted[column])
    _require_name_free(row, _of_subject(row))
    row.save(update_fields=list(changed))
    record(FieldEdited(changed, field=str(row.uid), called=row.name), actor=actor, at=at)


def _require_name_free(row: Field, known: QuerySet[Field] | list[Field]) -> None:
    """Two fields of one name would be told apart by nobody."""
    others = (each for each in known if each.id != row.id and each.archived_at is None)
    if row.archived_at is None and any(fold_key(each.name) == fold_key(row.name) for each in others):
        raise Refusal("field_name_taken", field="name", value=row.name)


def _columns(row: Field, given: Mapping[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, value in given.items():
        if name in ("kind", "key", "subject"):
            if value != getattr(row, name):
                raise Refusal("field_fixed", field=name)
        elif name == "team":
            columns["team_id"] = _team(value)
        elif name in _EDITABLE:
            columns[name] = _EDITABLE[name](name, value)
        else:
            raise Refusal("unknown_field", field=name, fields=(*_EDITABLE, "choices", "team"))
    if columns.get("required_in") and row.subject != "deal":
        raise Refusal("only_deals_have_stages", field="required_in")
    return columns


def _team(uid: Any) -> int | None:
    return team.team_id(uid) if uid else None


def _choices(row: Field, given: Any) -> dict[str, Any]:
    if row.kind not in CHOOSING:
        raise Refusal("field_fixed", field="choices")
    return {"choices": clean_choices("choices", given, [Choice(**choice) for choice in row.choices])}
