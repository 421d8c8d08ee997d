"""Work on records in the background: looking for duplicates, bulk edits."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from etappe.journal.clock import now
from etappe.records import bulk, duplicates
from etappe.records.bulk_queries import silent, someone_waits

SPARE = timedelta(seconds=15)
"""For how long of each minute changed records are looked at."""


@app.task(queue="background")
def look_for_duplicates(subject: str, keys: list[int]) -> None:
    """Look for duplicates of many records at once, by equal keys; names spelled differently follow by and by."""
    duplicates.look(subject, keys, at=now(), names_alike=False)


@app.periodic(cron="* * * * *")
@app.task(queue="background", queueing_lock="records.sweep", lock="records.sweep")
def sweep_for_duplicates(timestamp: int) -> None:
    """Go through records that are new or changed, while nobody waits for work on many records."""
    del timestamp
    until = now() + SPARE
    while not someone_waits() and duplicates.sweep(at=now()) and now() < until:
        pass


@app.task(queue="records")
def carry_out_bulk(run: str) -> None:
    """Carry out a bulk edit or its undoing, or go on with it."""
    bulk.carry_on(run, clock=now)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="background")
def take_up_bulk(timestamp: int) -> None:
    """Go on with bulk edits whose process was killed."""
    del timestamp
    for run in silent(now()):
        carry_out_bulk.defer(run=run)


@app.periodic(cron="41 3 * * *")
@app.task(queue="background")
def forget_bulk(timestamp: int) -> None:
    """Forget bulk edits that nobody started, and those that can no longer be undone."""
    del timestamp
    bulk.forget(now())
