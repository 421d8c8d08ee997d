"""How a write on the deals pages answers: by itself on a page with script, by going on without."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from urllib.parse import urlsplit

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from etappe.core.errors import Refusal
from etappe.deals.shapes import DealState
from etappe.journal.refusals import Said
from etappe.journal.refusals import text as said
from etappe.web.shell import Request, go, say, wants_part


def done(request: Request, uid: uuid.UUID | str) -> HttpResponse:
    """After a write: the sheet closes and whatever shows the deal refreshes; without script, or without the page that
    the sheet would lie on, on to the deal.
    """
    if not wants_part(request) or _is_page(request):
        return go(request, next_page(request) or reverse("deal", args=[uid]))
    answer = HttpResponse("")
    answer["HX-Reswap"] = "none"
    answer["HX-Trigger"] = json.dumps({"panel-done": {}, "changed": {}})
    return answer


def _is_page(request: Request) -> bool:
    """Whether the sheet stands on a page of its own, opened by its address: there is nothing below it to refresh."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path == request.path


def next_page(request: Request) -> str:
    """The page that a form asks to go on to, if it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else ""


def say_moved(request: Request, text: str, state: DealState) -> None:
    """A message that offers to take the move back."""
    say(request, text, undo=f"{reverse('deal_undo', args=[state.uid])}?seen={state.version}")


def viewer_uid(request: Request) -> uuid.UUID:
    """The uid of whoever looks."""
    uid: uuid.UUID = request.user.uid  # type: ignore[union-attr]  # pages are shown to people who signed in
    return uid


def seen_of(request: Request) -> int | None:
    """The version of the deal that the reader saw, if the form or the address tells."""
    text = request.POST.get("seen") or request.GET.get("seen") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def complain(form: forms.Form, refusal: Refusal, fields: Mapping[str, str] | None = None) -> Said:
    """Put a refusal where it belongs: at its field, otherwise on top of the form. Returns its words."""
    words = said(refusal)
    named = str(refusal.params.get("field", ""))
    field = (fields or {}).get(named, named)
    if field in form.fields:
        form.add_error(field, words.what)
    return words
