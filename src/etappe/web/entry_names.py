"""What the keys in changes of a deal are called, for the records that tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from etappe.core.process import Process
from etappe.journal.labels import words
from etappe.journal.queries import EntryView
from etappe.people import queries as people
from etappe.playbook import queries as playbook
from etappe.team import queries as team


def changed_keys(entries: Iterable[EntryView], column: str) -> Iterator[int]:
    """The keys that the column held before and after, in all changes of the entries."""
    for entry in entries:
        pair = (entry.data.get("changed") or {}).get(column, ())
        yield from (int(value) for value in pair if value)


STAGES = ("came_from", "went_to", "to", "stage", "entry_stage", "stages")
"""Parts of entries that hold keys of stages."""


def stage_names(present: Sequence[Process], entries: Iterable[EntryView]) -> dict[str, str]:
    """The stages of these processes by key; other versions of them are looked into where an entry speaks of those."""
    known = {stage.key: words(stage.name) for process in present for stage in process.stages}
    if known.keys() >= set(_stages_told(entries)):
        return known
    keys = {process.key for process in present}
    others = [process for process in playbook.all_specs().values() if process.key in keys]
    return {stage.key: words(stage.name) for process in others for stage in process.stages} | known


def _stages_told(entries: Iterable[EntryView]) -> Iterator[str]:
    for entry in entries:
        for told in (entry.data, entry.data.get("values") or {}):
            for value in (told.get(part) for part in STAGES):
                yield from [value] if isinstance(value, str) else value if isinstance(value, list) else ()


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
