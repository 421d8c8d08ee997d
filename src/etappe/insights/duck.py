"""The engine `duckdb`: the same expressions over the Parquet facts, in this process, beside the database.

DuckDB is imported where figures are asked for, and only where this engine is chosen. A connection is kept per state of
the facts; it may read their folder and nothing else, and its settings are locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from etappe.insights import parquet
from etappe.insights.metric import Row
from etappe.insights.standing import GIVEN
from etappe.insights.statements import filled, statement, values_of
from etappe.insights.tables import FACTS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def run(name: str, values: Mapping[str, Any], place: Path) -> tuple[list[Row], str, datetime] | None:
    """The rows of a shipped statement, the SQL as it was run, and when the facts were read; None without facts."""
    known = parquet.manifest(place)
    if known is None:
        return None
    text = prepared(name)
    given = {key: values.get(key) for key in values_of("duckdb", name)}
    with _open(place, known).cursor() as cursor:
        found = cursor.execute(text, given)
        columns = [column[0] for column in found.description or ()]
        rows: list[Row] = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    return rows, shown(name, given), known.at


@cache
def prepared(name: str) -> str:
    """The statement with a typed parameter in each marked place."""
    return filled(statement("duckdb", name), lambda key: f"CAST(${key} AS {_TYPES[GIVEN[key]]})")


def shown(name: str, given: Mapping[str, Any]) -> str:
    """The statement as a person may run it: values in their places. It is never run."""
    return filled(statement("duckdb", name), lambda key: _literal(given[key]))


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


_TYPES = {
    "string": "VARCHAR",
    "date": "DATE",
    "timestamp('UTC')": "TIMESTAMPTZ",
    "int64": "BIGINT",
    "boolean": "BOOLEAN",
    "array<int64>": "BIGINT[]",
    "array<string>": "VARCHAR[]",
}


@lru_cache(maxsize=2)
def _open(place: Path, known: parquet.Manifest) -> DuckDBPyConnection:
    import duckdb

    base = duckdb.connect(config={**parquet.QUIET, "memory_limit": settings.ETAPPE_ENGINE_MEMORY})
    base.execute("SET TimeZone = 'UTC'")
    base.execute(f"SET temp_directory = {_literal(str(place / 'spill'))}")
    for fact in FACTS:
        base.execute(f"CREATE VIEW {fact} AS {_files(place, known, fact)}")
    base.execute(f"SET allowed_directories = [{_literal(str(place) + '/')}]")
    base.execute("SET enable_external_access = false")
    base.execute("SET lock_configuration = true")
    return base


def _files(place: Path, known: parquet.Manifest, fact: str) -> str:
    """What selects the fact: its files, or no rows of its types where it has none."""
    paths = [str(place / part.path) for part in known.parts if part.fact == fact]
    if paths:
        return f"SELECT * FROM read_parquet({_literal(paths)}, hive_partitioning = false)"
    kinds = ((name, parquet.duckdb_type(kind)) for name, (kind, _meaning) in FACTS[fact].columns.items())
    return f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {name}' for name, kind in kinds)} WHERE false"
