"""Putting many records into the recycle bin and bringing them back, beside the single actions of `actions_bin`.

Each record is decided by itself, as if it were deleted or brought back alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet

from etappe.core.actor import Actor
from etappe.core.bin import DAYS, kept_since
from etappe.core.bulk import Act, Decided, Fate, Subject, decided, with_gone
from etappe.core.errors import Refusal
from etappe.journal.load import Told, record_many, update_rows
from etappe.journal.record import About, action
from etappe.journal.values import as_json
from etappe.people.actions_bin import ARCHIVED, RESTORED, about
from etappe.people.bin import holders_of
from etappe.people.models import Account, Person
from etappe.people.queries import visible_accounts, visible_people
from etappe.team.access import Holder, require

KeptOut = Callable[[Sequence[int]], Mapping[int, Refusal]]
"""Which records a rule of a room above keeps out of the recycle bin, each with its no."""


@dataclass(frozen=True)
class Bin:
    """What differs between kinds of records: the rows that somebody sees, whose they are, and the entries that tell."""

    model: type[Model]
    seen: Callable[[Actor, bool], QuerySet[Any]]
    holders: Callable[[list[Any]], Mapping[int, Holder]]
    archived: Any
    restored: Any
    about: Callable[[Any], About]


@dataclass(frozen=True)
class Wish:
    """What is wanted: into the bin (`archive`) or out of it (`restore`).

    When something is taken back, `since` has when each lay there before, and `versions` those they must still have.
    """

    act: Act
    since: Mapping[int, Any] | None = None
    versions: Mapping[int, int] | None = None


def nothing_kept(_keys: Sequence[int]) -> Mapping[int, Refusal]:
    """No rule keeps a record out of the bin."""
    return {}


def _accounts(actor: Actor, archived: bool) -> QuerySet[Account]:
    return visible_accounts(actor, archived=archived).filter(merged_into=None)


def _people(actor: Actor, archived: bool) -> QuerySet[Person]:
    return visible_people(actor, archived=archived).filter(merged_into=None)


BINS = {
    Subject.ACCOUNT: Bin(Account, _accounts, holders_of, ARCHIVED["account"], RESTORED["account"], about),
    Subject.PERSON: Bin(Person, _people, holders_of, ARCHIVED["person"], RESTORED["person"], about),
}


def decide_bin(
    of: Bin, keys: Sequence[int], wish: Wish, kept_out: KeptOut = nothing_kept, *, actor: Actor, at: datetime
) -> list[Decided]:
    """What would become of each of the records; nothing is written."""
    rows = of.seen(actor, wish.act is Act.RESTORE).filter(id__in=list(keys)).order_by("id")
    return [decision for _row, decision in _decisions(of, list(rows), wish, kept_out, actor, at)]


@action
def bin_many(
    of: Bin, keys: Sequence[int], wish: Wish, kept_out: KeptOut = nothing_kept, *, actor: Actor, at: datetime
) -> list[Decided]:
    """Put the records of these keys into the recycle bin, or bring them back; says what became of each.

    Equal to `archive` or `restore` of each of them. Keys of records that are not there for the actor are `gone`.
    """
    rows = of.seen(actor, wish.act is Act.RESTORE).filter(id__in=list(keys)).order_by("id")
    locked = list(rows.select_for_update(of=("self",)))  # before a rule looks, so that nothing changes meanwhile
    found = _decisions(of, locked, wish, kept_out, actor, at)
    _write(of, wish.act, [pair for pair in found if pair[1].fate is Fate.CHANGED], actor, at)
    return with_gone(keys, [decision for _row, decision in found])


def _decisions(
    of: Bin, rows: list[Any], wish: Wish, kept_out: KeptOut, actor: Actor, at: datetime
) -> list[tuple[Any, Decided]]:
    require(actor, "records.delete")
    holders = of.holders(rows)
    kept = kept_out([row.id for row in rows]) if wish.act is Act.ARCHIVE else {}

    def decide(row: Any) -> dict[str, list[Any]]:
        require(actor, "records.delete", holders[row.id])
        if wish.versions is not None and row.version != wish.versions[row.id]:
            raise Refusal("changed_since")
        if row.id in kept:
            raise kept[row.id]
        if wish.act is Act.RESTORE and row.archived_at < kept_since(at):
            raise Refusal("bin_is_over", days=DAYS)
        return {"archived_at": [as_json(row.archived_at), _since(wish, row.id, at)]}

    return [(row, decided(row.id, row.version, partial(decide, row))) for row in rows]


def _since(wish: Wish, key: int, at: datetime) -> Any:
    """Since when the record lies in the bin afterwards."""
    if wish.act is Act.RESTORE:
        return None
    return as_json(at) if wish.since is None else wish.since[key]


def _write(of: Bin, act: Act, written: list[tuple[Any, Decided]], actor: Actor, at: datetime) -> None:
    pairs = [(row, decision.changed["archived_at"]) for row, decision in written]
    update_rows(of.model, ("archived_at",), [{"id": row.id, "archived_at": after} for row, (_was, after) in pairs])
    kind = of.archived if act is Act.ARCHIVE else of.restored
    told = (Told(kind, at.isoformat(), {"archived_at": after or was}, **of.about(row)) for row, (was, after) in pairs)
    record_many(told, actor=actor, backfilled=False)
