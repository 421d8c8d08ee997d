"""Renaming tags, joining two of them, taking one off every record: accounts, people and deals at once."""

from __future__ import annotations

from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.kinds.records import TagRemoved, TagRenamed
from etappe.core.tags import clean_tag
from etappe.deals.load_tags import rename_on_deals
from etappe.journal.record import action, record
from etappe.people.load_tags import call, forget, rename_on_people
from etappe.people.tags import known_tag
from etappe.team.access import require


@action
def rename_tag(was: str, called: str, *, actor: Actor, at: datetime) -> int:
    """Call a tag otherwise wherever it stands; where `called` is a tag already, the two become one.

    Returns on how many records it stood. Refuses a tag that there is not.
    """
    require(actor, "workspace.edit")
    found, wanted = _known(was), clean_tag("called", called)
    if wanted.casefold() != found.casefold():
        wanted = known_tag(wanted) or wanted
    if wanted == found:
        return 0
    records = _everywhere(found, wanted, actor=actor, at=at)
    call(found, wanted)
    record(TagRenamed(was=found, called=wanted, records=records), actor=actor, at=at)
    return records


@action
def remove_tag(name: str, *, actor: Actor, at: datetime) -> int:
    """Take a tag off every record that has it; returns how many there were."""
    require(actor, "workspace.edit")
    found = _known(name)
    records = _everywhere(found, "", actor=actor, at=at)
    forget(found)
    record(TagRemoved(called=found, records=records), actor=actor, at=at)
    return records


def _known(name: str) -> str:
    found = known_tag(name)
    if not found:
        raise Refusal("unknown_tag", value=str(name)[:60])
    return found


def _everywhere(was: str, called: str, *, actor: Actor, at: datetime) -> int:
    return rename_on_people(was, called, actor=actor, at=at) + rename_on_deals(was, called, actor=actor, at=at)
