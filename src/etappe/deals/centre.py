"""Putting people into the buying centre of a deal; only the room's actions call this."""

from __future__ import annotations

import uuid
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.kinds.deals import StakeholderAdded
from etappe.deals.models import Deal, Stakeholder
from etappe.journal.record import record


def join_centre(
    deal: Deal, person_id: int, person: str, role: str, *, actor: Actor, at: datetime, evidence: uuid.UUID | None = None
) -> None:
    """Put a person into the buying centre and record it, unless they are there in that role."""
    present = Stakeholder.objects.filter(deal=deal, person_id=person_id).first()
    if present and (present.role == role or evidence):
        return
    Stakeholder.objects.update_or_create(
        deal=deal,
        person_id=person_id,
        defaults={"role": role},
        create_defaults={"role": role, "with_evidence": evidence, "added_at": at},
    )
    added = StakeholderAdded(person=person, role=role, with_evidence=str(evidence) if evidence else None)
    record(added, actor=actor, at=at, deal=deal.id, person=person_id, account=deal.account_id)


def in_centre(deal: Deal, person_id: int) -> bool:
    """Whether the person is in the deal's buying centre."""
    return Stakeholder.objects.filter(deal=deal, person_id=person_id).exists()
