"""Fields and choices are drawn as Django draws them, whatever they hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.safestring import mark_safe

from etappe.web.renderer import Renderer

CHOICES: list[Any] = [
    ("", "all"), ("<b>", "A & <i>"), ('"quote"', "Größe 🎈"), (7, 1234567), (None, "none"),
    ("Group <x>", [("a", "A"), ("b'", "B")]),
]  # fmt: skip


@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple])
@pytest.mark.parametrize("value", ["", "<b>", "7", ["a", "b'"], None])
def test_a_choice_is_drawn_as_django_draws_it(widget: Any, value: Any) -> None:
    attrs = {"id": 'x"y', "required": True, "disabled": False, "data-n": 1234567, "aria-describedby": "<"}
    made = widget(attrs=attrs, choices=CHOICES)
    drawn, wanted = (made.render("na<me", value, renderer=each()) for each in (Renderer, DjangoTemplates))
    assert parse_html(drawn) == parse_html(wanted)
    assert "<b>" not in drawn


@pytest.mark.parametrize(
    "widget", [forms.TextInput, forms.Textarea, forms.EmailInput, forms.NumberInput, forms.HiddenInput, forms.DateInput]
)
@pytest.mark.parametrize("value", [None, "", "a\nb", '"><script>', 1234567, date(2026, 3, 29), mark_safe("<i>")])
def test_a_field_is_drawn_as_django_draws_it(widget: Any, value: Any) -> None:
    attrs = {"id": 'x"y', "required": True, "disabled": False, "maxlength": 20000}
    drawn, wanted = (
        widget(attrs=attrs).render("na<me", value, renderer=each()) for each in (Renderer, DjangoTemplates)
    )
    assert drawn.strip() == wanted.strip()
    assert "<script>" not in drawn
