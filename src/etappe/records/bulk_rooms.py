"""Who decides about and writes which records: a bulk edit's way down into the rooms."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.bulk import BINNING, Act, Changes, Decided, Subject
from etappe.deals import load_edits as deals
from etappe.deals import queries as deal_queries
from etappe.deals.list_fields import account_registry
from etappe.deals.load_bin import BIN
from etappe.deals.queries.bin import selected_archived as archived_deals
from etappe.journal.statements import AnyOf
from etappe.people import load_edits as people
from etappe.people import queries as people_queries
from etappe.people.bin import selected_archived
from etappe.people.load_bin import BINS, Bin, KeptOut, Wish, bin_many, decide_bin, nothing_kept
from etappe.records.bin import kept_out

PERMITS: Mapping[Subject, str] = {
    Subject.DEAL: "deals.edit",
    Subject.ACCOUNT: "people.edit",
    Subject.PERSON: "people.edit",
}
"""What somebody must be permitted to change at least some record of the kind."""


@dataclass(frozen=True)
class Chosen:
    """Which records: those named, or all that the filter leaves but a few.

    With `binned` those of the recycle bin instead, which no filter knows.
    """

    uids: Sequence[uuid.UUID] = ()
    everything: bool = False
    where: str = ""
    but: Sequence[uuid.UUID] = ()
    binned: bool = False


def keys_of(viewer: Actor, subject: Subject, chosen: Chosen, limit: int, *, at: datetime, today: date) -> list[int]:
    """The keys of the chosen records that the viewer sees; at most `limit`."""
    if chosen.binned:
        return _keys_in_bin(viewer, subject, chosen, limit, at)
    if subject is Subject.DEAL:
        if chosen.everything:
            return deal_queries.selected_where(viewer, chosen.where, chosen.but, limit, today=today)
        return deal_queries.selected(viewer, chosen.uids, limit)
    if not chosen.everything:
        return people_queries.selected(viewer, subject.value, chosen.uids, limit)
    if subject is Subject.PERSON:
        return people_queries.selected_people(viewer, chosen.where, chosen.but, limit, today=today)
    return people_queries.selected_accounts(
        viewer, chosen.where, chosen.but, limit, fields=account_registry, today=today
    )


def _keys_in_bin(viewer: Actor, subject: Subject, chosen: Chosen, limit: int, at: datetime) -> list[int]:
    uids = None if chosen.everything else chosen.uids
    if subject is Subject.DEAL:
        return archived_deals(viewer, uids, limit, at=at)
    return selected_archived(viewer, subject.value, uids, limit, at=at)


def versions_of(subject: Subject, keys: Sequence[int], *, held: bool = False) -> dict[int, int]:
    """The versions of these records by key, in the order of the keys; `held`, they stay so in this transaction."""
    of, _kept = _bin(subject)
    rows = of.model._default_manager.filter(AnyOf("id", keys)).order_by("id")
    return dict((rows.select_for_update() if held else rows).values_list("id", "version"))


def names_of(subject: Subject, keys: Iterable[int]) -> dict[int, tuple[uuid.UUID, str]]:
    """The uids and names of records that somebody was shown to see, by key."""
    if subject is Subject.DEAL:
        return {key: (ref.uid, ref.name) for key, ref in deal_queries.deal_names(keys).items()}
    found = people_queries.account_names(keys) if subject is Subject.ACCOUNT else people_queries.person_names(keys)
    return {key: (ref.uid, ref.name) for key, ref in found.items()}


def decide(subject: Subject, keys: Sequence[int], changes: Changes, *, actor: Actor, at: datetime) -> list[Decided]:
    """What would become of each record; nothing is written."""
    if changes.act in BINNING:
        of, kept = _bin(subject)
        return decide_bin(of, keys, Wish(changes.act), kept, actor=actor, at=at)
    if subject is Subject.DEAL:
        return deals.decide_many(keys, changes, actor=actor, at=at)
    return people.decide_many(subject, keys, changes, actor=actor, at=at)


def _bin(subject: Subject) -> tuple[Bin, KeptOut]:
    """How records of this kind lie in the recycle bin, and what keeps them out of it."""
    if subject is Subject.DEAL:
        return BIN, nothing_kept
    return BINS[subject], kept_out if subject is Subject.ACCOUNT else nothing_kept


def carry_out(subject: Subject, keys: Sequence[int], changes: Changes, *, actor: Actor, at: datetime) -> list[Decided]:
    """Change the records as far as each lets itself be changed."""
    if changes.act in BINNING:
        of, kept = _bin(subject)
        return bin_many(of, keys, Wish(changes.act), kept, actor=actor, at=at)
    if subject is Subject.DEAL:
        return deals.edit_many(keys, changes, actor=actor, at=at)
    return people.edit_many(subject, keys, changes, actor=actor, at=at)


def take_back(
    subject: Subject, act: Act, rows: Mapping[int, tuple[Mapping[str, Any], int]], *, actor: Actor, at: datetime
) -> list[Decided]:
    """Give the records back what they had, where nobody changed them since: key to (columns before, version after)."""
    before = {key: columns for key, (columns, _version) in rows.items()}
    versions = {key: version for key, (_columns, version) in rows.items()}
    if act in BINNING:
        return _bin_back(subject, act, before, versions, actor=actor, at=at)
    if subject is not Subject.DEAL:
        return people.restore_many(subject, before, versions, actor=actor, at=at)
    if act in (Act.MOVE, Act.LEAVE):
        return deals.undo_many(versions, actor=actor, at=at)
    return deals.restore_many(before, versions, act=act, actor=actor, at=at)


def _bin_back(
    subject: Subject,
    act: Act,
    before: Mapping[int, Mapping[str, Any]],
    versions: Mapping[int, int],
    *,
    actor: Actor,
    at: datetime,
) -> list[Decided]:
    of, kept = _bin(subject)
    since = {key: columns.get("archived_at") for key, columns in before.items()}
    opposite = Act.RESTORE if act is Act.ARCHIVE else Act.ARCHIVE
    return bin_many(of, list(before), Wish(opposite, since, versions), kept, actor=actor, at=at)
