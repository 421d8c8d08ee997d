"""Who decides about and writes which records: a bulk edit's way down into the rooms."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.bulk import Act, Changes, Decided, Subject
from etappe.deals import load_edits as deals
from etappe.deals import queries as deal_queries
from etappe.deals.list_fields import account_registry
from etappe.people import load_edits as people
from etappe.people import queries as people_queries

PERMITS: Mapping[Subject, str] = {
    Subject.DEAL: "deals.edit",
    Subject.ACCOUNT: "people.edit",
    Subject.PERSON: "people.edit",
}
"""What somebody must be permitted to change at least some record of the kind."""


@dataclass(frozen=True)
class Chosen:
    """Which records: those named, or all that the filter leaves but a few."""

    uids: Sequence[uuid.UUID] = ()
    everything: bool = False
    where: str = ""
    but: Sequence[uuid.UUID] = ()


def keys_of(viewer: Actor, subject: Subject, chosen: Chosen, limit: int, *, today: date) -> list[int]:
    """The keys of the chosen records that the viewer sees; at most `limit`."""
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


def names_of(subject: Subject, keys: Iterable[int]) -> dict[int, tuple[uuid.UUID, str]]:
    """The uids and names of records that somebody was shown to see, by key."""
    if subject is Subject.DEAL:
        return {key: (ref.uid, ref.name) for key, ref in deal_queries.deal_names(keys).items()}
    found = people_queries.account_names(keys) if subject is Subject.ACCOUNT else people_queries.person_names(keys)
    return {key: (ref.uid, ref.name) for key, ref in found.items()}


def decide(subject: Subject, keys: Sequence[int], changes: Changes, *, actor: Actor, at: datetime) -> list[Decided]:
    """What would become of each record; nothing is written."""
    if subject is Subject.DEAL:
        return deals.decide_many(keys, changes, actor=actor, at=at)
    return people.decide_many(subject, keys, changes, actor=actor, at=at)


def carry_out(subject: Subject, keys: Sequence[int], changes: Changes, *, actor: Actor, at: datetime) -> list[Decided]:
    """Change the records as far as each lets itself be changed."""
    if subject is Subject.DEAL:
        return deals.edit_many(keys, changes, actor=actor, at=at)
    return people.edit_many(subject, keys, changes, actor=actor, at=at)


def take_back(
    subject: Subject, act: Act, rows: Mapping[int, tuple[Mapping[str, Any], int]], *, actor: Actor, at: datetime
) -> list[Decided]:
    """Give the records back what they had, where nobody changed them since: key to (columns before, version after)."""
    before = {key: columns for key, (columns, _version) in rows.items()}
    versions = {key: version for key, (_columns, version) in rows.items()}
    if subject is not Subject.DEAL:
        return people.restore_many(subject, before, versions, actor=actor, at=at)
    if act is Act.MOVE:
        return deals.undo_many(versions, actor=actor, at=at)
    return deals.restore_many(before, versions, act=act, actor=actor, at=at)
