"""Forms of accounts and people. They read what people type; whether it holds, the actions decide."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from etappe.core.contact import NOTE_LIMIT
from etappe.core.deal_fields import NAME_LIMIT
from etappe.core.own_fields import FieldKind
from etappe.people.queries import AccountView, PersonView
from etappe.web.form_fields import AmountField, TagsField
from etappe.web.own_fields import WithOwnFields
from etappe.web.references import ReferenceField, named

CHANNELS = (
    ("", _("not known")),
    ("phone", _("Telephone")),
    ("email", _("E-mail")),
    ("visit", _("Visit")),
    ("video", _("Video call")),
    ("letter", _("Letter")),
    ("social", _("Social network")),
)


def _line(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=NAME_LIMIT, **{"required": False, **options})


class AccountForm(WithOwnFields):
    """The fields of an account."""

    name = _line(_("Name of the company"), required=True)
    website = _line(_("Website"))
    domain = _line(_("Mail domain"), help_text=_("Mails from this domain count as from the buyer's side."))
    industry = _line(_("Industry"))
    employees = forms.IntegerField(label=_("Employees"), required=False, min_value=0)
    revenue = AmountField(label=_("Yearly revenue"), required=False)
    founded = forms.IntegerField(label=_("Founded"), required=False)
    phone = _line(_("Telephone"))
    street = _line(_("Street"))
    postcode = _line(_("Postcode"))
    city = _line(_("City"))
    country = _line(_("Country"))
    parent = ReferenceField(FieldKind.ACCOUNT, label=_("Belongs to"), help_text=_("The company above this one."))
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    tags = TagsField()
    is_private = forms.BooleanField(
        label=_("Private"), required=False, help_text=_("Only the owner and administrators see it.")
    )

    def values(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        given = self.plain_values()
        return self.with_own(given | {"owner": given["owner"] or None})


class PersonForm(WithOwnFields):
    """The fields of a person."""

    name = _line(_("Name"), required=True)
    account = ReferenceField(FieldKind.ACCOUNT, label=_("Account"), may_be_new=True)
    email = _line(_("E-mail"))
    phone = _line(_("Telephone"))
    mobile = _line(_("Mobile"))
    job_title = _line(_("Function"))
    department = _line(_("Department"))
    profile = _line(_("Profile"), help_text=_("Address of a page on LinkedIn or XING that the person keeps."))
    channel = forms.ChoiceField(label=_("Preferred channel"), required=False, choices=CHANNELS)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("not known")), ("de", "Deutsch"), ("en", "English")]
    )
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    tags = TagsField()
    is_private = forms.BooleanField(
        label=_("Private"), required=False, help_text=_("Only the owner and administrators see it.")
    )

    def values(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        given = self.plain_values()
        return self.with_own(given | {"owner": given["owner"] or None})


class NoteForm(forms.Form):
    """A note for colleagues."""

    text = forms.CharField(label=_("Note"), max_length=NOTE_LIMIT, widget=forms.Textarea({"rows": 3}))


def initial_of(record: AccountView | PersonView) -> dict[str, Any]:
    """A record's fields as a form starts with them."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    above = {"parent": named(record.parent)} if isinstance(record, AccountView) else {"account": named(record.account)}
    return values | above | {"owner": str(record.owner.uid) if record.owner else ""}
