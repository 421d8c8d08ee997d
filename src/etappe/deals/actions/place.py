"""Making a deal and moving it: the gate's door. Page, board, API, CLI, import and job all come through here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.deal_fields import clean_name, clean_text
from etappe.core.errors import Refusal, Stale
from etappe.core.kinds import fold
from etappe.core.kinds.deals import (
    PLACING,
    DealCreated,
    DealLeft,
    DealReopened,
    DealRested,
    DealWon,
    MoveUndone,
    StageMoved,
)
from etappe.core.periods import local_day
from etappe.core.process import WON, Basis, Phase, Proof, Status, Verdict, entry, verdict
from etappe.deals.actions.remap_write import back_to_process, came_by_choice
from etappe.deals.centre import join_centre
from etappe.deals.columns import columns_from, own_column
from etappe.deals.models import Deal, StageVisit
from etappe.deals.place import empty_fields, facts_of, open_visit, process_of, renew_span, write_place
from etappe.deals.scope import holder, lock
from etappe.deals.shapes import DealState
from etappe.journal.queries import kinds_of, latest
from etappe.journal.record import action, record
from etappe.journal.values import as_json, columns_of
from etappe.people import queries as people
from etappe.people.fields import unfilled_values
from etappe.people.load_tags import spelled
from etappe.people.load_values import index_values
from etappe.playbook import queries as playbook
from etappe.team import queries as team
from etappe.team.access import Holder, require

FINAL = (Basis.START.value, Basis.LATE_ENTRY.value, Basis.IMPORTED.value, Basis.UNDO.value, Basis.REMAP.value)
"""Bases of a visit that nothing came before, or that is an undo itself."""


def state(deal: Deal) -> DealState:
    """The deal's place as a value."""
    return DealState(
        uid=deal.uid,
        name=deal.name,
        stage_name=process_of(deal).stage(deal.stage).name,
        version=deal.version,
        stage=deal.stage,
        status=Status(deal.status),
        basis=Basis(deal.basis),
        proof=Proof(deal.proof),
    )


def today(at: datetime) -> date:
    """The day in the workspace's zone."""
    return local_day(at, team.workspace().zone)


def require_seen(deal: Deal, seen: int | None) -> None:
    """Raise `Stale` if the deal changed since the version the actor saw; it tells who changed what."""
    if seen is not None and seen != deal.version:
        last = latest(deal=deal.id)
        stage = process_of(deal).stage(deal.stage)
        names = team.user_names([last.actor_id]) if last and last.actor_id else {}
        by = next((user.name for user in names.values()), "")
        when = last.recorded_at if last else deal.stage_since
        raise Stale("stale", seen=seen, now=deal.version, stage=stage, status=deal.status, by=by, at=when)


@action
def create(
    fields: Mapping[str, Any],
    *,
    process: str | None = None,
    stage: str | None = None,
    late_entry: bool = False,
    stakeholders: tuple[uuid.UUID | str, ...] = (),
    actor: Actor,
    at: datetime,
) -> DealState:
    """Make a deal in the first stage of its process; `fields` as for `edit`, the owner is the actor if none is named.

    In a later stage only as a `late_entry`: what it skips stays visibly unproven. Without it the refusal names what is
    missing, as for any move. Refuses fields that do not hold; people or accounts the actor does not see are `Missing`.
    """
    ours = {"owner_id": actor.id, "team_id": actor.team}
    columns = ours | columns_from({"currency": team.workspace().currency, **fields}, actor)
    columns["tags"] = spelled(columns.get("tags", ()))
    columns |= own_column({}, fields, actor, columns["team_id"])
    clean_name("name", columns.get("name", ""))
    require(actor, "deals.create", Holder(owner=columns["owner_id"], team=columns["team_id"]))
    version = playbook.get_version(process) if process else playbook.default_version()
    empty = unfilled_values(columns.get("custom", {}), version.spec.key, columns["team_id"])
    empty = (*empty_fields(version.spec, columns.get), *empty)
    place = entry(version.spec, stage, late=late_entry, unfilled=empty)
    place.raise_if_refused()
    columns["engaged_since"] = columns.get("engaged_since") or today(at)
    deal = _placed(Deal(process_version_id=version.id, stage_since=at, created_at=at, **columns), place)
    deal.save(force_insert=True)
    open_visit(deal, came_from="", actor=actor, at=at)
    renew_span(deal, at)
    if deal.custom:
        index_values("deal", [deal.id])
    record(DealCreated(columns_of(deal, Deal.JOURNALED)), actor=actor, at=at, deal=deal.id, account=deal.account_id)
    for person in stakeholders:
        join_centre(deal, people.person_id(actor, person), str(person), "unknown", actor=actor, at=at)
    return state(deal)


def _placed(deal: Deal, place: Verdict) -> Deal:
    late = place.basis is Basis.LATE_ENTRY
    deal.stage = deal.entry_stage = place.to
    deal.basis, deal.proof = place.basis.value, (Proof.UNPROVEN if late else Proof.PROVEN).value
    return deal


@action
def move(uid: uuid.UUID | str, to: str, *, seen: int | None = None, actor: Actor, at: datetime) -> DealState:
    """Move a deal to stage `to` (or `won`) if its process lets it leave the present one.

    Raises `Missing` if the actor may not see it, `Forbidden`, `Stale` if somebody was quicker, or the `Refusal` that
    names every criterion without proof.
    """
    deal = lock(actor, uid)
    require(actor, "deals.move", holder(deal))
    require_seen(deal, seen)
    outcome = verdict(facts_of(deal), to)
    outcome.raise_if_refused()
    go(deal, outcome, actor=actor, at=at)
    return state(deal)


def win(uid: uuid.UUID | str, *, seen: int | None = None, actor: Actor, at: datetime) -> DealState:
    """Win the deal: leave the last stage of `win`. The gate is the same as for any move."""
    return move(uid, WON, seen=seen, actor=actor, at=at)


def go(deal: Deal, outcome: Verdict, *, actor: Actor, at: datetime) -> None:
    """Write what the gate has allowed, and record it."""
    at = max(at, deal.stage_since)
    before = {"came_from": deal.stage, "status_before": deal.status}
    wins = outcome.status is Status.WON and deal.status == Status.OPEN.value
    also: dict[str, Any] = {"closed_at": at, "rests_until": None} if wins else {}
    write_place(deal, outcome.to, outcome.status, outcome.basis, actor=actor, at=at, also=also)
    placed = before | {"went_to": outcome.to, "status": outcome.status.value, "basis": outcome.basis.value}
    entry_of = DealWon(**placed, closed_at=as_json(at)) if wins else StageMoved(**placed)
    record(entry_of, actor=actor, at=at, deal=deal.id, account=deal.account_id)


@action
def leave(
    uid: uuid.UUID | str,
    reason: str,
    *,
    lost_to: str = "",
    note: str = "",
    seen: int | None = None,
    actor: Actor,
    at: datetime,
) -> DealState:
    """Let a deal leave the process early: lost, disqualified, declined, or cancelled after winning."""
    deal = lock(actor, uid)
    require(actor, "deals.move", holder(deal))
    require_seen(deal, seen)
    outcome = leave_outcome(deal, reason)
    at = max(at, deal.stage_since)
    before = {"came_from": deal.stage, "went_to": deal.stage, "status_before": deal.status}
    why = {"lost_to": clean_text("lost_to", lost_to), "leave_note": clean_text("note", note), "leave_reason": reason}
    also = why | {"closed_at": at, "rests_until": None}
    write_place(deal, deal.stage, outcome, Basis.EXIT, actor=actor, at=at, also=also)
    left = DealLeft(
        **before,
        status=outcome.value,
        basis=Basis.EXIT.value,
        reason=reason,
        lost_to=deal.lost_to,
        note=deal.leave_note,
        closed_at=as_json(at),
    )
    record(left, actor=actor, at=at, deal=deal.id, account=deal.account_id)
    return state(deal)


def leave_outcome(deal: Deal, reason: str) -> Status:
    """The status in which the deal leaves its process for this reason; refuses a reason that it does not have now."""
    known = {item.key: item for item in process_of(deal).leave}
    if reason not in known:
        raise Refusal("unknown_reason", reason=reason, reasons=tuple(known))
    outcome = known[reason].outcome
    if outcome == "resting":
        raise Refusal("rest_instead", reason=reason)
    needed = Status.WON if outcome == Status.CANCELLED.value else Status.OPEN
    if deal.status != needed.value:
        raise Refusal("deal_is_closed" if needed is Status.OPEN else "not_won_yet", status=deal.status)
    return Status(outcome)


@action
def rest(uid: uuid.UUID | str, until: date | None, *, reason: str = "", actor: Actor, at: datetime) -> DealState:
    """Let an open deal rest until the buyer's date, silently; without a date, take it up again."""
    deal = lock(actor, uid)
    require(actor, "deals.move", holder(deal))
    if deal.status != Status.OPEN.value:
        raise Refusal("deal_is_closed", status=deal.status)
    if until is not None and until <= today(at):
        raise Refusal("date_not_ahead", field="until")
    deal.rests_until = until
    deal.version += 1
    deal.save(update_fields=["rests_until", "version"])
    rested = DealRested(until=as_json(until), reason=clean_text("reason", reason))
    record(rested, actor=actor, at=at, deal=deal.id, account=deal.account_id)
    return state(deal)


@action
def reopen(
    uid: uuid.UUID | str, *, to: str | None = None, seen: int | None = None, actor: Actor, at: datetime
) -> DealState:
    """Open a closed deal again where it was, or in stage `to`, which passes the gate like any move.

    A won deal goes back into its last stage of `win`; one cancelled after winning is won again.
    """
    deal = lock(actor, uid)
    require(actor, "deals.move", holder(deal))
    require_seen(deal, seen)
    if deal.status == Status.OPEN.value:
        raise Refusal("already_open", stage=process_of(deal).stage(deal.stage))
    stage, status = _reopened_place(deal)
    before = {"came_from": deal.stage, "status_before": deal.status}
    at = max(at, deal.stage_since)
    closing = {"closed_at": deal.closed_at if status is Status.WON else None, "leave_reason": "", "lost_to": ""}
    write_place(deal, stage, status, Basis.REOPEN, actor=actor, at=at, also=closing | {"leave_note": ""})
    reopened = DealReopened(
        **before, went_to=stage, status=status.value, basis=Basis.REOPEN.value, closed_at=as_json(deal.closed_at)
    )
    record(reopened, actor=actor, at=at, deal=deal.id, account=deal.account_id)
    if to is not None and to != stage:
        outcome = verdict(facts_of(deal), to)
        outcome.raise_if_refused()
        go(deal, outcome, actor=actor, at=at)
    return state(deal)


def _reopened_place(deal: Deal) -> tuple[str, Status]:
    if deal.status == Status.CANCELLED.value:
        return deal.stage, Status.WON
    if deal.status != Status.WON.value:
        return deal.stage, Status.OPEN
    process = process_of(deal)
    return process.of_phase(Phase.FIND, Phase.WIN)[-1].key, Status.OPEN


@action
def undo(uid: uuid.UUID | str, *, seen: int | None = None, actor: Actor, at: datetime) -> DealState:
    """Take back the last move, win, exit or reopening, or the deal's coming from another process.

    Where that leads forward again, the gate decides as ever.
    """
    deal = lock(actor, uid)
    require(actor, "deals.move", holder(deal))
    require_seen(deal, seen)
    if deal.basis == Basis.REMAP.value and (came := came_by_choice(deal)):
        back_to_process(deal, came, actor=actor, at=at)
        return state(deal)
    if deal.basis in FINAL:
        raise Refusal("nothing_to_undo")
    earlier = StageVisit.objects.filter(deal=deal, left_at__isnull=False).latest("id")
    _require_way_back(deal, earlier)
    last = latest(*PLACING, deal=deal.id)
    if last is None:
        raise Refusal("nothing_to_undo")
    restored = _closing_before(deal.id, last.id)
    before = {"came_from": deal.stage, "status_before": deal.status}
    at = max(at, deal.stage_since)
    also = {column: _column_value(column, value) for column, value in restored.items()}
    write_place(deal, earlier.stage, Status(earlier.status), Basis.UNDO, actor=actor, at=at, also=also)
    undone = MoveUndone(**before, went_to=deal.stage, status=deal.status, basis=Basis.UNDO.value, restored=restored)
    record(undone, actor=actor, at=at, deal=deal.id, account=deal.account_id, voids=last.id)
    return state(deal)


def _require_way_back(deal: Deal, earlier: StageVisit) -> None:
    """Going back is free; where the undone act was a step back or a reopening, forward needs proof as ever."""
    process = process_of(deal)
    forward = process.order[earlier.stage] > process.order[deal.stage]
    wins_again = (deal.status, earlier.status) == (Status.OPEN.value, Status.WON.value)
    if wins_again:
        in_keep = process.stage(earlier.stage).phase is Phase.KEEP
        verdict(facts_of(deal), earlier.stage if in_keep else WON).raise_if_refused()
    elif forward and earlier.status == deal.status:
        verdict(facts_of(deal), earlier.stage).raise_if_refused()


CLOSING = ("closed_at", "leave_reason", "lost_to", "leave_note", "rests_until")
"""Columns that an exit or a win sets beside the place."""


def _closing_before(deal: int, entry_id: int) -> dict[str, Any]:
    before = fold(kinds_of(deal=deal, before=entry_id))
    return {column: before.get(column) for column in CLOSING}


def _column_value(column: str, value: Any) -> Any:
    if value is None or value == "":
        return value
    if column == "closed_at":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if column == "rests_until" else value
