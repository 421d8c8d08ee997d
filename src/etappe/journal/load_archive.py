"""Bringing rows of an archive into empty tables: staged by COPY, renumbered, and written in one statement each.

Whatever a row says is a value for the database, never SQL: names of tables and columns are those of our own models.
Rows keep their order and their distance to each other; every number that refers to a row moves as the row does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import Error, connection

from etappe.core.errors import Refusal
from etappe.journal.archived import Archived, Choice, Column, Refers
from etappe.journal.dump import CSV, LINES
from etappe.journal.models import Artefact

MOST_NUMBERS = 200_000_000
"""Numbers that the rows of a table may span: they are taken from its sequence one by one."""


@dataclass
class Loading:
    """What is staged, and where numbers go: by how much each table's move, and whose rows were there already."""

    tables: Mapping[str, Archived]
    staged: dict[str, tuple[Column, ...]] = field(default_factory=dict)
    shifts: dict[str, int] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    @property
    def keeps_all(self) -> bool:
        """Whether every number stays as it is."""
        return not self.met and not any(self.shifts.values())


@contextmanager
def told(file: str) -> Iterator[None]:
    """Say of which file the database did not like what it got."""
    try:
        yield
    except (psycopg.Error, Error) as error:
        said = getattr(error.__cause__ or error, "diag", None)
        where = (getattr(said, "context", "") or "").splitlines()[:1]
        detail = " ".join([getattr(said, "message_primary", "") or type(error).__name__, *where])
        raise Refusal("archive_broken", file=file, why="does_not_fit", detail=detail[:300]) from None


def begin(tables: Iterable[Archived]) -> Loading:
    """Make room for what is staged; it goes with the transaction."""
    _run(
        'CREATE TEMPORARY TABLE loading_met ("table" text, here bigint, there bigint, PRIMARY KEY ("table", here)) '
        "ON COMMIT DROP"
    )
    return Loading({table.name: table for table in tables})


def stage(loading: Loading, of: Archived, names: Sequence[str], blocks: Iterable[bytes]) -> int:
    """Put the rows of a file into a table of their own; returns how many. `names` are its columns, as it has them."""
    columns = {column.name: column for column in of.columns}
    chosen = tuple(columns[name] for name in names)
    types = ", ".join(f'"{column.name}" {_staged_type(column)}' for column in chosen)
    place = f"loading_{of.name}"
    with told(of.path):
        _run(f"CREATE TEMPORARY TABLE {place} ({types}) ON COMMIT DROP")
        if of.is_lines:
            _run(f"CREATE TEMPORARY TABLE {place}_lines (line jsonb) ON COMMIT DROP")
            rows = _copy(f"COPY {place}_lines FROM STDIN WITH ({LINES})", blocks)
            given = ", ".join(f'"{column.name}" {_staged_type(column)}' for column in chosen)
            _run(f"INSERT INTO {place} SELECT given.* FROM {place}_lines, jsonb_to_record(line) AS given({given})")
        else:
            rows = _copy(f"COPY {place} FROM STDIN WITH ({CSV.replace('true', 'match')})", blocks)
    loading.staged[of.name] = chosen
    return rows


def _staged_type(column: Column) -> str:
    return {"bytea": "text"}.get(column.sql, "jsonb" if column.is_list else column.sql)


def _copy(statement: str, blocks: Iterable[bytes]) -> int:
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for block in blocks:
                copy.write(block)
        return int(cursor.rowcount)


def _run(statement: str, parameters: Sequence[Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _one(statement: str, parameters: Sequence[Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.fetchone()[0])


def number(loading: Loading, of: Archived) -> None:
    """Take numbers for the staged rows; where nobody took any before, each keeps its own."""
    if of.keeps_numbers or of.name not in loading.staged:
        return
    with told(of.path):
        least, most = (
            _one(f'SELECT coalesce({which}("{of.key}"), 1) FROM loading_{of.name}') for which in ("min", "max")
        )
        if least < 1 or most > MOST_NUMBERS:
            raise Refusal("archive_broken", file=of.path, why="numbers", detail=f"{least} to {most}")
        taken = "SELECT nextval(pg_get_serial_sequence(%s, %s))"
        first = _one(taken, [of.table, of.key])
        last = (
            _one(
                f"SELECT max(taken.number) FROM ({taken} AS number FROM generate_series(1, %s)) AS taken",
                [of.table, of.key, most],
            )
            if most
            else first
        )
    if last != first + most:
        raise Refusal("archive_busy")
    loading.shifts[of.table] = first - 1


def meet(loading: Loading, of: Archived) -> None:
    """Find the rows that are there already, by what makes them the same; refuse what differs where it must not."""
    if not of.same or of.name not in loading.staged:
        return
    columns = {column.name: column for column in of.columns}
    same = " AND ".join(_equal(loading, columns[name]) for name in of.same)
    found = f'FROM loading_{of.name} AS new JOIN "{of.table}" AS old ON {same}'
    differ = " OR ".join(f'new."{name}" IS DISTINCT FROM old."{name}"' for name in of.equal)
    if differ and _one(f"SELECT count(*) {found} WHERE {differ}"):
        raise Refusal("archive_differs", file=of.path)
    with told(of.path):
        if _run(f'INSERT INTO loading_met SELECT \'{of.table}\', new."{of.key}", old."{of.key}" {found}'):
            loading.met.add(of.table)


def _equal(loading: Loading, column: Column) -> str:
    there, here = f'old."{column.name}"', moved(loading, f'new."{column.name}"', column.refers)
    return f"lower({there}) = lower({here})" if column.kind == "text" else f"{there} = {here}"


def moved(loading: Loading, number: str, refers: Refers | None) -> str:
    """SQL of the number that a staged number has now."""
    if isinstance(refers, Choice):
        ways = [(key, moved(loading, number, table)) for key, table in refers.tables.items()]
        if all(way == number for _key, way in ways):
            return number
        cases = " ".join(f"WHEN '{key}' THEN {way}" for key, way in ways)
        return f"CASE {refers.by} {cases} ELSE {number} END"
    shift = loading.shifts.get(refers or "", 0)
    shifted = f"({number} + {shift})" if shift else number
    if refers not in loading.met:
        return shifted
    there = f"SELECT met.there FROM loading_met met WHERE met.\"table\" = '{refers}' AND met.here = {number}"
    return f"coalesce(({there}), {shifted})"


def write(loading: Loading, of: Archived, also: Mapping[str, str] | None = None) -> int:
    """Write the staged rows: those that are there already take the archive's values, all others are added."""
    if of.name not in loading.staged:
        return 0
    values = {
        column.name: (also or {}).get(column.name) or value(loading, of, column) for column in loading.staged[of.name]
    }
    with told(of.path):
        if of.first:
            _run(of.first)
        renewed = _renew(of, values) if of.table in loading.met and of.renews else 0
        return renewed + _add(loading, of, values)


def value(loading: Loading, of: Archived, column: Column) -> str:
    """SQL of a staged cell as its column takes it."""
    cell = f'new."{column.name}"'
    if column.name == of.key and not of.keeps_numbers:
        return moved(loading, cell, of.table)
    if column.sql == "bytea":
        return f"decode({cell}, 'hex')"
    if column.is_list:
        return f"ARRAY(SELECT jsonb_array_elements_text({cell}))"
    return moved(loading, cell, column.refers) if column.refers else cell


def _renew(of: Archived, values: Mapping[str, str]) -> int:
    sets = ", ".join(f'"{name}" = {value}' for name, value in values.items() if name != of.key)
    return _run(
        f'UPDATE "{of.table}" AS old SET {sets} FROM loading_{of.name} AS new, loading_met AS met '
        f'WHERE met."table" = \'{of.table}\' AND met.here = new."{of.key}" AND met.there = old."{of.key}"'
    )


def _add(loading: Loading, of: Archived, values: Mapping[str, str]) -> int:
    lacking = {
        name: default for name, default in of.filled_in().items() if name not in values and name not in of.secrets
    }
    names = ", ".join(f'"{name}"' for name in (*values, *of.secrets, *lacking))
    cells = ", ".join([*values.values(), *of.secrets.values(), *["%s"] * len(lacking)])
    known = (
        f'WHERE new."{of.key}" NOT IN (SELECT here FROM loading_met WHERE "table" = \'{of.table}\') '
        if of.table in loading.met
        else ""
    )
    return _run(
        f'INSERT INTO "{of.table}" ({names}) SELECT {cells} FROM loading_{of.name} AS new {known}'
        f'ORDER BY new."{of.key}"',
        list(lacking.values()) or None,
    )


def entries_moved(loading: Loading) -> str | None:
    """SQL of an entry's `data` with every number in it moved; None where all numbers stay."""
    if loading.keeps_all:
        return None
    tells = {table.tells: _numbers(table) for table in loading.tables.values() if table.tells}
    told = {kind: keys for table in loading.tables.values() for kind, keys in table.told.items()}
    single = " ".join(
        f"WHEN new.kind = '{kind}' THEN {_data(loading, tells.get(kind.split('.')[0] + '.', {}), keys)}"
        for kind, keys in told.items()
    )
    others = " ".join(
        f"WHEN new.kind ^@ '{prefix}' THEN {_data(loading, numbers, {})}" for prefix, numbers in tells.items()
    )
    return f"CASE {single} {others} ELSE new.data END"


def _numbers(table: Archived) -> dict[str, str]:
    return {column.name: column.refers for column in table.columns if isinstance(column.refers, str)}


def _data(loading: Loading, numbers: Mapping[str, str], told: Mapping[str, str]) -> str:
    """Numbers stand in `values` and `restored` by column, in `changed` by column as a pair, and as the kind says."""
    own = " ".join(f"WHEN whole.key = '{key}' THEN {_one_or_many(loading, table)}" for key, table in told.items())
    one = _cases(loading, numbers)
    two = " ".join(
        f"WHEN '{name}' THEN jsonb_build_array({_json(loading, 'part.value->0', table)}, "
        f"{_json(loading, 'part.value->1', table)})"
        for name, table in numbers.items()
    )
    inner = "whole.value"
    return (
        f"(SELECT coalesce(jsonb_object_agg(whole.key, CASE {own} "
        "WHEN jsonb_typeof(whole.value) <> 'object' THEN whole.value "
        f"WHEN whole.key IN ('values', 'restored') THEN {_parts(inner, one)} "
        f"WHEN whole.key = 'changed' THEN {_parts(inner, two)} ELSE whole.value END), '{{}}') "
        "FROM jsonb_each(new.data) AS whole)"
    )


def _one_or_many(loading: Loading, table: str) -> str:
    each = _json(loading, "item.value", table)
    many = (
        f"(SELECT coalesce(jsonb_agg({each} ORDER BY item.at), '[]') "
        "FROM jsonb_array_elements(whole.value) WITH ORDINALITY AS item(value, at))"
    )
    return f"CASE jsonb_typeof(whole.value) WHEN 'array' THEN {many} ELSE {_json(loading, 'whole.value', table)} END"


def _cases(loading: Loading, numbers: Mapping[str, str]) -> str:
    return " ".join(f"WHEN '{name}' THEN {_json(loading, 'part.value', table)}" for name, table in numbers.items())


def _parts(of: str, cases: str) -> str:
    changed = f"CASE part.key {cases} ELSE part.value END" if cases else "part.value"
    return f"(SELECT coalesce(jsonb_object_agg(part.key, {changed}), '{{}}') FROM jsonb_each({of}) AS part)"


def _json(loading: Loading, value: str, table: str) -> str:
    number = moved(loading, f"({value})::bigint", table)
    return f"CASE WHEN jsonb_typeof({value}) = 'number' THEN to_jsonb({number}) ELSE {value} END"


def add_artefact(sha256: str, content: bytes) -> None:
    """Store the bytes of a file that the archive's list names; one that is here already is the same."""
    with told(f"files/{sha256}"):
        _run(
            "INSERT INTO journal_artefact (sha256, size, media_type, content, stored_at) "
            "SELECT decode(sha256, 'hex'), %s, media_type, %s, stored_at FROM loading_artefacts WHERE sha256 = %s "
            "ON CONFLICT DO NOTHING",
            [len(content), content, sha256],
        )


def artefacts_missing() -> int:
    """How many files the archive names but does not hold."""
    there = Artefact._meta.db_table
    return _one(
        f"SELECT count(*) FROM loading_artefacts AS new WHERE NOT EXISTS (SELECT 1 FROM {there} AS old "
        "WHERE old.sha256 = decode(new.sha256, 'hex'))"
    )


def check_all() -> None:
    """Let the database check what it leaves for the end: what rows refer to, and what the gate demands of deals."""
    with told("schema.json"):
        _run("SET CONSTRAINTS ALL IMMEDIATE")
