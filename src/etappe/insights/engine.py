"""Runs figures: the one module that turns expressions into SQL and speaks to the database.

The engine `postgres` compiles with Ibis and runs on Django's own connection, so that a figure sees what the transaction
sees. Compiled statements are shipped in `statements/`, so that no web worker has to import Ibis (a second of CPU and
80 MB) to show a page; a test compiles them anew and compares. `python -m etappe.insights.engine` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from django.db import connection

from etappe.insights.catalogue import CATALOGUE, records
from etappe.insights.metric import Row
from etappe.insights.narrowing import Among
from etappe.insights.standing import CLOSING, GIVEN, OPENING, deals

SHIPPED = Path(__file__).parent / "statements"
RECORDS = "records"
_GIVEN = re.compile(f"'{OPENING}(\\w+){CLOSING}'")


def name_of(key: str, *, past: bool, scoped: bool) -> str:
    """What a statement is called: the metric (or `records`) and its shape."""
    return f"{key}.{'past' if past else 'now'}.{'scoped' if scoped else 'all'}"


def compile_all() -> dict[str, str]:
    """Every statement there can be, by name; imports Ibis."""
    shapes = product([*CATALOGUE, RECORDS], (False, True), (False, True))
    return {
        name_of(key, past=past, scoped=scoped): compile_one(key, past=past, scoped=scoped)
        for key, past, scoped in shapes
    }


def compile_one(key: str, *, past: bool, scoped: bool) -> str:
    """The statement in PostgreSQL's SQL, with a marked place for each given value; imports Ibis."""
    import ibis

    build = records.build if key == RECORDS else CATALOGUE[key].build
    return str(ibis.to_sql(build(deals(past=past, scoped=scoped)), dialect="postgres"))


def run(name: str, values: Mapping[str, Any], only: Among | None = None) -> tuple[list[Row], str]:
    """The rows of a shipped statement with these values, and the SQL as it was run; `only` over some of the deals."""
    text, given = prepared(name), {key: values.get(key) for key in GIVEN}
    if only:
        text, given = only.narrow(text), given | dict(only.values)
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        columns = [column.name for column in cursor.description or ()]
        rows: list[Row] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        return rows, str(cursor.cursor.mogrify(text, given))


@cache
def prepared(name: str) -> str:
    """The statement with a typed parameter in each marked place."""
    text = (SHIPPED / f"{name}.sql").read_text(encoding="utf-8").replace("%", "%%")
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

if __name__ == "__main__":
    for name, text in compile_all().items():
        (SHIPPED / f"{name}.sql").write_text(text + "\n", encoding="utf-8")
