"""Reading one note, of whatever record it is."""

from __future__ import annotations

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.deals.queries import seen_among
from etappe.journal.queries import EntryView, entries_by_id
from etappe.people.queries import visible_accounts, visible_people


def get_note(viewer: Actor, entry: int) -> EntryView:
    """The entry of a note on a record that the viewer sees, or `Missing`."""
    found = next((each for each in entries_by_id([entry]) if each.kind == "note.written"), None)
    if found is None or not _sees(viewer, found):
        raise Missing
    return found


def _sees(viewer: Actor, note: EntryView) -> bool:
    """A note on a deal follows the deal, one on a person the person."""
    if note.deal_id is not None:
        return note.deal_id in seen_among(viewer, [note.deal_id])
    if note.person_id is not None:
        return visible_people(viewer).filter(id=note.person_id).exists()
    return note.account_id is not None and visible_accounts(viewer).filter(id=note.account_id).exists()
