"""The tests' database server, the template every test database is cloned from, and the clones.

The server is the embedded one, kept below `.cache`, or that of `ETAPPE_TEST_DATABASE_URL` (a login that may create
databases and roles); `ETAPPE_TEST_POSTGRESQL` names another directory of PostgreSQL programs. Test runs may share it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from psycopg import sql

from etappe.config.embedded import APPLICATION, OWNER, SUPERUSER, Embedded, find_binaries
from etappe.config.home import Home
from etappe.config.locks import alone
from etappe.config.migrate import fingerprint

REPOSITORY = Path(__file__).parent.parent
CACHE = REPOSITORY / ".cache" / "tests"
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_compression": "off",
    "max_connections": "200",
    "autovacuum": "off",  # amid a long test it would note that the tables are as good as empty, and plans go wrong
}
KEEP = 6
"""Templates that are kept: other runs, started before a migration was added, may still clone the older ones."""


class Server:
    """A server with the two logins and somewhere to keep its secrets."""

    def __init__(self, home: Home) -> None:
        self.home = home.made()

    def url(self, login: str, database: str) -> str:
        raise NotImplementedError

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    @contextmanager
    def owner(self, database: str = "etappe") -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url(OWNER, database), autocommit=True) as connection:
            yield connection

    def template(self) -> str:
        """The name of a database that is migrated and granted, made if these migrations were not seen before."""
        name = f"template_{fingerprint()}"
        with alone(self.home.path / "template.lock"), self.owner() as connection:
            if not _exists(connection, name):
                self._make_template(connection, name)
        return name

    def _make_template(self, connection: psycopg.Connection, name: str) -> None:
        _drop(connection, "draft")
        connection.execute("CREATE DATABASE draft")
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("ETAPPE_", "DATABASE_", "DJANGO_"))}
        environ |= {
            "DATABASE_URL": self.url(OWNER, "draft"),
            "ETAPPE_SECRET_KEY": "x" * 50,
            "ETAPPE_HOME": str(self.home.path),
        }
        done = subprocess.run(
            [sys.executable, "-m", "etappe.config.migrate", APPLICATION],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the test database cannot be migrated:\n{done.stderr}")
        connection.execute(sql.SQL("ALTER DATABASE draft RENAME TO {}").format(sql.Identifier(name)))
        self._forget_old(connection)

    def _forget_old(self, connection: psycopg.Connection) -> None:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%' ORDER BY oid DESC"
        )
        for (name,) in found.fetchall()[KEEP:]:
            _drop(connection, name)
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'").fetchall():
            if not psutil.pid_exists(int(name.split("_")[1])):
                self.drop(name)

    def clone(self, name: str, like: str | None = None) -> None:
        """Make a database like this one, to which nobody is connected; otherwise like the template."""
        template = like or self.template()
        with self.owner() as connection:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")  # without a word to the log
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def drop(self, name: str) -> None:
        """Drop it, whoever is still connected: only an administrator may end the sessions of both logins."""
        with psycopg.connect(self.administrator_url(), autocommit=True) as connection:
            _drop(connection, name)

    def administrator_url(self) -> str:
        raise NotImplementedError


class EmbeddedServer(Server):
    """Our own launcher with the safety of writes taken off, for test databases are thrown away."""

    def __init__(self, home: Home, binaries: Path | None) -> None:
        super().__init__(home)
        self.embedded = Embedded(self.home, find_binaries(binaries), FAST)

    def url(self, login: str, database: str) -> str:
        return self.embedded.url(login, database)

    def administrator_url(self) -> str:
        return self.url(SUPERUSER, "postgres")

    def start(self) -> None:
        self.embedded.acquire()

    def stop(self) -> None:
        self.embedded.release()


class OwnServer(Server):
    """A server that somebody else runs."""

    def __init__(self, home: Home, administrator: str) -> None:
        super().__init__(home)
        self.administrator = administrator

    def url(self, login: str, database: str) -> str:
        parts = urlsplit(self.administrator)
        place = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{login}:{self.home.secret(login)}@{place}", path=f"/{database}"))

    def administrator_url(self) -> str:
        return self.administrator

    def start(self) -> None:
        with alone(self.home.path / "start.lock"), psycopg.connect(self.administrator, autocommit=True) as connection:
            for login, can in ((OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB")):
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login]).fetchone()
                statement = sql.SQL("{} ROLE {} LOGIN " + can + " PASSWORD {}")
                verb = sql.SQL("ALTER" if known else "CREATE")
                secret = sql.Literal(self.home.secret(login))
                connection.execute(statement.format(verb, sql.Identifier(login), secret))
            if not _exists(connection, "etappe"):
                connection.execute(f"GRANT {OWNER} TO CURRENT_USER")
                connection.execute(f"CREATE DATABASE etappe OWNER {OWNER}")


def server() -> Server:
    """The server this run uses."""
    given = os.environ.get("ETAPPE_TEST_DATABASE_URL")
    if given:
        return OwnServer(Home(CACHE / "own-server"), given)
    programs = os.environ.get("ETAPPE_TEST_POSTGRESQL")
    binaries = find_binaries(Path(programs) if programs else None)
    return EmbeddedServer(Home(CACHE / f"postgresql-{binaries.major}"), binaries.path)


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop(connection: psycopg.Connection, name: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for pause in (0.2, 0.5, 1.0, 2.0, 4.0):
        # The server's own cleaning may be in there, which the owner may not end; it is soon done.
        with suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            connection.execute(statement)
            return
        time.sleep(pause)
    connection.execute(statement)
