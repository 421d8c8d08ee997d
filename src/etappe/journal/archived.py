"""What an export of everything holds of a table, and how its rows refer to others.

Each room says in its `archive.py` which of its tables go into the archive (`TABLES`) and which stay out, with the
reason (`LEFT_OUT`). Columns are those of the model, so that a new one goes along by itself. Nothing here reads or
writes rows: `dump.py` and `load_archive.py` do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from etappe.journal.labels import FIELDS


@dataclass(frozen=True)
class Choice:
    """A column whose number means a row of one table or another: `by` is SQL that says which, over the row `new`."""

    by: str
    tables: Mapping[str, str]


Refers = str | Choice
"""The table (by its name in the database) that a column's numbers mean, or the choice between several."""


@dataclass(frozen=True)
class Column:
    """A column of a file: its type in words and in SQL, what it refers to, whether it may be empty."""

    name: str
    kind: str
    sql: str
    is_list: bool
    may_be_empty: bool
    refers: Refers | None
    means: str


KINDS: Mapping[str, str] = {
    "bigint": "integer", "integer": "integer", "smallint": "integer", "text": "text", "boolean": "boolean",
    "uuid": "uuid", "jsonb": "json", "date": "date", "timestamp with time zone": "timestamp", "tstzrange": "range",
    "text[]": "json",
}  # fmt: skip
"""Types of the database in words; `numeric(...)` is a number, `varchar(...)` text."""

MEANINGS: Mapping[str, str] = {
    "id": "number of the row within this archive; other rows refer to it",
    "uid": "name of the record for good: in addresses, the API, and every later export",
    "version": "how often the row was written; who edits names it",
    "created_at": "when the record was made",
    "data": "columns of an import that have no field of their own",
    "custom": "values of the workspace's own fields, by key",
    "tags": "words put on the record, as a JSON list",
    "archived_at": "since when it lies in the recycle bin",
    "merged_into_id": "the record it was merged into",
    "valid": "from (included) to (excluded); an open end means that it still holds",
    "buyer_acted_at": "when the buyer did something last: evidence of their own, or an answer to a note's link",
    "backfilled": "it tells of something from before it was recorded",
}


@dataclass(frozen=True, eq=False)
class Archived:
    """A table in the archive.

    `same` are columns by which a row may be there already when an archive is loaded; then it takes the archive's values
    (`renews`), and must agree in `equal`. `secrets` are columns that never leave, with the SQL that takes their place
    on loading; `unsaid` go along as little, and the database fills them in. `shown` is SQL that takes the place of a
    column on its way out. `tells` begins the kinds of entries whose values are columns of this table, and `told` names
    further numbers in entries: kind, key, table. `meanings` are of columns whose name says too little. `first` is SQL
    to be run on the staged rows (`loading_NAME`) before they are written.
    """

    name: str
    model: type[models.Model]
    means: str
    refers: Mapping[str, Refers] = field(default_factory=dict)
    same: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()
    renews: bool = True
    secrets: Mapping[str, str] = field(default_factory=dict)
    unsaid: tuple[str, ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict)
    tells: str = ""
    told: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    first: str = ""
    is_lines: bool = False
    keeps_numbers: bool = False

    @property
    def path(self) -> str:
        """The file's name in the archive."""
        return f"{self.name}.{'jsonl' if self.is_lines else 'csv'}"

    @property
    def table(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column that tells rows apart."""
        assert self.model._meta.pk is not None
        return str(self.model._meta.pk.attname)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """What goes along, in the order of the model."""
        hidden = {*self.secrets, *self.unsaid}
        return tuple(self._column(each) for each in self.model._meta.concrete_fields if each.attname not in hidden)

    def _column(self, of: models.Field[Any, Any]) -> Column:
        name, sql = of.attname, str(of.cast_db_type(connection))
        remote = of.related_model
        refers = self.refers.get(name) or (remote._meta.db_table if isinstance(remote, type) else None)
        return Column(
            name,
            kind_of(sql),
            sql,
            isinstance(of, ArrayField),
            of.null,
            refers,
            self.meanings.get(name) or meaning(name),
        )

    def filled_in(self) -> dict[str, Any]:
        """Columns that have a default of their own in Python, with it: for archives that lack them."""
        given = (each for each in self.model._meta.concrete_fields if each.db_default is NOT_PROVIDED)
        return {
            each.attname: each.get_db_prep_save(each.get_default(), connection)
            for each in given
            if each.has_default() and each.attname != self.key
        }


def kind_of(sql: str) -> str:
    """A type of the database in words.

    >>> kind_of("numeric(19, 4)"), kind_of("varchar(254)"), kind_of("bigint")
    ('number', 'text', 'integer')
    """
    return "number" if sql.startswith("numeric") else "text" if sql.startswith("varchar") else KINDS.get(sql, "text")


def meaning(column: str) -> str:
    """What a column says, in English; its name in words where nothing better is known."""
    label = FIELDS.get(column)
    said = MEANINGS.get(column) or (str(getattr(label, "_proxy____args", [label])[0]) if label else "")
    return said or column.removesuffix("_id").replace("_", " ")
