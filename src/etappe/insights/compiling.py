"""Compiles every figure for every engine, with Ibis: `python -m etappe.insights.compiling` writes the statements.

They are shipped, so that no web worker has to import Ibis (a second of CPU and 80 MB) to show a page; a test compiles
them anew and compares. Nothing here needs Django's settings or a database.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from etappe.insights.catalogue import CATALOGUE, records
from etappe.insights.standing import deals

if TYPE_CHECKING:
    from ibis.config import Config

HERE = Path(__file__).parent
FOLDERS = {
    "postgres": HERE / "statements",
    "duckdb": HERE / "statements_duckdb",
    "spark": HERE / "statements_spark",
}
"""Where the statements of each engine are, in its own SQL."""
RECORDS = "records"


def name_of(key: str, *, past: bool, scoped: bool) -> str:
    """What a statement is called: the metric (or `records`) and its shape."""
    return f"{key}.{'past' if past else 'now'}.{'scoped' if scoped else 'all'}"


def compile_all(dialect: str) -> dict[str, str]:
    """Every statement there can be in the SQL of an engine, by name."""
    shapes = product([*CATALOGUE, RECORDS], (False, True), (False, True))
    return {
        name_of(key, past=past, scoped=scoped): _compiled(key, past=past, scoped=scoped, dialect=dialect)
        for key, past, scoped in shapes
    }


def _compiled(key: str, *, past: bool, scoped: bool, dialect: str) -> str:
    import ibis

    build = records.build if key == RECORDS else CATALOGUE[key].build
    if dialect == "spark":
        ibis.options.pyspark = _without_pyspark()
    expression = build(deals(past=past, scoped=scoped))
    return str(ibis.to_sql(expression, dialect="pyspark" if dialect == "spark" else dialect))


def _without_pyspark() -> Config:
    """The options that Ibis' compiler for Spark reads, and that only its backend would set."""
    from ibis.config import Config

    class Options(Config):  # type: ignore[misc] # Ibis has no types
        treat_nan_as_null: bool = False

    return Options()


if __name__ == "__main__":
    for dialect, folder in FOLDERS.items():
        for name, text in compile_all(dialect).items():
            (folder / f"{name}.sql").write_text(text + "\n", encoding="utf-8")
