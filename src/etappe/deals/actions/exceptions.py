"""Exceptions: leaving a stage without its proof, asked by one and granted by another, visible and counted."""

from __future__ import annotations

import uuid
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.kinds.deals import ExceptionAnswered, ExceptionAsked
from etappe.core.process import verdict
from etappe.deals.actions.evidence import give_reason
from etappe.deals.actions.place import go, require_seen, state
from etappe.deals.models import Deal, DealException
from etappe.deals.place import facts_of, refresh_proof
from etappe.deals.scope import holder, lock, user_key, visible
from etappe.deals.shapes import DealState
from etappe.journal.record import action, record
from etappe.team import queries as team
from etappe.team.access import may, require


@action
def ask_exception(
    uid: uuid.UUID | str, to: str, reason: str, *, seen: int | None = None, actor: Actor, at: datetime
) -> DealState:
    """Ask to move to stage `to` although proof is missing.

    A second person grants it. Where the actor may grant and nobody else could, it is granted at once, marked as one's
    own. Refuses a move that needs no exception. For values that a stage asks for none is granted: they are filled in.
    """
    deal = lock(actor, uid)
    require(actor, "deals.ask_exception", holder(deal))
    require_seen(deal, seen)
    outcome = verdict(facts_of(deal), to)
    missing = outcome.missing
    if not missing:
        outcome.raise_if_refused()
        raise Refusal("nothing_missing", to=to)
    if DealException.objects.filter(deal=deal, granted=None).exists():
        raise Refusal("exception_asked_already")
    stages = list(dict.fromkeys(item.stage.key for item in missing))
    asked = DealException.objects.create(
        deal=deal, stages=stages, to=to, reason=give_reason(reason), asked_by_id=user_key(actor), asked_at=at
    )
    word = ExceptionAsked(exception=str(asked.uid), stages=stages, to=to, reason=asked.reason)
    record(word, actor=actor, at=at, deal=deal.id, account=deal.account_id)
    if may(actor, "deals.grant", holder(deal)) and not team.other_granters(actor, deal.team_id):
        _answer(deal, asked, granted=True, answer="", by_oneself=True, actor=actor, at=at)
    return state(deal)


@action
def answer_exception(uid: uuid.UUID | str, granted: bool, answer: str = "", *, actor: Actor, at: datetime) -> DealState:
    """Grant an exception, which moves the deal as asked, or refuse it with a reason."""
    asked = DealException.objects.filter(uid=_uid(uid), deal__in=visible(actor.scope)).select_related("deal").first()
    if asked is None:
        raise Missing
    deal = lock(actor, asked.deal.uid)
    asked = DealException.objects.select_for_update().get(pk=asked.pk)
    require(actor, "deals.grant", holder(deal))
    if asked.granted is not None:
        raise Refusal("exception_answered_already")
    by_oneself = asked.asked_by_id == actor.id
    if by_oneself and team.other_granters(actor, deal.team_id):
        raise Forbidden("exception_needs_another")
    answer = answer.strip() if granted else give_reason(answer)
    _answer(deal, asked, granted=granted, answer=answer, by_oneself=by_oneself, actor=actor, at=at)
    return state(deal)


def _uid(uid: uuid.UUID | str) -> uuid.UUID:
    try:
        return uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    except ValueError:
        raise Missing from None


def _answer(
    deal: Deal, asked: DealException, *, granted: bool, answer: str, by_oneself: bool, actor: Actor, at: datetime
) -> None:
    asked.granted, asked.answer, asked.by_oneself = granted, answer, by_oneself
    asked.answered_by_id, asked.answered_at = actor.id, at
    asked.save(update_fields=["granted", "answer", "by_oneself", "answered_by", "answered_at"])
    word = ExceptionAnswered(
        exception=str(asked.uid), stages=asked.stages, granted=granted, by_oneself=by_oneself, reason=answer
    )
    record(word, actor=actor, at=at, deal=deal.id, account=deal.account_id)
    if granted:
        _move_on(deal, asked, actor=actor, at=at)


def _move_on(deal: Deal, asked: DealException, *, actor: Actor, at: datetime) -> None:
    """Move as asked, unless the deal has gone elsewhere since; the exception holds either way."""
    try:
        outcome = verdict(facts_of(deal), asked.to)
    except Refusal:
        return
    if outcome.missing or outcome.unfilled:
        refresh_proof(deal)
        return
    go(deal, outcome, actor=actor, at=at)
