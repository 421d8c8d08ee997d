"""Facts of leads and contacts at any size, straight into Parquet, as a sync would have written them.

Every lead is a deal of an account of its own. Contacts come evenly over two years, each with an account drawn by a
hash, so that the same numbers give the same facts; a third of the leads go on, a third leave, a third wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from etappe.insights import parquet
from etappe.insights.parquet import Manifest, Part
from etappe.insights.tables import FACTS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST = date(1970, 1, 1)
DAYS = 730
FILE = 4_000_000
"""Contacts per file."""
ACTS_IN = ("opened", "clicked", "viewed", "downloaded", "wrote", "called", "submitted", "attended")
ACTS_OUT = ("wrote", "called", "sent", "met")
CHANNELS = ("mail", "call", "web", "meeting", "event", "social")
SOURCES = ("fair", "web", "partner", "cold", "")


def make(place: Path, today: date, *, leads: int, contacts: int) -> int:
    """Write the facts of so many leads and contacts, up to a day; returns the rows."""
    import duckdb

    last = (today - FIRST).days
    with duckdb.connect(config={**parquet.QUIET, "memory_limit": "1500MB", "threads": 2}) as duck:
        duck.execute("SET TimeZone = 'UTC'")
        parts = tuple(_parts(duck, place, last, leads, contacts))
    at = datetime.combine(today, datetime.min.time(), UTC)
    parquet.put_in_force(place, Manifest(parquet.shape(), "made", "UTC", 0, at.isoformat(), parts))
    return sum(part.rows for part in parts)


def _parts(duck: DuckDBPyConnection, place: Path, last: int, leads: int, contacts: int) -> Iterator[Part]:
    for fact, text in _about_leads(last, leads).items():
        yield _written(duck, place, fact, 0, text)
    months = date.fromordinal(FIRST.toordinal() + last).year * 12  # a reader asks for all of them
    for number, begin in enumerate(range(0, contacts, FILE)):
        rows = _contacts(last, leads, contacts, begin, min(begin + FILE, contacts))
        yield _written(duck, place, "fact_touchpoint", parquet.month_number(months, number), rows)


def _written(duck: DuckDBPyConnection, place: Path, fact: str, number: int, text: str) -> Part:
    """The file of a fact: what the query says, the columns that it does not name empty."""
    columns = ", ".join(
        f"CAST({name if name in _named(duck, text) else 'NULL'} AS {parquet.duckdb_type(kind)}) AS {name}"
        for name, (kind, _meaning) in FACTS[fact].columns.items()
    )
    part = Part(fact, number, 0, "made")
    target = place / part.path
    target.parent.mkdir(parents=True, exist_ok=True)
    done = duck.execute(f"COPY (SELECT {columns} FROM ({text})) TO '{target}' (FORMAT parquet)").fetchone()
    assert done
    counted = Part(fact, number, int(done[0]), "made")
    target.replace(place / counted.path)
    return counted


def _named(duck: DuckDBPyConnection, text: str) -> list[str]:
    return [column[0] for column in duck.execute(f"SELECT * FROM ({text}) LIMIT 0").description or ()]


def _about_leads(last: int, leads: int) -> dict[str, str]:
    lead = (
        f"SELECT i AS deal_id, i AS lead_id, i AS account_id, uuid()::text AS uid, 'Lead ' || i AS name,"
        f" {last} - {_drawn(1)} % {DAYS} AS received_number, i % 3 AS kind, {_drawn(2)} % 60 AS lasts,"
        f" {_one_of(SOURCES, _drawn(3))} AS source, 1 + i % 40 AS owner_id, 1 + i % 5 AS team_id"
        f" FROM range(1, {leads + 1}) AS leads(i)"
    )
    at = "make_timestamp(received_number * 86400000000)"
    end = "CASE WHEN received_number + lasts <= {last} AND kind = {kind} THEN received_number + lasts END"
    accepted, refused = (end.format(last=last, kind=kind) for kind in (1, 2))
    stage = "CASE kind WHEN 1 THEN 'win' ELSE 'find' END AS stage"
    outcome = f"CASE WHEN {refused} IS NOT NULL THEN 'lost' ELSE 'open' END"
    plain = "1 AS process_version_id, 'unproven' AS proof, 'evidence' AS basis, 'EUR' AS currency"
    since = "received_number AS engaged_number, DATE '1970-01-01' + received_number::integer AS engaged_since"
    return {
        "fact_workspace": "SELECT 'UTC' AS zone, 'EUR' AS currency",
        "fact_process_stage": "SELECT 1 AS process_version_id, 'made' AS process, 1 AS process_number, stage,"
        " stage AS phase, position FROM (VALUES ('find', 1), ('win', 2)) AS stages(stage, position)",
        "fact_account": f"SELECT i AS account_id, i::text AS uid, 'Account' AS name, '' AS industry, '' AS country,"
        f" '' AS size FROM range(1, {leads + 1}) AS accounts(i)",
        "fact_deal": f"SELECT *, {stage}, {plain}, {outcome} AS status, {outcome} AS outcome, {since},"
        f" {refused} AS decided_number, DATE '1970-01-01' + ({refused})::integer AS decided_on, 1000 AS amount,"
        f" 'find' AS entry_stage, true AS has_history FROM ({lead})",
        "fact_lead": f"SELECT *, {at} AS received_at, {accepted} AS accepted_number, {refused} AS refused_number"
        f" FROM ({lead})",
    }


def _drawn(number: int) -> str:
    """A whole number drawn for each row: another one for each number."""
    return f"(hash(i, {number}) >> 2)::bigint"


def _one_of(names: tuple[str, ...], drawn: str) -> str:
    return f"{list(names)}[1 + {drawn} % {len(names)}]"


def _contacts(last: int, leads: int, contacts: int, begin: int, end: int) -> str:
    drawn = (
        f"SELECT i AS touchpoint_id, 1 + {_drawn(1)} % {leads} AS account_id, 1 + i % 40 AS user_id,"
        f" CASE WHEN {_drawn(2)} % 5 < 3 THEN 'in' ELSE 'out' END AS direction,"
        f" {_one_of(CHANNELS, _drawn(3))} AS channel, {_one_of(SOURCES, _drawn(4))} AS source,"
        f" {last - DAYS + 1} + i * {DAYS} // {contacts} AS happened_number, {_drawn(5)} % 86400 AS second,"
        f" {_drawn(6)} AS luck FROM range({begin}, {end}) AS contacts(i)"
    )
    weekday = "(happened_number + 3) % 7"
    before = f"((happened_number + 3) // 7 * 5 + least({weekday}, 5) - 3) * 36000"
    since = f"CASE WHEN {weekday} < 5 THEN least(greatest(second - 28800, 0), 36000) ELSE 0 END"
    act = f"CASE direction WHEN 'in' THEN {_one_of(ACTS_IN, 'luck')} ELSE {_one_of(ACTS_OUT, 'luck')} END"
    return (
        f"SELECT *, {act} AS act, make_timestamp((happened_number * 86400 + second) * 1000000) AS happened_at,"
        f" {before} + {since} AS working_seconds FROM ({drawn})"
    )
