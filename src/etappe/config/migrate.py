"""Bring a database to this version: migrations, the cache's table, the fact views, the application's grants.

Runs with the owner's login in a process of its own (`python -m etappe.config.migrate APPLICATION-LOGIN`), so that web
and jobs never know the owner's password.
"""

from __future__ import annotations

import os
import sys

from etappe.config.grants import create_facts, drop_facts, grant

LOCK = 0x657461707065
"""The advisory lock that keeps two of us apart."""


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
    connection.close()


def main(application_login: str) -> None:
    """Set Django up and migrate."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "etappe.config.settings")
    django.setup()
    migrate(application_login)


if __name__ == "__main__":
    main(sys.argv[1])
