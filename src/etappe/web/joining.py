"""Coming in by a one-time link: the first administrator, and invited colleagues. Opening a link changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.utils import perform_login
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from etappe.core.actor import SYSTEM
from etappe.core.errors import Refusal
from etappe.journal.refusals import Said, text
from etappe.team import actions
from etappe.team import queries as team
from etappe.team.queries import UserView
from etappe.web.forms import is_written
from etappe.web.shell import Request, show


def _password() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Password"),
        min_length=12,
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least twelve characters. Several words are easier to remember than signs."),
    )


class FirstForm(forms.Form):
    """The first administrator."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=200, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput({"autocomplete": "username"})
    )
    password = _password()


class JoinForm(forms.Form):
    """An invited colleague's password."""

    password = _password()


@dataclass(frozen=True)
class JoinPage:
    """A form that lets somebody in. `is_taken` is set where the workspace has its administrator already."""

    form: forms.Form
    is_first: bool
    is_taken: bool = False
    gone: Said | None = None
    """Why the link lets nobody in."""
    guest: UserView | None = None
    """Whom an invitation lets in."""


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def first_administrator(request: Request, token: str) -> HttpResponse:
    """Create the first administrator by the link that the terminal shows."""
    form = FirstForm(request.POST or None)
    if team.has_administrator():
        return _gone(request, JoinPage(form, is_first=True, is_taken=True))
    try:
        team.require_setup(token, request.at)
    except Refusal as refusal:
        return _gone(request, JoinPage(form, is_first=True, gone=text(refusal)))

    def write(wanted: dict[str, Any]) -> None:
        actions.create_first_administrator(
            token, wanted["email"], wanted["name"], wanted["password"], actor=SYSTEM, at=request.at
        )

    if is_written(request, form, write):
        return _let_in(request, form.cleaned_data["email"], form.cleaned_data["password"])
    return _asked(request, JoinPage(form, is_first=True))


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: Request, token: str) -> HttpResponse:
    """Choose a password by an invitation's link."""
    form = JoinForm(request.POST or None)
    try:
        guest = team.invited(token, request.at)
    except Refusal as refusal:
        return _gone(request, JoinPage(form, is_first=False, gone=text(refusal)))

    def write(wanted: dict[str, Any]) -> None:
        actions.accept_invitation(token, wanted["password"], actor=SYSTEM, at=request.at)

    if is_written(request, form, write):
        return _let_in(request, guest.email, form.cleaned_data["password"])
    return _asked(request, JoinPage(form, is_first=False, guest=guest))


def _gone(request: Request, page: JoinPage) -> HttpResponse:
    """Nothing to type into: a form would lead nowhere."""
    return show(request, "setup/first.html", page, status=410)


def _asked(request: Request, page: JoinPage) -> HttpResponse:
    answer = show(request, "setup/first.html", page, status=422 if page.form.errors else 200)
    # The address holds the secret, and other sites learn nothing of it. `no-referrer` would send `Origin: null` with
    # the form, which its own check refuses.
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _let_in(request: HttpRequest, email: str, password: str) -> HttpResponse:
    user = authenticate(request, email=email, password=password)
    assert user is not None, "whoever was just given a password can sign in with it"
    answer: HttpResponse = perform_login(request, user, redirect_url="/")
    return answer
