"""Facts as Parquet files beside the database: where they lie, what is in force, and that a file holds what it should.

A folder per database holds `fact/part=N/ROWS-PRINT.parquet` (hive-partitioned: a part is a range of keys) and one
`manifest.json`, which alone says which files are in force. A file is written under another name, compared with the
database and renamed; the manifest is replaced last, in one step. Whoever reads it sees one state of the database,
however often a sync was killed; a file that is there already is not written again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from etappe.insights.tables import FACTS

PART = 65_536
"""Keys per part."""
KEYS = {
    "fact_account": "account_id",
    "fact_deal": "deal_id",
    "fact_lead": "lead_id",
    "fact_stage_visit": "deal_id",
    "fact_deal_span": "deal_id",
    "fact_deal_member": "deal_id",
}
"""Facts in parts, by the key that parts are ranges of; those that are not here nor in `MONTHLY` are one part."""
MONTHLY = {"fact_touchpoint": "touchpoint_id"}
"""Facts in parts of a month, and in it of a range of a key: what happens now leaves the months before as they are."""
MONTH_PART = 1_048_576
"""Keys per part of a month."""
_PARTS = 1_000_000
_MONTHS = 12
TOLD = {"fact_lead": "deal_id"}
"""What the journal calls the key of a fact, where it calls it otherwise."""
QUIET = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""DuckDB fetches nothing."""
SQL_TYPES = {"string": "VARCHAR", "int64": "BIGINT", "int32": "INTEGER", "timestamp('UTC')": "TIMESTAMPTZ"}


@dataclass(frozen=True)
class Part:
    """A file in force: how many rows it has, and the fingerprint of them in the database."""

    fact: str
    number: int
    rows: int
    print: str

    @property
    def path(self) -> str:
        """Where the file lies in the folder."""
        return f"{self.fact}/{_place(self.fact, self.number)}/{self.rows}-{self.print}.parquet"


def _place(fact: str, number: int) -> str:
    if fact not in MONTHLY:
        return f"part={number}"
    month, part = of_month(number)
    return f"month={month:%Y-%m}/part={part}"


def month_number(months: int, part: int) -> int:
    """The number of a part of a month, of which `months` is how many there were since year 0.

    >>> month_number(24315, 2), of_month(month_number(24315, 2))
    (24315000002, (datetime.date(2026, 4, 1), 2))
    """
    return months * _PARTS + part


def of_month(number: int) -> tuple[date, int]:
    """The first day of the month, and which part of it."""
    months, part = divmod(number, _PARTS)
    return date(months // _MONTHS, months % _MONTHS + 1, 1), part


@dataclass(frozen=True)
class Manifest:
    """Which files are in force. `mark` is the oldest transaction that was not over when they were read.

    `shape` names the columns of the facts, `origin` the database; where one of them changes, nothing is kept.
    """

    shape: str
    origin: str
    zone: str
    mark: int
    taken_at: str
    parts: tuple[Part, ...] = field(default=())

    @property
    def at(self) -> datetime:
        """When the database was read."""
        return datetime.fromisoformat(self.taken_at)


def folder() -> Path:
    """The folder with the facts of the present database."""
    return Path(settings.ETAPPE_FACTS) / str(connection.settings_dict["NAME"])


@cache
def shape() -> str:
    """A name for the columns of all facts and their types."""
    columns = {name: list(fact.columns.items()) for name, fact in FACTS.items()}
    return hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:16]


def manifest(place: Path) -> Manifest | None:
    """What is in force; None before the first sync, and after one of another version of Etappe."""
    try:
        found = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        known = Manifest(**{**found, "parts": tuple(Part(**part) for part in found["parts"])})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None
    return known if known.shape == shape() else None


def put_in_force(place: Path, new: Manifest) -> None:
    """Replace the manifest in one step."""
    text = json.dumps(asdict(new), indent=1)
    waiting = place / "manifest.json.new"
    with waiting.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(place / "manifest.json")


def sweep(place: Path, kept: Iterator[Part] | list[Part]) -> int:
    """Delete files that no reader can be reading any more, and half-written ones; returns how many."""
    wanted = {place / part.path for part in kept}
    gone = [path for path in place.glob("fact_*/**/*") if path not in wanted and path.is_file()]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


@contextmanager
def alone(place: Path) -> Iterator[bool]:
    """Whether this process is the only one that syncs, for as long as the block lasts."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def duckdb_type(kind: str) -> str:
    """The type of a column in DuckDB."""
    return SQL_TYPES.get(kind, kind.upper())


def sums(fact: str, dialect: str) -> list[str]:
    """Expressions that PostgreSQL and DuckDB must agree on over the same rows: counts and sums of every column."""
    return [text for name, (kind, _meaning) in FACTS[fact].columns.items() for text in _sums(name, kind, dialect)]


def _sums(column: str, kind: str, dialect: str) -> tuple[str, str]:
    seconds = {"postgres": f"(extract(epoch FROM {column}) * 1000000)::bigint", "duckdb": f"epoch_us({column})"}
    measured = {
        "string": f"length({column})",
        "date": f"{column} - DATE '1970-01-01'",
        "boolean": f"CASE WHEN {column} THEN 1 ELSE 0 END",
        "timestamp('UTC')": seconds[dialect],
    }
    return f"count({column})", f"coalesce(sum({measured.get(kind, column)}), 0)"


def plain(values: Any) -> list[str]:
    """Sums as texts without trailing zeros, so that numbers of different types compare; exact at any size.

    >>> plain([2**70 + 1, Decimal("1.5000"), Decimal("200")])
    ['1180591620717411303425', '1.5', '200']
    """
    texts = (f"{Decimal(value):f}" for value in values)
    return [text.rstrip("0").rstrip(".") if "." in text else text for text in texts]
