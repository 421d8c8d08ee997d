"""The facts are what the catalogue believes them to be, and the shipped statements are those of the catalogue."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from etappe.insights import engine
from etappe.insights.catalogue import CATALOGUE
from etappe.insights.compiling import compile_all
from etappe.insights.reference import reference
from etappe.insights.standing import OPENING, deals
from etappe.insights.statements import FOLDERS, LISTS, name_of, statement
from etappe.insights.tables import FACTS

TYPES = {
    "bigint": "int64",
    "integer": "int32",
    "text": "string",
    "boolean": "boolean",
    "date": "date",
    "timestamp with time zone": "timestamp('UTC')",
    "numeric": "decimal(19, 4)",
}
SHAPES = [{"past": past, "scoped": scoped} for past in (False, True) for scoped in (False, True)]


def _views() -> dict[str, dict[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name LIKE 'fact\\_%' ORDER BY table_name, ordinal_position"
        )
        found: dict[str, dict[str, str]] = {}
        for view, column, kind in cursor.fetchall():
            found.setdefault(view, {})[column] = TYPES[kind]
    return found


@pytest.mark.django_db
def test_views_and_typed_tables_have_the_same_columns() -> None:
    typed = {view: {name: kind for name, (kind, _) in fact.columns.items()} for view, fact in FACTS.items()}
    assert _views() == typed


def test_every_fact_and_column_says_what_it_is() -> None:
    assert all(fact.about and all(meaning for _, meaning in fact.columns.values()) for fact in FACTS.values())


@pytest.mark.parametrize("name", FOLDERS)
def test_shipped_statements_are_those_of_the_catalogue(name: str) -> None:
    fresh = compile_all(name)
    shipped = {path.name: path.read_text(encoding="utf-8") for path in FOLDERS[name].iterdir()}
    stale = sorted(name for name in {*fresh, *shipped} if fresh.get(name) != shipped.get(name))
    assert not stale, f"run `python -m etappe.insights.compiling`; stale: {stale}"


def test_every_form_of_the_relation_has_the_same_columns() -> None:
    schemas = [deals(**shape).schema() for shape in SHAPES]
    assert all(schema == schemas[0] for schema in schemas)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name_of(key, **shape) for key in (*CATALOGUE, *LISTS) for shape in SHAPES])
def test_every_statement_runs_on_an_empty_workspace(name: str) -> None:
    values: dict[str, Any] = {"by": "", "day": "2026-11-21", "moment": "2026-11-22 00:00+00", "viewer": 1, "teams": []}
    answer = engine.run(name, {**values, "skip": 0})
    assert answer.rows == []
    assert OPENING not in answer.sql


def test_figures_name_the_facts_they_are_made_of() -> None:
    for key, metric in CATALOGUE.items():
        text = "".join(statement("postgres", name_of(key, **shape)) for shape in SHAPES)
        assert set(re.findall(r'"(fact_\w+)"', text)) == set(metric.sources)


def test_showing_a_figure_does_not_import_ibis() -> None:
    """A second of CPU and 80 MB that no web worker should pay."""
    code = (
        "import sys, django; django.setup(); import etappe.insights.queries as q;"
        "q.engine.prepared('win_rate.now.all'); sys.exit('ibis' in sys.modules or 'duckdb' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_reference_page_is_that_of_the_catalogue() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
    assert page.read_text(encoding="utf-8") == reference(), "run `python -m etappe.insights.reference` into it"
