"""What forms of all pages share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest

from etappe.core.errors import Refusal
from etappe.journal.refusals import text


def add_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Show a rule's no at the field it is about, or above the form."""
    said = text(refusal)
    field = refusal.params.get("field")
    words = [said.what, *said.missing, said.way_out]
    form.add_error(field if field in form.fields else None, " ".join(str(word) for word in words if word))


def is_written(request: HttpRequest, form: forms.Form, write: Callable[[dict[str, Any]], None]) -> bool:
    """Whether a POST with a valid form went through `write`.

    A rule's no (422) is shown in the form; whatever else is raised goes on.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        write(form.cleaned_data)
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        add_refusal(form, refusal)
        return False
    return True
