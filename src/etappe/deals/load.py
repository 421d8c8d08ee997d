"""Many deals at once: the set-based action beside the single ones in `actions`.

Rows are the journaled columns as the journal keeps them (see `journal.values`), already cleaned by the rules of
`core.deal_fields`. What the gate has to say of an imported deal is the core's word: its basis is `imported`, so it
counts as unproven until it moves here. Once it has moved here, no import moves it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.kinds.deals import (
    DealCreated,
    DealEdited,
    DealLeft,
    DealReopened,
    DealWon,
    HistoryImported,
    StageMoved,
    StakeholderAdded,
)
from etappe.core.process import Basis, DealFacts, Phase, Status, proof
from etappe.deals.models import Deal, Stakeholder
from etappe.deals.place import SPAN_COLUMNS
from etappe.journal.load import Told, as_cells, copy_rows, new_uids, next_keys, record_many, update_rows
from etappe.journal.record import action
from etappe.journal.values import changed_keys, columns_of, with_keys
from etappe.people.load import uids_of
from etappe.people.load_values import index_values
from etappe.playbook.queries import spec
from etappe.team.access import require
from etappe.team.queries import user_by_id

PLACE = ("stage", "status", "closed_at", "leave_reason", "lost_to", "leave_note")
"""Columns that say where a deal stands; they change together or not at all."""

IMPORTED = Basis.IMPORTED.value

_NUMBERED = ("process_version_id", "owner_id", "team_id", "account_id", "next_step_person_id")
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(Deal.JOURNALED, ""),
    **dict.fromkeys(
        (
            *_NUMBERED, "amount", "expected_close", "buyer_target_date", "buyer_since", "engaged_since", "next_step_on",
            "rests_until", "closed_at", "data_as_of",
        )
    ),
    "data": {},
    **Deal.LATER,
}  # fmt: skip
_DEAL = ("id", "uid", *Deal.JOURNALED, "proof", "basis", "stage_since", "version", "created_at")
VISIT = (
    "deal_id", "process_version_id", "stage", "status", "basis", "proof", "came_from", "entered_at", "left_at",
    "entered_by", "backfilled",
)  # fmt: skip
SPAN = ("deal_id", "valid", *SPAN_COLUMNS)


Stay = tuple[str, str, str]
"""A stay in a deal's past: stage, status, since when (ISO)."""


class NewDeal(NamedTuple):
    """A deal to be made: its journaled columns, since when it stands where it stands, and when it began (if known).

    `past` are the stays before that: stage, status and since when (ISO).
    """

    values: Mapping[str, Any]
    since: str
    began: str | None
    past: Sequence[Stay] = ()


@dataclass(frozen=True)
class Wanted:
    """What an import says of a deal that is here. `place` holds the columns of `PLACE` where the source moved it.

    Custom data is added to; `exact` replaces it, and lets the data's last day go back.
    """

    values: Mapping[str, Any]
    place: Mapping[str, Any] | None = None
    since: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Written:
    """Keys of the deals that changed, and of those whose place in the source was not taken over: they moved here."""

    changed: frozenset[int]
    kept: frozenset[int]


@action
def create_deals(rows: Sequence[NewDeal], *, actor: Actor, at: datetime) -> list[int]:
    """Make deals where the source has them, unproven. Returns their keys in the order of the rows.

    Refuses a stage that the process does not have, a closed deal without its day, and an open one with it.
    """
    require(actor, "deals.create")
    whole = [row._replace(values={**_EMPTY, **row.values}) for row in rows]
    proofs = [_standing(row.values) for row in whole]
    keys, uids = next_keys("deals_deal", len(whole)), new_uids(len(whole))
    created = at.isoformat()
    copy_rows(
        "deals_deal",
        _DEAL,
        (
            (key, uid, *as_cells(row.values.values()), standing, IMPORTED, row.since, 1, row.began or created)
            for key, uid, row, standing in zip(keys, uids, whole, proofs, strict=True)
        ),
    )
    copy_rows(
        "deals_stagevisit",
        VISIT,
        (
            visit
            for key, row, standing in zip(keys, whole, proofs, strict=True)
            for visit in _visits(key, row, standing, actor)
        ),
    )
    index_values("deal", [key for key, row in zip(keys, whole, strict=True) if row.values["custom"]])
    copy_rows("deals_dealspan", SPAN, (span for key, row in zip(keys, whole, strict=True) for span in _spans(key, row)))
    told = (
        Told(DealCreated, row.began or row.since, {"values": row.values}, row.values["account_id"], None, key)
        for key, row in zip(keys, whole, strict=True)
    )
    record_many(told, actor=actor)
    record_many(
        (
            told_way(key, row.values["account_id"], row.past, (row.values["stage"], row.values["status"], row.since))
            for key, row in zip(keys, whole, strict=True)
            if row.past
        ),
        actor=actor,
    )
    return keys


def told_way(deal: int, account: int | None, past: Sequence[Stay], present: Stay) -> Told:
    """The entry that tells of a deal's stays, the present one last."""
    stages, statuses, since = (list(each) for each in zip(*past, present, strict=True))
    data = {"stages": stages, "statuses": statuses, "since": since}
    return Told(HistoryImported, since[0], data, account, None, deal)


def _standing(values: Mapping[str, Any]) -> str:
    if (values["status"] == Status.OPEN.value) != (values["closed_at"] is None):
        raise Refusal("closed_needs_date", status=values["status"])
    return _imported_proof(values["process_version_id"], values["stage"], values["status"])


@lru_cache(maxsize=1024)
def _imported_proof(version: int, stage: str, status: str) -> str:
    process = spec(version)
    if process.stage(stage).phase is Phase.KEEP and Status(status) is Status.OPEN:
        raise Refusal("starts_after_winning", stage=process.stage(stage))
    return proof(DealFacts(process, stage, Status(status), basis=Basis.IMPORTED)).value


@lru_cache(maxsize=1024)
def past_proof(version: int, stage: str, status: str) -> str:
    """What a stay in the past rested on, as far as anybody here knows."""
    return proof(DealFacts(spec(version), stage, Status(status), basis=Basis.IMPORTED)).value


def _visits(key: int, row: NewDeal, standing: str, actor: Actor) -> Iterator[tuple[Any, ...]]:
    """The stays of a new deal in their order: those of its past, each until the next, and the present one."""
    version, came_from = row.values["process_version_id"], ""
    ends = [*(since for _stage, _status, since in row.past[1:]), row.since]
    for (stage, status, since), end in zip(row.past, ends, strict=False):
        rest = past_proof(version, stage, status)
        yield (key, version, stage, status, IMPORTED, rest, came_from, since, end, actor.id, True)
        came_from = stage
    yield _visit(key, row.values, standing, came_from, row.since, actor)


def _visit(
    deal: int, values: Mapping[str, Any], standing: str, came_from: str, since: str, actor: Actor
) -> tuple[Any, ...]:
    place = (values["process_version_id"], values["stage"], values["status"])
    return (deal, *place, IMPORTED, standing, came_from, since, None, actor.id, True)


def _spans(key: int, row: NewDeal) -> Iterator[tuple[Any, ...]]:
    """How the deal stood, in world time. Before it came where it stands it was open, in its first stage."""
    values = row.values
    now = tuple(values[column] for column in SPAN_COLUMNS)
    yield from past_spans(key, values["process_version_id"], row.past, row.began, row.since, now[2:])
    yield (key, f"[{row.since},)", *now)


def past_spans(
    key: int, version: int, past: Sequence[Stay], began: str | None, since: str, rest: Sequence[Any]
) -> Iterator[tuple[Any, ...]]:
    """Spans up to `since`: one for each stay; before the first, the deal was open in its first stage."""
    begin = past[0][2] if past else since
    if began and began < begin:
        first = past[0][0] if past and past[0][1] == Status.OPEN.value else first_stage(version)
        yield (key, f"[{began},{begin})", first, Status.OPEN.value, *rest)
    ends = [*(stay[2] for stay in past[1:]), since]
    for (stage, status, start), end in zip(past, ends, strict=False):
        if start < end:
            yield (key, f"[{start},{end})", stage, status, *rest)


def first_stage(version: int) -> str:
    """The key of the first stage of a process version."""
    return spec(version).first.key


@action
def change_deals(wanted: Mapping[int, Wanted], *, actor: Actor, at: datetime) -> Written:
    """Write what an import says of deals that are here, by key; what is equal to before is no change.

    A deal that was moved here keeps its place: its stage, status and what goes with them.
    """
    require(actor, "deals.edit")
    found = Deal.objects.filter(id__in=wanted).select_for_update().order_by("id")
    changes = [_Change.of(deal, wanted[deal.id]) for deal in found]
    moved = [change for change in changes if change.moves]
    edited = [change for change in changes if change.changed]
    _write_rows([change for change in changes if change.changed or change.moves])
    index_values("deal", [change.id for change in edited if "custom" in change.changed])
    _write_places(moved, actor)
    _write_spans([change for change in edited if not change.moves and change.renews], at)
    record_many((told for change in changes for told in change.told(at.isoformat())), actor=actor)
    return Written(
        frozenset(change.id for change in changes if change.changed or change.moves),
        frozenset(change.id for change in changes if change.keeps),
    )


FOLLOWING = 2000
"""Deals that follow their owner in one transaction."""


def follow_owner(owner: int, *, actor: Actor, at: datetime) -> int:
    """Bring a colleague's deals into the team they are in now; returns how many came along. May be done again."""
    team, brought = user_by_id(owner).team_id, 0
    while left_behind := _left_behind(owner, team):
        wanted = {deal: Wanted({"team_id": team}) for deal in left_behind}
        brought += len(change_deals(wanted, actor=actor, at=at).changed)
    return brought


def _left_behind(owner: int, team: int | None) -> list[int]:
    elsewhere = ~Q(team=team) | Q(team=None) if team is not None else Q(team__isnull=False)
    return list(Deal.objects.filter(elsewhere, owner=owner).values_list("id", flat=True)[:FOLLOWING])


@action
def join_centres(pairs: Iterable[tuple[int, int]], *, actor: Actor, at: datetime) -> int:
    """Put people into buying centres (deal and person by key), each with the role not known yet; returns how many did.

    Whoever is there stays as they are.
    """
    require(actor, "deals.edit")
    wanted = dict.fromkeys(pairs)
    there = set(
        Stakeholder.objects.filter(deal_id__in={deal for deal, _person in wanted}).values_list("deal_id", "person_id")
    )
    fresh = [pair for pair in wanted if pair not in there]
    if not fresh:
        return 0
    role, when = Stakeholder._meta.get_field("role").get_default(), at.isoformat()
    copy_rows(
        "deals_stakeholder",
        ("deal_id", "person_id", "role", "added_at"),
        ((deal, person, role, when) for deal, person in fresh),
    )
    accounts = dict(Deal.objects.filter(id__in=[deal for deal, _person in fresh]).values_list("id", "account_id"))
    uids = uids_of([person for _deal, person in fresh])
    told = (
        Told(StakeholderAdded, when, _joined(uids[person], role), accounts[deal], person, deal)
        for deal, person in fresh
    )
    record_many(told, actor=actor)
    return len(fresh)


def _joined(person: str, role: str) -> dict[str, Any]:
    return StakeholderAdded(person=person, role=role, with_evidence=None).data()


def seen_before(deals: Sequence[int], day: str) -> list[int]:
    """Those of the deals that are open and were last seen by an import before this day (ISO)."""
    found = Deal.objects.filter(id__in=deals, status=Status.OPEN.value, basis=IMPORTED, data_as_of__lt=day)
    return list(found.values_list("id", flat=True))


@dataclass(frozen=True)
class _Change:
    """A deal before and after, as the journal keeps it. `changed` are the columns that an edit tells of."""

    id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changed: Mapping[str, list[Any]]
    since: str
    moves: bool
    keeps: bool

    @classmethod
    def of(cls, deal: Deal, wanted: Wanted) -> _Change:
        """What the import changes on this deal."""
        before = columns_of(deal, Deal.JOURNALED)
        after = {**before, **wanted.values}
        if not wanted.exact:
            after["data"] = {**before["data"], **wanted.values.get("data", {})}
            after["custom"] = with_keys(before["custom"], wanted.values.get("custom", {}))
        if not wanted.exact and (after["data_as_of"] or "") < (before["data_as_of"] or ""):
            after["data_as_of"] = before["data_as_of"]
        place = _place_within(before, wanted.place) if wanted.place else {}
        differs = place is None or any(before[column] != value for column, value in place.items())
        taken = place if differs and deal.basis == IMPORTED else None
        moves = taken is not None and _goes_elsewhere(before, taken)
        if taken is not None:
            after |= taken | {"entry_stage": taken["stage"]}
        if moves and after["status"] != Status.OPEN.value:
            after["rests_until"] = None
        told_by_move = set(_told_by_move(after)) if moves else set()
        changed = {name: [before[name], value] for name, value in after.items() if before[name] != value}
        edited = {name: _told_pair(name, pair) for name, pair in changed.items() if name not in told_by_move}
        since = max(wanted.since, deal.stage_since.isoformat()) if moves else ""
        return cls(deal.id, before, after, edited, since, moves, differs and taken is None)

    @property
    def renews(self) -> bool:
        """Whether something changed that a span holds."""
        return bool(set(self.changed) & set(SPAN_COLUMNS))

    def told(self, at: str) -> Iterator[Told]:
        """The entries that tell of it."""
        account = self.after["account_id"]
        if self.changed:
            yield Told(DealEdited, at, {"changed": dict(self.changed)}, account, None, self.id)
        if self.moves:
            kind = _kind(self.before, self.after)
            yield Told(kind, self.since, _move_data(kind, self.before, self.after), account, None, self.id)


def _place_within(before: Mapping[str, Any], place: Mapping[str, Any]) -> dict[str, Any] | None:
    """The place in the deal's own process, which need not be the one that the import leads to now.

    None for an open deal where that process has no such stage.
    """
    process = spec(before["process_version_id"])
    stage = before["stage"]
    if place["status"] == before["status"] != Status.OPEN.value:
        pass  # closed as before: it stays in the stage that it was closed in
    elif place["stage"] in process.order:
        stage = place["stage"]
    elif place["status"] == Status.WON.value:
        stage = process.after_winning.key
    elif place["status"] == Status.OPEN.value:
        return None
    return {**place, "stage": stage}


def _told_pair(name: str, pair: list[Any]) -> list[Any]:
    """A column before and after; of own fields only those that changed."""
    return changed_keys(*pair) if name == "custom" else pair


def _goes_elsewhere(before: Mapping[str, Any], place: Mapping[str, Any]) -> bool:
    return (before["stage"], before["status"]) != (place["stage"], place["status"])


def _told_by_move(after: Mapping[str, Any]) -> tuple[str, ...]:
    """Columns that the entry of a move sets by itself."""
    if after["status"] == Status.OPEN.value:
        return ("stage", "status", "closed_at", "leave_reason", "lost_to", "leave_note")
    return ("stage", "status", "closed_at", "rests_until", *(() if after["status"] == Status.WON.value else PLACE[3:]))


def _kind(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> type[StageMoved] | type[DealWon] | type[DealLeft] | type[DealReopened]:
    if after["status"] == Status.WON.value:
        return DealWon
    if after["status"] != Status.OPEN.value:
        return DealLeft
    return StageMoved if before["status"] == Status.OPEN.value else DealReopened


def _move_data(kind: type[Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    data = {
        "came_from": before["stage"], "went_to": after["stage"], "status_before": before["status"],
        "status": after["status"], "basis": IMPORTED,
    }  # fmt: skip
    if kind is DealLeft:
        data |= {"reason": after["leave_reason"], "lost_to": after["lost_to"], "note": after["leave_note"]}
    return data if kind is StageMoved else data | {"closed_at": after["closed_at"]}


def _write_rows(changes: Sequence[_Change]) -> None:
    update_rows(Deal, Deal.JOURNALED, [{"id": change.id, **change.after} for change in changes])


def _write_places(moved: Sequence[_Change], actor: Actor) -> None:
    """Close the visits and spans that were open, and open the next ones."""
    if not moved:
        return
    keys, since = [change.id for change in moved], [change.since for change in moved]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_deal AS deal SET stage_since = new.since FROM unnest(%s::bigint[], %s::timestamptz[]) "
            "AS new(id, since) WHERE deal.id = new.id",
            [keys, since],
        )
        cursor.execute(
            "UPDATE deals_stagevisit AS visit SET left_at = new.since FROM unnest(%s::bigint[], %s::timestamptz[]) "
            "AS new(id, since) WHERE visit.deal_id = new.id AND visit.left_at IS NULL",
            [keys, since],
        )
    _end_spans(keys, since)
    copy_rows(
        "deals_stagevisit",
        VISIT,
        (
            _visit(change.id, change.after, _standing(change.after), change.before["stage"], change.since, actor)
            for change in moved
        ),
    )
    _open_spans(moved, since)


def _write_spans(edited: Sequence[_Change], at: datetime) -> None:
    """An amount or owner that changed holds from now on; before, it was what it was."""
    since = [at.isoformat()] * len(edited)
    _end_spans([change.id for change in edited], since)
    _open_spans(edited, since)


def _end_spans(keys: Sequence[int], since: Sequence[str]) -> None:
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM deals_dealspan AS span USING unnest(%s::bigint[], %s::timestamptz[]) AS new(id, since) "
            "WHERE span.deal_id = new.id AND upper(span.valid) IS NULL AND lower(span.valid) >= new.since",
            [list(keys), list(since)],
        )
        cursor.execute(
            "UPDATE deals_dealspan AS span SET valid = tstzrange(lower(span.valid), new.since) "
            "FROM unnest(%s::bigint[], %s::timestamptz[]) AS new(id, since) "
            "WHERE span.deal_id = new.id AND upper(span.valid) IS NULL",
            [list(keys), list(since)],
        )


def _open_spans(changes: Sequence[_Change], since: Sequence[str]) -> None:
    if changes:
        rows = (
            (change.id, f"[{begin},)", *(change.after[column] for column in SPAN_COLUMNS))
            for change, begin in zip(changes, since, strict=True)
        )
        copy_rows("deals_dealspan", SPAN, rows)
