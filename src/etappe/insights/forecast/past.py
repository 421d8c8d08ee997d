"""What was known of deals on a day: the stays so far, the deals open then, and what had been won.

Only visits and spans that had begun by the end of that day are read, cut off there, and decisions made by then. So a
forecast as of a past day is made of what one could have known on that day. What a field says today (source, product,
notes) is not used: nobody knows when it was written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from etappe.core.forecast import GOES_ON, OUT, WON, Ints, Stays

ANY: Final = (0, "")
"""The cell of a deal's whole life: from engaged until decided, whatever stages it went through."""

_STAYS = """
WITH visit AS (
    SELECT deal_id, process_version_id AS version, stage, status, entered_at,
        lead(status) OVER way AS next_status,
        lead(process_version_id) OVER way AS next_version,
        lead(stage) OVER way AS next_stage,
        lead(entered_at) OVER way AS next_at
    FROM fact_stage_visit
    WHERE entered_at < %(moment)s
    WINDOW way AS (PARTITION BY deal_id ORDER BY entered_at, left_at NULLS LAST)
)
SELECT visit.version, visit.stage,
    CASE WHEN next_status IS NULL THEN 'on' WHEN next_status = 'open' THEN 'open'
        WHEN next_status IN ('won', 'cancelled') THEN 'won' ELSE 'out' END AS led,
    CASE WHEN next_status = 'open' THEN next_version END AS next_version,
    CASE WHEN next_status = 'open' THEN next_stage END AS next_stage,
    greatest(0, floor(extract(epoch FROM coalesce(next_at,
        least(%(moment)s, (deal.seen_until + 1)::timestamptz)) - visit.entered_at) / 86400))::int AS days,
    count(*) AS count
FROM visit JOIN fact_deal AS deal USING (deal_id)
WHERE visit.status = 'open'
GROUP BY 1, 2, 3, 4, 5, 6
"""
_LIVES = """
SELECT CASE WHEN decided_on <= %(day)s THEN CASE outcome WHEN 'won' THEN 'won' ELSE 'out' END ELSE 'on' END AS led,
    CASE WHEN decided_on <= %(day)s THEN decided_on ELSE least(%(day)s, coalesce(seen_until, %(day)s)) END
        - engaged_since AS days,
    count(*) AS count
FROM fact_deal
WHERE engaged_since <= %(day)s
GROUP BY 1, 2
"""
_OPEN = """
SELECT deal.deal_id, deal.uid, deal.name, visit.process_version_id AS version, span.stage, visit.proof,
    span.amount, span.currency, span.owner_id, span.team_id, span.expected_close, deal.engaged_since,
    greatest(0, (least(%(day)s, coalesce(deal.seen_until, %(day)s))
        - (visit.entered_at AT TIME ZONE %(zone)s)::date)) AS stayed,
    greatest(0, least(%(day)s, coalesce(deal.seen_until, %(day)s)) - deal.engaged_since) AS age,
    CASE WHEN %(present)s AND deal.rests_until > %(day)s THEN deal.rests_until - %(day)s ELSE 0 END AS rests
FROM fact_deal_span AS span
JOIN fact_deal AS deal USING (deal_id)
JOIN LATERAL (
    SELECT process_version_id, proof, entered_at FROM fact_stage_visit AS visit
    WHERE visit.deal_id = span.deal_id AND visit.entered_at < %(moment)s
    ORDER BY visit.entered_at DESC, visit.left_at DESC NULLS FIRST LIMIT 1
) AS visit ON true
WHERE span.outcome = 'open' AND span.valid_from < %(moment)s
    AND (span.valid_to IS NULL OR span.valid_to >= %(moment)s)
ORDER BY deal.deal_id
"""
_BROUGHT = """
SELECT date_trunc('month', deal.decided_on)::date AS month, date_trunc('month', begun.day)::date AS begun,
    deal.team_id, deal.currency, coalesce(sum(deal.amount), 0)::float8 AS amount, count(*) AS deals,
    count(deal.amount) AS with_amount
FROM fact_deal AS deal
JOIN (SELECT deal_id, min(valid_from_on) AS day FROM fact_deal_span GROUP BY deal_id) AS begun USING (deal_id)
WHERE deal.outcome = 'won' AND deal.decided_on <= %(day)s
GROUP BY 1, 2, 3, 4
"""
_STATE = """
SELECT count(*) FILTER (WHERE decided_on <= %(day)s AND outcome = 'won') AS won,
    count(*) FILTER (WHERE decided_on <= %(day)s AND outcome <> 'won') AS others,
    count(*) FILTER (WHERE decided_on < engaged_since) AS ends_first,
    count(*) FILTER (WHERE outcome = 'won' AND amount IS NULL) AS won_without_amount,
    count(DISTINCT currency) AS currencies,
    max(seen_until) FILTER (WHERE outcome = 'open') AS seen,
    count(*) FILTER (WHERE outcome = 'open' AND seen_until IS NULL) AS live
FROM fact_deal
"""
_TYPICAL = """
SELECT currency, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount)::float8 AS amount
FROM fact_deal WHERE outcome = 'won' AND decided_on <= %(day)s AND amount > 0 GROUP BY currency
"""


@dataclass(frozen=True)
class OpenDeal:
    """A deal that was open at the end of the day, as it stood then; `stayed`, `age` and `rests` are days."""

    deal_id: int
    uid: str
    name: str
    version: int
    stage: str
    proof: str
    amount: Any
    currency: str
    owner_id: int | None
    team_id: int | None
    expected_close: date | None
    engaged_since: date | None
    stayed: int
    age: int | None
    rests: int


@dataclass(frozen=True)
class Brought:
    """What was won in a month by deals begun in a month, by team and currency."""

    month: date
    begun: date
    team_id: int | None
    currency: str
    amount: float
    deals: int
    with_amount: int


@dataclass(frozen=True)
class State:
    """How many deals were closed by the day, and what is odd about the records (counted over all)."""

    won: int
    others: int
    ends_first: int
    won_without_amount: int
    currencies: int
    seen: date | None
    live: int

    @property
    def closed(self) -> int:
        """Decided deals."""
        return self.won + self.others


@dataclass(frozen=True)
class Past:
    """All that a forecast as of `day` is made of."""

    day: date
    cells: tuple[tuple[int, str], ...]
    stays: Stays
    lives: Stays
    open: tuple[OpenDeal, ...]
    brought: tuple[Brought, ...]
    typical: Mapping[str, float]
    state: State


def known_on(day: date, *, zone: str, present: bool) -> Past:
    """What was known at the end of `day`; `present`: it is the day of the forecast itself, so who rests is known."""
    moment = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    given = {"day": day, "moment": moment, "zone": zone, "present": present}
    rows = _read(_STAYS, given)
    cells = _cells(rows)
    return Past(
        day=day,
        cells=cells,
        stays=_stays(rows, {cell: at for at, cell in enumerate(cells)}),
        lives=_lives(_read(_LIVES, given)),
        open=tuple(OpenDeal(**row) for row in _read(_OPEN, given)),
        brought=tuple(Brought(**row) for row in _read(_BROUGHT, given)),
        typical={row["currency"]: row["amount"] for row in _read(_TYPICAL, given)},
        state=State(**_read(_STATE, given)[0]),
    )


def last_seen(today: date) -> date:
    """The day that a forecast of the present is made for: today, or the last day of data where all came by import."""
    state = State(**_read(_STATE, {"day": today})[0])
    return min(state.seen, today) if state.seen and not state.live else today


def _read(statement: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _cells(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[int, str], ...]:
    found = {(row["version"], row["stage"]) for row in rows}
    found |= {(row["next_version"], row["next_stage"]) for row in rows if row["led"] == "open"}
    return tuple(sorted(found))


def _stays(rows: Sequence[Mapping[str, Any]], at: Mapping[tuple[int, str], int]) -> Stays:
    ends = {"won": WON, "out": OUT, "on": GOES_ON}
    led = [at[row["next_version"], row["next_stage"]] if row["led"] == "open" else ends[row["led"]] for row in rows]
    return Stays(
        _ints([at[row["version"], row["stage"]] for row in rows]),
        _ints([row["days"] for row in rows]),
        _ints(led),
        np.asarray([row["count"] for row in rows], dtype=np.float64),
    )


def _lives(rows: Sequence[Mapping[str, Any]]) -> Stays:
    """Deals as one stay each; those that end before they begin are left out."""
    ends = {"won": WON, "out": OUT, "on": GOES_ON}
    kept = [row for row in rows if row["days"] >= 0]
    counts = np.asarray([row["count"] for row in kept], dtype=np.float64)
    return Stays(
        _ints([0] * len(kept)), _ints([row["days"] for row in kept]), _ints([ends[row["led"]] for row in kept]), counts
    )


def _ints(values: Sequence[int]) -> Ints:
    return np.asarray(values, dtype=np.int64)


def by_begin(brought: Sequence[Brought], currency: str) -> dict[tuple[date, date], dict[int | None, float]]:
    """Amounts won in this currency: (month won, month begun) -> team -> amount."""
    found: dict[tuple[date, date], dict[int | None, float]] = defaultdict(dict)
    for row in brought:
        if row.currency == currency:
            found[row.month, row.begun][row.team_id] = found[row.month, row.begun].get(row.team_id, 0.0) + row.amount
    return found
