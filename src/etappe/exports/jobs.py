"""Work that pages leave to the job process."""

from __future__ import annotations

from procrastinate.contrib.django import app

from etappe.core.actor import SYSTEM
from etappe.exports import actions, background
from etappe.journal.clock import now


@app.task(queue="exports")
def write_export(export: str) -> None:
    """Write everything into an archive."""
    background.carry_out(export, clock=now)


@app.periodic(cron="41 * * * *")
@app.task(queue="background")
def drop_expired_exports(timestamp: int) -> None:
    """Delete archives that nobody may fetch any more."""
    del timestamp
    actions.drop_expired(actor=SYSTEM, at=now())
