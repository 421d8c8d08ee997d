"""What the database knows of its tables after many rows came at once."""

from __future__ import annotations

import pytest
from django.db import connection

from etappe.journal.load import copy_rows, renew_statistics


def counted(table: str) -> bool:
    """Whether the database has counted the rows that came."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        row = cursor.fetchone()
    return bool(row and row[0] >= 3000)


@pytest.mark.usefixtures("fresh_database")
def test_after_a_load_the_database_knows_how_many_rows_there_are() -> None:
    assert not counted("people_tag")
    copy_rows("people_tag", ("key", "name"), ((f"tag {number}", f"Tag {number}") for number in range(3000)))
    renew_statistics()
    assert counted("people_tag")


@pytest.mark.django_db
def test_within_a_transaction_nothing_is_locked() -> None:
    renew_statistics()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE mode = 'ShareUpdateExclusiveLock' AND pid = pg_backend_pid()"
        )
        assert cursor.fetchone() == (0,)
