"""`etappe doctor`: what is in force, what is wrong, and the way out of it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import smtplib
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from etappe.config import env
from etappe.config.grants import APPEND_ONLY
from etappe.config.home import Home
from etappe.config.start import Logins, set_up

OLDEST = 15
"""The oldest major version of PostgreSQL that the tests run on."""
GIGABYTE = 1_000_000_000
NEWEST = 300
"""Records of each kind whose entries are folded and compared."""
SHOWN = 5
"""Records that are named when they differ."""


class Level(StrEnum):
    """How bad a finding is."""

    FINE = "fine"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `way_out` says what to do where it is not fine."""

    level: Level
    topic: str
    said: str
    way_out: str = ""


def fine(topic: str, said: str) -> Finding:
    """All is well."""
    return Finding(Level.FINE, topic, said)


def look(topic: str, said: str, way_out: str) -> Finding:
    """Somebody should have a look at this."""
    return Finding(Level.LOOK, topic, said, way_out)


def wrong(topic: str, said: str, way_out: str) -> Finding:
    """This has to change."""
    return Finding(Level.WRONG, topic, said, way_out)


@dataclass(frozen=True)
class InForce:
    """A setting as it is in force."""

    name: str
    value: str
    source: str


def settings_in_force() -> list[InForce]:
    """Every variable with its value (secrets only as set or not) and where it comes from."""
    return [InForce(variable.name, _shown(variable), _source(variable)) for variable in env.VARIABLES]


def _shown(variable: env.Variable[Any]) -> str:
    try:
        value = variable.value()
    except env.Unusable:
        return "(cannot be used)"
    if variable.is_secret:
        return "(set)" if value else ""
    return ", ".join(value) if isinstance(value, tuple) else str("" if value is None else value)


def _source(variable: env.Variable[Any]) -> str:
    return variable.source()


def examine_settings() -> Iterator[Finding]:
    """Variables that cannot be used, and those that mean nothing."""
    for variable in env.VARIABLES:
        try:
            variable.value()
        except env.Unusable as error:
            yield wrong("settings", str(error), f"Correct or unset {variable.name}.")
    for name in env.unknown():
        yield look("settings", f"{name} is set and means nothing.", "Misspelt? See docs/reference/settings.md.")


def examine_surroundings(home: Home) -> Iterator[Finding]:
    """Versions, disk, address, mail server."""
    yield fine("versions", ", ".join(_versions()))
    yield _disk(home)
    yield from _address()
    yield _mail()
    if os.geteuid() == 0:
        yield Finding(
            Level.LOOK,
            "user",
            "Etappe runs as root.",
            "Run it as a user of its own; only the embedded PostgreSQL changes user.",
        )


def _versions() -> Iterator[str]:
    yield f"Etappe {importlib.metadata.version('etappe')}"
    yield f"Django {importlib.metadata.version('django')}"
    yield f"Python {platform.python_version()}"


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(home.path).free
    said = f"{free / GIGABYTE:.1f} GB free for {home.path}"
    if free < GIGABYTE:
        return wrong("disk", said, "Make room: below 1 GB PostgreSQL may soon refuse to write.")
    if free < 5 * GIGABYTE:
        return look("disk", said, "Make room, or move ETAPPE_HOME to a larger disk.")
    return fine("disk", said)


def _address() -> Iterator[Finding]:
    address = env.ADDRESS.value()
    host = urlsplit(address).hostname or "localhost"
    if env.DEBUG.value():
        yield wrong("address", "ETAPPE_DEBUG shows errors with their insides.", "Unset ETAPPE_DEBUG.")
    if address.startswith("https://") or host in ("localhost", "127.0.0.1", "::1"):
        yield fine("address", address or f"http://localhost:{env.PORT.value()}")
    else:
        yield Finding(
            Level.LOOK,
            "address",
            f"{address} is not encrypted.",
            "Put a proxy with TLS in front, and https into ETAPPE_ADDRESS.",
        )


def _mail() -> Finding:
    server = env.SMTP.value()
    if server is None:
        return fine("mail", "No mail server: links are shown to be copied.")
    place = f"{server['host']}:{server['port']}"
    connect = smtplib.SMTP_SSL if server["use_ssl"] else smtplib.SMTP
    try:
        with connect(server["host"], server["port"], timeout=10) as connection:
            connection.noop()
    except (OSError, smtplib.SMTPException) as error:
        return wrong("mail", f"{place} does not answer: {error}", "Check ETAPPE_SMTP_URL.")
    return fine("mail", f"{place} answers")


def examine_database(logins: Logins) -> Iterator[Finding]:
    """The server, the logins, what they may do, whether the tables are of this version, whether the journal holds."""
    yield _logins(logins)
    with psycopg.connect(logins.application, autocommit=True) as connection:
        yield from _server(connection)
        yield from _privileges(connection)
        yield _migrations(logins)
        if logins.is_current():
            yield from _triggers(connection)
            yield from _orphans(connection)
            yield from _jobs(connection)


def _logins(logins: Logins) -> Finding:
    if logins.are_one:
        level = Level.LOOK if env.ALLOW_ONE_LOGIN.value() else Level.WRONG
        return Finding(
            level,
            "logins",
            f"Owner and application are one login, {logins.application_login}: a trigger alone protects the journal.",
            "Make a second login and give it to DATABASE_URL; docs/start/server.md has the statements.",
        )
    known = (
        "owner and application are two logins"
        if logins.owner
        else "the owner's login is not known here (DATABASE_OWNER_URL)"
    )
    return fine("logins", f"Signed in as {logins.application_login}; {known}")


def _one(connection: psycopg.Connection, query: str) -> Any:
    found = connection.execute(query.encode()).fetchone()
    assert found
    return found[0] if len(found) == 1 else found


def _server(connection: psycopg.Connection) -> Iterator[Finding]:
    major = connection.info.server_version // 10000
    said = f"PostgreSQL {_one(connection, 'SHOW server_version')}, database {connection.info.dbname}"
    if major < OLDEST:
        yield wrong("database", said, f"Etappe needs PostgreSQL {OLDEST} or later.")
    else:
        yield fine("database", said)
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if _one(connection, f"SHOW {name}") == "off":
            yield Finding(
                Level.WRONG, "database", f"{name} is off: a crash may lose what was acknowledged.", f"Set {name} = on."
            )


def _privileges(connection: psycopg.Connection) -> Iterator[Finding]:
    if _one(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        yield wrong("grants", "The application's login is a superuser.", "Give DATABASE_URL a plain login.")
        return
    for table in APPEND_ONLY:
        query = f"SELECT has_table_privilege('{table}', 'UPDATE, DELETE, TRUNCATE')"
        exists = _one(connection, f"SELECT to_regclass('{table}') IS NOT NULL")
        if exists and _one(connection, query):
            yield Finding(
                Level.WRONG, "grants", f"The application may change what {table} holds.", "Run etappe migrate."
            )
            return
    yield fine("grants", "The application may only read the journal and add to it")


def _migrations(logins: Logins) -> Finding:
    if logins.is_current():
        return fine("migrations", "The database is at this version")
    return wrong("migrations", "The database is not at this version.", "Run etappe migrate.")


TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'"


def _triggers(connection: psycopg.Connection) -> Iterator[Finding]:
    for (name,) in connection.execute(TRIGGERS).fetchall():
        yield Finding(
            Level.WRONG,
            "triggers",
            f"The trigger {name} is switched off.",
            "As the owner: ALTER TABLE ... ENABLE TRIGGER.",
        )


SUBJECTS = {"account_id": "people_account", "person_id": "people_person", "deal_id": "deals_deal"}
COMPANY = {"account_id": "people_account", "person_id": "people_person", "user_id": "team_user"}


ORPHANS = sql.SQL(
    "SELECT count(*) FROM {held} e WHERE {c} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {t} WHERE id = e.{c})"
)


def _orphans(connection: psycopg.Connection) -> Iterator[Finding]:
    """Entries of the journal, and contacts, that tell of a record that is not there: no foreign key sees to them."""
    yield _astray(connection, "journal", "entries", "journal_entry", SUBJECTS)
    yield _astray(connection, "contacts", "contacts", "people_touchpoint", COMPANY)


def _astray(connection: psycopg.Connection, topic: str, called: str, held: str, subjects: Mapping[str, str]) -> Finding:
    count = _one(connection, f'SELECT count(*) FROM "{held}"')  # noqa: S608 - one of our own tables
    lost = 0
    for column, table in subjects.items():
        names = {"held": sql.Identifier(held), "c": sql.Identifier(column), "t": sql.Identifier(table)}
        found = connection.execute(ORPHANS.format(**names)).fetchone()
        lost += found[0] if found else 0
    if not lost:
        return fine(topic, f"{count} {called}, each with its record")
    return Finding(
        Level.WRONG, topic, f"{lost} of {count} {called} tell of records that are gone.", "Restore the last backup."
    )


LATE = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status = 'todo' AND coalesce(scheduled_at, '-infinity') < now() - interval '1 hour'
"""


def _jobs(connection: psycopg.Connection) -> Iterator[Finding]:
    failed = _one(connection, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
    late = _one(connection, LATE)
    if failed:
        yield look("jobs", f"{failed} jobs failed.", "The log has the reasons; they are not tried again.")
    if late:
        yield look("jobs", f"{late} jobs have been waiting for over an hour.", "Is etappe serve running?")
    if not failed and not late:
        yield fine("jobs", "None failed, none late")


def examine_folds(home: Home, logins: Logins) -> Finding:
    """Whether the newest records are what the journal says of them."""
    set_up(home, logins)
    from etappe.config.folds import differing

    found = list(differing(NEWEST))
    if not found:
        return fine("journal", f"The newest {NEWEST} accounts, people and deals are what it says")
    shown = "; ".join(found[:SHOWN])
    return wrong(
        "journal", f"{len(found)} records are not what it says: {shown}.", "Somebody wrote past it; restore a backup."
    )


MANY = 300_000
"""Deals from which on another engine pays: a figure takes the database more than a second."""
VERY_MANY = 100_000_000
"""Rows of facts from which on a cluster may pay: below, one machine with DuckDB is done before Spark has begun."""
OLDEST_JAVA = 17
AGED = timedelta(hours=1)
"""Facts are synced every ten minutes while `etappe serve` runs."""


def examine_engine(home: Home, logins: Logins) -> Iterator[Finding]:
    """What `engine_in_force` says of this installation."""
    set_up(home, logins)
    yield from engine_in_force()


def engine_in_force() -> Iterator[Finding]:
    """Which engine computes figures, whether its facts are there and fresh, and whether another one would pay."""
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'deals_deal'::regclass")
        deals = cursor.fetchall()[0][0]
    if settings.ETAPPE_ENGINE == "postgres":
        said = f"Figures are computed by the database itself, over about {deals:,} deals"
        if deals >= MANY:
            yield look("engine", f"{said}.", "Run etappe facts sync and set ETAPPE_ENGINE=duckdb: figures get faster.")
        else:
            yield fine("engine", f"{said}; another engine would not pay below {MANY:,}")
        return
    yield from _facts()
    if settings.ETAPPE_ENGINE == "spark":
        yield from _cluster()


def _facts() -> Iterator[Finding]:
    from django.conf import settings

    from etappe.insights import parquet
    from etappe.insights.sync import missing_parts
    from etappe.journal.clock import now

    place = parquet.folder()
    known = parquet.manifest(place)
    if known is None:
        instead = "no figure is computed" if settings.ETAPPE_ENGINE == "spark" else "the database computes"
        yield wrong("engine", f"There are no facts in {place}: {instead}.", "Run etappe facts sync.")
        return
    lost = list(missing_parts())
    if lost:
        yield wrong("engine", f"{len(lost)} files of facts are missing in {place}.", "Run etappe facts sync --all.")
    name = {"duckdb": "DuckDB", "spark": "Spark"}[settings.ETAPPE_ENGINE]
    rows = sum(part.rows for part in known.parts)
    said = f"{name} over facts of {known.at:%Y-%m-%d %H:%M} UTC, {rows:,} rows"
    if now() - known.at > AGED:
        yield look("engine", said, "Is etappe serve running? It syncs them every ten minutes; or: etappe facts sync.")
    else:
        yield fine("engine", f"{said}; {_would_pay(rows)}")


def _would_pay(rows: int) -> str:
    """Whether the other engine over facts would be the better one for so many rows."""
    from django.conf import settings

    if settings.ETAPPE_ENGINE == "spark":
        return "DuckDB would be faster, and ask for less" if rows < VERY_MANY else "more than one machine should hold"
    return f"Spark would not pay below {VERY_MANY:,}" if rows < VERY_MANY else "a Spark cluster may pay"


def _cluster() -> Iterator[Finding]:
    """Whether Spark can be asked: what it needs on this machine, the master, and the way back from its machines."""
    from django.conf import settings

    from etappe.core.errors import Unavailable
    from etappe.insights import spark_line
    from etappe.journal.refusals import text

    try:
        spark_line.require()
    except Unavailable as refusal:
        said = text(refusal)
        yield wrong("engine", said.what, said.way_out)
        return
    yield from _java(spark_line.java() or "java")
    hosts = settings.ETAPPE_SPARK.removeprefix("spark://")
    if _is_here(settings.ETAPPE_SPARK_HOST) and not _is_here(hosts.rsplit(":", 1)[0].strip("[]")):
        yield wrong(
            "engine",
            f"The cluster at {settings.ETAPPE_SPARK} cannot reach this machine as {settings.ETAPPE_SPARK_HOST}.",
            "Set ETAPPE_SPARK_HOST to an address of this machine that its machines reach.",
        )
    else:
        yield fine(
            "engine",
            f"The cluster at {settings.ETAPPE_SPARK} answers; each process may take up to "
            f"{settings.ETAPPE_SPARK_CORES} of its cores",
        )


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _java(program: str) -> Iterator[Finding]:
    done = subprocess.run([program, "-version"], capture_output=True, text=True, check=False, timeout=30)
    found = re.search(r'version "(\d+)', done.stderr)
    if not found or int(found[1]) < OLDEST_JAVA:
        said = (done.stderr.strip().splitlines() or ["It says nothing"])[0]
        yield wrong(
            "engine", f"Spark needs Java {OLDEST_JAVA} or later: {said}.", "Install it, and set JAVA_HOME to it."
        )


def examine(home: Home, logins: Callable[[], Logins]) -> Iterator[Finding]:
    """Everything, in the order a reader wants it. `logins` is asked only when the settings can be used."""
    found = list(examine_settings())
    yield from found
    if any(finding.level is Level.WRONG for finding in found):
        return
    yield from examine_surroundings(home)
    known = logins()
    yield from examine_database(known)
    if known.is_current():
        yield examine_folds(home, known)
        yield from examine_engine(home, known)
