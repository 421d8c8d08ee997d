"""Fields that a stage asks for: filled in where the move was refused, and the deal goes on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.deals import actions
from etappe.deals import queries as deals
from etappe.deals.shapes import DealView
from etappe.journal.refusals import Said
from etappe.people.fields import fields
from etappe.web import deals_move
from etappe.web.deals_answers import complain, done
from etappe.web.deals_forms import DealForm, StepForm, initial_of
from etappe.web.deals_gate import unfilled
from etappe.web.own_fields import WithOwnFields
from etappe.web.shell import Request, say, show


class FillForm(WithOwnFields):
    """The fields that a stage asks for: those of every deal, and the workspace's own."""

    def ask_plain(self, names: Iterable[str]) -> None:
        """Add these fields as the forms of deals have them, with what belongs to each; none of them may stay empty."""
        known = {**DealForm.base_fields, **StepForm.base_fields}
        for part in (part for name in names for part in (name, *_BESIDE.get(name, ()))):
            self.fields[part] = deepcopy(known[part])
            self.fields[part].required = True

    @property
    def plain(self) -> list[forms.BoundField]:
        """The bound fields that every deal has."""
        return [self[name] for name in self.fields if not name.startswith("custom_")]

    @property
    def gaps(self) -> int:
        """How many fields stand empty; what stands beside one, its currency or its day, belongs to it."""
        beside = {part for parts in _BESIDE.values() for part in parts}
        return sum(bound.name not in beside for bound in self.plain) + len(self.asked)

    def values(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        return self.with_own(self.plain_values())


_BESIDE = {"amount": ("currency",), "next_step": ("next_step_on",)}


@dataclass(frozen=True)
class FillPage:
    """A deal's fields to fill in, and the stage that asks for them."""

    deal: DealView
    form: FillForm
    to: str
    said: Said | None = None


def fill_form(request: Request, deal: DealView, to: str) -> FillForm | None:
    """A form of the fields that stand between the deal and stage `to`; nothing where none does."""
    empty = unfilled(deal, to)
    if not empty:
        return None
    form = FillForm(request.POST if "fill" in request.POST else None, auto_id="fill_%s", initial=initial_of(deal))
    form.ask_plain(item.key for item in empty if not item.own)
    wanted = {item.key for item in empty if item.own}
    known = fields("deal", request.actor, team=deal.team_id)
    form.ask_own((own for own in known if own.key in wanted), deal.custom, request.actor)
    for bound in form.own:
        bound.field.required = True
    return form


@require_http_methods(["GET", "POST"])
def fill(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Fill in what a stage asks for, and go on to stage `to`."""
    deal = deals.get_deal(request.actor, uid)
    if not deal.may_edit:
        raise Forbidden("forbidden", act="deals.edit")
    to = request.POST.get("to") or request.GET.get("to") or ""
    form = fill_form(request, deal, to)
    if form is None:
        return deals_move.move_on(request, uid, to, None) if to and request.method == "POST" else done(request, uid)
    page = FillPage(deal, form, to)
    if request.method == "GET" or not form.is_valid():
        return _panel(request, page, 422 if form.errors else 200)
    try:
        actions.edit(uid, form.values(), actor=request.actor, at=request.at)
    except (Forbidden, Missing):
        raise
    except Refusal as refusal:
        return _panel(request, FillPage(deal, form, to, complain(form, refusal)), refusal.status)
    say(request, _("Saved."))
    return deals_move.move_on(request, uid, to, None) if to else done(request, uid)


def _panel(request: Request, page: FillPage, status: int = 200) -> HttpResponse:
    return show(request, "deals/fill.html", page, part="panel", into="panel", status=status)
