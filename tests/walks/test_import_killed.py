"""kill -9 of the whole server in the middle of a great import: started again it goes on, and can be undone whole."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from tests.config.site import ADMINISTRATOR, ETAPPE, LONG, Serving, environ, open_home, serving, set_up
from tests.imports import twin

from etappe.config.embedded import APPLICATION

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
DEALS = 100_000
UNDONE_WITHIN = 60
"""Seconds that undoing may take on a quiet machine; what it took is printed."""


class Api:
    """An administrator's program, which survives the server."""

    def __init__(self, site: Serving) -> None:
        words = ["token", "add", "soak", "--scope", "read", "--scope", "write", "--as", ADMINISTRATOR["email"]]
        done = subprocess.run([*ETAPPE, *words], env=environ(site.home), capture_output=True, text=True, timeout=LONG)
        assert done.returncode == 0, done.stderr
        self.token, self.port = done.stdout.strip(), site.port

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Any:
        headers = {
            "Authorization": f"Bearer {self.token}", "Content-Type": kind, "Idempotency-Key": str(uuid.uuid4()),
        }  # fmt: skip
        connection = http.client.HTTPConnection("localhost", self.port, timeout=LONG)
        connection.request(method, f"/api/v1{path}", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        assert answer.status < 300, said
        return json.loads(said)

    def give(self, paths: list[Path]) -> str:
        parts = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
        body = encode_multipart(BOUNDARY, {"files": parts})
        return f"/imports/{self.ask('POST', '/imports', body, MULTIPART_CONTENT)['uid']}"

    def until(self, run: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + 1800
        while not is_so(told := self.ask("GET", run)):
            assert told["state"] != "failed", told
            assert time.monotonic() < end, told
            time.sleep(0.2)
        return dict(told)


def cpu(site: Serving) -> float:
    """Seconds of processor that the site and its database have taken so far."""
    database = psutil.Process(site.database().pid())
    processes = {*site.tree(), database, *database.children(recursive=True)}
    return sum(map(_spent, processes))


def _spent(process: psutil.Process) -> float:
    """What it took with its children; connections to the database come and go meanwhile."""
    try:
        return sum(process.cpu_times()[:4])
    except psutil.NoSuchProcess:
        return 0.0


def kill_everything(site: Serving) -> None:
    """Supervisor, web, jobs and database at once, as when the power fails."""
    victims = [*site.tree(), psutil.Process(site.database().pid())]
    for victim in victims:
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            continue
    site.process.wait(LONG)


def counted(site: Serving) -> dict[str, int]:
    """Records in use, and what must never be there twice."""
    asked = {
        "deals": "SELECT count(*) FROM deals_deal WHERE archived_at IS NULL",
        "accounts": "SELECT count(*) FROM people_account WHERE archived_at IS NULL",
        "twice": "SELECT count(*) - count(DISTINCT key) FROM imports_link WHERE kind = 'deal'",
        "without visit": "SELECT count(*) FROM deals_deal AS deal WHERE NOT EXISTS "
        "(SELECT FROM deals_stagevisit AS visit WHERE visit.deal_id = deal.id)",
        "created": "SELECT count(*) FROM journal_entry WHERE kind = 'deal.created'",
    }
    with psycopg.connect(site.database().url(APPLICATION, "etappe")) as connection:
        return {name: connection.execute(query).fetchone()[0] for name, query in asked.items()}  # type: ignore[index]


def test_a_server_killed_in_the_middle_of_a_great_import_goes_on(tmp_path: Path) -> None:
    paths = twin.four(tmp_path, deals=DEALS)
    with open_home() as home:
        with serving(home) as site:
            set_up(site)
            api = Api(site)
            run = api.give(paths)
            rows = api.until(run, lambda told: told["state"] == "ready")["rows_total"]
            api.ask("POST", f"{run}/start", b"{}")
            killed = api.until(run, lambda told: told["rows_done"] > rows * 0.4)["rows_done"]
            kill_everything(site)
        with serving(home) as site:
            api.port = site.port
            again = counted(site)
            assert 0 < again["deals"] < DEALS, "it was killed in the middle"
            assert again["deals"] >= killed * 0.9, "what was reported as done is there"
            api.ask("POST", f"{run}/resume")
            done = api.until(run, lambda told: told["state"] == "done")
            assert done["totals"]["rejected"] == 0
            assert done["rows_done"] == done["totals"]["rows"]
            found = counted(site)
            assert (found["deals"], found["twice"], found["without visit"], found["created"]) == (DEALS, 0, 0, DEALS)
            begun, spent = time.monotonic(), cpu(site)
            api.ask("POST", f"{run}/undo")
            undone = api.until(run, lambda told: told["state"] == "undone")["undone"]
            wall, spent = time.monotonic() - begun, cpu(site) - spent
            print(f"undone in {wall:.0f} s of {UNDONE_WITHIN} s, {spent:.0f} s of processor: {undone['archived']}")
            left = counted(site)
            assert (left["deals"], left["accounts"]) == (0, 0)
            assert undone["archived"]["deal"] == DEALS
