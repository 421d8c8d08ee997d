"""One's own settings, and the workspace's."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from babel.numbers import get_currency_name, list_currencies
from django import forms
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.journal.labels import language
from etappe.team import actions
from etappe.team import queries as team
from etappe.team.access import require
from etappe.team.queries import TokenView
from etappe.web.deals_answers import next_page
from etappe.web.forms import is_written
from etappe.web.setup import Share, stored_shares
from etappe.web.shell import Request, go, say, show

CURRENCIES = ("EUR", "CHF", "USD", "GBP", "PLN", "CZK", "SEK", "NOK", "DKK")
"""The currencies that stand on top of the list."""


class ProfileForm(forms.Form):
    """Name, language, theme, and how close the rows of tables stand."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("As the browser asks")), ("de", "Deutsch"), ("en", "English")],
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Appearance"),
        required=False,
        choices=[
            ("", gettext_lazy("As the system has it")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
    )
    density = forms.ChoiceField(
        label=gettext_lazy("Rows of tables"),
        choices=[("comfortable", gettext_lazy("Comfortable")), ("compact", gettext_lazy("Compact"))],
    )


class TokenForm(forms.Form):
    """A new API token."""

    label = forms.CharField(label=gettext_lazy("What is it for?"), max_length=200)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        widget=forms.CheckboxSelectMultiple,
        initial=["read"],
        choices=[("read", gettext_lazy("read")), ("write", gettext_lazy("write"))],
    )


class WorkspaceForm(forms.Form):
    """What belongs to all."""

    name = forms.CharField(label=gettext_lazy("Name of the workspace"), max_length=200)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    our_domains = forms.CharField(
        label=gettext_lazy("Our mail domains"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("One per line. A mail from one of these never counts as written by the buyer."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they come
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]
        self.fields["zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones()]  # type: ignore[attr-defined]

    def clean_our_domains(self) -> list[str]:
        """One domain per line or comma."""
        return [
            line.strip() for line in self.cleaned_data["our_domains"].replace(",", "\n").splitlines() if line.strip()
        ]


@dataclass(frozen=True)
class FormPage:
    """A page that is one form."""

    form: forms.Form


@dataclass(frozen=True)
class TokensPage:
    """The viewer's tokens; `secret` right after one was made, and never again."""

    form: TokenForm
    tokens: list[TokenView]
    secret: str = ""


@dataclass(frozen=True)
class WorkspacePage:
    """The workspace's settings and the sales model its answers gave."""

    form: WorkspaceForm
    shares: tuple[Share, ...]


def currency_choices() -> list[tuple[str, str]]:
    """Currencies by code with their names, those of our neighbours first."""
    others = sorted(list_currencies("en") - set(CURRENCIES))
    return [(code, f"{code} · {get_currency_name(code, locale=language())}") for code in (*CURRENCIES, *others)]


def zones() -> list[str]:
    """Time zones by place; Europe's first, because most of us are there."""
    places = [
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/"))
    ]
    return ["UTC", *sorted(places, key=lambda zone: (not zone.startswith("Europe/"), zone))]


@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """One's own name, language and appearance."""
    me = team.user_by_id(request.user.id)  # type: ignore[arg-type]  # every page behind the sign-in has a user
    initial = {"name": me.name, "language": me.language, "theme": me.theme, "density": me.density}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_bound and "density" not in form.data:
        del form.fields["density"]

    def write(wanted: dict[str, Any]) -> None:
        actions.edit_profile(wanted, actor=request.actor, at=request.at)

    if is_written(request, form, write):
        with translation.override(form.cleaned_data["language"] or translation.get_language_from_request(request)):
            say(request, _("Saved."))
        return go(request, "settings_profile")
    return show(request, "settings/profile.html", FormPage(form), status=422 if form.errors else 200)


@require_POST
def density(request: Request) -> HttpResponse:
    """Set the rows of tables closer or wider, from above one of them."""
    actions.edit_profile({"density": request.POST.get("density")}, actor=request.actor, at=request.at)
    return go(request, next_page(request) or "settings_profile")


@require_GET
def safety(request: Request) -> HttpResponse:
    """Password, second factor and sessions."""
    return show(request, "settings/safety.html", None)


@require_http_methods(["GET", "POST"])
def tokens(request: Request) -> HttpResponse:
    """API tokens: list, and make one. The secret is in the answer to the POST only."""
    require(request.actor, "tokens.own")
    form, secret = TokenForm(request.POST or None), ""

    def write(wanted: dict[str, Any]) -> None:
        nonlocal secret
        _uid, secret = actions.create_token(wanted["label"], wanted["scopes"], actor=request.actor, at=request.at)

    if is_written(request, form, write):
        form = TokenForm()
    page = TokensPage(form, team.tokens(request.actor), secret)
    return show(request, "settings/tokens.html", page, status=422 if form.errors else 200)


@require_POST
def revoke_token(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A token is worth nothing from now on."""
    actions.revoke_token(uid, actor=request.actor, at=request.at)
    say(request, _("Token revoked."))
    return go(request, "settings_tokens")


@require_http_methods(["GET", "POST"])
def workspace(request: Request) -> HttpResponse:
    """Name, currency, zone, our own domains."""
    require(request.actor, "workspace.edit")
    now = request.workspace
    initial = {"name": now.name, "currency": now.currency, "zone": now.zone, "our_domains": "\n".join(now.our_domains)}
    form = WorkspaceForm(request.POST or None, initial=initial)

    def write(wanted: dict[str, Any]) -> None:
        actions.edit_workspace(wanted, actor=request.actor, at=request.at)

    if is_written(request, form, write):
        say(request, _("Saved."))
        return go(request, "settings_workspace")
    return show(
        request, "settings/workspace.html", WorkspacePage(form, stored_shares(now)), status=422 if form.errors else 200
    )
