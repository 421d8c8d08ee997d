"""What hangs on an account or a person in this room, when several become one, and when that is taken back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.kinds.deals import DealEdited
from etappe.deals.models import Deal, Evidence, NoteLink, Stakeholder
from etappe.journal.load import Told, record_many, update_rows
from etappe.journal.record import action

Moved = dict[str, list[int]]
"""What was re-attached: by the key it hung on before, the keys of what was moved."""


@action
def reattach(subject: str, from_: Collection[int], to: int, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """Let deals of these accounts belong to another one; or evidence, buying centres and next steps name one person.

    Who was twice in one buying centre is there once; `dropped` keeps the other row, for undoing.
    """
    if subject == "account":
        return {"deals": _move_deals("account_id", _deals("account_id", from_), {}, to, actor=actor, at=at)}
    return {
        "next_steps": _move_deals(
            "next_step_person_id", _deals("next_step_person_id", from_), {}, to, actor=actor, at=at
        ),
        "dropped": _drop_twice(from_, to),
        "centres": _move_rows(Stakeholder, from_, to),
        "evidence": _move_rows(Evidence, from_, to),
        "note_links": _move_rows(NoteLink, from_, to),
    }


def _deals(column: str, from_: Collection[int]) -> list[Deal]:
    return list(Deal.objects.filter(**{f"{column}__in": from_}).select_for_update().order_by("id"))


def _move_deals(
    column: str, deals: Iterable[Deal], back: Mapping[int, int], to: int, *, actor: Actor, at: datetime
) -> Moved:
    """Point deals to another account or person: each to its own in `back`, the others to `to`."""
    moved: Moved = {}
    told, changed = [], []
    for deal in deals:
        was, target = getattr(deal, column), back.get(deal.id, to)
        moved.setdefault(str(was), []).append(deal.id)
        changed.append({"id": deal.id, column: target})
        account = target if column == "account_id" else deal.account_id
        told.append(
            Told(DealEdited, at.isoformat(), {"changed": {column: [was, target]}}, account=account, deal=deal.id)
        )
    update_rows(Deal, [column], changed)
    record_many(told, actor=actor)
    return moved


def _drop_twice(from_: Collection[int], to: int) -> list[dict[str, Any]]:
    """Take people out of buying centres in which they would stand twice; returns the rows that went."""
    rows = Stakeholder.objects.filter(person__in=[to, *from_]).select_for_update().order_by("id")
    by_deal: dict[int, list[Stakeholder]] = {}
    for row in rows:
        by_deal.setdefault(row.deal_id, []).append(row)
    twice = [row for held in by_deal.values() for row in _beside_best(held, to)]
    Stakeholder.objects.filter(id__in=[row.id for row in twice]).delete()
    return [
        {
            "deal": row.deal_id,
            "person": row.person_id,
            "role": row.role,
            "with_evidence": str(row.with_evidence) if row.with_evidence else None,
            "added_at": row.added_at.isoformat(),
        }
        for row in twice
    ]


def _beside_best(rows: list[Stakeholder], to: int) -> list[Stakeholder]:
    """All but one of the rows of a deal; the one that stays is that of the person who stays, or the first."""
    best = next((row for row in rows if row.person_id == to), rows[0])
    return [row for row in rows if row is not best]


def _move_rows(model: Any, from_: Collection[int], to: int) -> Moved:
    rows = model.objects.filter(person__in=from_)
    moved: Moved = {}
    for key, person in rows.order_by("id").values_list("id", "person_id"):
        moved.setdefault(str(person), []).append(key)
    rows.update(person=to)
    return moved


@action
def detach(moved: Mapping[str, Any], to: int, *, actor: Actor, at: datetime) -> int:
    """Let everything that a merge moved hang where it hung before; returns how much was moved on since and stays."""
    stay = 0
    for name, column in (("deals", "account_id"), ("next_steps", "next_step_person_id")):
        back = _back(moved.get(name, {}))
        here = list(Deal.objects.filter(id__in=back, **{column: to}).select_for_update().order_by("id"))
        _move_deals(column, here, back, to, actor=actor, at=at)
        stay += len(back) - len(here)
    for name, model in (("centres", Stakeholder), ("evidence", Evidence), ("note_links", NoteLink)):
        stay += sum(_move_back(model, int(old), keys, to) for old, keys in moved.get(name, {}).items())
    _bring_back(moved.get("dropped", ()))
    return stay


def _back(moved: Moved) -> dict[int, int]:
    return {key: int(old) for old, keys in moved.items() for key in keys}


def _move_back(model: Any, old: int, keys: list[int], to: int) -> int:
    done: int = model.objects.filter(id__in=keys, person=to).update(person=old)
    return len(keys) - done


def _bring_back(dropped: Iterable[Mapping[str, Any]]) -> None:
    for row in dropped:
        evidence = uuid.UUID(row["with_evidence"]) if row["with_evidence"] else None
        Stakeholder.objects.get_or_create(
            deal_id=row["deal"],
            person_id=row["person"],
            defaults={
                "role": row["role"],
                "with_evidence": evidence,
                "added_at": datetime.fromisoformat(row["added_at"]),
            },
        )


def hanging_on(subject: str, keys: Collection[int]) -> dict[str, int]:
    """How many deals, next steps, buying centres and pieces of evidence name these accounts or people."""
    if subject == "account":
        return {"deals": Deal.objects.filter(account__in=keys).count()}
    return {
        "next_steps": Deal.objects.filter(next_step_person__in=keys).count(),
        "centres": Stakeholder.objects.filter(person__in=keys).count(),
        "evidence": Evidence.objects.filter(person__in=keys).count(),
    }
