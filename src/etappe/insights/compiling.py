"""Compiles every figure for every engine, with Ibis: `python -m etappe.insights.compiling` writes the statements.

They are shipped, so that no web worker has to import Ibis (a second of CPU and 80 MB) to show a page; a test compiles
them anew and compares. Nothing here needs Django's settings or a database.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from etappe.insights.catalogue import CATALOGUE, lead_records, records
from etappe.insights.standing import deals
from etappe.insights.statements import ANSWERED, DEALS, FOLDERS, LEADS, RECORDS, SCORED, shape_of

if TYPE_CHECKING:
    from ibis.config import Config
    from ibis.expr.types import Table


def compile_all(engine: str) -> dict[str, str]:
    """What every file of an engine holds, by its name."""
    import ibis

    found = {}
    for past, scoped in product((False, True), repeat=2):
        relation = deals(past=past, scoped=scoped)
        found[f"{DEALS}.{shape_of(past=past, scoped=scoped)}.sql"] = _compiled(relation, engine)
    named = ibis.table(relation.schema(), name=DEALS)
    listing = {
        RECORDS: records.build,
        LEADS: lead_records.build,
        ANSWERED: lead_records.build_answered,
        SCORED: lead_records.build_scored,
    }
    for key, build in {**{key: metric.build for key, metric in CATALOGUE.items()}, **listing}.items():
        found[f"{key}.sql"] = _compiled(build(named), engine)
    return found


def _compiled(expression: Table, engine: str) -> str:
    import ibis

    if engine == "spark":
        ibis.options.pyspark = _without_pyspark()
    return str(ibis.to_sql(expression, dialect="pyspark" if engine == "spark" else engine)) + "\n"


def _without_pyspark() -> Config:
    """The options that Ibis' compiler for Spark reads, and that only its backend would set."""
    from ibis.config import Config

    class Options(Config):  # type: ignore[misc] # Ibis has no types
        treat_nan_as_null: bool = False

    return Options()


if __name__ == "__main__":
    for engine, folder in FOLDERS.items():
        for name, text in compile_all(engine).items():
            (folder / name).write_text(text, encoding="utf-8")
