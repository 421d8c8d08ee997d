"""`etappe serve`: keeps database, web and jobs running, restarts what dies, stops all of it cleanly.

The supervisor itself stays small: it opens the port (so that a restarted web loses no visitor), starts processes and
watches them. Everything that needs Django happens in a process of its own. On Linux the children end with the
supervisor, however it ends; the database alone may outlive it, and the next start attaches to it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from etappe.config import env
from etappe.config.collect import is_collected
from etappe.config.home import Home
from etappe.config.locks import FileLock
from etappe.config.start import Logins, Tell, database, environment

PAUSES = (0.5, 1, 2, 4, 8, 15, 30)
"""Seconds before the next start of a child that died, by how often it died lately."""
STEADY = 60.0
"""Seconds after which a child counts as well again."""
GRACE = 15.0
"""Seconds a child has to end by itself when all stops."""
AFTER_WEB = 2.0
"""Seconds by which jobs start later, so that the first page has the machine to itself."""
TICK = 0.25
MAIN, DEMO = "etappe", "etappe_demo"


class Unservable(Exception):
    """The site cannot be served; the message says why and what helps."""


@dataclass(frozen=True)
class Options:
    """What `etappe serve` was asked for. `fill` is the command that fills the demo's database."""

    home: Home
    host: str
    port: int
    is_demo: bool = False
    fill: Sequence[str] = ()


@dataclass
class Child:
    """A process that is kept running."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    handles: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    not_before: float = 0.0

    def start(self) -> None:
        """Start it now."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            list(self.command),
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            pass_fds=self.handles,
            start_new_session=True,  # Ctrl-C is the supervisor's to hand on
            preexec_fn=_end_with_parent,
        )

    def keep(self, tell: Tell) -> None:
        """Notice a death, and start again once the pause is over."""
        if self.process is not None and self.process.poll() is not None:
            self._note_death(tell)
        if self.process is None and time.monotonic() >= self.not_before:
            self.start()

    def _note_death(self, tell: Tell) -> None:
        assert self.process
        lived = time.monotonic() - self.started
        self.deaths = 0 if lived > STEADY else self.deaths + 1
        pause = PAUSES[min(self.deaths, len(PAUSES)) - 1] if self.deaths else PAUSES[0]
        tell(f"{self.name} ended ({_how(self.process.returncode)}); starting it again in {pause:g} s")
        self.process, self.not_before = None, time.monotonic() + pause

    def ask_to_end(self) -> None:
        """Send SIGTERM if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for the end; past `until` (monotonic seconds) it is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _end_with_parent() -> None:
    """Have the kernel end this process when the supervisor ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@dataclass
class Site:
    """A running site: the children and what they were told."""

    options: Options
    logins: Logins
    listener: socket.socket
    tell: Tell
    children: list[Child] = field(default_factory=list)
    announcer: Child | None = None
    is_ending: bool = False

    def run(self) -> None:
        """Serve until a signal says otherwise."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)
        self.options.home.listen(self.options.port)
        self._prepare()
        self._begin()
        self._announce()
        while not self.is_ending:
            self._tend()
            time.sleep(TICK)
        self.tell("Stopping")
        self.end_children()

    def _end(self, _number: int, _frame: object) -> None:
        self.is_ending = True

    def _prepare(self) -> None:
        """Bring the databases to this version, fill the demo, collect scripts and styles."""
        self.logins.bring_up_to_date(self.tell)
        if self.options.is_demo and self.logins.embedded:
            self._prepare_demo(self.logins.on(DEMO))
        if not is_collected(self.options.home):
            self._run("etappe.config.collect", self.logins)

    def _prepare_demo(self, demo: Logins) -> None:
        demo.bring_up_to_date(self.tell)
        if self.options.fill and not _is_filled(demo):
            self.tell("Filling the simulated company")
            subprocess.run(list(self.options.fill), env=self.environ(demo), check=True, stdin=subprocess.DEVNULL)

    def _begin(self) -> None:
        told = self.environ(self.logins)
        handle = self.listener.fileno()
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:etappe.config.gunicorn_settings"]
        jobs = [sys.executable, "-m", "etappe.config.worker"]
        web = [*gunicorn, "--bind", f"fd://{handle}", "etappe.config.wsgi:application"]
        self.children = [
            Child("web", web, told | {"ETAPPE_POOL": "1"}, (handle,)),
            Child("jobs", jobs, told, not_before=time.monotonic() + AFTER_WEB),
        ]
        self.children[0].start()

    def environ(self, logins: Logins) -> dict[str, str]:
        """The environment of the application's processes: they never learn the owner's password."""
        hidden = {name for variable in (env.DATABASE, env.DATABASE_OWNER) for name in variable.names}
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        place = {"ETAPPE_PORT": str(self.options.port), "ETAPPE_HOST": self.options.host}
        return {**kept, **place, **environment(self.options.home, logins)}

    def _run(self, module: str, logins: Logins, *arguments: str, demo: str = "") -> None:
        command = [sys.executable, "-m", module, *arguments]
        told = self.environ(logins) | {
            "DEMO_DATABASE_URL": demo
        }  # not as an argument, which all users of a machine can read
        done = subprocess.run(command, env=told, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise Unservable(f"{module} failed with exit code {done.returncode}; the reason stands above.")

    def _announce(self) -> None:
        """Print address and set-up link as soon as the web answers; a process of its own does it."""
        command = [sys.executable, "-m", "etappe.config.announce"]
        self.announcer = Child("announcer", command, self.environ(self.logins))
        self.announcer.start()

    def _tend(self) -> None:
        if self.logins.embedded and self.logins.embedded.restart_if_dead():
            self.tell("The database had died; it runs again")
        for child in self.children:
            child.keep(self.tell)
        if self.announcer and self.announcer.process:
            self.announcer.process.poll()
        request = self.options.home.requests / "start-empty.json"
        if request.exists():
            self._start_empty(request)

    def _start_empty(self, request: Path) -> None:
        """Carry the administrator over to the main database, make it the active one, and begin again on it."""
        embedded = self.logins.embedded
        if embedded is None or self.options.home.database() == MAIN:
            request.unlink()
            return
        main, demo = self.logins.on(MAIN), self.logins
        main.bring_up_to_date(self.tell)
        try:
            self._run("etappe.config.start_empty", main, str(request), demo=demo.application)
        except Unservable as error:
            self.tell(f"Starting empty did not work: {error}")
            request.replace(request.with_suffix(".failed"))
            return
        self.end_children()
        self.options.home.use(MAIN)
        self.logins = main
        request.unlink()
        self._begin()

    def end_children(self) -> None:
        """End all children, politely first."""
        ending = [*self.children, *([self.announcer] if self.announcer else [])]
        for child in ending:
            child.ask_to_end()
        until = time.monotonic() + GRACE
        for child in ending:
            child.wait(until)


def _is_filled(demo: Logins) -> bool:
    """Whether the simulated company is there already: one question is cheaper than starting Django to ask it."""
    with psycopg.connect(demo.application) as connection:
        return connection.execute("SELECT 1 FROM team_workspace WHERE is_demo").fetchone() is not None


def serve(options: Options, tell: Callable[[str], None]) -> None:
    """Serve until stopped; raise Unservable when that is not possible."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    home = options.home.made()
    lock = FileLock(home.path / "serve.lock")
    if not lock.try_own():
        raise Unservable(f"Etappe is already being served from {home.path}. Stop it first, or choose another --home.")
    listener = listen(options.host, options.port)
    if options.is_demo and env.DATABASE.given():
        raise Unservable("The simulated company needs the embedded database: leave out --demo, or unset DATABASE_URL.")
    if options.is_demo and not home.active.exists():
        home.use(DEMO)
    with database(home, tell) as logins:
        _require_two_logins(logins)
        site = Site(options, logins, listener, tell)
        try:
            site.run()
        finally:
            site.end_children()
            listener.close()
            lock.close()


def _require_two_logins(logins: Logins) -> None:
    if logins.are_one and not env.ALLOW_ONE_LOGIN.value():
        raise Unservable(
            "DATABASE_URL and DATABASE_OWNER_URL are the same login, so a trigger alone protects the journal. "
            "Make a second login (docs/start/server.md), or set ETAPPE_ALLOW_ONE_LOGIN=1 to run all the same."
        )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raise Unservable with the way out if the port is taken or not ours to take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise Unservable(
            f"Cannot listen on {host} port {port}: {error.strerror}. "
            f"Choose another one with --port, for example --port {port % 65535 + 1}."
        ) from None
    return listener
