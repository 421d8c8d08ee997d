"""Taking back what an import did to many deals at once: those it made go to the recycle bin, its moves are undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.kinds import fold
from etappe.core.kinds.deals import MoveUndone
from etappe.core.kinds.records import DealArchived
from etappe.core.process import Status
from etappe.deals.load import IMPORTED, VISIT, past_proof
from etappe.deals.models import Deal, StageVisit
from etappe.journal.load import Told, copy_rows, record_many
from etappe.journal.queries import kinds_of
from etappe.journal.record import action
from etappe.journal.values import as_json
from etappe.team.access import require

CLOSING = ("closed_at", "leave_reason", "lost_to", "leave_note")
_OPEN: dict[str, Any] = {"closed_at": None, "leave_reason": "", "lost_to": "", "leave_note": ""}


class NamedDeal(NamedTuple):
    """A deal with its name, to be shown in a list."""

    id: int
    uid: str
    name: str


@dataclass(frozen=True)
class Move:
    """A move that an import made, by its entry."""

    entry: int
    deal: int
    came_from: str
    went_to: str
    status_before: str
    status: str


@action
def archive_deals(keys: Sequence[int], voids: Mapping[int, int], *, actor: Actor, at: datetime) -> list[int]:
    """Put deals into the recycle bin; `voids` are entries that this takes back. Returns the deals."""
    require(actor, "deals.edit")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_deal SET archived_at = %s, version = version + 1 "
            "WHERE id = ANY(%s) AND archived_at IS NULL RETURNING id, account_id",
            [at, list(keys)],
        )
        gone = list(cursor.fetchall())
    when = as_json(at)
    record_many(
        (Told(DealArchived, when, {"archived_at": when}, account, None, key, voids.get(key)) for key, account in gone),
        actor=actor,
    )
    return [key for key, _account in gone]


def accounts_of_deals(keys: Sequence[int]) -> set[int]:
    """Those of the accounts that have deals outside the recycle bin."""
    return set(Deal.objects.filter(account_id__in=keys, archived_at=None).values_list("account_id", flat=True))


def people_of_deals(keys: Sequence[int]) -> set[int]:
    """Those of the people whom deals outside the recycle bin have in their buying centre, or wait for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member.person_id FROM deals_stakeholder AS member "
            "JOIN deals_deal AS deal ON deal.id = member.deal_id "
            "WHERE member.person_id = ANY(%s) AND deal.archived_at IS NULL UNION "
            "SELECT next_step_person_id FROM deals_deal WHERE next_step_person_id = ANY(%s) AND archived_at IS NULL",
            [list(keys), list(keys)],
        )
        return {key for (key,) in cursor.fetchall()}


def named_deals(keys: Sequence[int]) -> list[NamedDeal]:
    """These deals by name."""
    rows = Deal.objects.filter(id__in=keys).values_list("id", "uid", "name")
    return [NamedDeal(key, str(uid), name) for key, uid, name in rows]


def deal_rows(keys: Sequence[int]) -> list[Deal]:
    """The deals that are here, for comparing."""
    return list(Deal.objects.filter(id__in=keys, archived_at=None).select_for_update().order_by("id"))


@action
def take_back_moves(moves: Sequence[Move], *, actor: Actor, at: datetime) -> set[int]:
    """Put deals back where they stood before an import moved them; returns the entries of moves that stay.

    A move stays where the deal has moved on since, here or by another import.
    """
    require(actor, "deals.edit")
    deals = {deal.id: deal for deal in deal_rows([move.deal for move in moves])}
    visits: dict[int, list[StageVisit]] = defaultdict(list)
    for visit in StageVisit.objects.filter(deal_id__in=deals).order_by("id"):
        visits[visit.deal_id].append(visit)
    backs = [_Back.of(deals[move.deal], move, visits[move.deal]) for move in moves if move.deal in deals]
    back = [each for each in backs if each is not None]
    _write(back, at)
    record_many((each.told(at) for each in back), actor=actor)
    return {move.entry for move in moves if move.deal in deals} - {each.move.entry for each in back}


@dataclass(frozen=True)
class _Back:
    """A deal with the move to take back, the visit that it made and the one before."""

    deal: Deal
    move: Move
    last: StageVisit
    earlier: StageVisit
    restored: Mapping[str, Any]

    @classmethod
    def of(cls, deal: Deal, move: Move, visits: Sequence[StageVisit]) -> _Back | None:
        stands = (deal.stage, deal.status, deal.basis) == (move.went_to, move.status, IMPORTED)
        if not stands or len(visits) < 2 or not visits[-1].backfilled:
            return None
        earlier = visits[-2]
        if (earlier.stage, earlier.status) != (move.came_from, move.status_before):
            return None
        restored = _OPEN
        if move.status_before != Status.OPEN.value:
            before = fold(kinds_of(deal=deal.id, before=move.entry))
            restored = {column: before.get(column, _OPEN[column]) for column in CLOSING}
        return cls(deal, move, visits[-1], earlier, restored)

    @property
    def proof(self) -> str:
        """What the stages behind the deal rest on, where it stood."""
        return past_proof(self.deal.process_version_id, self.earlier.stage, self.earlier.status)

    def told(self, at: datetime) -> Told:
        """The entry that tells of it."""
        undone = MoveUndone(
            came_from=self.move.went_to,
            went_to=self.move.came_from,
            status_before=self.move.status,
            status=self.move.status_before,
            basis=IMPORTED,
            restored=dict(self.restored),
        )
        account = self.deal.account_id
        return Told(MoveUndone, as_json(at), undone.data(), account, None, self.deal.id, self.move.entry)


def _write(backs: Sequence[_Back], at: datetime) -> None:
    """The deal's row, its visit before as the present one again, and its spans."""
    if not backs:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE deals_deal SET stage = %s, status = %s, proof = %s, stage_since = %s, closed_at = %s, "
            "leave_reason = %s, lost_to = %s, leave_note = %s, version = version + 1 WHERE id = %s",
            [
                [
                    each.earlier.stage,
                    each.earlier.status,
                    each.proof,
                    each.earlier.entered_at,
                    *(each.restored[column] for column in CLOSING),
                    each.deal.id,
                ]
                for each in backs
            ],
        )
        cursor.execute(
            "UPDATE deals_stagevisit SET voided_at = %s, left_at = coalesce(left_at, entered_at) WHERE id = ANY(%s)",
            [at, [visit.id for each in backs for visit in (each.last, each.earlier)]],
        )
        cursor.executemany(
            "UPDATE deals_dealspan SET stage = %s, status = %s WHERE deal_id = %s AND lower(valid) >= %s",
            [[each.earlier.stage, each.earlier.status, each.deal.id, each.last.entered_at] for each in backs],
        )
    copy_rows("deals_stagevisit", VISIT, [_reopened(each) for each in backs])


def _reopened(back: _Back) -> tuple[Any, ...]:
    visit = back.earlier
    return (
        visit.deal_id, visit.process_version_id, visit.stage, visit.status, visit.basis, back.proof, visit.came_from,
        visit.entered_at, None, visit.entered_by, visit.backfilled,
    )  # fmt: skip
