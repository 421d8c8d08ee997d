"""A site as `etappe serve` runs it: a process tree of its own on a home of its own."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psutil

from etappe.config import collect, migrate
from etappe.config.embedded import Embedded, find_binaries
from etappe.config.home import Home
from etappe.config.locks import alone
from tests.database import CACHE

ETAPPE = [sys.executable, "-m", "etappe"]
LONG = 240.0
"""Seconds after which waiting is a failure; machines are slow at times."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for it; fail saying what did not happen."""
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, f"waited {LONG:g} s for {what}"
        time.sleep(0.05)


def environ(home: Path, **more: str) -> dict[str, str]:
    hidden = ("ETAPPE_", "DATABASE_", "DJANGO_", "PYTEST")
    return {k: v for k, v in os.environ.items() if not k.startswith(hidden)} | {"ETAPPE_HOME": str(home), **more}


@contextmanager
def open_home(*, is_ready: bool = False) -> Iterator[Path]:
    """A home that the server's user can walk to: none yet, or one that is ready to be served."""
    made = Path(tempfile.mkdtemp(prefix="etappe-site-"))
    made.chmod(0o711)
    try:
        if is_ready:
            _copy_ready_home(made / "home")
        yield made / "home"
    finally:
        for process in psutil.process_iter():
            if _cwd(process).startswith(f"{made}/"):
                process.kill()
        shutil.rmtree(made, ignore_errors=True)


def _copy_ready_home(to: Path) -> None:
    """Copy a home that was migrated and has its scripts and styles: made once per content, never served itself."""
    ready = CACHE / f"ready-home-{migrate.fingerprint()}-{collect.fingerprint()[:16]}"
    with alone(CACHE / "ready-home.lock"):
        if not ready.exists():
            _make_ready_home(ready)
        _copy(ready, to)


def _make_ready_home(ready: Path) -> None:
    for old in CACHE.glob("ready-home-*-*"):
        shutil.rmtree(old)
    with open_home() as draft:
        told = environ(draft, DATABASE_URL="postgresql://nobody@/none", DJANGO_SETTINGS_MODULE="etappe.config.settings")
        subprocess.run([*ETAPPE, "migrate"], env=environ(draft), check=True, capture_output=True)
        subprocess.run([sys.executable, "-m", "etappe.config.collect"], env=told, check=True, capture_output=True)
        (draft / "socket-directory").unlink()
        (draft / "socket").rmdir()
        _copy(draft, ready.with_name("ready-home.draft"))
        ready.with_name("ready-home.draft").rename(ready)


def _copy(home: Path, to: Path) -> None:
    """With owners and modes, which the database server insists on."""
    shutil.rmtree(to, ignore_errors=True)
    subprocess.run(["cp", "-a", str(home), str(to)], check=True)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""


def _cwd(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""


class Serving:
    """A running `etappe serve`."""

    def __init__(self, home: Path, *arguments: str, **more: str) -> None:
        self.home, self.port = home, free_port()
        self.log = home.parent / "serve.log"
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*ETAPPE, "serve", "--port", str(self.port), *arguments],
                env=environ(home, **more),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text()

    def answers(self) -> bool:
        try:
            return self.get("/account/login/").status == 200
        except OSError:
            return False

    def get(self, path: str) -> http.client.HTTPResponse:
        with closing(http.client.HTTPConnection("localhost", self.port, timeout=LONG)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer

    def until_up(self) -> None:
        def is_up() -> bool:
            assert self.process.poll() is None, self.said()
            return self.answers()

        until(is_up, f"the site to answer\n{self.said()}")

    def link(self) -> str:
        """The path of the newest link for the first administrator."""
        until(lambda: "/setup/" in self.said(), "the link")
        return re.findall(r"http://localhost:\d+(/setup/\S+)", self.said())[-1]

    def child(self, words: str) -> psutil.Process:
        """The first process below the supervisor whose command line has these words."""
        return next(process for process in self.tree()[1:] if words in _command(process))

    def tree(self) -> list[psutil.Process]:
        """The supervisor and everything below it."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def database(self) -> Embedded:
        return Embedded(Home(self.home), find_binaries())

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(LONG)


@contextmanager
def serving(home: Path, *arguments: str, **more: str) -> Iterator[Serving]:
    site = Serving(home, *arguments, **more)
    try:
        site.until_up()
        yield site
    finally:
        if site.process.poll() is None:
            site.stop()


class Browser:
    """A visitor with cookies, as simple as a script can be."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and body; cookies are kept, redirects are not followed."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(form or {})
        if method == "POST":
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://localhost:{self.port}{path}",
            }
        with closing(http.client.HTTPConnection("localhost", self.port, timeout=LONG)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            said = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, said

    def post(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """Post with the token of the form on the same page."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask("GET", path)[1])
        assert token
        return self.ask("POST", path, {**form, "csrfmiddlewaretoken": token[1]})


ADMINISTRATOR = {"name": "Adele Amt", "email": "adele@etappe.example", "password": "sieben blaue Bänke"}


def set_up(site: Serving) -> Browser:
    """Create the first administrator by the link, and stay signed in."""
    browser = Browser(site.port)
    status, said = browser.post(site.link(), ADMINISTRATOR)
    assert status == 302, said
    return browser
