"""The job process: lanes that do not wait for each other, and jobs that outlive it."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from django.db import connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from etappe.config.worker import LANES
from etappe.core.actor import Actor
from etappe.imports import jobs as imports
from etappe.imports.background import upload
from etappe.imports.models import Run
from etappe.records.jobs import sweep_for_duplicates
from etappe.records.models import Sweep
from tests.cast import AT, assemble
from tests.config.site import environ, until

FILE = b"Name,Website\nNordlicht GmbH,nordlicht.example\nOstwind AG,ostwind.example\n"


def url_of_test() -> str:
    to = connections["default"].settings_dict
    return f"postgresql://{to['USER']}:{to['PASSWORD']}@/{to['NAME']}?host={to['HOST']}&port={to['PORT']}"


@contextmanager
def working(tmp_path: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A job process on the test's database."""
    told = environ(
        tmp_path,
        DATABASE_URL=url_of_test(),
        ETAPPE_SECRET_KEY="tests " * 9,
        DJANGO_SETTINGS_MODULE="etappe.config.settings",
    )
    process = subprocess.Popen([sys.executable, "-m", "etappe.config.worker"], env=told)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def held(table: str) -> Iterator[None]:
    """All rows of a table locked by somebody else: whoever wants to write there waits."""
    with psycopg.connect(url_of_test()) as other:
        other.execute(f"SELECT 1 FROM {table} FOR UPDATE")
        yield


def _search(timestamp: int) -> None:
    """Have duplicates looked for, as the clock does each minute."""
    sweep_for_duplicates.configure(task_kwargs={"timestamp": timestamp}).defer()


def _job(task: str) -> str:
    return str(ProcrastinateJob.objects.filter(task_name__endswith=f".{task}").values_list("status", flat=True).first())


def _becomes(task: str, status: str) -> None:
    until(lambda: _job(task) == status, f"{task} to be {status}, not {_job(task)}")


def _state(run: uuid.UUID) -> Callable[[], bool]:
    return lambda: Run.objects.get(uid=run).state == "ready"


@pytest.fixture
def dot(fresh_database: str, settings: Any, tmp_path: Any) -> Actor:
    settings.UPLOADS = tmp_path / "uploads"
    Sweep.objects.create(id=1)
    return assemble().dot


def _upload(dot: Actor) -> uuid.UUID:
    with transaction.atomic():
        defer = lambda run: imports.look_at_files.defer(run=run)  # noqa: E731 - as the page does
        return upload([("firmen.csv", iter([FILE]))], then=defer, actor=dot, at=AT)


def test_an_import_begins_while_a_search_for_duplicates_is_at_work(dot: Actor, tmp_path: Any) -> None:
    _search(0)
    with working(tmp_path) as worker:
        with held("records_sweep"):
            _becomes("sweep_for_duplicates", "doing")
            until(_state(_upload(dot)), "the files to be looked at")
            assert _job("sweep_for_duplicates") == "doing"
        until(lambda: _job("sweep_for_duplicates") == "None", "the search to end")
        worker.terminate()
        assert worker.wait(30) == 0


def test_jobs_go_on_after_kill_9(dot: Actor, tmp_path: Any) -> None:
    _search(0)
    run = _upload(dot)
    with held("records_sweep"), held("imports_run"), working(tmp_path) as worker:
        _becomes("sweep_for_duplicates", "doing")
        _becomes("look_at_files", "doing")
        worker.kill()
        worker.wait()
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")
    with suppress(AlreadyEnqueued):  # the clock may just have done it
        _search(1)
    with working(tmp_path):
        until(_state(run), "the files to be looked at after all")
        until(lambda: _job("sweep_for_duplicates") == "None", "the next search, for which the way is free")


def test_what_comes_by_the_clock_does_not_stand_before_what_somebody_waits_for(db: None) -> None:
    """At a million deals a forecast takes a minute, and a bulk edit stood behind it."""
    app.perform_import_paths()
    by_the_clock = {name for name, _id in app.periodic_registry.periodic_tasks}
    quick = {name for name in by_the_clock if app.tasks[name].queue in LANES["quick"].queues}
    assert quick == {"etappe.web.jobs.mail_figures_that_are_due"}


def test_every_job_has_a_lane(db: None) -> None:
    app.perform_import_paths()
    lanes = [queue for lane in LANES.values() for queue in lane.queues]
    tasks = {name: task.queue for name, task in app.tasks.items() if name.startswith("etappe.")}
    assert len(tasks) > 10
    assert {name: queue for name, queue in tasks.items() if lanes.count(queue) != 1} == {}
