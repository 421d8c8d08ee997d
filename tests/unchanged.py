"""A refused write leaves the database as it was: shown by a digest over every row of every table of the rooms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection

from etappe.core.errors import Refusal


def digest() -> str:
    """What all rows of the rooms' tables come to; rows count, whatever order they lie in."""
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("etappe.") and model._meta.managed
    )
    parts = [
        f"SELECT '{table}' AS name, md5(coalesce(string_agg(row_text, '|' ORDER BY row_text), '')) AS rows "
        f'FROM (SELECT "{table}"::text AS row_text FROM "{table}") AS all_rows'
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return hashlib.sha256(repr(sorted(cursor.fetchall())).encode()).hexdigest()


def written() -> int:
    """How many rows this transaction wrote so far, also those it took back: as long as it stays, the digest does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)"
            " + pg_stat_get_xact_tuples_deleted(oid)) FROM pg_class WHERE relkind = 'r'"
        )
        return int(cursor.fetchone()[0])


@contextmanager
def refused(code: str, kind: type[Refusal] = Refusal) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """The block is refused with this code, and not a row of the database is another than before."""
    before = digest()
    with pytest.raises(kind) as no:
        yield no
    assert no.value.code == code, no.value
    assert type(no.value) is kind
    assert digest() == before, f"{code} was refused, yet something was written"


@contextmanager
def unchanged() -> Iterator[None]:
    """The block writes nothing."""
    before = digest()
    yield
    assert digest() == before
