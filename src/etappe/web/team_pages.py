"""Colleagues and teams: who is here, in which role, and the links that bring them in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.actor import Role
from etappe.core.errors import Missing
from etappe.team import actions
from etappe.team import queries as team
from etappe.team.access import require
from etappe.team.queries import TeamView, UserView
from etappe.web.forms import is_written
from etappe.web.shell import Request, go, say, show

ROLES = {
    Role.REP: gettext_lazy("Sales: works own deals, sees the team's"),
    Role.MANAGER: gettext_lazy("Sales management: inspects, grants exceptions, sees all teams below"),
    Role.MARKETING: gettext_lazy("Marketing: sees the team's deals, edits accounts and people"),
    Role.SUCCESS: gettext_lazy("Customer success: works own deals, sees the team's"),
    Role.OBSERVER: gettext_lazy("Read only: sees everything, changes nothing"),
    Role.ADMINISTRATOR: gettext_lazy("Administration: everything, and these settings"),
}


class TeamChoice(forms.ChoiceField):
    """A team by name, or none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def offer(self, teams: list[TeamView]) -> None:
        """The teams there are."""
        self.choices = [("", _("no team")), *((str(each.uid), each.name) for each in teams)]


class ColleagueForm(forms.Form):
    """A colleague's name, address, role and team."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[(role.value, words) for role, words in ROLES.items()])
    team = TeamChoice(label=gettext_lazy("Team"))

    def __init__(self, *args: Any, teams: list[TeamView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "team", teams)


class PresentColleagueForm(ColleagueForm):
    """The same for somebody who is here, and whether they still are."""

    is_active = forms.BooleanField(
        label=gettext_lazy("Works here"),
        required=False,
        help_text=gettext_lazy("Whoever leaves is signed out everywhere and loses all tokens. Their records stay."),
    )


class TeamForm(forms.Form):
    """A team and the one above it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    parent = TeamChoice(label=gettext_lazy("Below"))

    def __init__(self, *args: Any, teams: list[TeamView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "parent", teams)


def _offer(form: forms.Form, name: str, teams: list[TeamView]) -> None:
    field = form.fields[name]
    assert isinstance(field, TeamChoice)
    field.offer(teams)


@dataclass(frozen=True)
class Colleagues:
    """Who is here. `link` is an invitation to hand over, shown once to the one who made it."""

    users: list[UserView]
    teams: list[TeamView]
    link: str = ""
    invited: str = ""


@dataclass(frozen=True)
class EditPage:
    """A form about a colleague or a team."""

    title: str
    form: forms.Form
    user: UserView | None = None
    act: str = ""
    """What the button says."""


@require_GET
def colleagues(request: Request) -> HttpResponse:
    """All colleagues and teams."""
    return _colleagues(request)


def _colleagues(request: Request, link: str = "", invited: str = "") -> HttpResponse:
    require(request.actor, "team.administer")
    page = Colleagues(team.users(request.actor), team.teams(request.actor), link, invited)
    return show(request, "settings/colleagues.html", page)


@require_http_methods(["GET", "POST"])
def invite(request: Request) -> HttpResponse:
    """Add a colleague; the answer to the POST shows the link to hand over."""
    require(request.actor, "team.administer")
    form = ColleagueForm(request.POST or None, teams=team.teams(request.actor))
    made: list[str] = []

    def write(wanted: dict[str, Any]) -> None:
        _uid, token = actions.invite(
            wanted["email"], wanted["name"], wanted["role"], wanted["team"] or None, actor=request.actor, at=request.at
        )
        made.append(token)

    if is_written(request, form, write):
        return _colleagues(request, _join_address(request, made[0]), form.cleaned_data["name"])
    return _form_page(request, EditPage(_("Invite a colleague"), form, act=_("Make the invitation link")))


@require_POST
def invite_again(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A new link for somebody who has not come in yet."""
    token = actions.invite_again(uid, actor=request.actor, at=request.at)
    return _colleagues(request, _join_address(request, token), team.user_by_uid(uid).name)


def _join_address(request: Request, token: str) -> str:
    return request.build_absolute_uri(reverse("join", args=[token]))


@require_http_methods(["GET", "POST"])
def colleague(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Edit a colleague."""
    require(request.actor, "team.administer")
    found = team.user_by_uid(uid)
    initial = {
        "name": found.name,
        "email": found.email,
        "role": found.role.value,
        "team": str(found.team.uid) if found.team else "",
        "is_active": found.is_active,
    }
    form = PresentColleagueForm(request.POST or None, teams=team.teams(request.actor), initial=initial)

    def write(wanted: dict[str, Any]) -> None:
        changes = wanted | {"team": wanted["team"] or None}
        actions.edit_user(uid, changes, actor=request.actor, at=request.at)

    if is_written(request, form, write):
        say(request, _("Saved."))
        return go(request, "settings_team")
    return _form_page(request, EditPage(found.name, form, found))


@require_http_methods(["GET", "POST"])
def add_team(request: Request) -> HttpResponse:
    """Add a team."""
    require(request.actor, "team.administer")
    form = TeamForm(request.POST or None, teams=team.teams(request.actor))

    def write(wanted: dict[str, Any]) -> None:
        actions.add_team(wanted["name"], wanted["parent"] or None, actor=request.actor, at=request.at)

    if is_written(request, form, write):
        say(request, _("Saved."))
        return go(request, "settings_team")
    return _form_page(request, EditPage(_("Add a team"), form, act=_("Add")))


@require_http_methods(["GET", "POST"])
def edit_team(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Rename a team, or put it below another."""
    require(request.actor, "team.administer")
    teams = team.teams(request.actor)
    found = next((each for each in teams if each.uid == uid), None)
    if found is None:
        raise Missing
    initial = {"name": found.name, "parent": str(found.parent.uid) if found.parent else ""}
    form = TeamForm(request.POST or None, teams=[each for each in teams if each.uid != uid], initial=initial)

    def write(wanted: dict[str, Any]) -> None:
        changes = {"name": wanted["name"], "parent": wanted["parent"] or None}
        actions.edit_team(uid, changes, actor=request.actor, at=request.at)

    if is_written(request, form, write):
        say(request, _("Saved."))
        return go(request, "settings_team")
    return _form_page(request, EditPage(found.name, form))


def _form_page(request: Request, page: EditPage) -> HttpResponse:
    return show(request, "settings/edit.html", page, status=422 if page.form.errors else 200)
