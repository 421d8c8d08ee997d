"""Runs figures: the one module that chooses the engine and speaks to the database.

The engine `postgres` runs on Django's own connection, so that a figure sees what the transaction sees; `duckdb` runs
over the Parquet facts. Both run statements that are shipped (see `compiling`); neither imports Ibis.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection

from etappe.insights import duck, parquet
from etappe.insights.compiling import FOLDERS
from etappe.insights.metric import Row
from etappe.insights.narrowing import Among
from etappe.insights.standing import CLOSING, GIVEN, OPENING

_GIVEN = re.compile(f"'{OPENING}(\\w+){CLOSING}'")


@dataclass(frozen=True)
class Answer:
    """Rows, the SQL that gave them, the engine that ran it, and when its facts were read (None: just now)."""

    rows: list[Row]
    sql: str
    engine: str
    facts_at: datetime | None = None


def run(name: str, values: Mapping[str, Any], only: Among | None = None) -> Answer:
    """What a shipped statement gives with these values; `only` over some of the deals.

    The engine chosen answers. The database does where it has no facts yet, and where a filter asks what only the
    database knows.
    """
    if settings.ETAPPE_ENGINE == "duckdb" and only is None:
        found = duck.run(name, values, parquet.folder())
        if found is not None:
            rows, sql, facts_at = found
            return Answer(rows, sql, "duckdb", facts_at)
    return _from_database(name, values, only)


def _from_database(name: str, values: Mapping[str, Any], only: Among | None) -> Answer:
    text, given = prepared(name), {key: values.get(key) for key in GIVEN}
    if only:
        text, given = only.narrow(text), given | dict(only.values)
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        columns = [column.name for column in cursor.description or ()]
        rows: list[Row] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        return Answer(rows, str(cursor.cursor.mogrify(text, given)), "postgres")


@cache
def prepared(name: str) -> str:
    """The statement with a typed parameter in each marked place."""
    text = (FOLDERS["postgres"] / f"{name}.sql").read_text(encoding="utf-8").replace("%", "%%")
    return _GIVEN.sub(lambda found: f"%({found[1]})s::{_TYPES[GIVEN[found[1]]]}", text)


_TYPES = {
    "string": "text",
    "date": "date",
    "timestamp('UTC')": "timestamptz",
    "int64": "bigint",
    "boolean": "boolean",
    "array<int64>": "bigint[]",
    "array<string>": "text[]",
}
