"""The process that makes a forecast ends with the one that started it, however that one ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import psycopg

from etappe.config.embedded import APPLICATION
from tests import database
from tests.insights.history import NOW

PARENT = "import sys; from etappe.insights import alongside; alongside.run(sys.argv[1:])"
SECONDS = 60


@contextmanager
def started(url: str) -> Iterator[tuple[psutil.Process, psutil.Process]]:
    """A parent and its child, which waits for a table that we hold."""
    command = [sys.executable, "-c", PARENT, "etappe.insights", NOW.isoformat()]
    with psycopg.connect(url) as holder, subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url}) as parent:
        try:
            holder.execute("LOCK TABLE insights_forecast")
            yield psutil.Process(parent.pid), waiting(holder, parent)
        finally:
            parent.kill()


def waiting(holder: psycopg.Connection, parent: subprocess.Popen[bytes]) -> psutil.Process:
    """The child, as soon as it waits for our lock."""
    blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'insights_forecast'::regclass"
    for _turn in range(SECONDS * 20):
        children = psutil.Process(parent.pid).children()
        if children and (holder.execute(blocked).fetchone() or (0,))[0]:
            return children[0]
        psutil.wait_procs([psutil.Process(parent.pid)], timeout=0.05)
    raise AssertionError("the child never began")


def test_a_forecast_ends_with_the_worker_that_was_killed(fresh_database: str, database_server: database.Server) -> None:
    with started(database_server.url(APPLICATION, fresh_database)) as (parent, child):
        parent.kill()
        gone, alive = psutil.wait_procs([child], timeout=SECONDS)
        assert gone and not alive
