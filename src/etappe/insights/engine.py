"""Runs figures: the one module that chooses the engine and speaks to the database.

The engine `postgres` runs on Django's own connection, so that a figure sees what the transaction sees; `duckdb` runs
over the Parquet facts in this process, `spark` over the same on a cluster. All run statements that are shipped (see
`statements`); none imports Ibis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from etappe.insights import duck, parquet, spark
from etappe.insights.metric import Row
from etappe.insights.narrowing import Among
from etappe.insights.standing import GIVEN
from etappe.insights.statements import MATCHING, filled, statement


@dataclass(frozen=True)
class Answer:
    """Rows, the SQL that gave them, the engine that ran it, and when its facts were read (None: just now)."""

    rows: list[Row]
    sql: str
    engine: str
    facts_at: datetime | None = None


def run(name: str, values: Mapping[str, Any], only: Among | None = None) -> Answer:
    """What a shipped statement gives with these values; `only` over some of the deals.

    The engine chosen answers. The database does where DuckDB has no facts yet, and where a filter asks what only the
    database knows. Raises `Unavailable` where Spark cannot answer: whoever chose it has more than a database should be
    asked for unawares.
    """
    chosen = _FROM_FACTS.get(settings.ETAPPE_ENGINE)
    found = chosen(name, values, parquet.folder()) if chosen and only is None else None
    if found is None:
        return _from_database(name, values, only)
    rows, sql, facts_at = found
    return Answer(rows, sql, settings.ETAPPE_ENGINE, facts_at)


_Found = tuple[list[Row], str, datetime]
_FROM_FACTS: Mapping[str, Callable[[str, Mapping[str, Any], Path], _Found | None]] = {
    "duckdb": duck.run,
    "spark": spark.run,
}


def _from_database(name: str, values: Mapping[str, Any], only: Among | None) -> Answer:
    text, given = prepared(name), {key: values.get(key) for key in GIVEN}
    if only:
        text, given = only.narrow(text), given | dict(only.values)
    with _planned(name), connection.cursor() as cursor:
        cursor.execute(text, given)
        columns = [column.name for column in cursor.description or ()]
        rows: list[Row] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        return Answer(rows, str(cursor.cursor.mogrify(text, given)), "postgres")


@contextmanager
def _planned(name: str) -> Iterator[None]:
    """Keep the database from comparing each lead with each where many are matched with many.

    It takes both sides for a few hundred, for it knows nothing of what a statement finds on its way. At 23,000 leads
    the wrong way took 56 seconds instead of 6.
    """
    if name.partition(".")[0] not in MATCHING:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


@cache
def prepared(name: str) -> str:
    """The statement with a typed parameter in each marked place."""
    text = statement("postgres", name).replace("%", "%%")
    return filled(text, lambda key: f"%({key})s::{_TYPES[GIVEN[key]]}")


_TYPES = {
    "string": "text",
    "date": "date",
    "timestamp('UTC')": "timestamptz",
    "int64": "bigint",
    "boolean": "boolean",
    "array<int64>": "bigint[]",
    "array<string>": "text[]",
}
