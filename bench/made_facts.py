"""Facts at any size, straight into Parquet: those of a synced workspace, made many times as many.

Every deal is repeated with keys of its own, and each of its stays and spans is cut into pieces that follow each other.
So a count of deals is so many times what it was, and durations are as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from etappe.insights import parquet
from etappe.insights.parquet import KEYS, MONTHLY, PART, Manifest, Part
from etappe.insights.tables import FACTS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MICROSECONDS, DAYS = "epoch_us({})", "{}"
CUT = {
    "fact_stage_visit": (
        ("entered_at", "left_at", MICROSECONDS, "now()"),
        ("entered_number", "left_number", DAYS, "(current_date - DATE '1970-01-01')"),
    ),
    "fact_deal_span": (("valid_from", "valid_to", MICROSECONDS, "now()"),),
}
"""The facts of which a deal has many: columns of begin and end, how they are measured, and the end of what goes on."""
MOST = 4096
"""Times that deals may be made."""


def make(source: Path, place: Path, *, times: int, pieces: int) -> int:
    """Write the facts of `source` to `place`, deals `times` times, stays and spans in `pieces`; returns the rows."""
    import duckdb

    known = parquet.manifest(source)
    assert known
    with duckdb.connect(config={**parquet.QUIET, "memory_limit": "1500MB", "threads": 2}) as duck:
        duck.execute("SET TimeZone = 'UTC'")
        for fact in FACTS:
            files = [str(source / part.path) for part in known.parts if part.fact == fact]
            if files:
                duck.from_parquet(files).create_view(f"source_{fact}")
        step = max(_step(duck, fact) for fact in KEYS if any(part.fact == fact for part in known.parts))
        made = tuple(_parts(duck, place, known, step=step, times=times, pieces=pieces))
    parquet.put_in_force(place, Manifest(**{**vars(known), "parts": made}))
    return sum(part.rows for part in made)


def _step(duck: DuckDBPyConnection, fact: str) -> int:
    found = duck.execute(f"SELECT max({KEYS[fact]}) + 1 FROM source_{fact}").fetchone()
    assert found
    return int(found[0])


def _parts(
    duck: DuckDBPyConnection, place: Path, known: Manifest, *, step: int, times: int, pieces: int
) -> Iterator[Part]:
    for fact in dict.fromkeys(part.fact for part in known.parts):
        if fact in MONTHLY:  # figures about contacts have a bench of their own
            continue
        keyed = fact in KEYS
        for number in range(step * times // PART + 1) if keyed else (0,):
            part = Part(fact, number, 0, f"{times}-{pieces}")
            target = place / part.path
            target.parent.mkdir(parents=True, exist_ok=True)
            text = _many(fact, number, step, times, pieces) if keyed else f"SELECT * FROM source_{fact}"
            done = duck.execute(f"COPY ({text}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)").fetchone()
            assert done
            counted = Part(fact, number, int(done[0]), part.print)
            target.replace(place / counted.path)
            yield counted


def _many(fact: str, number: int, step: int, times: int, pieces: int) -> str:
    columns = ", ".join(
        f"CAST({_column(fact, name, step, pieces)} AS {parquet.duckdb_type(kind)}) AS {name}"
        for name, (kind, _meaning) in FACTS[fact].columns.items()
    )
    cut = f", range({pieces}) AS pieces(piece)" if fact in CUT else ""
    key = f"{KEYS[fact]} + copy * {step}"
    return (
        f"SELECT {columns} FROM source_{fact}, range({times}) AS copies(copy){cut}"
        f" WHERE {key} >= {number * PART} AND {key} < {(number + 1) * PART}"
    )


def _column(fact: str, name: str, step: int, pieces: int) -> str:
    if name in ("deal_id", "lead_id", "account_id"):
        return f"{name} + copy * {step}"
    if name == "visit_id":
        return f"(visit_id * {pieces} + piece) * {MOST} + copy"
    for begin, end, measured, now in CUT.get(fact, ()):
        cut = f"{measured.format(begin)} + ({measured.format(f'coalesce({end}, {now})')} - {measured.format(begin)})"
        if name == begin:
            return _moment(f"{cut} * piece // {pieces}", measured)
        if name == end:
            moment = _moment(f"{cut} * (piece + 1) // {pieces}", measured)
            return f"CASE WHEN {end} IS NOT NULL OR piece < {pieces - 1} THEN {moment} END"
    return name


def _moment(number: str, measured: str) -> str:
    return number if measured == DAYS else f"make_timestamp({number})"
