"""Recurring work."""

from __future__ import annotations

from django.conf import settings
from procrastinate import App, JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from etappe.core.errors import Refusal
from etappe.journal.clock import now

TIMES = 5
"""How often a job is taken up again before it counts as failed."""


@app.periodic(cron="* * * * *")
@app.task(queue="background", queueing_lock="config.take_up", pass_context=True)
async def take_up_what_was_left(context: JobContext, timestamp: int) -> None:
    """Go on with jobs whose process was killed."""
    del timestamp
    await take_up(context.app)


async def take_up(jobs: App) -> None:
    """Put jobs whose process no longer gives a sign of life back into their queues.

    All of them can be begun twice. What comes again by itself is let go, so that its lock is free for the next time.
    """
    for job in await jobs.job_manager.get_stalled_jobs():
        if job.queueing_lock or job.attempts >= TIMES:
            await jobs.job_manager.finish_job(job, Status.FAILED, delete_job=bool(job.queueing_lock))
        else:
            await jobs.job_manager.retry_job(job, retry_at=now())


@app.periodic(cron="*/10 * * * *")
@app.task(queue="background", queueing_lock="facts.sync", lock="facts.sync")
def sync_facts(timestamp: int) -> None:
    """Bring the Parquet facts up to the present, where figures are computed from them."""
    del timestamp
    _sync(whole=False)


@app.periodic(cron="17 2 * * *")
@app.task(queue="background", queueing_lock="facts.compare", lock="facts.sync")
def compare_facts(timestamp: int) -> None:
    """Compare every part of the Parquet facts with the database."""
    del timestamp
    _sync(whole=True)


def _sync(*, whole: bool) -> None:
    if settings.ETAPPE_ENGINE == "postgres":
        return
    from etappe.insights.sync import sync

    try:
        sync(at=now(), whole=whole)
    except Refusal as refusal:
        if refusal.code != "facts_sync_at_work":  # somebody does it by hand
            raise
