"""Writing the archive: one table after the other out of one snapshot, with a few rows in memory at a time."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.db import transaction

from etappe.exports.schema import FILES, README, SCHEMA, Written, as_bytes, readme, schema
from etappe.exports.tables import TABLES
from etappe.journal.archived import Archived
from etappe.journal.dump import artefacts, count_rows, dump, one_snapshot
from etappe.team.queries import workspace

LEVEL = 3
"""How hard to press: a table gets hardly smaller beyond, but takes three times as long."""


@dataclass(frozen=True)
class Progress:
    """Rows that are written, of how many in all."""

    done: int
    total: int


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Summary:
    """What an archive holds."""

    tables: dict[str, int]
    files: int

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(self.tables.values())


def write_archive(out: IO[bytes], at: datetime, report: Report = lambda progress: None) -> Summary:
    """Write everything there is into `out`, as of one moment. Needs a connection that is in no transaction yet.

    What `report` raises ends it; the file is then of no use.
    """
    with transaction.atomic(durable=True), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as into:
        one_snapshot()
        counts = {table.name: count_rows(table) for table in TABLES}
        progress = _Counted(sum(counts.values()), report)
        written = {table.name: _write_table(into, table, counts[table.name], progress) for table in TABLES}
        files = _write_files(into)
        into.writestr(README, readme(at))
        into.writestr(SCHEMA, as_bytes(schema(at, workspace().name, written, files)))
    return Summary(counts, files.rows)


class _Counted:
    """Adds up rows over all tables, and tells."""

    def __init__(self, total: int, report: Report) -> None:
        self.before, self.total, self.report = 0, total, report

    def within(self, rows: int) -> None:
        self.report(Progress(self.before + rows, self.total))

    def finish(self, rows: int) -> None:
        self.before += rows
        self.report(Progress(self.before, self.total))


def _write_table(into: zipfile.ZipFile, table: Archived, rows: int, progress: _Counted) -> Written:
    digest, size, seen = hashlib.sha256(), 0, 0
    with into.open(table.path, "w", force_zip64=True) as out:
        for block in dump(table):
            out.write(block)
            digest.update(block)
            size += len(block)
            seen += block.count(b"\n")
            progress.within(min(seen, rows))
    progress.finish(rows)
    return Written(rows, size, digest.hexdigest())


def _write_files(into: zipfile.ZipFile) -> Written:
    count, size = 0, 0
    for name, content in artefacts():
        with into.open(f"{FILES}{name}", "w") as out:
            out.writelines(_parts(content))
        count, size = count + 1, size + len(content)
    return Written(count, size, "")


def _parts(content: bytes, length: int = 1 << 18) -> Iterator[memoryview]:
    whole = memoryview(content)
    return (whole[at : at + length] for at in range(0, len(content), length))
