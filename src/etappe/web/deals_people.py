"""The two sides of a deal: the buying centre and the deal team."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.deals import actions
from etappe.deals import queries as deals
from etappe.deals.shapes import DealView
from etappe.journal.refusals import Said
from etappe.people import actions as people_actions
from etappe.people import queries as people
from etappe.records.duplicates import Likely, possible
from etappe.team import queries as team
from etappe.web.deals_answers import complain, done
from etappe.web.deals_forms import MemberForm, StakeholderForm, as_uid, offer
from etappe.web.shell import Request, say, show


@dataclass(frozen=True)
class SidePage:
    """A form that adds somebody to one of the sides."""

    deal: DealView
    form: forms.Form
    said: Said | None = None
    likely: tuple[Likely, ...] = ()


def people_choices(request: Request, deal: DealView) -> list[tuple[str, str]]:
    """Everybody of the buyer's side: the buying centre first, then the account's other people."""
    centre = {str(each.person.uid): each.person.name for each in deal.stakeholders}
    if deal.row.account:
        for person in people.people(request.actor, where=f"account = {deal.row.account.uid}").rows:
            centre.setdefault(str(person.uid), person.name)
    return list(centre.items())


@require_http_methods(["GET", "POST"])
def add_person(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Add somebody to the buying centre, a known person or a new one."""
    deal = _editable(request, uid)
    asked = {"person": request.GET.get("person", ""), "role": request.GET.get("role", "unknown")}
    form = StakeholderForm(request.POST if request.method == "POST" else None, initial=asked)
    offer(form, "person", {**dict(people_choices(request, deal)), **_taken(request)}.items(), _("nobody known"))
    likely = _likely(request, deal, form)
    if request.method != "POST" or likely or not form.is_valid():
        page = SidePage(deal, form, likely=likely)
        return _answer(request, "deals/person.html", page, 422 if form.errors else 200)
    try:
        _add_person(request, deal, form)
    except (Forbidden, Missing):
        raise
    except Refusal as refusal:
        return _answer(request, "deals/person.html", SidePage(deal, form, complain(form, refusal)), refusal.status)
    say(request, _("Saved."))
    return done(request, uid)


def _taken(request: Request) -> dict[str, str]:
    """The person that the form names: one of those who are likely meant may be of another account."""
    uid = as_uid(request.POST.get("person", ""))
    return {str(uid): people.get_person(request.actor, uid).name} if uid else {}


def _likely(request: Request, deal: DealView, form: forms.Form) -> tuple[Likely, ...]:
    """Who is there already and likely the same as the new one; nobody where the new one is to be made anyway."""
    if "anyway" in request.POST or not form.is_valid() or form.cleaned_data["person"]:
        return ()
    account = deal.row.account.uid if deal.row.account else None
    return tuple(possible(request.actor, "person", {**form.cleaned_data, "account": account}))


@transaction.atomic
def _add_person(request: Request, deal: DealView, form: StakeholderForm) -> None:
    given = form.cleaned_data
    person = given["person"] or new_person(request, deal, {key: given[key] for key in ("name", "email", "job_title")})
    actions.add_stakeholder(deal.uid, person, given["role"], actor=request.actor, at=request.at)


def new_person(request: Request, deal: DealView, fields: dict[str, str]) -> str:
    """Make a person at the deal's account; returns their uid."""
    account = deal.row.account.uid if deal.row.account else None
    return str(people_actions.create_person(fields | {"account": account}, actor=request.actor, at=request.at).uid)


def person_called(request: Request, deal: DealView, name: str) -> str:
    """Who of the buyer's side is called so; somebody new if nobody is. Returns their uid."""
    known = people_choices(request, deal)
    found = next((uid for uid, each in known if each.casefold() == name.strip().casefold()), "")
    return found or new_person(request, deal, {"name": name})


@require_POST
def remove_person(request: Request, uid: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    """Take somebody out of the buying centre."""
    actions.remove_stakeholder(uid, person, actor=request.actor, at=request.at)
    say(request, _("Saved."))
    return done(request, uid)


@require_http_methods(["GET", "POST"])
def add_member(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Add a colleague to the deal team."""
    deal = _editable(request, uid)
    form = MemberForm(request.POST if request.method == "POST" else None)
    offer(form, "user", [(str(user.uid), user.name) for user in team.users(request.actor) if user.is_active])
    if request.method != "POST" or not form.is_valid():
        return _answer(request, "deals/member.html", SidePage(deal, form), 422 if form.errors else 200)
    given = form.cleaned_data
    actions.add_member(uid, given["user"], given["role"], actor=request.actor, at=request.at)
    say(request, _("Saved."))
    return done(request, uid)


@require_POST
def remove_member(request: Request, uid: uuid.UUID, user: uuid.UUID) -> HttpResponse:
    """Take a colleague out of the deal team."""
    actions.remove_member(uid, user, actor=request.actor, at=request.at)
    say(request, _("Saved."))
    return done(request, uid)


def _editable(request: Request, uid: uuid.UUID) -> DealView:
    deal = deals.get_deal(request.actor, uid)
    if not deal.may_edit:
        raise Forbidden("forbidden", act="deals.edit")
    return deal


def _answer(request: Request, template: str, page: SidePage, status: int) -> HttpResponse:
    return show(request, template, page, part="panel", into="panel", status=status)
