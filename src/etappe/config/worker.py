"""The process that runs jobs: `python -m etappe.config.worker`.

Jobs go through lanes, so that a letter does not wait for an import, nor an import for the search for duplicates. All
lanes live in this one process, a thread for each job: that is how many are at work at once, and no more memory.
"""

from __future__ import annotations

import asyncio
import logging
import logging.config
import os
import signal
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procrastinate import App

log = logging.getLogger(__name__)
GRACE = 10.0
"""Seconds that jobs have to finish when the process is to end; what takes longer is taken up again later."""


@dataclass(frozen=True)
class Lane:
    """Queues that share so many places. One that listens hears of a new job at once; the others look now and then."""

    queues: tuple[str, ...]
    places: int = 1
    listens: bool = True


LANES: Mapping[str, Lane] = {
    "quick": Lane(("default", "records")),  # letters, owners, bulk edits: seconds, and somebody is looking
    "files": Lane(("imports", "exports"), places=2),  # minutes: a small one does not wait for a big one
    "background": Lane(("background",), listens=False),  # nobody is waiting
}


def main() -> None:
    """Run jobs until SIGTERM; those in hand have `GRACE` to finish. Ends with 1 if nobody asked it to end."""
    import django

    django.setup()
    from django.conf import settings
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    logging.config.dictConfig(settings.LOGGING)
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        asyncio.run(_run(worker_app))


async def _run(app: App) -> None:
    """Run all lanes until told to stop, or until one of them fails: whoever started the process starts it again."""
    from etappe.config.jobs import take_up

    asked: list[int] = []  # the signals that told it to end
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(sum(lane.places for lane in LANES.values())))
    async with app.open_async():
        await take_up(app)
        lanes = [asyncio.create_task(_lane(app, name, lane)) for name, lane in LANES.items()]

        def end(number: int) -> None:
            asked.append(number)
            lanes[0].cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end, number)
        await asyncio.wait(lanes, return_when=asyncio.FIRST_COMPLETED)
        for lane in lanes:
            lane.cancel()
        ended, working = await asyncio.wait(lanes, timeout=GRACE)
        for lane in ended:
            if not lane.cancelled() and (error := lane.exception()):
                log.error("A lane of jobs failed; all begin again", exc_info=error)
        if working:
            log.warning("Jobs were still at work after %g seconds; they are taken up again later", GRACE)
            # A thread cannot be ended, and asking its task to end would call the job failed.
            os._exit(0 if asked else 1)


async def _lane(app: App, name: str, lane: Lane) -> None:
    await app.run_worker_async(
        name=name,
        queues=list(lane.queues),
        concurrency=lane.places,
        listen_notify=lane.listens,
        delete_jobs="successful",
        install_signal_handlers=False,
    )


if __name__ == "__main__":
    main()
