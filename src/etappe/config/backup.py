"""Backup and restore: one file that holds everything, checked when it is written and when it is read.

The file is a tar of a PostgreSQL dump and a manifest with the dump's digest and every table's rows, counted in the
dump's own snapshot. A restore goes into a database of its own and becomes the one in use only when all rows are there;
nothing is deleted.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

import etappe
from etappe.config import env
from etappe.config.embedded import find_binaries
from etappe.config.home import Home
from etappe.config.locks import FileLock
from etappe.config.migrate import migrate_apart
from etappe.config.start import Logins

FORMAT = 1
DUMP, MANIFEST = "database.dump", "manifest.json"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


class Unrestorable(Exception):
    """The file cannot be restored, or not here; the message says why and what helps."""


@dataclass(frozen=True)
class Summary:
    """What a backup holds."""

    tables: int
    rows: int
    size: int


def backup(logins: Logins, target: Path, at: datetime) -> Summary:
    """Write everything to `target`, which must not exist; a half-written file never has that name."""
    if target.exists():
        raise Unrestorable(f"{target} exists already; a backup overwrites nothing.")
    owner = _owner(logins)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".etappe-backup-") as folder:
        dump = Path(folder) / DUMP
        rows = _dump(owner, dump)
        manifest = {
            "format": FORMAT,
            "etappe": etappe.__version__,
            "taken_at": at.isoformat(),
            "sha256": _digest(dump),
            "rows": rows,
        }
        (Path(folder) / MANIFEST).write_text(json.dumps(manifest, indent=2))
        draft = Path(folder) / "backup.tar"
        with tarfile.open(draft, "w") as archive:
            for name in (MANIFEST, DUMP):
                archive.add(Path(folder) / name, name)
        draft.chmod(0o600)
        os.link(draft, target)
    return Summary(len(rows), sum(rows.values()), target.stat().st_size)


def _owner(logins: Logins) -> str:
    if logins.owner is None:
        raise Unrestorable("This needs the owner's login: set DATABASE_OWNER_URL (or DATABASE_OWNER_URL_FILE).")
    return logins.owner


def _dump(owner: str, target: Path) -> dict[str, int]:
    """Dump; return every table's rows as they were in the dump's snapshot."""
    with psycopg.connect(owner) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot
        rows = _counts(connection)
        _run(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot[0]}",
            f"--file={target}",
            at=owner,
        )
    _run("pg_restore", "--list", str(target), at=owner)
    return rows


def _counts(connection: psycopg.Connection) -> dict[str, int]:
    names = [name for (name,) in connection.execute(TABLES).fetchall()]
    return {name: _count(connection, name) for name in names}


def _count(connection: psycopg.Connection, table: str) -> int:
    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert found
    return int(found[0])


def _run(program: str, *arguments: str, at: str) -> None:
    """Run one of PostgreSQL's programs; the address goes into its environment, where other users cannot read it."""
    path = find_binaries(env.POSTGRESQL.value()).path / program
    told = {**os.environ, **_place(env.parse_database(at))}
    done = subprocess.run([str(path), *arguments], env=told, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unrestorable(f"{program} failed: {done.stderr.strip()}")


def _place(described: Mapping[str, Any]) -> dict[str, str]:
    names = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
    found = {variable: str(described[key]) for key, variable in names.items() if described[key]}
    ssl = described["OPTIONS"].get("sslmode")
    return {**found, **({"PGSSLMODE": ssl} if ssl else {})}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(home: Home, logins: Logins, source: Path, at: datetime) -> Summary:
    """Bring back what `source` holds, in a database of its own that becomes the one in use when all rows are there."""
    with tempfile.TemporaryDirectory(prefix="etappe-restore-") as folder:
        manifest = _unpack(source, Path(folder))
        lock = FileLock(home.made().path / "serve.lock")
        if not lock.try_own():
            raise Unrestorable("Etappe is being served from this home; stop it first.")
        try:
            target = _target(logins, at)
            _load(target, Path(folder) / DUMP, manifest["rows"])
            if target.embedded:
                home.use(str(env.parse_database(target.application)["NAME"]))
        finally:
            lock.close()
    rows: dict[str, int] = manifest["rows"]
    return Summary(len(rows), sum(rows.values()), source.stat().st_size)


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Take manifest and dump out of the file; refuse one that is no backup, cut off, changed, or of a later Etappe."""
    try:
        with tarfile.open(source) as archive:
            for name in (MANIFEST, DUMP):
                _take(archive, name, folder / name)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        if manifest["format"] != FORMAT:
            raise Unrestorable(f"{source} was written by Etappe {manifest['etappe']}; restore it with that one.")
        is_whole = manifest["sha256"] == _digest(folder / DUMP)
    except (tarfile.TarError, OSError, KeyError, ValueError, EOFError) as error:
        raise Unrestorable(f"{source} is no backup, or only a part of one ({error}).") from None
    if not is_whole:
        raise Unrestorable(f"{source} is damaged: its digest is not that of what was written.")
    return manifest


def _take(archive: tarfile.TarFile, name: str, target: Path) -> None:
    """Write the bytes of that file, whatever else the archive says of it: where it lies, and whose it is."""
    if (found := archive.extractfile(name)) is None:
        raise ValueError(name)
    with found, target.open("wb") as file:
        shutil.copyfileobj(found, file)


def _target(logins: Logins, at: datetime) -> Logins:
    """Where the rows go: a new database of the embedded server, or the empty one on a server of one's own."""
    if logins.embedded:
        return logins.on(f"etappe_{at:%Y%m%d_%H%M%S}")
    with psycopg.connect(_owner(logins)) as connection:
        if connection.execute(TABLES).fetchone():
            raise Unrestorable("The database is not empty. Make an empty one and let both addresses name it.")
    return logins


def _load(target: Logins, dump: Path, rows: Mapping[str, int]) -> None:
    owner = _owner(target)
    database = env.parse_database(owner)["NAME"]
    quiet = ("--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", "--single-transaction")
    _run("pg_restore", *quiet, f"--dbname={database}", str(dump), at=owner)
    with psycopg.connect(owner) as connection:
        found = _counts(connection)
    if found != rows:
        differing = sorted(table for table in {*found, *rows} if found.get(table) != rows.get(table))
        raise Unrestorable(f"Not every row came back (in {', '.join(differing)}); the database in use was not changed.")
    migrate_apart(owner, target.application_login)
