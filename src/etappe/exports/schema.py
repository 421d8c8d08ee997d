"""`schema.json`: what lies in an archive, table by table and column by column, with a digest of every file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import etappe
from etappe.exports.tables import BEYOND, BY_NAME, LEFT_OUT, TABLES
from etappe.journal.archived import Archived, Column

FORMAT = 1
"""Changes when an older Etappe could no longer read what is written, or a newer one no longer what was."""

SCHEMA, README, FILES = "schema.json", "README.txt", "files/"

RULES = {
    "csv": "UTF-8, comma, quotation marks doubled, first line with the names. "
    'Nothing between two commas is no value, "" an empty text.',
    "jsonl": "UTF-8, one JSON object per line.",
    "numbers": "`id` and what refers to it hold within this archive only; `uid` keeps a record's identity.",
    "types": "Timestamps in UTC as 2026-03-02 09:00:00+00, days as 2026-03-02, true and false, numbers with a point.",
    "spreadsheets": "Cells are as they are stored, for machines: one that begins with = + - or @ would be a formula "
    "in a spreadsheet. For spreadsheets, export a list: its cells are made safe.",
}  # fmt: skip
ABOUT = """This archive holds everything of an Etappe workspace, taken at {at}.

schema.json says what lies where: each file with its columns, their types, what they refer to,
and the SHA-256 of its bytes. Files that evidence consists of lie under files/, named by their SHA-256.

{csv}
{spreadsheets}

To load it into an empty workspace: etappe import FILE.zip
Left out on purpose: {left_out}.
"""


@dataclass(frozen=True)
class Written:
    """A file as it went into the archive."""

    rows: int
    size: int
    sha256: str


def schema(at: datetime, workspace: str, written: dict[str, Written], files: Written) -> dict[str, Any]:
    """The schema of an archive; `files` counts what lies under `files/`, with a digest over their names."""
    return {
        "format": FORMAT,
        "etappe": etappe.__version__,
        "taken_at": at.isoformat(),
        "workspace": workspace,
        "rules": RULES,
        "left_out": {**LEFT_OUT, **BEYOND, **_secrets()},
        "tables": [_table(table, written[table.name]) for table in TABLES if table.name in written],
        "files": {"path": FILES, "count": files.rows, "bytes": files.size},
    }


def _secrets() -> dict[str, str]:
    return {f"{table.name}.{column}": "a secret" for table in TABLES for column in table.secrets}


def _table(table: Archived, written: Written) -> dict[str, Any]:
    return {
        "name": table.name,
        "path": table.path,
        "means": table.means,
        "rows": written.rows,
        "bytes": written.size,
        "sha256": written.sha256,
        "key": table.key,
        "columns": [_column(column) for column in table.columns],
    }


def _column(column: Column) -> dict[str, Any]:
    said = {"name": column.name, "type": column.kind, "means": column.means}
    refers = referred(column)
    return {**said, **({"may_be_empty": True} if column.may_be_empty else {}), **({"refers": refers} if refers else {})}


def referred(column: Column) -> list[str]:
    """The files whose `id` the column names."""
    names = {table.table: table.name for table in BY_NAME.values()}
    if column.refers is None:
        return []
    tables = [column.refers] if isinstance(column.refers, str) else list(column.refers.tables.values())
    return [names[table] for table in dict.fromkeys(tables)]


def as_bytes(data: dict[str, Any]) -> bytes:
    """The schema as it is written."""
    return json.dumps(data, indent=1, ensure_ascii=False).encode() + b"\n"


def readme(at: datetime) -> bytes:
    """A word to whoever opens the archive by hand."""
    left_out = ", ".join([*BEYOND, "tokens of the API", "the links to notes"])
    return ABOUT.format(at=f"{at:%Y-%m-%d %H:%M} UTC", left_out=left_out, **RULES).encode()
