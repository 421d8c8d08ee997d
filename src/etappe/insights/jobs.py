"""Forecasts are made in the background: what pages show was computed before."""

from __future__ import annotations

from procrastinate.contrib.django import app

from etappe.core.actor import SYSTEM
from etappe.insights import actions
from etappe.journal.clock import now


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="insights.forecast", lock="insights.forecast")
def forecast_when_due(timestamp: int) -> None:
    """Make the forecast of the day; again some hours later, for deals move."""
    del timestamp
    if actions.is_due(now()):
        actions.forecast(actor=SYSTEM, at=now())
