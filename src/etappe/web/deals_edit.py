"""Making a deal, and changing its fields."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from etappe.core.errors import Forbidden, Missing, Refusal, Stale
from etappe.core.process import Phase, Process
from etappe.deals import actions
from etappe.deals import queries as deals
from etappe.deals.shapes import DealState, DealView
from etappe.journal.labels import words
from etappe.journal.refusals import Said
from etappe.people import queries as people
from etappe.people.fields import fields
from etappe.team import queries as team
from etappe.team.access import require
from etappe.web.deals_answers import complain, done, seen_of, viewer_uid
from etappe.web.deals_filter import published
from etappe.web.deals_forms import Conflict, DealForm, StepForm, as_uid, conflicts, initial_of, offer
from etappe.web.deals_people import people_choices
from etappe.web.references import Named, named, refer, with_account
from etappe.web.shell import Request, go, say, show, today


@dataclass(frozen=True)
class StageChoice:
    """A stage a deal may begin in; one that is not the first is a late entry."""

    key: str
    name: str
    is_first: bool
    chosen: bool


@dataclass(frozen=True)
class CreatePage:
    """The form for a new deal."""

    form: DealForm
    processes: tuple[Process, ...]
    process: Process | None
    stages: tuple[StageChoice, ...]
    late: bool
    said: Said | None = None


@dataclass(frozen=True)
class EditPage:
    """The form for a deal's fields, and where a colleague was quicker, both states."""

    deal: DealView
    form: forms.Form
    seen: int
    conflicts: tuple[Conflict, ...] = ()
    said: Said | None = None


@require_http_methods(["GET", "POST"])
def create(request: Request) -> HttpResponse:
    """A new deal: in the first stage, or further on as a late entry."""
    require(request.actor, "deals.create")
    start = {
        "owner": str(viewer_uid(request)),
        "currency": request.workspace.currency,
        "engaged_since": today(request),
        "account": _asked_account(request),
    }
    is_sent = request.method == "POST"
    form = DealForm(request.POST if is_sent else None, initial=start)
    refer(form, "account", request.actor)
    offer(form, "owner", _colleagues(request))
    form.ask_own(fields("deal", request.actor), {}, request.actor)
    if not is_sent or "find" in request.POST or not form.is_valid():
        page = _create_page(request, form)
        return show(request, "deals/create.html", page, part="stages", status=422 if form.errors else 200)
    try:
        state = _create(request, form)
    except (Forbidden, Missing):
        raise
    except Refusal as refusal:
        page = _create_page(request, form, complain(form, refusal))
        return show(request, "deals/create.html", page, status=refusal.status)
    say(request, _("Saved."))
    return go(request, "deal", state.uid)


def _asked_account(request: Request) -> Named:
    """The account that the address names by its uid: a deal is often begun on the account's page."""
    uid = as_uid(request.GET.get("account", ""))
    return named(people.get_account(request.actor, uid) if uid else None)


@transaction.atomic
def _create(request: Request, form: DealForm) -> DealState:
    return actions.create(
        with_account(request, {**form.values(), "account": form.cleaned_data["account"] or None}),
        process=request.POST.get("process") or None,
        stage=request.POST.get("stage") or None,
        late_entry=bool(request.POST.get("late")),
        actor=request.actor,
        at=request.at,
    )


def _create_page(request: Request, form: DealForm, said: Said | None = None) -> CreatePage:
    given = request.POST if request.method == "POST" else request.GET
    processes = published(request)
    named = (each for each in processes if each.key == given.get("process"))
    process = next(named, processes[0] if processes else None)
    return CreatePage(
        form=form,
        processes=processes,
        process=process,
        stages=_stages(process, given.get("stage", "")) if process else (),
        late=bool(given.get("late")),
        said=said,
    )


def _stages(process: Process, chosen: str) -> tuple[StageChoice, ...]:
    stages = process.of_phase(Phase.FIND, Phase.WIN)
    known = chosen if any(stage.key == chosen for stage in stages) else process.first.key
    return tuple(
        StageChoice(stage.key, words(stage.name), stage is process.first, stage.key == known) for stage in stages
    )


def _colleagues(request: Request) -> list[tuple[str, str]]:
    return [(str(user.uid), user.name) for user in team.users(request.actor) if user.is_active]


@require_http_methods(["GET", "POST"])
def edit(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A deal's fields. Who is second sees both states and loses nothing."""
    deal = deals.get_deal(request.actor, uid)
    if not deal.may_edit:
        raise Forbidden("forbidden", act="deals.edit")
    form = DealForm(request.POST if request.method == "POST" else None, initial=initial_of(deal))
    offer(form, "owner", _colleagues_with(request, deal))
    refer(form, "account", request.actor)
    form.ask_own(fields("deal", request.actor, team=deal.team_id), deal.custom, request.actor)
    return _edit(request, deal, form, "deals/edit.html", lambda: with_account(request, form.values()))


def _colleagues_with(request: Request, deal: DealView) -> list[tuple[str, str]]:
    found = _colleagues(request)
    owner = deal.row.owner
    left = owner is not None and all(uid != str(owner.uid) for uid, _name in found)
    return [*found, (str(owner.uid), owner.name)] if owner and left else found


@require_http_methods(["GET", "POST"])
def step(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The next step: what is agreed, when, with whom."""
    deal = deals.get_deal(request.actor, uid)
    if not deal.may_edit:
        raise Forbidden("forbidden", act="deals.edit")
    form = StepForm(request.POST if request.method == "POST" else None, initial=initial_of(deal))
    offer(form, "next_step_person", people_choices(request, deal), "")
    return _edit(request, deal, form, "deals/step.html", form.values)


def _edit(
    request: Request, deal: DealView, form: forms.Form, template: str, values: Callable[[], dict[str, Any]]
) -> HttpResponse:
    page = EditPage(deal, form, deal.version)
    if request.method != "POST" or not form.is_valid():
        return _edit_answer(request, template, page, 422 if form.errors else 200)
    try:
        with transaction.atomic():
            state = actions.edit(deal.uid, values(), seen=seen_of(request), actor=request.actor, at=request.at)
    except Stale as stale:
        own = form.own_initial() if isinstance(form, DealForm) else {}
        both = conflicts(form, initial_of(deal) | own)
        page = EditPage(deal, form, deal.version, both, complain(form, stale))
        return _edit_answer(request, template, page, stale.status)
    except (Forbidden, Missing):
        raise
    except Refusal as refusal:
        page = EditPage(deal, form, deal.version, (), complain(form, refusal))
        return _edit_answer(request, template, page, refusal.status)
    if state.version != deal.version:
        say(request, _("Saved."))
    return done(request, deal.uid)


def _edit_answer(request: Request, template: str, page: EditPage, status: int) -> HttpResponse:
    return show(request, template, page, part="panel", into="panel", status=status)
