"""Looking at a process again on a day that was set: who does it, when, and what came of it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from etappe.core.actor import Actor
from etappe.core.deal_fields import clean_text
from etappe.core.errors import Missing, Refusal
from etappe.core.kinds.playbook import ReviewHeld, ReviewPlanned
from etappe.core.periods import local_day
from etappe.journal.record import action, record
from etappe.journal.values import as_json
from etappe.playbook.models import Process, Review
from etappe.team.access import may, require
from etappe.team.queries import user_by_uid, workspace


@action
def plan_review(key: str, on: date | None, by: uuid.UUID | str | None, *, actor: Actor, at: datetime) -> None:
    """Set the day of the next review and who does it; without a day none is planned."""
    require(actor, "playbook.publish")
    process = _locked(key)
    owner = user_by_uid(by) if by else None
    if owner is not None and not owner.is_active:
        raise Refusal("owner_has_left", name=owner.name)
    if on is not None and on != process.review_on and on <= _today(at):
        raise Refusal("date_not_ahead", field="review_on")
    _plan(process, on, owner.id if owner else None, actor=actor, at=at)


def _today(at: datetime) -> date:
    return local_day(at, workspace().zone)


def _plan(process: Process, on: date | None, by: int | None, *, actor: Actor, at: datetime) -> None:
    if (process.review_on, process.review_by) == (on, by):
        return
    process.review_on, process.review_by = on, by
    process.save(update_fields=["review_on", "review_by"])
    record(ReviewPlanned(process.key, as_json(on), by), actor=actor, at=at)


def _locked(key: str) -> Process:
    process = Process.objects.select_for_update().filter(key=key).first() if "\x00" not in key else None
    if process is None:
        raise Missing
    return process


@action
def hold_review(key: str, result: str, next_on: date | None, *, actor: Actor, at: datetime) -> None:
    """Keep what came of a review, and when the next one is. Whoever was to do it may, as well as those who publish."""
    process = _locked(key)
    if not (may(actor, "playbook.see") and actor.id is not None and process.review_by == actor.id):
        require(actor, "playbook.publish")
    text = clean_text("result", result)
    if not text:
        raise Refusal("field_required", field="result")
    if next_on is not None and next_on <= _today(at):
        raise Refusal("date_not_ahead", field="next_on")
    Review.objects.create(process=process, held_on=_today(at), held_by=actor.id, result=text)
    record(ReviewHeld(process.key, text), actor=actor, at=at)
    _plan(process, next_on, process.review_by, actor=actor, at=at)
