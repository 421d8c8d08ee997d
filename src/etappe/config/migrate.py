"""Bring a database to this version: migrations, the cache's table, the fact views, the application's grants.

Runs with the owner's login in a process of its own (`python -m etappe.config.migrate APPLICATION-LOGIN`), so that web
and jobs never know the owner's password. What was done is noted in the database itself, so that a later start sees
with one question whether there is anything to do.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from etappe.config.grants import create_facts, drop_facts, fact_files, grant

LOCK = 0x657461707065
"""The advisory lock that keeps two of us apart."""
SOURCE = Path(__file__).parent.parent


class NotMigrated(Exception):
    """The database could not be brought to this version; the message carries what Django said."""


def fingerprint() -> str:
    """A digest of all that makes up an empty database: migrations, facts, grants, the versions of apps with tables."""
    digest = hashlib.sha256()
    own = [SOURCE / "config" / name for name in ("grants.py", "migrate.py", "settings.py")]
    for path in sorted([*SOURCE.glob("*/migrations/*.py"), *fact_files(), *own]):
        digest.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes())
    for package in ("django", "procrastinate", "django-allauth"):
        digest.update(importlib.metadata.version(package).encode())
    return digest.hexdigest()[:16]


def noted(url: str) -> str | None:
    """The fingerprint of the last migration, as the database itself remembers it."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT obj_description('public'::regnamespace, 'pg_namespace')").fetchone()
    return str(found[0]).removeprefix("etappe ") if found and str(found[0]).startswith("etappe ") else None


def migrate_apart(owner_url: str, application_login: str) -> None:
    """Migrate in a process of its own; raise NotMigrated with what it said."""
    environ = {**os.environ, "DATABASE_URL": owner_url, "ETAPPE_POOL": "no"}
    environ.pop("DATABASE_URL_FILE", None)
    command = [sys.executable, "-m", "etappe.config.migrate", application_login]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMigrated(done.stderr.strip())


def migrate(application_login: str) -> None:
    """Migrate the default database, on which the owner is signed in."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        drop_facts(connection)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        create_facts(connection)
        grant(connection, application_login)
        cursor.execute(f"COMMENT ON SCHEMA public IS 'etappe {fingerprint()}'")
    connection.close()


def main(application_login: str) -> None:
    """Set Django up and migrate."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "etappe.config.settings")
    django.setup()
    migrate(application_login)


if __name__ == "__main__":
    main(sys.argv[1])
