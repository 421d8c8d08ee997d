"""Looking for duplicates in the background."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from etappe.journal.clock import now
from etappe.records import duplicates

SPARE = timedelta(seconds=15)
"""For how long of each minute changed records are looked at."""


@app.task
def look_for_duplicates(subject: str, keys: list[int]) -> None:
    """Look for duplicates of many records at once, by equal keys; names spelled differently follow by and by."""
    duplicates.look(subject, keys, at=now(), names_alike=False)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="records.sweep", lock="records.sweep")
def sweep_for_duplicates(timestamp: int) -> None:
    """Go through records that are new or changed."""
    del timestamp
    until = now() + SPARE
    while duplicates.sweep(at=now()) and now() < until:
        pass
