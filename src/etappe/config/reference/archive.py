"""The page of what an export of everything holds."""

from __future__ import annotations

from collections.abc import Iterator

from etappe.config.reference.markdown import code, joined, table
from etappe.exports.schema import FORMAT, RULES, referred
from etappe.exports.tables import BEYOND, LEFT_OUT, TABLES
from etappe.journal.archived import Archived, Column

HEAD = f"""# The archive

What `etappe export` and the page of exports write ([how to use it](../guide/export.md)): a ZIP file in format {FORMAT}.

- `schema.json` says what lies in it: for each table its file, rows, bytes and SHA-256, its columns with their types,
  what they mean and what they refer to; also the version of Etappe, the moment, and what was left out.
- `files/` holds the bytes that evidence and notes consist of, each under its SHA-256.
- All else are tables, described below. They are of one moment.
"""


def page() -> str:
    """The page."""
    return joined([HEAD, "\n".join(f"- {rule}" for rule in RULES.values()), *_left_out(), *_tables()])


def _left_out() -> Iterator[str]:
    yield "## What stays behind"
    secrets = {f"{each.table}.{column}": "a secret" for each in TABLES for column in each.secrets}
    left_out = {**BEYOND, **{f"`{name}`": reason for name, reason in {**LEFT_OUT, **secrets}.items()}}
    yield table(("What", "Why"), left_out.items())


def _tables() -> Iterator[str]:
    for each in TABLES:
        yield f"## `{each.path}`"
        yield each.means
        yield table(("Column", "Type", "Refers to", "Meaning"), (_column(each, column) for column in each.columns))


def _column(of: Archived, column: Column) -> tuple[str, str, str, str]:
    empty = ", may be empty" if column.may_be_empty else ""
    name = f"**`{column.name}`**" if column.name == of.key else f"`{column.name}`"
    return name, column.kind + empty, code(referred(column)), column.means
