"""Work that pages leave to the job process."""

from __future__ import annotations

from procrastinate.contrib.django import app

from etappe.imports.background import Ways, carry_on, carry_undo, examine
from etappe.imports.uploads import drop_forgotten
from etappe.journal.clock import now

LATER = 5
"""Seconds after which work is asked for again that another process is at."""


@app.task(queue="imports")
def look_at_files(run: str) -> None:
    """Look at uploaded files and go through their rows."""
    examine(run, at=now())


@app.task(queue="imports")
def carry_out_import(run: str) -> None:
    """Carry out an import, or go on with it."""
    if not carry_on(run, clock=now):
        carry_out_import.configure(schedule_in={"seconds": LATER}).defer(run=run)


@app.task(queue="imports")
def undo_import(run: str) -> None:
    """Undo an import, or go on with it."""
    if not carry_undo(run, clock=now):
        undo_import.configure(schedule_in={"seconds": LATER}).defer(run=run)


WAYS = Ways(
    look=lambda run: look_at_files.defer(run=run),
    carry=lambda run: carry_out_import.defer(run=run),
    undo=lambda run: undo_import.defer(run=run),
)
"""How pages and programs hand imports to the job process."""


@app.periodic(cron="23 * * * *")
@app.task(queue="background")
def forget_uploads(timestamp: int) -> None:
    """Delete files that nobody went on with."""
    del timestamp
    drop_forgotten(now())
