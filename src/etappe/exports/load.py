"""Loading an archive into an empty workspace: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.kinds.exports import WorkspaceLoaded
from etappe.exports.schema import FORMAT
from etappe.exports.tables import BY_NAME, TABLES
from etappe.exports.write import Progress
from etappe.foreign import archives
from etappe.journal import load_archive as rows
from etappe.journal.archived import Archived
from etappe.journal.record import action, record
from etappe.team.access import require

OCCUPIED = ("accounts", "people", "deals", "fields", "import_sources")
"""Tables that are empty in an empty workspace; colleagues, teams and processes may be there, if they agree."""


@dataclass(frozen=True)
class Loaded:
    """What came in."""

    tables: Mapping[str, int]
    files: int
    taken_at: str

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(self.tables.values())


@dataclass(frozen=True)
class Told:
    """What the schema says of one file."""

    table: Archived
    columns: tuple[str, ...]
    rows: int
    sha256: str


@action
def load(path: Path, sha256: str, *, report: Callable[[Progress], None], actor: Actor, at: datetime) -> Loaded:
    """Bring everything that an archive holds into this workspace, which must hold no records yet.

    Colleagues are known by their address, teams by name, processes by key. Refuses an archive of another format, one
    that was changed since it was written, and one whose rows do not fit together; then nothing is written.
    Entries of the journal keep their times; one more says that they came with an archive.
    """
    require(actor, "exports.run")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('etappe imports'))")
    _must_be_empty()
    found = archives.contents(path)
    told = tuple(_told(found.schema))
    loading = rows.begin(TABLES)
    counts = _stage(path, loading, told, report)
    _write(loading)
    files = _files(path)
    loaded = Loaded(counts, files, str(found.schema.get("taken_at", ""))[:40])
    rows.check_all()
    _say(loaded, sha256, str(found.schema.get("etappe", ""))[:40], actor, at)
    return loaded


def _must_be_empty() -> None:
    there = {name: BY_NAME[name].model._base_manager.count() for name in OCCUPIED}
    if any(there.values()):
        raise Refusal("archive_not_empty", **{name: there[name] for name in ("accounts", "people", "deals")})


def _told(schema: Mapping[str, Any]) -> Iterator[Told]:
    """What the schema says, believed only in its shape; the files must bear it out."""
    if schema.get("format") != FORMAT:
        raise Refusal("archive_format", format=str(schema.get("format"))[:20], by=str(schema.get("etappe"))[:20])
    try:
        tables = [(str(each["name"]), each) for each in schema["tables"]]
        for name, each in tables:
            if name not in BY_NAME:
                raise Refusal("archive_broken", file=name[:60], why="unknown_table")
            columns = tuple(str(column["name"]) for column in each["columns"])
            yield Told(_fits(BY_NAME[name], columns), columns, int(each["rows"]), str(each["sha256"]))
    except (KeyError, TypeError, ValueError):
        raise Refusal("archive_broken", file="schema.json", why="unreadable") from None


def _fits(table: Archived, columns: tuple[str, ...]) -> Archived:
    known = {column.name for column in table.columns}
    unknown = [name[:60] for name in columns if name not in known]
    if unknown or len(set(columns)) < len(columns) or table.key not in columns:
        raise Refusal("archive_broken", file=table.path, why="unknown_column", detail=", ".join(unknown))
    return table


def _stage(
    path: Path, loading: rows.Loading, told: tuple[Told, ...], report: Callable[[Progress], None]
) -> dict[str, int]:
    done, total, counts = 0, sum(each.rows for each in told), {}
    for each in told:
        table = each.table
        if table.name in counts:
            raise Refusal("archive_broken", file=table.path, why="unknown_table")
        staged = rows.stage(loading, table, each.columns, archives.table(path, table.path, each.sha256))
        if staged != each.rows:
            raise Refusal("archive_broken", file=table.path, why="changed")
        counts[table.name] = staged
        done += staged
        report(Progress(done, total))
    return counts


def _write(loading: rows.Loading) -> None:
    for table in TABLES:
        rows.number(loading, table)
    for table in TABLES:
        rows.meet(loading, table)
    data = rows.entries_moved(loading)
    for table in TABLES:
        if table.name != "artefacts":
            rows.write(loading, table, {"data": data} if table.name == "journal" and data else None)


def _files(path: Path) -> int:
    count = 0
    for name, content in archives.files(path):
        rows.add_artefact(name, content)
        count += 1
    missing = rows.artefacts_missing()
    if missing:
        raise Refusal("archive_broken", file="files/", why="missing", detail=str(missing))
    return count


def _say(loaded: Loaded, sha256: str, by: str, actor: Actor, at: datetime) -> None:
    said = WorkspaceLoaded(
        rows=loaded.rows,
        files=loaded.files,
        sha256=sha256,
        taken_at=loaded.taken_at,
        written_by=by,
        entries=loaded.tables.get("journal", 0),
    )
    record(said, actor=actor, at=at)
