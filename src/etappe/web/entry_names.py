"""What the keys in changes of a deal are called, for the records that tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etappe.journal.queries import EntryView
from etappe.people import queries as people
from etappe.team import queries as team


def changed_keys(entries: Iterable[EntryView], column: str) -> Iterator[int]:
    """The keys that the column held before and after, in all changes of the entries."""
    for entry in entries:
        pair = (entry.data.get("changed") or {}).get(column, ())
        yield from (int(value) for value in pair if value)


def account_names(entries: Iterable[EntryView]) -> dict[str, str]:
    """The accounts that deals were moved between, by key."""
    return {str(key): ref.name for key, ref in people.account_names(set(changed_keys(entries, "account_id"))).items()}


def person_names(entries: Iterable[EntryView]) -> dict[str, str]:
    """The people that next steps were agreed with, by key."""
    keys = set(changed_keys(entries, "next_step_person_id"))
    return {str(key): ref.name for key, ref in people.person_names(keys).items()}


def team_names(entries: Iterable[EntryView]) -> dict[str, str]:
    """The teams that deals went between, by key."""
    return {str(key): ref.name for key, ref in team.team_names(changed_keys(entries, "team_id")).items()}
