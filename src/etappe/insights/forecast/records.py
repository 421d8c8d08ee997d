"""All that the facts tell of deals, read once as columns; what was known on a day is cut from them (`past`).

Each query gives one row, of one array for each column, and in binary form such an array is one of NumPy's: for a
million rows no Python object is made. What is many is read in parts, and kept in as few bytes as it needs. Moments are
microseconds and days are days, both counted from 2000-01-01 as PostgreSQL counts them; what never comes is `NEVER`, or
`NO_DAY`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg import Cursor

from etappe.core.forecast import Floats, Ints

EPOCH: Final = date(2000, 1, 1)
DAY: Final = 86_400_000_000
NEVER: Final = 2**63 - 1
NO_DAY: Final = 2**31 - 1
NOBODY: Final = -1
OPEN, WON, OUT = range(3)
"""How a deal or a stay of it stands: open; won, even if it was cancelled later; out otherwise."""
PROOFS: Final = ("proven", "unproven", "overridden")
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 1, 1)
Columns = Sequence[Any]
_HEADER: Final = 20
_WIDTHS: Final = {8: "i8", 4: "i4"}

_WORDS = """
SELECT array(SELECT DISTINCT stage FROM (SELECT stage FROM fact_stage_visit UNION SELECT stage FROM fact_deal_span) AS a
        ORDER BY 1),
    array(SELECT DISTINCT currency FROM (SELECT currency FROM fact_deal UNION SELECT currency FROM fact_deal_span) AS a
        ORDER BY 1)
"""
_STANDING = "CASE {} WHEN 'open' THEN 0 WHEN 'won' THEN 1 WHEN 'cancelled' THEN 1 ELSE 2 END"
_DEALS: Final = (
    "deal_id",
    "coalesce(team_id, -1)::bigint",
    "array_position(%(currencies)s::text[], currency)",
    "coalesce(amount, 'NaN')::float8",
    _STANDING.format("outcome"),
    "coalesce(decided_on, 'infinity')",
    "coalesce(engaged_since, 'infinity')",
    "coalesce(seen_until, 'infinity')",
    "coalesce(rests_until, '-infinity')",
)
_VISITS: Final = (
    "deal_id",
    "process_version_id",
    "array_position(%(stages)s::text[], stage)",
    _STANDING.format("status"),
    "coalesce(array_position(%(proofs)s::text[], proof), 1)",
    "entered_at",
    "coalesce(left_at, 'infinity')",
)
_SPANS: Final = (
    "deal_id",
    "array_position(%(stages)s::text[], stage)",
    _STANDING.format("outcome"),
    "valid_from",
    "coalesce(valid_to, 'infinity')",
    "coalesce(amount, 'NaN')::float8",
    "array_position(%(currencies)s::text[], currency)",
    "coalesce(owner_id, -1)::bigint",
    "coalesce(team_id, -1)::bigint",
    "coalesce(expected_close, 'infinity')",
)
_AMOUNTS: Final = {"fact_deal": 3, "fact_deal_span": 5}
_LAST: Final = "SELECT coalesce(max(deal_id), 0) FROM fact_deal"
_AT_ONCE: Final = 250_000
"""So many keys of deals are read at a time."""


@dataclass(frozen=True)
class Deals:
    """One row per deal, in the order of their keys, as they stand now; `begun` is the day it is first known of."""

    key: Ints
    team: Ints
    currency: Ints
    amount: Floats
    standing: Ints
    decided: Ints
    engaged: Ints
    seen: Ints
    rests: Ints
    begun: Ints


@dataclass(frozen=True)
class Visits:
    """One row per visit, by deal (its place in `Deals`) and time; `until` is when the next one of the deal begins.

    `cell` is -1 where no deal was ever open; `next` is the cell or standing that the next visit leads to.
    """

    deal: Ints
    version: Ints
    cell: Ints
    standing: Ints
    proof: Ints
    entered: Ints
    until: Ints
    entered_day: Ints
    next_standing: Ints
    next_cell: Ints

    def rows(self, where: npt.NDArray[np.bool_]) -> Visits:
        """Some of them."""
        return Visits(**{name: values[where] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Firsts:
    """The visits with which a deal first came to a cell, one row each."""

    deal: Ints
    cell: Ints
    entered: Ints


@dataclass(frozen=True)
class Spans:
    """One row per span of an open deal, in no order: how the deal stood from `since` until before `until`."""

    deal: Ints
    stage: Ints
    since: Ints
    until: Ints
    amount: Floats
    currency: Ints
    owner: Ints
    team: Ints
    expected: Ints


@dataclass(frozen=True)
class Records:
    """Everything, and the words that its codes stand for.

    `stays` are the visits in open stages. `cell_of` is the cell of a version (by place) and stage.
    """

    deals: Deals
    visits: Visits
    stays: Visits
    firsts: Firsts
    spans: Spans
    versions: Ints
    stages: tuple[str, ...]
    currencies: tuple[str, ...]
    cells: tuple[tuple[int, str], ...]
    cell_of: Ints
    zone: ZoneInfo

    def moment(self, day: date) -> int:
        """When a day begins in the workspace's zone."""
        return _moment(day, self.zone)


def read(zone: str) -> Records:
    """All deals, with their visits and spans, except what lies in the recycle bin."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS)
        stages, currencies = cursor.fetchone()
    codes = {"stages": stages, "currencies": currencies, "proofs": list(PROOFS)}
    spans, deals = _columns("fact_deal_span", _SPANS, codes), _columns("fact_deal", _DEALS, codes)
    visits = _columns("fact_stage_visit", _VISITS, codes)
    return put_together(deals, visits, spans, stages=stages, currencies=currencies, zone=zone)


def put_together(
    deals: Columns, visits: Columns, spans: Columns, *, stages: Sequence[str], currencies: Sequence[str], zone: str
) -> Records:
    """Records out of columns as `_DEALS`, `_VISITS` and `_SPANS` name them, in any order of rows."""
    where = ZoneInfo(zone)
    found = _deals(deals, spans, where)
    gone, versions, cells, cell_of = _visits(visits, found.key, len(stages), where)
    stays = gone.rows(gone.standing == OPEN)
    return Records(
        deals=found,
        visits=gone,
        stays=stays,
        firsts=_firsts(stays),
        spans=_spans(spans, found.key),
        versions=versions,
        stages=tuple(stages),
        currencies=tuple(currencies),
        cells=tuple((int(versions[cell // len(stages)]), stages[cell % len(stages)]) for cell in cells),
        cell_of=cell_of,
        zone=where,
    )


def _columns(view: str, columns: Sequence[str], codes: Mapping[str, Any]) -> Columns:
    """Columns of a view, which are never empty; places in lists of words count from 1."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        (last,) = cursor.fetchone()
    parts = [_part(view, columns, {**codes, "first": first}) for first in range(0, last + 1, _AT_ONCE)]
    return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]


def _part(view: str, columns: Sequence[str], given: Mapping[str, Any]) -> Columns:
    """The columns of the deals whose keys begin at `first`."""
    arrays = ", ".join(f"array_agg({column})" for column in columns)
    where = f"deal_id >= %(first)s AND deal_id < %(first)s + {_AT_ONCE}"
    with connection.cursor() as cursor, Cursor(cast("Any", cursor).connection) as binary:
        asked = f"SELECT {arrays} FROM {view} WHERE {where}"  # noqa: S608 - nothing of a user's is in it
        binary.execute(asked, given, binary=True)
        found = cast("Any", binary.pgresult)
        return [_array(found.get_value(0, at), is_amount=at == _AMOUNTS.get(view)) for at in range(len(columns))]


def _array(raw: bytes | None, *, is_amount: bool) -> Any:
    """An array in PostgreSQL's binary form: dimensions, whether any is empty, type, length, first place; then values,
    each with its width before it.
    """
    if raw is None:
        return np.zeros(0, dtype=np.float64 if is_amount else np.int32)
    count = int.from_bytes(raw[12:16], "big")
    width = (len(raw) - _HEADER) // count - 4
    if int.from_bytes(raw[4:8], "big") or len(raw) != _HEADER + count * (width + 4):
        raise RuntimeError("a column was empty that never is")
    kind = "f8" if is_amount else _WIDTHS[width]
    table = np.frombuffer(raw, dtype=[("width", ">i4"), ("value", f">{kind}")], count=count, offset=_HEADER)
    return table["value"].astype(kind)


def _deals(found: Columns, spans: Columns, zone: ZoneInfo) -> Deals:
    order = np.argsort(found[0], kind="stable")
    key, team, currency, amount, standing, decided, engaged, seen, rests = (
        column[order].astype(np.float64 if column.dtype.kind == "f" else np.int64) for column in found
    )
    begun = np.full(len(key), NEVER)
    known = _known(spans[0], key)
    np.minimum.at(begun, np.searchsorted(key, spans[0][known]), spans[3][known])
    is_known = begun < NEVER
    begun[is_known] = _days(begun[is_known], zone)
    begun[~is_known] = NO_DAY
    return Deals(key, team, currency - 1, amount, standing, decided, engaged, seen, rests, begun)


def _spans(found: Columns, keys: Ints) -> Spans:
    kept = (found[2] == OPEN) & _known(found[0], keys)
    deal, stage, standing, since, until, amount, currency, owner, team, expected = (column[kept] for column in found)
    del standing
    place = np.searchsorted(keys, deal).astype(np.int32)
    return Spans(place, stage - 1, since, until, amount, currency - 1, owner, team, expected)


def _known(deal: Ints, keys: Ints) -> npt.NDArray[np.bool_]:
    """Which of them are deals that were read: others may have come or gone between two queries."""
    place = np.searchsorted(keys, deal)
    return np.asarray(keys[np.minimum(place, max(len(keys) - 1, 0))] == deal) if len(keys) else deal != deal


def _visits(found: Columns, keys: Ints, stages: int, zone: ZoneInfo) -> tuple[Visits, Ints, Ints, Ints]:
    found = [column[_known(found[0], keys)] for column in found]
    order = np.lexsort((found[6], found[5], found[0]))
    key, version, stage, standing, proof, entered, _left = (column[order] for column in found)
    versions, at = np.unique(version, return_inverse=True)
    place = at * stages + stage - 1
    cells = np.unique(place[standing == OPEN])
    cell_of = np.full(len(versions) * stages, -1)
    cell_of[cells] = np.arange(len(cells))
    standing = standing.astype(np.int8)
    cell = cell_of[place].astype(np.int32)
    has_next = np.append(key[1:] == key[:-1], np.zeros(min(len(key), 1), dtype=np.bool_))
    after = np.minimum(np.arange(len(key)) + 1, max(len(key) - 1, 0))
    visits = Visits(
        deal=np.searchsorted(keys, key).astype(np.int32),
        version=at.astype(np.int32),
        cell=cell,
        standing=standing,
        proof=(proof - 1).astype(np.int8),
        entered=entered,
        until=np.where(has_next, entered[after], NEVER),
        entered_day=_days(entered, zone).astype(np.int32),
        next_standing=np.where(has_next, standing[after], np.int8(OPEN)),
        next_cell=np.where(has_next, cell[after], np.int32(-1)),
    )
    return visits, versions, cells, cell_of


def _firsts(stays: Visits) -> Firsts:
    order = np.lexsort((stays.cell, stays.deal))
    deal, cell = stays.deal[order], stays.cell[order]
    again = (deal[1:] == deal[:-1]) & (cell[1:] == cell[:-1])
    is_first = np.ones(len(order), dtype=np.bool_)
    is_first[order[1:][again]] = False
    return Firsts(stays.deal[is_first], stays.cell[is_first], stays.entered[is_first])


def _days(moments: Ints, zone: ZoneInfo) -> Ints:
    """The days in the zone that the moments lie in."""
    if not len(moments):
        return moments
    low, high = (_inside(number // DAY) for number in (int(moments.min()), int(moments.max())))
    first = low - timedelta(days=2)
    midnights = [_moment(first + timedelta(days=ahead), zone) for ahead in range((high - first).days + 3)]
    return np.asarray(np.searchsorted(midnights, moments, side="right") - 1 + day_number(first), dtype=np.int64)


def _inside(number: int) -> date:
    low, high = day_number(_EARLIEST), day_number(_LATEST)
    return day_of(min(max(number, low), high))


def _moment(day: date, zone: ZoneInfo) -> int:
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    return round((begins - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds()) * 1_000_000


def day_number(day: date) -> int:
    """The day as a number."""
    return day.toordinal() - EPOCH.toordinal()


def day_of(number: int) -> date:
    """The day of a number."""
    return date.fromordinal(number + EPOCH.toordinal())


def months_of(days: Ints) -> Ints:
    """The months that days lie in, counted from January 2000."""
    moments = np.datetime64(EPOCH) + np.asarray(days, dtype="timedelta64[D]")
    return moments.astype("datetime64[M]").astype(np.int64) - (EPOCH.year - 1970) * 12
