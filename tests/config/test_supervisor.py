"""`etappe serve`: one command runs all, attaches others, restarts what dies, stops cleanly, survives being killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from etappe.config.embedded import OWNER
from tests.config.site import ETAPPE, Serving, environ, open_home, serving, until
from tests.database import Server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site() -> Iterator[Serving]:
    """One site for the tests that leave it running."""
    with open_home() as home, serving(home) as running:
        yield running


def _etappe(home: Path, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    told = environ(home, **given)
    return subprocess.run([*ETAPPE, *arguments], env=told, capture_output=True, text=True, check=False, timeout=120)


def test_it_prints_address_and_link(site: Serving) -> None:
    link = site.link()
    assert f"http://localhost:{site.port}/" in site.said()
    assert site.get(link).status == 200
    assert site.get("/").status == 302


def test_a_second_command_attaches(site: Serving) -> None:
    before = site.database().pid()
    done = _etappe(site.home, "user", "list", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
    assert site.database().pid() == before


def test_a_link_printed_by_another_command_leads_to_where_it_is_served(site: Serving) -> None:
    printed = _etappe(site.home, "user", "link").stdout.strip()
    assert printed.startswith(f"http://localhost:{site.port}/")
    assert site.get(printed).status == 200


def test_doctor_finds_nothing_wrong(site: Serving) -> None:
    done = _etappe(site.home, "doctor", "--json")
    assert done.returncode == 0, done.stdout
    findings = json.loads(done.stdout)["findings"]
    assert {finding["topic"] for finding in findings} >= {
        "database",
        "logins",
        "grants",
        "migrations",
        "journal",
        "jobs",
    }
    assert not [finding for finding in findings if finding["level"] == "wrong"]


def test_a_second_server_on_the_same_home_is_refused(site: Serving) -> None:
    done = _etappe(site.home, "serve", "--port", "1")
    assert done.returncode == 1
    assert "already being served" in done.stderr


def test_the_application_processes_do_not_know_the_owner(site: Serving) -> None:
    secret = (site.home / f"{OWNER}-password").read_text().strip()
    for process in site.tree()[1:]:
        assert secret not in " ".join([*process.environ().values(), *process.cmdline()])


def test_no_secret_reaches_the_command_lines(site: Serving) -> None:
    secrets = [path.read_text().strip() for path in site.home.glob("*-password")]
    lines = " ".join(
        " ".join(process.cmdline()) for process in psutil.Process(site.process.pid).children(recursive=True)
    )
    assert secrets
    assert not [secret for secret in secrets if secret in lines]


@pytest.mark.parametrize("victim", ["gunicorn", "etappe.config.worker", "postgres"])
def test_what_is_killed_starts_again(site: Serving, victim: str) -> None:
    found = psutil.Process(site.database().pid()) if victim == "postgres" else site.child(victim)
    found.kill()
    until(lambda: not found.is_running() or found.status() == psutil.STATUS_ZOMBIE, "its end")

    def is_back() -> bool:
        if victim == "postgres":
            pid = site.database().pid()
            return pid is not None and pid != found.pid and _reads(site)
        try:
            return site.child(victim).pid != found.pid and site.answers()
        except (StopIteration, psutil.Error):
            return False

    until(is_back, f"{victim} to be back\n{site.said()}")


def _reads(site: Serving) -> bool:
    """Whether a page answers that asks the database; the link may be over by now."""
    try:
        return site.get(site.link()).status in (200, 410)
    except OSError:
        return False


def test_a_killed_worker_of_the_web_is_replaced(site: Serving) -> None:
    master = site.child("gunicorn")
    worker = master.children()[0]
    worker.kill()
    until(
        lambda: site.answers() and master.is_running() and worker.pid not in {p.pid for p in master.children()},
        "a new worker",
    )


def test_it_stays_within_its_memory(site: Serving) -> None:
    until(site.answers, "the site")
    time.sleep(2)
    server = psutil.Process(site.database().pid())
    tree = {process.pid: process for process in [*site.tree(), server, *server.children()]}
    used = sum(process.memory_full_info().pss for process in tree.values())
    assert used < 350_000_000


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with open_home() as home, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _etappe(home, "serve", "--port", str(port))
        assert done.returncode == 1
        assert f"port {port}" in done.stderr
        assert f"--port {port % 65535 + 1}" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_it_stops_cleanly(number: int) -> None:
    with open_home(is_ready=True) as home, serving(home) as site:
        children = psutil.Process(site.process.pid).children(recursive=True)
        assert site.stop(number) == 0
        assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
        assert site.database().pid() is None
        assert "Traceback" not in site.said()


def test_after_kill_9_of_the_supervisor_the_next_start_works() -> None:
    with open_home(is_ready=True) as home:
        with serving(home) as site:
            link = site.link()
            children = [p for p in psutil.Process(site.process.pid).children() if "postgres" not in p.name()]
            os.kill(site.process.pid, signal.SIGKILL)
            site.process.wait()
            until(lambda: not [child for child in children if child.is_running()], "the children to end")
            left = site.database().pid()
            assert left
        with serving(home) as again:
            assert again.database().pid() == left
            assert again.get(link).status == 200
            again.link()


def test_one_login_for_both_is_refused(owner_url: str) -> None:
    with open_home() as home:
        given = {"DATABASE_URL": owner_url, "DATABASE_OWNER_URL": owner_url}
        done = subprocess.run(
            [*ETAPPE, "serve"], env=environ(home, **given), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 1
        assert "ETAPPE_ALLOW_ONE_LOGIN" in done.stderr
        doctor = subprocess.run(
            [*ETAPPE, "doctor", "--json"], env=environ(home, **given), capture_output=True, text=True, timeout=60
        )
        wrong = [finding["topic"] for finding in json.loads(doctor.stdout)["findings"] if finding["level"] == "wrong"]
        assert doctor.returncode == 1
        assert "logins" in wrong
        with psycopg.connect(owner_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_of_ones_own_serves_and_is_migrated(
    database_server: object, owner_url: str, fresh_database: str
) -> None:

    assert isinstance(database_server, Server)
    application = database_server.url("etappe_application", fresh_database)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("COMMENT ON SCHEMA public IS 'etappe of another version'")
    given = {"DATABASE_URL": application, "DATABASE_OWNER_URL": owner_url}
    with open_home() as home, serving(home, **given) as site:
        assert "Bringing the database to this version" in site.said()
        assert not (home / "database").exists()
        assert site.get(site.link()).status == 200
