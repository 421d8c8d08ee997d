"""The buyer's page behind a link: is this note right? No sign-in, no navigation; only the one POST changes anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from etappe.core.actor import BUYER
from etappe.core.errors import Refusal
from etappe.deals import actions
from etappe.deals import queries as deals
from etappe.deals.shapes import NotePage
from etappe.web.shell import Request, show

TRIES, WINDOW = 30, 60
"""Requests per address of the net and window in seconds; a buyer needs two."""

CLOSED = {
    "link_answered": _("This note has been answered already. Thank you."),
    "link_revoked": _("This link was taken back by whoever sent it. There is nothing left to do."),
    "link_expired": _("This link has expired. Please ask whoever sent it for a new one."),
}
"""What the buyer reads where the note can no longer be answered."""


class AnswerForm(forms.Form):
    """The buyer's answer: yes, or what was different."""

    answer = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))])
    comment = forms.CharField(
        label=_("What was different?"), required=False, max_length=5000, widget=forms.Textarea({"rows": 4})
    )

    def clean_comment(self) -> str:
        """A no needs to say what was different."""
        comment = str(self.cleaned_data.get("comment") or "").strip()
        if self.cleaned_data.get("answer") == "no" and not comment:
            raise forms.ValidationError(_("Please say in a few words what was different."))
        return comment


@dataclass(frozen=True)
class AskPage:
    """The note and the form, or why it cannot be answered any more."""

    note: NotePage
    form: AnswerForm
    closed: str = ""
    thanks: str = ""


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def note(request: Request, token: str) -> HttpResponse:
    """The note; a POST answers it once."""
    if _too_many(request):
        return _private(show(request, "notes/busy.html", None, status=429))
    page = deals.note_page(token, request.at)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if page.state != "open":
        return _private(_shut(request, page, form))
    if request.method == "GET" or not form.is_valid():
        return _private(show(request, "notes/note.html", AskPage(page, form), status=422 if form.errors else 200))
    return _private(_answer(request, token, page, form))


def _answer(request: Request, token: str, page: NotePage, form: AnswerForm) -> HttpResponse:
    yes = form.cleaned_data["answer"] == "yes"
    try:
        actions.answer_note(
            token,
            yes,
            form.cleaned_data["comment"],
            marks=_marks(request),
            actor=BUYER,
            at=request.at,
        )
    except Refusal:
        return _shut(request, deals.note_page(token, request.at), form)
    return show(request, "notes/note.html", AskPage(page, form, thanks="yes" if yes else "no"))


def _marks(request: Request) -> Iterator[str]:
    """What speaks against the buyer having answered: whoever asked holds the link too."""
    if request.user.is_authenticated:
        yield "answered_by_colleague"
    elif UserSession.objects.filter(ip=_network(request)).exists():
        yield "answered_from_our_network"


def _network(request: Request) -> str:
    return str(get_adapter(request).get_client_ip(request))


def _shut(request: Request, page: NotePage, form: AnswerForm) -> HttpResponse:
    return show(request, "notes/note.html", AskPage(page, form, closed=str(CLOSED[page.state])), status=410)


def _private(answer: HttpResponse) -> HttpResponse:
    # Other sites learn nothing. With "no-referrer" browsers would send `Origin: null`, and the form's own check fail.
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    patch_vary_headers(answer, ["Accept-Language"])
    return answer


def _too_many(request: Request) -> bool:
    # A slot of its own for every window: `incr` would otherwise prolong the wait with every request, for everybody.
    window = int(request.at.timestamp()) // WINDOW
    slot = f"note-{_network(request)}-{window}"
    cache.add(slot, 0, 2 * WINDOW)
    try:
        return cache.incr(slot) > TRIES
    except ValueError:  # the slot ran out between the two
        return False
