"""Forecasts and the watch over goals are made in the background: what pages show was computed before."""

from __future__ import annotations

import time

from procrastinate.contrib.django import app

from etappe.core.actor import SYSTEM
from etappe.insights import actions, alongside
from etappe.insights.actions_goals import watch
from etappe.insights.actions_kept import keep_first_look
from etappe.insights.actions_mail import follow_zone
from etappe.journal.clock import now
from etappe.journal.queries import entries_by_id


@app.periodic(cron="*/10 * * * *")
@app.task(queue="background", queueing_lock="insights.forecast", lock="insights.forecast")
def forecast_when_due(timestamp: int) -> None:
    """Make the forecast of the day; again some hours later, for deals move."""
    del timestamp
    at = now()
    if actions.is_due(at):
        alongside.run(["etappe.insights", at.isoformat()])


@app.periodic(cron="5-59/10 * * * *")
@app.task(queue="background", queueing_lock="insights.goals", lock="insights.goals")
def watch_goals(timestamp: int) -> None:
    """Find where goals stand, and which are in danger."""
    del timestamp
    watch(actor=SYSTEM, at=now())


@app.task(retry=5)
def mails_follow_zone(entry: int) -> None:
    """The workspace changed: where its zone did, mails of figures come at their hour there."""
    for told in entries_by_id([entry]):
        if "zone" in told.data["changed"]:
            follow_zone(actor=SYSTEM, at=now())


@app.periodic(cron="2-59/10 * * * *")
@app.task(queue="background", queueing_lock="insights.first_look", lock="insights.first_look")
def keep_figures(timestamp: int) -> None:
    """Find the figures of the first look, where a page would take long for it."""
    del timestamp
    keep_first_look(clock=time.monotonic, actor=SYSTEM, at=now())
