"""Forms of a single field: what a cell of a list asks where it is edited in its place."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from etappe.core.errors import Missing
from etappe.deals import queries as deals
from etappe.deals.actions import edit as edit_deal
from etappe.people import actions as people_actions
from etappe.people import queries as people
from etappe.people.fields import fields
from etappe.records.lists import SINGULAR, Subject
from etappe.team import queries as team
from etappe.team.access import may
from etappe.web import deals_forms, people_forms
from etappe.web.deals_forms import DealForm, StepForm, offer
from etappe.web.form_fields import CURRENCIES
from etappe.web.own_fields import WithOwnFields
from etappe.web.people_forms import AccountForm, PersonForm
from etappe.web.references import refer
from etappe.web.shell import Request

OWN = "custom."
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "amount": ("amount", "currency"),
    "next_step": ("next_step", "next_step_on"),
}
"""Fields that one cell shows, and asks for, together."""
LEFT_OUT = frozenset({"is_private", "next_step_person"})
"""Fields of the forms that are asked in the whole form only: who sees a record is not changed in passing."""
FORMS: Mapping[str, tuple[type[forms.Form], ...]] = {
    "deals": (DealForm, StepForm), "accounts": (AccountForm,), "people": (PersonForm,),
}  # fmt: skip
ACTIONS: Mapping[str, Callable[..., Any]] = {
    "deals": edit_deal, "accounts": people_actions.edit_account, "people": people_actions.edit_person,
}  # fmt: skip


def may_be_edited(subject: Subject, key: str) -> bool:
    """Whether the field is typed in: one of the record's form or one of the workspace's own."""
    return key.startswith(OWN) or _form_of(subject, key) is not None


def _form_of(subject: Subject, key: str) -> type[forms.Form] | None:
    found = (kind for kind in FORMS[subject.key] if key in kind.base_fields and key not in LEFT_OUT)
    return next(found, None)


@dataclass(frozen=True)
class Held:
    """A record as a cell's form needs it."""

    uid: uuid.UUID
    name: str
    version: int
    initial: Mapping[str, Any]
    custom: Mapping[str, Any]
    owner: tuple[str, str] | None
    may_edit: bool
    team: int | None = None


def held(request: Request, subject: Subject, uid: uuid.UUID) -> Held:
    """The record, or `Missing`."""
    viewer = request.actor
    if subject.key == "deals":
        deal = deals.get_deal(viewer, uid)
        initial, owner = deals_forms.initial_of(deal), deal.row.owner
        at = (str(owner.uid), owner.name) if owner else None
        return Held(deal.uid, deal.row.name, deal.version, initial, deal.custom, at, deal.may_edit, deal.team_id)
    record = people.get_account(viewer, uid) if subject.key == "accounts" else people.get_person(viewer, uid)
    owned = (str(record.owner.uid), record.owner.name) if record.owner else None
    initial = people_forms.initial_of(record)
    return Held(uid, record.name, record.version, initial, record.custom, owned, may(viewer, "people.edit"))


def cell_form(request: Request, subject: Subject, record: Held, key: str) -> WithOwnFields:
    """The form of one cell, with what the record holds, and what was sent."""
    data = request.POST if request.method == "POST" else None
    form = WithOwnFields(data, auto_id="cell_%s", initial=dict(record.initial))
    if key.startswith(OWN):
        known = fields(SINGULAR[subject.key], request.actor, team=record.team)
        asked = [each for each in known if each.key == key.removeprefix(OWN)]
        if not asked:
            raise Missing
        form.ask_own(asked, record.custom, request.actor)
        return form
    kind = _form_of(subject, key)
    if kind is None:
        raise Missing
    whole = kind()
    form.fields = {name: whole.fields[name] for name in TOGETHER.get(key, (key,))}
    _offer(request, form, record, must_have_owner=subject.key == "deals")
    return form


def _offer(request: Request, form: forms.Form, record: Held, *, must_have_owner: bool) -> None:
    if "owner" in form.fields:
        found = {str(user.uid): user.name for user in team.users(request.actor) if user.is_active}
        found |= dict([record.owner]) if record.owner else {}
        offer(form, "owner", found.items(), None if must_have_owner else "–")
    for name in set(form.fields) & {"account", "parent"}:
        refer(form, name, request.actor)
    if "currency" in form.fields:
        codes = dict.fromkeys([*filter(None, [record.initial["currency"]]), *CURRENCIES])
        offer(form, "currency", [(code, code) for code in codes])


def values_of(form: WithOwnFields) -> dict[str, Any]:
    """What the form holds, as the record's edit takes it."""
    given = form.plain_values()
    return form.with_own(given | ({"owner": given["owner"] or None} if "owner" in given else {}))


def fingerprint(form: WithOwnFields) -> str:
    """What the record held in these fields when the form was made: two forms of the same are alike."""
    told = [
        (name, str(held), getattr(held, "uid", ""))
        for name, field in form.fields.items()
        for held in [form.get_initial_for_field(field, name)]
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
