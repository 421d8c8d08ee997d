"""Work that follows from what happened elsewhere."""

from __future__ import annotations

from procrastinate.contrib.django import app

from etappe.core.actor import SYSTEM
from etappe.deals.actions.remap import carry_on
from etappe.deals.load import follow_owner
from etappe.journal.clock import now
from etappe.journal.queries import entries_by_id
from etappe.team.queries import user_by_uid


@app.task(retry=5)
def carry_out_remap(run: str) -> None:
    """Move deals to another version of their process, or back; go on with what was interrupted."""
    carry_on(run, clock=now)


@app.task(retry=5)
def follow_to_team(entry: int) -> None:
    """A colleague changed: deals they own go along to their team, so that the right people see them."""
    for told in entries_by_id([entry]):
        if "team_id" in told.data["changed"]:
            follow_owner(user_by_uid(told.data["user"]).id, actor=SYSTEM, at=now())
