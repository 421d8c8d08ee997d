"""The engine `spark`: the same expressions over the same Parquet facts, on a Spark cluster.

The cluster is spoken to by a driver in a process of its own (see `spark_driver`), started when a figure is first asked
for and ended by itself when none was for a while: no web worker holds a JVM. Whatever goes wrong is a refusal that
names the way out; a driver that does not answer in time, or has lost its cluster, is ended, and the next question
starts another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from etappe.core.errors import Unavailable
from etappe.insights import parquet, spark_line
from etappe.insights.metric import Row
from etappe.insights.spark_driver import Fact, Reply
from etappe.insights.standing import GIVEN
from etappe.insights.statements import filled, statement, values_of
from etappe.insights.tables import FACTS

_ESCAPED = str.maketrans({"\\": "\\\\", "'": "\\'", "$": "\\u0024"})  # Spark would put its settings for ${...}
_UNREAD = ("PATH_NOT_FOUND", "FAILED_READ_FILE", "CANNOT_READ_FILE", "FILE_NOT_EXIST", "UNABLE_TO_INFER_SCHEMA")
"""What Spark calls files that it cannot read."""


def run(name: str, values: Mapping[str, Any], place: Path) -> tuple[list[Row], str, datetime]:
    """The rows of a shipped statement, the SQL as it was run, and when the facts were read.

    Raises `Unavailable` where there are no facts, no PySpark, no Java, no cluster, or no answer in time.
    """
    given = {key: values.get(key) for key in values_of("spark", name)}
    known, reply = _asked(name, given, place)
    if reply.failed and parquet.manifest(place) != known:  # a sync swept away what was still being read
        known, reply = _asked(name, given, place)
    if reply.failed:
        raise _refusal(reply, place)
    rows: list[Row] = [dict(zip(reply.columns, row, strict=True)) for row in reply.rows]
    return rows, shown(name, given), known.at


def _asked(name: str, given: Mapping[str, Any], place: Path) -> tuple[parquet.Manifest, Reply]:
    """The reply over the state of the facts that is in force."""
    known = parquet.manifest(place)
    if known is None:
        raise Unavailable("facts_missing", place=str(place))
    state, facts = _facts(place, known)
    return known, spark_line.ask(state=state, facts=facts, sql=prepared(name), values=given)


def _refusal(reply: Reply, place: Path) -> Unavailable:
    if any(word in reply.condition or word in reply.failed for word in _UNREAD):
        return Unavailable("spark_cannot_read", place=str(place))
    return Unavailable("spark_failed", why=reply.failed.strip().splitlines()[0][:300])


@cache
def prepared(name: str) -> str:
    """The statement with a typed parameter in each marked place."""
    return filled(statement("spark", name), lambda key: f"CAST(:{key} AS {_TYPES[GIVEN[key]]})")


def shown(name: str, given: Mapping[str, Any]) -> str:
    """The statement as a person may run it: values in their places. It is never run."""
    return filled(statement("spark", name), lambda key: _literal(given[key]))


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return f"array({', '.join(map(_literal, value))})"
    return str(value) if isinstance(value, int) else f"'{str(value).translate(_ESCAPED)}'"


_TYPES = {
    "string": "STRING",
    "date": "DATE",
    "timestamp('UTC')": "TIMESTAMP",
    "int64": "BIGINT",
    "int32": "INT",
    "boolean": "BOOLEAN",
    "array<int64>": "ARRAY<BIGINT>",
    "array<string>": "ARRAY<STRING>",
    "decimal(19, 4)": "DECIMAL(19, 4)",
}


def _facts(place: Path, known: parquet.Manifest) -> tuple[str, Mapping[str, Fact]]:
    """A name for this state of the facts, and the files of each."""
    found = {
        name: Fact(
            ", ".join(f"`{column}` {_TYPES[kind]}" for column, (kind, _meaning) in fact.columns.items()),
            tuple(sorted(str(place / part.path) for part in known.parts if part.fact == name)),
        )
        for name, fact in FACTS.items()
    }
    return hashlib.sha256(repr(found).encode()).hexdigest(), found
