"""A choice from a list is drawn as Django draws it, whatever its options hold."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

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
