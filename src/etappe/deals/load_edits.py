"""Editing, moving, leaving and resting many deals at once: the set-based actions beside the single ones in `actions`.

Each deal is decided by itself, with the functions that the single action decides with; those it allows are written in
a few statements, and each gets the entry that the single action would have written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from etappe.core.actor import Actor
from etappe.core.bulk import Act, Changes, Decided, Fate, decided, tagged, with_gone
from etappe.core.deal_fields import clean_text
from etappe.core.errors import Refusal, Stale
from etappe.core.kinds.deals import DealEdited, DealLeft, DealRested, DealWon, StageMoved
from etappe.core.process import Basis, DealFacts, Status, Verdict, proof, verdict
from etappe.deals.actions.place import leave_outcome, today, undo
from etappe.deals.columns import columns_from
from etappe.deals.models import Deal, Member
from etappe.deals.place import SPAN_COLUMNS, facts_of_many
from etappe.deals.scope import visible
from etappe.journal.load import Told, copy_rows, record_many, update_rows
from etappe.journal.record import action
from etappe.journal.values import afterwards, as_json
from etappe.journal.values import changes as differing
from etappe.people.load_edits import restored
from etappe.people.load_tags import spelled
from etappe.people.load_values import index_values
from etappe.people.own_edits import OwnEdits
from etappe.team.access import Holder, require

_VISIT = (
    "deal_id", "process_version_id", "stage", "status", "basis", "proof", "came_from", "entered_at", "entered_by",
    "backfilled",
)  # fmt: skip
MOVABLE = (Status.OPEN.value, Status.WON.value)
"""Statuses in which a deal that is in the wanted stage already stays as it is; of others the gate says why not."""

_PLACE = ("stage", "status", "basis", "proof", "stage_since", "closed_at", "rests_until")
_WHY = {"reason": "leave_reason", "lost_to": "lost_to", "note": "leave_note"}
"""What an exit says, and the columns that hold it."""
_LEAVING = tuple(_WHY.values())


def decide_many(keys: Sequence[int], changes: Changes, *, actor: Actor, at: datetime) -> list[Decided]:
    """What the changes would do to each of the deals, by key; nothing is written.

    Refuses as a whole what can be right for no deal: a field's value that does not hold, a day that is not ahead.
    """
    return [decision for _deal, decision in _decisions(visible(actor.scope), keys, changes, actor, at)]


@action
def edit_many(keys: Sequence[int], changes: Changes, *, actor: Actor, at: datetime) -> list[Decided]:
    """Change the deals of these keys alike, as far as each lets itself be changed; says what became of each.

    Equal to `edit`, `move`, `leave` or `rest` of each of them. Keys of deals that the actor does not see are `gone`.
    """
    changes = replace(changes, add_tags=tuple(spelled(changes.add_tags)))
    rows = visible(actor.scope).select_for_update(of=("self",))
    found = list(_decisions(rows, keys, changes, actor, at))
    written = [(deal, decision) for deal, decision in found if decision.fate is Fate.CHANGED]
    _WRITERS[changes.act](written, actor, at)
    return with_gone(keys, [decision for _deal, decision in found])


@action
def restore_many(
    before: Mapping[int, Mapping[str, Any]], versions: Mapping[int, int], *, act: Act, actor: Actor, at: datetime
) -> list[Decided]:
    """Give columns of deals the values they had (as the journal keeps them), where nobody changed the deal since.

    `versions` are those the deals must still have; another one is the refusal `stale`.
    """
    rows = visible(actor.scope).select_for_update(of=("self",))
    deals = list(rows.filter(id__in=list(before)).order_by("id"))
    holders = _holders(deals)
    may_be = "deals.edit" if act is Act.EDIT else "deals.move"

    def decide(deal: Deal) -> dict[str, list[Any]]:
        require(actor, may_be, holders[deal.id])
        if deal.version != versions[deal.id]:
            raise Refusal("changed_since")
        return differing(deal, restored(deal.custom, before[deal.id]))

    found = [(deal, decided(deal.id, deal.version, partial(decide, deal))) for deal in deals]
    _WRITERS[act]([pair for pair in found if pair[1].fate is Fate.CHANGED], actor, at)
    return with_gone(list(before), [decision for _deal, decision in found])


@action
def undo_many(versions: Mapping[int, int], *, actor: Actor, at: datetime) -> list[Decided]:
    """Take back the last move of each of the deals, where nobody changed it since; the gate decides as ever."""
    uids = dict(visible(actor.scope).filter(id__in=list(versions)).values_list("id", "uid"))

    def take_back(deal: int) -> dict[str, list[Any]]:
        try:
            return {"stage": [None, undo(uids[deal], seen=versions[deal], actor=actor, at=at).stage]}
        except Stale:
            raise Refusal("changed_since") from None

    found = [decided(deal, versions[deal], partial(take_back, deal)) for deal in sorted(uids)]
    return with_gone(list(versions), found)


def _decisions(
    rows: QuerySet[Deal], keys: Sequence[int], changes: Changes, actor: Actor, at: datetime
) -> Iterator[tuple[Deal, Decided]]:
    deals = list(rows.filter(id__in=list(keys)).order_by("id"))
    holders = _holders(deals)
    deciders = {Act.EDIT: _edits, Act.MOVE: _moves, Act.LEAVE: _leaves, Act.REST: _rests}
    decide = deciders[changes.act](deals, changes, actor, at)
    for deal in deals:
        yield deal, decided(deal.id, deal.version, partial(decide, deal, holders[deal.id]))


def _holders(deals: Sequence[Deal]) -> dict[int, Holder]:
    members: dict[int, set[int]] = defaultdict(set)
    for deal, user in Member.objects.filter(deal_id__in=[deal.id for deal in deals]).values_list("deal_id", "user_id"):
        members[deal].add(user)
    return {deal.id: Holder(deal.owner_id, deal.team_id, frozenset(members[deal.id])) for deal in deals}


# --- Deciding ---


def _edits(deals: Sequence[Deal], changes: Changes, actor: Actor, at: datetime) -> Any:
    del deals, at
    wanted = columns_from(changes.fields, actor)
    own = OwnEdits("deal", changes.custom, actor)

    def decide(deal: Deal, held_by: Holder) -> dict[str, list[Any]]:
        require(actor, "deals.edit", held_by)
        tags = {"tags": tagged(deal.tags, changes)} if changes.has_tags else {}
        return differing(deal, wanted | tags | own.column(deal.custom, wanted.get("team_id", deal.team_id)))

    return decide


def _moves(deals: Sequence[Deal], changes: Changes, actor: Actor, at: datetime) -> Any:
    facts = facts_of_many(deals)

    def decide(deal: Deal, held_by: Holder) -> dict[str, list[Any]]:
        require(actor, "deals.move", held_by)
        if deal.stage == changes.to and deal.status in MOVABLE:
            return {}
        outcome = verdict(facts[deal.id], changes.to)
        outcome.raise_if_refused()
        return differing(deal, _placed(deal, facts[deal.id], outcome, max(at, deal.stage_since)))

    return decide


def _placed(deal: Deal, facts: DealFacts, outcome: Verdict, at: datetime) -> dict[str, Any]:
    """The columns of `_PLACE` after the move."""
    wins = outcome.status is Status.WON and deal.status == Status.OPEN.value
    there = replace(facts, stage=outcome.to, status=outcome.status, basis=outcome.basis)
    return {
        "stage": outcome.to,
        "status": outcome.status.value,
        "basis": outcome.basis.value,
        "proof": proof(there).value,
        "stage_since": at,
        "closed_at": at if wins else deal.closed_at,
        "rests_until": None if wins else deal.rests_until,
    }


def _leaves(deals: Sequence[Deal], changes: Changes, actor: Actor, at: datetime) -> Any:
    facts = facts_of_many(deals)
    told = {"lost_to": clean_text("lost_to", changes.lost_to), "leave_note": clean_text("note", changes.note)}

    def decide(deal: Deal, held_by: Holder) -> dict[str, list[Any]]:
        require(actor, "deals.move", held_by)
        status, since = leave_outcome(deal, changes.reason), max(at, deal.stage_since)
        there = replace(facts[deal.id], status=status, basis=Basis.EXIT)
        placed = {"status": status.value, "basis": Basis.EXIT.value, "proof": proof(there).value, "stage_since": since}
        closing = {"closed_at": since, "rests_until": None, "leave_reason": changes.reason}
        return differing(deal, placed | closing | told)

    return decide


def _rests(deals: Sequence[Deal], changes: Changes, actor: Actor, at: datetime) -> Any:
    del deals
    if changes.until is not None and changes.until <= today(at):
        raise Refusal("date_not_ahead", field="until")
    return lambda deal, held_by: _rest(deal, held_by, changes.until, actor)


def _rest(deal: Deal, held_by: Holder, until: date | None, actor: Actor) -> dict[str, list[Any]]:
    require(actor, "deals.move", held_by)
    if deal.status != Status.OPEN.value:
        raise Refusal("deal_is_closed", status=deal.status)
    return differing(deal, {"rests_until": until})


# --- Writing ---

Written = Sequence[tuple[Deal, Decided]]


def _write_columns(written: Written, columns: Sequence[str]) -> None:
    rows = (
        {column: as_json(getattr(deal, column)) for column in columns}
        | afterwards({"custom": deal.custom}, decision.changed)
        | {"id": deal.id}
        for deal, decision in written
    )
    update_rows(Deal, columns, list(rows))


def _write_edits(written: Written, actor: Actor, at: datetime) -> None:
    columns = list(dict.fromkeys(column for _deal, decision in written for column in decision.changed))
    _write_columns(written, columns)
    index_values("deal", [deal.id for deal, decision in written if "custom" in decision.changed])
    renewed = [deal.id for deal, decision in written if set(decision.changed) & set(SPAN_COLUMNS)]
    _renew_spans(renewed, [at.isoformat()] * len(renewed))
    when = at.isoformat()
    told = (
        Told(DealEdited, when, {"changed": decision.changed}, _account_after(deal, decision), None, deal.id)
        for deal, decision in written
    )
    record_many(told, actor=actor, backfilled=False)


def _account_after(deal: Deal, decision: Decided) -> int | None:
    account: int | None = decision.changed.get("account_id", [None, deal.account_id])[1]
    return account


def _write_rests(written: Written, actor: Actor, at: datetime) -> None:
    _write_columns(written, ["rests_until"])
    when = at.isoformat()
    told = (
        Told(DealRested, when, DealRested(decision.changed["rests_until"][1]).data(), deal.account_id, None, deal.id)
        for deal, decision in written
    )
    record_many(told, actor=actor, backfilled=False)


def _write_moves(written: Written, actor: Actor, at: datetime) -> None:
    del at  # each deal moves at the moment of its decision, never before it came where it stands
    _write_place(written, _PLACE, actor)
    record_many((_told_of_move(deal, decision) for deal, decision in written), actor=actor, backfilled=False)


def _write_leaves(written: Written, actor: Actor, at: datetime) -> None:
    del at  # as with moves
    _write_place(written, (*_PLACE, *_LEAVING), actor)
    record_many((_told_of_leaving(deal, decision) for deal, decision in written), actor=actor, backfilled=False)


def _write_place(written: Written, columns: Sequence[str], actor: Actor) -> None:
    _write_columns(written, columns)
    keys = [deal.id for deal, _decision in written]
    since = [_after(deal, decision, "stage_since") for deal, decision in written]
    _close_visits(keys, since)
    copy_rows("deals_stagevisit", _VISIT, (_visit(deal, decision, actor) for deal, decision in written))
    _renew_spans(keys, since)


def _after(deal: Deal, decision: Decided, column: str) -> Any:
    pair = decision.changed.get(column)
    return pair[1] if pair else as_json(getattr(deal, column))


def _visit(deal: Deal, decision: Decided, actor: Actor) -> tuple[Any, ...]:
    placed = (_after(deal, decision, column) for column in ("stage", "status", "basis", "proof"))
    since = _after(deal, decision, "stage_since")
    return (deal.id, deal.process_version_id, *placed, deal.stage, since, actor.id, False)


def _told_of_move(deal: Deal, decision: Decided) -> Told:
    status, since = _after(deal, decision, "status"), _after(deal, decision, "stage_since")
    placed = {
        "came_from": deal.stage,
        "went_to": _after(deal, decision, "stage"),
        "status_before": deal.status,
        "status": status,
        "basis": _after(deal, decision, "basis"),
    }
    if status == Status.WON.value and deal.status == Status.OPEN.value:
        return Told(DealWon, since, placed | {"closed_at": since}, deal.account_id, None, deal.id)
    return Told(StageMoved, since, placed, deal.account_id, None, deal.id)


def _told_of_leaving(deal: Deal, decision: Decided) -> Told:
    status, since = _after(deal, decision, "status"), _after(deal, decision, "stage_since")
    placed = {"came_from": deal.stage, "went_to": deal.stage, "status_before": deal.status}
    why = {name: _after(deal, decision, column) for name, column in _WHY.items()}
    left = placed | {"status": status, "basis": Basis.EXIT.value} | why | {"closed_at": since}
    return Told(DealLeft, since, left, deal.account_id, None, deal.id)


def _close_visits(keys: Sequence[int], since: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_stagevisit AS visit SET left_at = new.since FROM unnest(%s::bigint[], %s::timestamptz[]) "
            "AS new(id, since) WHERE visit.deal_id = new.id AND visit.left_at IS NULL",
            [list(keys), list(since)],
        )


def _renew_spans(keys: Sequence[int], since: Sequence[str]) -> None:
    """End the spans that are open and begin the next, as `renew_span` does for one deal."""
    if not keys:
        return
    columns = ", ".join(SPAN_COLUMNS)
    given = "unnest(%s::bigint[], %s::timestamptz[]) AS new(id, since)"
    overwritten = (
        f"UPDATE deals_dealspan AS span SET ({columns}) = "  # noqa: S608 - names of our own columns
        f"(SELECT {columns} FROM deals_deal WHERE id = span.deal_id) FROM {given} "
        "WHERE span.deal_id = new.id AND upper_inf(span.valid) AND lower(span.valid) >= new.since"
    )
    ended = (
        f"UPDATE deals_dealspan AS span SET valid = tstzrange(lower(span.valid), new.since) FROM {given} "  # noqa: S608
        "WHERE span.deal_id = new.id AND upper_inf(span.valid) AND lower(span.valid) < new.since"
    )
    begun = (
        f"INSERT INTO deals_dealspan (deal_id, valid, {columns}) "  # noqa: S608
        f"SELECT new.id, tstzrange(new.since, NULL), {', '.join(f'deal.{column}' for column in SPAN_COLUMNS)} "
        f"FROM {given} JOIN deals_deal AS deal ON deal.id = new.id WHERE NOT EXISTS "
        "(SELECT FROM deals_dealspan AS span WHERE span.deal_id = new.id AND upper_inf(span.valid))"
    )
    with connection.cursor() as cursor:
        for statement in (overwritten, ended, begun):
            cursor.execute(statement, [list(keys), list(since)])


_WRITERS = {Act.EDIT: _write_edits, Act.MOVE: _write_moves, Act.LEAVE: _write_leaves, Act.REST: _write_rests}
