"""Recurring work."""

from __future__ import annotations

from procrastinate import App, JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

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
