"""Own fields in forms: asked, read in the reader's language, and handed on to the action."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from etappe.core.actor import Actor
from etappe.core.deal_fields import NAME_LIMIT, TEXT_LIMIT
from etappe.core.own_fields import REFERRING, FieldKind, form_name
from etappe.journal.labels import language
from etappe.people import queries as people
from etappe.people.fields import FieldView, reference_names
from etappe.web.form_fields import CURRENCIES, AmountField, day_field
from etappe.web.shell import Request, show

CURRENCY = "-currency"
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class NumberField(AmountField):
    """A number as the reader's language writes it."""

    default_error_messages = {"amount": gettext_lazy("This is no number. Write it like {example}.")}

    def prepare_value(self, value: Any) -> Any:
        """The stored number as the reader would write it."""
        return format_decimal(value, "0.######", locale=language()) if isinstance(value, Decimal) else value


class ReferenceField(forms.CharField):
    """A person or an account, typed by name; names that fit are offered while one types.

    Who is meant has to be clear: one name, or the address of the record. `present` is what stands there already.
    """

    def __init__(self, kind: FieldKind, viewer: Actor, present: tuple[str, str] = ("", ""), **options: Any) -> None:
        super().__init__(max_length=NAME_LIMIT, **options)
        self.kind, self.viewer, self.present = kind, viewer, present

    def clean(self, value: Any) -> str:
        """The uid of who is meant, or nothing."""
        text = str(super().clean(value)).strip()
        if not text or text == self.present[1]:
            return self.present[0] if text else ""
        if found := _UID.search(text):
            return found[0]
        return self._named(text)

    def _named(self, text: str) -> str:
        fitting = suggested(self.kind, text, self.viewer)
        exact = [row for row in fitting if row.name.casefold() == text.casefold()]
        rows = exact or fitting
        if len(rows) == 1:
            return str(rows[0].uid)
        if not rows:
            raise ValidationError(_("Nobody and nothing is called so."), code="nobody")
        names = ", ".join(row.name for row in rows[:5])
        raise ValidationError(
            _("Several fit: {names}. Paste the address of its page.").format(names=names), code="many"
        )


def suggested(kind: FieldKind | str, text: str, viewer: Actor) -> list[people.PersonRef] | list[people.AccountRef]:
    """People or accounts whose name fits what was typed."""
    if not text.strip():
        return []
    return people.suggest_people(viewer, text) if kind == FieldKind.PERSON else people.suggest_accounts(viewer, text)


@require_GET
def suggest(request: Request, kind: str) -> HttpResponse:
    """Names for the list under a field that names a person or an account."""
    text = next((str(value) for name, value in request.GET.items() if name.startswith("custom_")), "")
    return show(request, "records/suggestions.html", suggested(kind, text, request.actor))


class WithOwnFields(forms.Form):
    """A form that asks for the workspace's own fields beside its plain ones."""

    asked: tuple[FieldView, ...] = ()

    def ask_own(self, fields: Iterable[FieldView], values: Mapping[str, Any], viewer: Actor) -> None:
        """Add a field for each of the workspace's, with what the record holds."""
        self.asked = tuple(fields)
        names = reference_names(
            ((own.kind, values.get(own.key) or "") for own in self.asked if own.key in values), viewer
        )
        for own in self.asked:
            self._ask(own, values.get(own.key), names, viewer)

    def _ask(self, own: FieldView, value: Any, names: Mapping[str, str], viewer: Actor) -> None:
        name = form_name(own.key)
        self.fields[name] = _form_field(own, value, names, viewer)
        self.fields[name].help_text = conditional_escape(own.help)
        self.initial[name] = _initial(own, value, names)
        if own.kind is FieldKind.MONEY:
            label = _("{field}: currency").format(field=own.name)
            choices = [(code, code) for code in dict.fromkeys([*([value["currency"]] if value else []), *CURRENCIES])]
            self.fields[name + CURRENCY] = forms.ChoiceField(label=label, required=False, choices=choices)
            self.initial[name + CURRENCY] = value["currency"] if value else CURRENCIES[0]

    @property
    def own(self) -> list[forms.BoundField]:
        """The bound fields, in their order."""
        return [self[name] for name in self.fields if name.startswith("custom_")]

    def plain_values(self) -> dict[str, Any]:
        """What the other fields hold."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("custom_")}

    def own_values(self) -> dict[str, Any]:
        """What the workspace's fields hold, as the action takes it."""
        return {own.key: self._given(own) for own in self.asked}

    def with_own(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values with those of the workspace's fields, if there are any."""
        return values | ({"custom": self.own_values()} if self.asked else {})

    def _given(self, own: FieldView) -> Any:
        value = self.cleaned_data.get(form_name(own.key))
        if own.kind is FieldKind.MONEY and value is not None:
            return {"amount": str(value), "currency": self.cleaned_data.get(form_name(own.key) + CURRENCY)}
        return value.isoformat() if isinstance(value, date) else value

    def own_initial(self) -> dict[str, Any]:
        """What the workspace's fields hold now, for comparing both states."""
        return {name: value for name, value in self.initial.items() if name.startswith("custom_")}


def _form_field(own: FieldView, value: Any, names: Mapping[str, str], viewer: Actor) -> forms.Field:
    options: dict[str, Any] = {"label": own.name, "required": False}
    if own.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return NumberField(**options)
    if own.kind is FieldKind.DATE:
        return day_field(own.name)
    if own.kind is FieldKind.CHOICE:
        return forms.ChoiceField(choices=[("", "–"), *_offered(own, value)], **options)
    if own.kind is FieldKind.CHOICES:
        boxes = forms.CheckboxSelectMultiple()
        return forms.MultipleChoiceField(choices=_offered(own, value), widget=boxes, **options)
    if own.kind in REFERRING:
        return _reference(own, value, names, viewer, options)
    return forms.CharField(max_length=TEXT_LIMIT, **options)


def _offered(own: FieldView, value: Any) -> list[tuple[str, str]]:
    """What can be chosen, and what the record has though it is offered no more."""
    held = value if isinstance(value, list) else [value]
    return [(choice.key, choice.name) for choice in own.choices if not choice.gone or choice.key in held]


def _reference(
    own: FieldView, value: Any, names: Mapping[str, str], viewer: Actor, options: dict[str, Any]
) -> ReferenceField:
    listed = f"{form_name(own.key)}_names"
    widget = forms.TextInput(
        {
            "list": listed,
            "autocomplete": "off",
            "hx-get": reverse("own_suggest", args=[own.kind.value]),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": f"#{listed}",
            "hx-swap": "innerHTML",
        }
    )
    field = ReferenceField(own.kind, viewer, (str(value or ""), _name(value, names)), widget=widget, **options)
    field.names_list = listed  # type: ignore[attr-defined]  # read by the template
    return field


def _name(value: Any, names: Mapping[str, str]) -> str:
    return names.get(str(value), _("not to be seen")) if value else ""


def _initial(own: FieldView, value: Any, names: Mapping[str, str]) -> Any:
    if value is None:
        return None
    if own.kind is FieldKind.NUMBER:
        return Decimal(value)
    if own.kind is FieldKind.MONEY:
        return Decimal(value["amount"])
    if own.kind is FieldKind.DATE:
        return date.fromisoformat(value)
    return _name(value, names) if own.kind in REFERRING else value
