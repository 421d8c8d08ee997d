"""kill -9 of database and web under writes: what was acknowledged is there, what was retried is there once."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass, field

import psutil
import psycopg
import pytest

from etappe.config.embedded import APPLICATION
from tests.config.site import ADMINISTRATOR, ETAPPE, LONG, Serving, environ, open_home, serving, set_up, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
KILLS = 30 if os.environ.get("ETAPPE_TEST_SOAK") else 3
"""Each of the victims once; the long run ten times."""
WRITERS = 4


@dataclass
class Writer:
    """Posts accounts one after the other, each under a key of its own, until told to stop; retries what failed."""

    port: int
    token: str
    acknowledged: list[str] = field(default_factory=list)
    retries: int = 0
    is_ending: bool = False

    def run(self) -> None:
        while not self.is_ending:
            name = f"Kundin {uuid.uuid4()}"
            while not self._post(name):
                self.retries += 1
                time.sleep(0.1)
            self.acknowledged.append(name)

    def _post(self, name: str) -> bool:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": name}
        connection = http.client.HTTPConnection("localhost", self.port, timeout=LONG)
        try:
            connection.request("POST", "/api/v1/accounts", json.dumps({"name": name}), headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        assert answer.status in (201, 409, 500, 502, 503), said
        return answer.status == 201


def _token(site: Serving) -> str:
    command = [*ETAPPE, "token", "add", "writer", "--scope", "read", "--scope", "write", "--as", ADMINISTRATOR["email"]]
    done = subprocess.run(command, env=environ(site.home), capture_output=True, text=True, timeout=LONG)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _kill(site: Serving, number: int) -> None:
    master = site.child("gunicorn")
    victims = [psutil.Process(site.database().pid()), master, master.children()[0]]
    victims[number % len(victims)].kill()


def _stored(site: Serving) -> list[str]:
    with psycopg.connect(site.database().url(APPLICATION, "etappe")) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM people_account").fetchall()]


def test_no_acknowledged_write_is_lost_and_none_is_there_twice() -> None:
    with open_home(is_ready=True) as home, serving(home) as site:
        set_up(site)
        token = _token(site)
        writers = [Writer(site.port, token) for _ in range(WRITERS)]
        threads = [threading.Thread(target=writer.run) for writer in writers]
        for thread in threads:
            thread.start()
        for number in range(KILLS):
            before = sum(len(writer.acknowledged) for writer in writers)
            until(lambda before=before: sum(len(w.acknowledged) for w in writers) > before + 20, "writes to go on")  # type: ignore[misc]
            _kill(site, number)
        before = sum(len(writer.acknowledged) for writer in writers)
        until(lambda: sum(len(writer.acknowledged) for writer in writers) > before + 20, "writes after the last kill")
        for writer in writers:
            writer.is_ending = True
        for thread in threads:
            thread.join()
        acknowledged = [name for writer in writers for name in writer.acknowledged]
        stored = _stored(site)
        assert sorted(stored) == sorted(acknowledged)
        assert len(set(stored)) == len(stored)
        assert sum(writer.retries for writer in writers) > 0
        done = subprocess.run([*ETAPPE, "doctor"], env=environ(home), capture_output=True, text=True, timeout=LONG)
        assert done.returncode == 0, done.stdout
