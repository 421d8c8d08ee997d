"""What all tests share: a database of their own, a site to visit, a browser.

`db` (from pytest-django) gives a test the application's login in a transaction that is rolled back, with deferred
constraints checked at its end. `fresh_database` gives a clone of the empty database for commits, threads, a live site.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

for _name in [name for name in os.environ if name.startswith(("ETAPPE_", "DATABASE_")) and "ETAPPE_TEST" not in name]:
    del os.environ[_name]

from etappe.config.embedded import APPLICATION, OWNER  # noqa: E402 - the environment above comes first
from tests import database  # noqa: E402

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "etappe.config.settings",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # a test that drives a browser may also look into the database
    "DATABASE_URL": "postgresql://nobody@/none",
    "ETAPPE_HOME": str(database.CACHE / "home"),
    "ETAPPE_SECRET_KEY": "tests " * 9,
}

import django  # noqa: E402
import pytest  # noqa: E402
from pytest_django.plugin import DjangoDbBlocker  # noqa: E402

django.setup()
(database.CACHE / "home" / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing one

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402

from tests.cast import assemble  # noqa: E402
from tests.scenery import SCENERY, kept  # noqa: E402

CHROMIUM = [Path("/usr/bin") / name for name in ("chromium-headless-shell", "chromium")]
"""Whichever is there; the first draws nothing for a screen and takes a good deal less of the processor."""
settings.WHITENOISE_USE_FINDERS = False  # each test client would look through all files; `site` serves them itself
Argon2PasswordHasher.time_cost = Argon2PasswordHasher.parallelism = 1  # slow on purpose, which shows nothing here
Argon2PasswordHasher.memory_cost = 8


@pytest.fixture(autouse=True)
def _english() -> None:
    """Begin every test in English: the language of the last request stays with its thread."""
    from django.utils import translation

    translation.activate("en")


@pytest.fixture(scope="session")
def database_server() -> Iterator[database.Server]:
    """The server of this run, started if need be."""
    server = database.server()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def django_db_setup(database_server: database.Server, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Point Django at a clone of the template, signed in as the application."""
    with SCENERY.open(database_server, django_db_blocker, lambda name: _use(database_server.url(APPLICATION, name))):
        yield
        with django_db_blocker.unblock():
            _close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the test's transaction begins."""
    SCENERY.set_for(item)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: nobody need look through all of it again and again for what may go."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    return collected


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file on one worker."""
    from tests.workers import Files

    return Files(config, log)


@pytest.fixture
def fresh_database(
    database_server: database.Server,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    request: pytest.FixtureRequest,
) -> Iterator[str]:
    """A database of the test's own, in which commits are real; gives its name. Do not use it together with `db`."""
    with _cloned(database_server, django_db_blocker, request, SCENERY.begun(request.node)) as name:
        yield name


@pytest.fixture(scope="module")
def shared_database(
    database_server: database.Server,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    request: pytest.FixtureRequest,
) -> Iterator[str]:
    """As `fresh_database`, for a module whose tests all read what one of its fixtures wrote."""
    with _cloned(database_server, django_db_blocker, request) as name:
        yield name


@contextmanager
def _cloned(
    database_server: database.Server,
    django_db_blocker: DjangoDbBlocker,
    request: pytest.FixtureRequest,
    like: str | None = None,
) -> Iterator[str]:
    name = f"test_{os.getpid()}_{abs(hash(request.node.nodeid)):x}"
    database_server.drop(name)
    database_server.clone(name, like)
    with on_database(database_server.url(APPLICATION, name), django_db_blocker):
        yield name
    database_server.drop(name)


@contextmanager
def on_database(url: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Django on another database than the tests' own."""
    from django.db import connections

    before = dict(connections["default"].settings_dict)
    with blocker.unblock():
        _use(url)
        yield
        _close()
    connections["default"].settings_dict.update(before)
    _forget_cached()


cast = kept(assemble)
"""The named people of the tests, in the test's transaction. On a `fresh_database` call `assemble` instead."""


@pytest.fixture
def owner_url(database_server: database.Server, fresh_database: str) -> str:
    """The owner's address for the fresh database, for a test that has to do what the application may not."""
    return database_server.url(OWNER, fresh_database)


@pytest.fixture
def site(fresh_database: str) -> Iterator[str]:
    """The address of a running site on the fresh database; requests over one line share a connection to it."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.db import connections
    from django.test.testcases import LiveServerThread

    connections["default"].settings_dict["CONN_MAX_AGE"] = None
    thread = LiveServerThread("localhost", StaticFilesHandler, connections_override={}, port=0)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quiet, and without its sandbox where root runs it."""
    found = next((path for path in CHROMIUM if path.exists()), None)
    if found is None:
        pytest.skip(f"{' and '.join(map(str, CHROMIUM))} are missing")
    quiet = "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update"
    flags = [*quiet.split(), "--disable-sync", "--disable-dev-shm-usage"]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": str(found), "args": [*flags, *sandbox]}


def _use(url: str) -> None:
    from django.db import connections

    from etappe.config.env import parse_database
    from etappe.config.settings import database as described

    connections["default"].close()
    connections["default"].settings_dict.update(described(parse_database(url), pooled=False))
    _forget_cached()


def _close() -> None:
    from django.db import connections

    connections.close_all()


def _forget_cached() -> None:
    """Functions that remember rows by their id must not remember those of another database.

    One without parameters knows no ids: what it remembers came with the program, and may have taken long to read.
    """
    for module in [module for name, module in sys.modules.items() if name.startswith("etappe.")]:
        for value in list(vars(module).values()):
            if hasattr(value, "cache_clear") and value.__wrapped__.__code__.co_argcount:
                value.cache_clear()


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """Where everything must be shown, a test that was skipped is a failure."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("ETAPPE_TEST_COMPLETE"):
        terminalreporter.write_line(f"{len(skipped)} skipped, and ETAPPE_TEST_COMPLETE allows none", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """See above."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("ETAPPE_TEST_COMPLETE") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
