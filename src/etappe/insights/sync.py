"""`etappe facts sync`: bring the Parquet files up to what the database says.

Everything is read in one transaction that sees one state. Parts whose deals or accounts the journal has told of since
the last sync, and months of contacts that were recorded, changed or withdrawn since, are compared with the database by
row count and fingerprint and written anew where they differ; the whole is compared where asked, and where the last sync
was of another database, zone or version of Etappe. Each file written is read back, and its counts and sums are compared
with the database's before it gets its name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from etappe.core.errors import Refusal
from etappe.insights import parquet
from etappe.insights.parquet import (
    KEYS,
    MONTH_PART,
    MONTHLY,
    PART,
    TOLD,
    Manifest,
    Part,
    month_number,
    of_month,
)
from etappe.insights.tables import FACTS
from etappe.people.touchpoints import parts_changed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = tuple[Any, ...]

WORK = "sync-"
"""What the folder begins with that a sync works in."""


@dataclass(frozen=True)
class Synced:
    """What a sync did: parts compared and written, rows in force and written, files deleted."""

    compared: int
    written: int
    rows: int
    rows_written: int
    deleted: int
    taken_at: datetime


def sync(*, at: datetime, whole: bool = False) -> Synced:
    """Bring the files up to the present; `whole` compares every part.

    Raises `Refusal` where another sync is at work, or a file does not hold what the database says.
    """
    place = parquet.folder()
    with parquet.alone(place) as is_alone:
        if not is_alone:
            raise Refusal("facts_sync_at_work")
        with transaction.atomic(durable=True):
            _one("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return _synced(place, at, whole)


def _synced(place: Path, at: datetime, whole: bool) -> Synced:
    before = parquet.manifest(place)
    fresh = _present(at)
    known = before if before and not whole and _goes_on(before, fresh) else None
    kept, told = _kept(known)
    for rest in place.glob(f"{WORK}*"):  # of a sync that was killed
        shutil.rmtree(rest)
    with tempfile.TemporaryDirectory(dir=place, prefix=WORK) as work, _duckdb(Path(work)) as duck:
        parts, written = _compared(place, told, duck, Path(work))
    parts = [*kept, *parts]
    parquet.put_in_force(place, Manifest(**{**vars(fresh), "parts": tuple(parts)}))
    deleted = parquet.sweep(place, [*parts, *(before.parts if before else ())])
    rows, rows_written = (sum(part.rows for part in each) for each in (parts, written))
    return Synced(len(told), len(written), rows, rows_written, deleted, at)


def _compared(
    place: Path, told: Iterable[tuple[str, int]], duck: DuckDBPyConnection, work: Path
) -> tuple[list[Part], list[Part]]:
    """The parts as the database has them, and which of them were written.

    While DuckDB writes one, the database reads the next: each waits for the other's last part, so two are on the way.
    """
    parts: list[Part] = []
    written: list[Part] = []
    waiting: Future[None] | None = None
    with ThreadPoolExecutor(max_workers=1) as writer:
        for fact, number in told:
            found = _part(fact, number)
            if found is None:
                continue
            part, sums = found
            parts.append(part)
            if (place / part.path).exists():
                continue
            rows = work / f"{len(written)}.csv"
            _copy_out(part, rows)
            if waiting:
                waiting.result()
            waiting = writer.submit(_write, place, part, sums, duck, rows)
            written.append(part)
        if waiting:
            waiting.result()
    return parts, written


def _goes_on(before: Manifest, fresh: Manifest) -> bool:
    same = (before.shape, before.origin, before.zone) == (fresh.shape, fresh.origin, fresh.zone)
    return same and before.mark <= fresh.mark


def _present(at: datetime) -> Manifest:
    """The present state without its parts."""
    zone = _one("SELECT coalesce((SELECT zone FROM fact_workspace), 'UTC')")
    origin = _one(
        "SELECT oid || ':' || coalesce((SELECT change_id::text FROM journal_entry ORDER BY id LIMIT 1), '')"
        " FROM pg_database WHERE datname = current_database()"
    )
    mark = _one("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    return Manifest(parquet.shape(), origin, zone, mark, at.isoformat())


def _kept(known: Manifest | None) -> tuple[list[Part], list[tuple[str, int]]]:
    """The parts that are kept unseen, and those to be compared; facts that are one part always are."""
    single = [(fact, 0) for fact in FACTS if _is_single(fact)]
    if known is None:
        ranges = ((fact, number) for fact, key in KEYS.items() for number in _numbers(fact, key))
        return [], [*single, *ranges, *_monthly(0)]
    names = {fact: TOLD.get(fact, key) for fact, key in KEYS.items()}
    told = {name: _told_of(name, known.mark) for name in set(names.values())}
    again = [(fact, number) for fact, name in names.items() for number in sorted(told[name])]
    kept = [part for part in known.parts if part.fact in KEYS and part.number not in told[names[part.fact]]]
    months = _monthly(known.mark)
    kept += [part for part in known.parts if part.fact in MONTHLY and (part.fact, part.number) not in months]
    return kept, [*single, *again, *months]


def _monthly(mark: int) -> list[tuple[str, int]]:
    """Parts of months with a contact that was recorded, changed or withdrawn in transactions not over at the mark."""
    found = sorted(parts_changed(mark, MONTH_PART))
    return [(fact, month_number(months, part)) for fact in MONTHLY for months, part in found]


def _numbers(fact: str, key: str) -> range:
    last = _one(f"SELECT max({key}) FROM {fact}")
    return range(0) if last is None else range(last // PART + 1)


def _told_of(key: str, mark: int) -> set[int]:
    """Parts with a record that the journal has told of in transactions that were not over at the last sync."""
    found = _all(f"SELECT DISTINCT {key} / {PART} FROM journal_entry WHERE xid >= %s AND {key} IS NOT NULL", [mark])
    return {number for (number,) in found}


def _range(fact: str, number: int) -> str:
    if fact in MONTHLY:
        return _range_of_month(MONTHLY[fact], *of_month(number))
    key = KEYS.get(fact)
    return f"{key} >= {number * PART} AND {key} < {(number + 1) * PART}" if key else "true"


def _range_of_month(key: str, month: date, part: int) -> str:
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    span = f"happened_at >= '{month} 00:00+00' AND happened_at < '{following} 00:00+00'"
    return f"{span} AND {key} >= {part * MONTH_PART} AND {key} < {(part + 1) * MONTH_PART}"


def _part(fact: str, number: int) -> tuple[Part, Row] | None:
    """The part as the database has it, and the count and sums of its columns; None where it has no rows."""
    theirs = ", ".join([_HASHED, "count(*)", *parquet.sums(fact, "postgres")])
    ((hashed, rows, *sums),) = _all(f"SELECT {theirs} FROM {fact} AS row WHERE {_range(fact, number)}")
    if not rows and not _is_single(fact):
        return None
    return Part(fact, number, rows, _print(hashed, sums)), (rows, *sums)


_HASHED = "coalesce(sum(hashtextextended(hash_record_extended(row, 0)::text, 0)), 0)"
"""A row's hash adds up those of its columns: as it is, its sum would not change where two rows swap a value."""


def _print(hashed: Any, sums: Iterable[Any]) -> str:
    """The fingerprint of rows: the sum of their hashes, and those of their columns."""
    return hashlib.sha256(" ".join(parquet.plain([hashed, *sums])).encode()).hexdigest()[:16]


def _is_single(fact: str) -> bool:
    """Whether the fact is one part, which is there without rows as well."""
    return fact not in KEYS and fact not in MONTHLY


def _write(place: Path, part: Part, sums: Row, duck: DuckDBPyConnection, rows: Path) -> None:
    """Write the file from these rows, compare it with the database, and give it its name."""
    target = place / part.path
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = target.with_suffix(f".{os.getpid()}")
    duck.execute(_into_parquet(part.fact, rows, waiting))
    rows.unlink()
    _require_same(part, sums, duck, waiting)
    with waiting.open("rb") as file:
        os.fsync(file.fileno())
    waiting.replace(target)


def _duckdb(work: Path) -> DuckDBPyConnection:
    import duckdb

    found = duckdb.connect(config={**parquet.QUIET, "temp_directory": str(work), "memory_limit": "1GB"})
    found.execute("SET TimeZone = 'UTC'")
    found.execute("SET enable_progress_bar = false")  # it would stand in the way of JSON on the terminal
    return found


def _copy_out(part: Part, path: Path) -> None:
    query = f"SELECT {', '.join(FACTS[part.fact].columns)} FROM {part.fact} WHERE {_range(part.fact, part.number)}"
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '\\N')"
    with connection.cursor() as cursor, path.open("wb") as file, cursor.cursor.copy(statement) as copied:
        for block in copied:
            file.write(block)


def _into_parquet(fact: str, rows: Path, target: Path) -> str:
    kinds = {name: parquet.duckdb_type(kind) for name, (kind, _meaning) in FACTS[fact].columns.items()}
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in kinds.items())
    read = (
        f"read_csv({_text(rows)}, header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
        f" nullstr = '\\N', allow_quoted_nulls = false, max_line_size = 16777216, columns = {{{columns}}})"
    )
    return f"COPY (SELECT * FROM {read}) TO {_text(target)} (FORMAT parquet, COMPRESSION zstd)"


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _require_same(part: Part, wanted: Row, duck: DuckDBPyConnection, path: Path) -> None:
    """Counts and sums of every column are the database's."""
    theirs = ", ".join(["count(*)", *parquet.sums(part.fact, "duckdb")])
    found = duck.execute(f"SELECT {theirs} FROM read_parquet({_text(path)})").fetchone()
    if parquet.plain(wanted) != parquet.plain(found):
        path.unlink()
        raise Refusal("facts_differ", fact=part.fact, part=part.number)


def _all(statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        return list(cursor.fetchall()) if cursor.description else []


def _one(statement: str) -> Any:
    found = _all(statement)
    return found[0][0] if found else None


def missing_parts() -> Iterator[Part]:
    """Files in force that are not there."""
    place = parquet.folder()
    known = parquet.manifest(place)
    return (part for part in (known.parts if known else ()) if not (place / part.path).exists())
