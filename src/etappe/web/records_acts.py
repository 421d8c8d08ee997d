"""What can be done with an account or a person as a whole, for the menu on its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from etappe.core.actor import Actor
from etappe.people.queries import AccountView, PersonView
from etappe.records.bin import may_delete
from etappe.team.access import may


@dataclass(frozen=True)
class Acts:
    """Addresses of what the viewer may do; an empty one is not offered."""

    history: str
    merge: str = ""
    delete: str = ""


def acts_on(viewer: Actor, subject: str, record: AccountView | PersonView) -> Acts:
    """What the viewer may do with this account or person."""
    delete = reverse(f"{subject}_delete", args=[record.uid]) if may_delete(viewer, subject, record.id) else ""
    merge = reverse(f"{subject}_merge", args=[record.uid]) if may(viewer, "records.merge") else ""
    return Acts(history=reverse(f"{subject}_history", args=[record.uid]), merge=merge, delete=delete)
