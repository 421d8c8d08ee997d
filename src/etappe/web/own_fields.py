"""Own fields in forms: asked, read in the reader's language, and handed on to the action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import forms
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from etappe.core.actor import Actor
from etappe.core.deal_fields import TEXT_LIMIT
from etappe.core.own_fields import REFERRING, FieldKind, form_name
from etappe.journal.labels import language
from etappe.people.fields import FieldView, reference_names
from etappe.web.form_fields import CURRENCIES, AmountField, day_field
from etappe.web.references import Named, ReferenceField

CURRENCY = "-currency"


class NumberField(AmountField):
    """A number as the reader's language writes it."""

    default_error_messages = {"amount": gettext_lazy("This is no number. Write it like {example}.")}

    def prepare_value(self, value: Any) -> Any:
        """The stored number as the reader would write it."""
        return format_decimal(value, "0.######", locale=language()) if isinstance(value, Decimal) else value


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
        """What the other fields hold; of those that name a record only what was changed."""
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("custom_")}
        for name, field in self.fields.items():
            if name in given and isinstance(field, ReferenceField):
                uid = given.pop(name)
                given |= {} if field.is_kept(uid) else {name: uid or None}
        return given

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
        return _reference(own, value, names, viewer)
    return forms.CharField(max_length=TEXT_LIMIT, **options)


def _offered(own: FieldView, value: Any) -> list[tuple[str, str]]:
    """What can be chosen, and what the record has though it is offered no more."""
    held = value if isinstance(value, list) else [value]
    return [(choice.key, choice.name) for choice in own.choices if not choice.gone or choice.key in held]


def _reference(own: FieldView, value: Any, names: Mapping[str, str], viewer: Actor) -> ReferenceField:
    field = ReferenceField(own.kind, label=own.name)
    field.refer(viewer, _name(value, names))
    return field


def _name(value: Any, names: Mapping[str, str]) -> Named:
    return Named(names.get(str(value), _("not to be seen")), value) if value else Named()


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
