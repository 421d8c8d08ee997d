"""Moving a deal: on, back, won, left early, resting, reopened, undone, or by exception."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from etappe.core.errors import Forbidden, Refusal, Stale
from etappe.core.process import WON, LeaveReason
from etappe.deals import actions
from etappe.deals import queries as deals
from etappe.deals.shapes import DealState, DealView
from etappe.journal.labels import words
from etappe.journal.refusals import Said
from etappe.web import deals_evidence
from etappe.web.deals_answers import complain, done, say_moved, seen_of
from etappe.web.deals_forms import ReasonForm, RestForm, tomorrow
from etappe.web.deals_gate import Exit, Way, exits, next_stage, ways
from etappe.web.shell import Request, say, show, today


@dataclass(frozen=True)
class MovePage:
    """Where the deal can go from here."""

    deal: DealView
    ways: tuple[Way, ...]
    exits: tuple[Exit, ...]


@dataclass(frozen=True)
class AskPage:
    """A form beside a deal: for an exception the stage it leads to, for leaving the reason that was chosen."""

    deal: DealView
    form: forms.Form | None = None
    to: str = ""
    said: Said | None = None
    reason: LeaveReason | None = None


@require_http_methods(["GET", "POST"])
def move(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Where a deal can go; a POST moves it `to` a stage, or says exactly what is missing, ready to be given."""
    if request.method == "POST":
        return move_on(request, uid, request.POST.get("to", ""), seen_of(request))
    deal = _movable(request, uid)
    return _panel(request, "deals/move.html", MovePage(deal, ways(deal), exits(deal)))


def _movable(request: Request, uid: uuid.UUID) -> DealView:
    """The deal, if the viewer may move it: nobody fills in a form that is refused afterwards."""
    deal = deals.get_deal(request.actor, uid)
    if not deal.may_move:
        raise Forbidden("forbidden", act="deals.move")
    return deal


def move_on(request: Request, uid: uuid.UUID, to: str, seen: int | None) -> HttpResponse:
    """Move, and answer; a refusal for missing proof opens the evidence panel."""
    try:
        state = actions.move(uid, to, seen=seen, actor=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.code not in ("criteria_missing", "values_missing"):
            raise
        return deals_evidence.missing(request, uid, to, refusal)
    text = _("“{deal}” is won.") if to == WON else _("“{deal}” is now in the stage “{stage}”.")
    say_moved(request, text.format(deal=state.name, stage=words(state.stage_name)), state)
    return done(request, uid)


@require_http_methods(["GET", "POST"])
def leave(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Lose or disqualify. GET asks what else there is to say; a POST with the reason alone is enough."""
    if request.method == "GET":
        deal = _movable(request, uid)
        reason = next((each for each in deal.process.leave if each.key == request.GET.get("reason")), None)
        return _panel(request, "deals/leave.html", AskPage(deal, reason=reason))
    given = {name: request.POST.get(name, "") for name in ("reason", "lost_to", "note")}
    state = actions.leave(uid, **given, seen=seen_of(request), actor=request.actor, at=request.at)
    say_moved(request, _("“{deal}” has left the process.").format(deal=state.name), state)
    return done(request, uid)


@require_http_methods(["GET", "POST"])
def rest(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Let a deal rest until the buyer's date; a POST with `wake` takes it up again."""
    if "wake" in request.POST:
        actions.rest(uid, None, actor=request.actor, at=request.at)
        say(request, _("Taken up again."))
        return done(request, uid)
    deal = _movable(request, uid)
    form = RestForm(request.POST if request.method == "POST" else None, initial={"until": deal.row.rests_until})
    form.fields["until"].widget.attrs["min"] = tomorrow(today(request))
    if request.method == "GET" or not form.is_valid():
        return _panel(request, "deals/rest.html", AskPage(deal, form), 422 if form.errors else 200)
    try:
        actions.rest(uid, **form.cleaned_data, actor=request.actor, at=request.at)
    except Forbidden:
        raise
    except Refusal as refusal:
        said = complain(form, refusal)
        return _panel(request, "deals/rest.html", AskPage(deal, form, said=said), refusal.status)
    say(request, _("Saved."))
    return done(request, uid)


@require_POST
def reopen(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take a closed deal up again where it was."""
    state = actions.reopen(uid, seen=seen_of(request), actor=request.actor, at=request.at)
    say_moved(request, _("Reopened."), state)
    return done(request, uid)


@require_POST
def undo(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take the last move back."""
    try:
        actions.undo(uid, seen=seen_of(request), actor=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.code not in ("criteria_missing", "values_missing"):
            raise
        return deals_evidence.missing(request, uid, str(refusal.params["to"]), refusal)
    say(request, _("Undone."))
    return done(request, uid)


@require_http_methods(["GET", "POST"])
def ask_exception(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Ask to move on without proof, with a reason that stays visible."""
    deal = _movable(request, uid)
    given: Mapping[str, str] = request.POST if request.method == "POST" else request.GET
    to = given.get("to") or next_stage(deal)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _panel(request, "deals/exception.html", AskPage(deal, form, to), 422 if form.errors else 200)
    try:
        state = _ask(request, uid, to, form.cleaned_data["reason"])
    except (Forbidden, Stale):
        raise
    except Refusal as refusal:
        said = complain(form, refusal)
        return _panel(request, "deals/exception.html", AskPage(deal, form, to, said), refusal.status)
    if (state.stage, state.status) != (deal.row.stage, deal.row.status):
        say_moved(request, _("Exception granted by yourself; the deal has moved."), state)
    else:
        say(request, _("Exception asked for. It is with those who may grant it."))
    return done(request, uid)


def _ask(request: Request, uid: uuid.UUID, to: str, reason: str) -> DealState:
    return actions.ask_exception(uid, to, reason, seen=seen_of(request), actor=request.actor, at=request.at)


@require_POST
def answer_exception(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Grant an exception, which moves the deal as asked, or refuse it with a word."""
    granted = request.POST.get("granted") == "yes"
    state = actions.answer_exception(uid, granted, request.POST.get("answer", ""), actor=request.actor, at=request.at)
    say(request, _("Exception granted.") if granted else _("Exception refused."))
    return done(request, state.uid)


def _panel(request: Request, template: str, page: object, status: int = 200) -> HttpResponse:
    return show(request, template, page, part="panel", into="panel", status=status)
