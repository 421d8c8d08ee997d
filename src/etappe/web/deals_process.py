"""Taking a deal to another process: choose a stage of it, see what stays confirmed, and do it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from etappe.core.errors import Forbidden, Refusal
from etappe.core.process import Phase, Process
from etappe.deals import actions
from etappe.deals import queries as deals
from etappe.deals.queries import ProcessPreview
from etappe.deals.shapes import DealView
from etappe.journal.labels import words
from etappe.journal.refusals import Said, text
from etappe.web.deals_answers import done, say_moved, seen_of
from etappe.web.shell import Request, show


@dataclass(frozen=True)
class Offer:
    """A process with the stages in which an open deal can stand: what each is chosen by, and its name."""

    name: str
    stages: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ProcessPage:
    """The choice of a stage, and what it would make of the deal."""

    deal: DealView
    offers: tuple[Offer, ...]
    to: str
    preview: ProcessPreview | None
    said: Said | None


@require_http_methods(["GET", "POST"])
def process(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The stages of other processes; with `to` (process:stage) what that would make of the deal. A POST does it."""
    deal = deals.get_deal(request.actor, uid)
    if not deal.may_move:
        raise Forbidden("forbidden", act="deals.move")
    given = request.POST if request.method == "POST" else request.GET
    to = given.get("to", "")
    preview, refusal = None, None
    try:
        if request.method == "POST":
            return _changed(request, uid, to)
        preview = deals.preview_process(request.actor, uid, *_parts(to)) if to else None
    except Refusal as no:
        if no.status != Refusal.status:
            raise
        refusal = no
    page = ProcessPage(deal, _offers(deal), to, preview, text(refusal) if refusal else None)
    status = refusal.status if refusal else 200
    return show(request, "deals/process.html", page, part="panel", into="panel", status=status)


def _changed(request: Request, uid: uuid.UUID, to: str) -> HttpResponse:
    state = actions.change_process(uid, *_parts(to), seen=seen_of(request), actor=request.actor, at=request.at)
    said = _("“{deal}” is on another process now, in the stage “{stage}”.")
    say_moved(request, said.format(deal=state.name, stage=words(state.stage_name)), state)
    return done(request, uid)


def _parts(to: str) -> tuple[str, str]:
    key, _colon, stage = to.partition(":")
    return key, stage


def _offers(deal: DealView) -> tuple[Offer, ...]:
    return tuple(_offer(spec) for spec in deals.other_processes(deal.process.key))


def _offer(spec: Process) -> Offer:
    stages = (stage for stage in spec.stages if stage.phase is not Phase.KEEP)
    return Offer(words(spec.name), tuple((f"{spec.key}:{stage.key}", words(stage.name)) for stage in stages))
