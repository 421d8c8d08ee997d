"""Forms of the deals pages. They read what people type; whether it holds, the actions decide."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from etappe.core.deal_fields import NAME_LIMIT, TEXT_LIMIT
from etappe.core.own_fields import FieldKind
from etappe.deals.shapes import DealView
from etappe.journal.labels import CENTRE_ROLES, TEAM_ROLES
from etappe.web.form_fields import CURRENCIES, AmountField, TagsField, day_field
from etappe.web.own_fields import WithOwnFields
from etappe.web.references import ReferenceField, named

NOTE_LIMIT = 20_000
NOON = time(12)


class DealForm(WithOwnFields):
    """The fields of a deal."""

    name = forms.CharField(label=_("Name of the deal"), max_length=NAME_LIMIT)
    account = ReferenceField(FieldKind.ACCOUNT, label=_("Account"), may_be_new=True)
    amount = AmountField(label=_("Deal value (expected)"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    owner = forms.ChoiceField(label=_("Owner"))
    source = forms.CharField(label=_("Lead source"), required=False, max_length=NAME_LIMIT)
    product = forms.CharField(label=_("Product"), required=False, max_length=NAME_LIMIT)
    expected_close = day_field(_("Expected order date"))
    buyer_target_date = day_field(_("Buyer's target date"))
    buyer_since = day_field(_("Buyer looking since"), help_text=_("The buyer's first touch, even before we knew."))
    engaged_since = day_field(_("Engaged since"), help_text=_("Since when we talk with the buyer."))
    tags = TagsField()

    def values(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        return self.with_own(self.plain_values())


class StepForm(forms.Form):
    """The next step: what is agreed with the buyer, when, with whom."""

    next_step = forms.CharField(
        label=_("What has been agreed with the buyer?"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea({"rows": 2}),
    )
    next_step_on = day_field(_("On"))
    next_step_person = forms.ChoiceField(label=_("With"), required=False)

    def values(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        given = dict(self.cleaned_data)
        return given | {"next_step_person": given["next_step_person"] or None}


class ReasonForm(forms.Form):
    """A reason that stays visible."""

    reason = forms.CharField(label=_("Reason"), max_length=TEXT_LIMIT, widget=forms.Textarea({"rows": 3}))


class RestForm(forms.Form):
    """Until when a deal rests."""

    until = day_field(_("Resting until"), required=True, help_text=_("The date that the buyer named."))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=TEXT_LIMIT)


class NoteForm(forms.Form):
    """A note for colleagues."""

    text = forms.CharField(label=_("Note"), max_length=NOTE_LIMIT, widget=forms.Textarea({"rows": 3}))


class StakeholderForm(forms.Form):
    """A person of the buyer's side: one that is known, or a new one."""

    person = forms.ChoiceField(label=_("Person"), required=False)
    name = forms.CharField(label=_("Somebody new: name"), required=False, max_length=NAME_LIMIT)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=NAME_LIMIT)
    job_title = forms.CharField(label=_("Position"), required=False, max_length=NAME_LIMIT)
    role = forms.ChoiceField(label=_("Role in the buying centre"), choices=list(CENTRE_ROLES.items()))

    def clean(self) -> dict[str, Any]:
        """One of the two ways has to be gone."""
        given = super().clean() or {}
        if not (given.get("person") or given.get("name") or given.get("email")):
            raise ValidationError(_("Choose a person, or give the name of a new one."))
        return given


class MemberForm(forms.Form):
    """A colleague for the deal team."""

    user = forms.ChoiceField(label=_("Colleague"))
    role = forms.ChoiceField(label=_("Role in the deal team"), required=False, choices=list(TEAM_ROLES.items()))


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]], empty: Any = None) -> None:
    """Give a choice field what there is to choose from."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [*([("", empty)] if empty is not None else []), *choices]


def initial_of(deal: DealView) -> dict[str, Any]:
    """What a deal's fields hold now, as `DealForm` and `StepForm` show it."""
    row = deal.row
    return {
        "name": row.name,
        "account": named(row.account),
        "amount": row.amount,
        "currency": row.currency,
        "owner": str(row.owner.uid) if row.owner else "",
        "source": row.source,
        "product": row.product,
        "expected_close": row.expected_close,
        "buyer_target_date": deal.buyer_target_date,
        "buyer_since": deal.buyer_since,
        "engaged_since": row.engaged_since,
        "tags": deal.tags,
        "next_step": row.next_step,
        "next_step_on": row.next_step_on,
        "next_step_person": str(deal.next_step_person.uid) if deal.next_step_person else "",
    }


@dataclass(frozen=True)
class Conflict:
    """A field that a colleague changed meanwhile: what the reader typed, and what is there now."""

    label: str
    mine: str
    theirs: str


def conflicts(form: forms.Form, present: Mapping[str, Any]) -> tuple[Conflict, ...]:
    """The fields in which the form and the present state differ, as texts."""
    return tuple(
        Conflict(str(bound.label), mine, theirs)
        for bound in form.visible_fields()
        if bound.name in present
        for mine, theirs in [(_shown(bound, bound.data), _shown(bound, bound.field.prepare_value(present[bound.name])))]
        if mine != theirs
    )


def _shown(bound: forms.BoundField, value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    names = dict(getattr(bound.field, "choices", ()))
    return str(names.get(value, "" if value is None else value)).strip()


def moment_of(day: date | None, *, at: datetime, zone: str) -> datetime | None:
    """When on a given day something happened: now for today, noon for any other day."""
    if day is None:
        return None
    there = ZoneInfo(zone)
    return at if day == at.astimezone(there).date() else datetime.combine(day, NOON, there)


def latest_day(at: datetime, zone: str) -> str:
    """The latest day a picker should offer: today."""
    return at.astimezone(ZoneInfo(zone)).date().isoformat()


def tomorrow(day: date) -> str:
    """The first day a picker should offer for something ahead."""
    return (day + timedelta(days=1)).isoformat()


def as_uid(text: str) -> uuid.UUID | None:
    """The uid in a text, or nothing."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
