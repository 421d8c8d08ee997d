"""What the page of the forecast shows, summed when the forecast is made, and again only for deals that changed since.

A deal's luck in each of the possible futures follows from its key and the day alone. So what it added to a sum can be
taken out again exactly, and added to another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from etappe.core import forecast as core
from etappe.core.forecast import Floats, Ints
from etappe.insights.forecast.fresh import Row
from etappe.insights.forecast.said import DRAWS, MONTHS
from etappe.insights.models import Forecast, ForecastSum
from etappe.journal.load import as_text, copy_rows

SPLITS: Final = ("team", "owner", "stage", "source", "product", "industry", "country", "size")
PROOFS: Final = ("proven", "unproven", "overridden")
EVERYBODY: Final = "*"
"""In the place of a team: the deals of all."""
CENT: Final = 0.005
SEGMENTS: Final = """array[coalesce(deal.team_id::text, ''), coalesce(deal.owner_id::text, ''),
        deal.process_version_id::text || ' ' || deal.stage, coalesce(deal.source, ''), coalesce(deal.product, ''),
        coalesce(account.industry, ''), coalesce(account.country, ''), coalesce(account.size, '')]"""
"""The keys of the segments of a deal, in the order of `SPLITS`."""
_PART: Final = 500
Bits = npt.NDArray[np.uint8]


@dataclass
class Sums:
    """Sums over some deals: how many, what they bring by draw and month (in the workspace's currency), what of it is
    expected by month from those of each proof, and in other currencies.
    """

    deals: int
    drawn: Floats
    proofs: dict[str, Floats]
    others: dict[str, float]

    @classmethod
    def none(cls) -> Sums:
        """Of no deal."""
        return cls(0, np.zeros((DRAWS, MONTHS)), {proof: np.zeros(MONTHS) for proof in PROOFS}, defaultdict(float))

    def add(self, other: Sums, sign: int = 1) -> None:
        """Add others to these, or take them out."""
        self.deals += sign * other.deals
        self.drawn += sign * other.drawn
        for proof in PROOFS:
            self.proofs[proof] += sign * other.proofs[proof]
        for currency, amount in other.others.items():
            self.others[currency] = self.others.get(currency, 0.0) + sign * amount


@dataclass(frozen=True)
class Counted:
    """Deals as they are counted, one row each: numbers as they are stored, all else as places in lists.

    `proof` is a place in `PROOFS`, `currency` one in `currencies`; `segments` are places in `words`, a column for each
    of `SPLITS`.
    """

    key: Ints
    months: Floats
    amount: Floats
    unsure: Floats
    proof: Ints
    currency: Ints
    segments: npt.NDArray[np.int32]
    currencies: Sequence[str]
    words: Sequence[str]

    def rows(self, where: Ints) -> Counted:
        """Some of them."""
        columns: dict[str, Any] = {
            name: values[where] for name, values in vars(self).items() if isinstance(values, np.ndarray)
        }
        return replace(self, **columns)

    def parts(self) -> Iterable[Counted]:
        """All of them, some at a time."""
        for start in range(0, len(self.key), _PART):
            yield self.rows(np.arange(start, min(start + _PART, len(self.key))))

    def of(self, currency: str) -> Ints:
        """Where those in this currency are."""
        return np.flatnonzero(np.asarray([code == currency for code in self.currencies], dtype=np.bool_)[self.currency])

    def as_open(self) -> core.Open:
        """As they are drawn."""
        return core.Open(self.months, self.amount, self.unsure, np.zeros(len(self.key), dtype=np.int64))


def counted(rows: Sequence[Row]) -> Counted:
    """Rows as they were read; by no segments."""
    amount, unsure = (np.asarray([float(row[name]) for row in rows]) for name in ("amount", "unsure"))
    currencies = sorted({row["currency"] for row in rows})
    return Counted(
        key=np.asarray([row["deal_id"] for row in rows], dtype=np.int64),
        months=np.asarray([row["months"] for row in rows], dtype=np.float64).reshape(-1, MONTHS),
        amount=amount,
        unsure=unsure,
        proof=np.asarray([PROOFS.index(row["proof"]) for row in rows], dtype=np.int64),
        currency=np.asarray([currencies.index(row["currency"]) for row in rows], dtype=np.int64),
        segments=np.zeros((len(rows), 0), dtype=np.int32),
        currencies=currencies,
        words=(),
    )


def _needed(some: Counted, day: date) -> Floats:
    """How high the chances of these deals must be in each draw; in each all are off together."""
    luck = np.stack([_luck(key, day) for key in some.key.tolist()])
    return core.needed(some.as_open(), steps_of(day), luck)


def steps_of(day: date) -> Floats:
    """By what all chances are off together in each draw of the forecast of a day."""
    return np.random.default_rng(day.toordinal()).standard_normal(DRAWS)


def _luck(key: int, day: date) -> Floats:
    return np.random.Generator(np.random.Philox(key=[key, day.toordinal()])).random(DRAWS)


def of_rows(rows: Sequence[Row], newest: Forecast) -> Sums:
    """Of these deals alone."""
    deals = counted(rows)
    found = undrawn(deals, newest)
    for some in deals.rows(deals.of(newest.currency)).parts():
        found.drawn += core.brought(some.as_open(), _needed(some, newest.day))
    return found


def undrawn(deals: Counted, newest: Forecast) -> Sums:
    """Of these deals, all but what is drawn."""
    found = Sums.none()
    found.deals = len(deals.key)
    expected = deals.amount[:, None] * deals.months
    is_main = np.zeros(len(deals.key), dtype=np.bool_)
    is_main[deals.of(newest.currency)] = True
    for place, proof in enumerate(PROOFS):
        found.proofs[proof] += expected[is_main & (deals.proof == place)].sum(axis=0)
    for code in np.unique(deals.currency[~is_main]).tolist():
        found.others[deals.currencies[code]] += float(expected[deals.currency == code].sum())
    return found


# --- Keeping ---------------------------------------------------------------------------------------------------------

_SUM: Final = ("forecast_id", "split", "key", "team", "deals", "drawn", "parts")


def keep(newest: Forecast, deals: Counted) -> None:
    """Sum what was said of these deals by team and over all, and for each split by its segments too.

    Of each deal and draw only a bit is remembered, whether it is won: so memory hardly grows with the deals.
    """
    whole, kept = Sums.none(), []
    won = np.zeros((len(deals.key), (DRAWS + 7) // 8), dtype=np.uint8)
    for team, mine in _groups(deals.segments[:, 0]):
        found = _drawn(deals, mine, newest, won)
        whole.add(found)
        kept.append(_whole_row(newest, deals.words[team], found))
    copy_rows(ForecastSum._meta.db_table, _SUM, [*kept, _whole_row(newest, EVERYBODY, whole)])
    segments = _by_segment(newest, deals, won)
    while some := list(islice(segments, _PART)):
        copy_rows(ForecastSum._meta.db_table, _SUM, some)


def _drawn(deals: Counted, mine: Ints, newest: Forecast, won: Bits) -> Sums:
    """What these deals bring; which are won in which draw is noted in `won`."""
    found = undrawn(deals.rows(mine), newest)
    main = mine[deals.rows(mine).of(newest.currency)]
    for start in range(0, len(main), _PART):
        where = main[start : start + _PART]
        some = deals.rows(where)
        need = _needed(some, newest.day)
        found.drawn += core.brought(some.as_open(), need)
        won[where] = np.packbits(core.won_at_all(some.as_open(), need), axis=1)
    return found


def _groups(codes: npt.NDArray[Any]) -> Iterable[tuple[int, Ints]]:
    """Every code there is, with the places where it stands."""
    order = np.argsort(codes, kind="stable")
    found, first = np.unique(codes[order], return_index=True)
    yield from zip(found.tolist(), np.split(order, first[1:]), strict=True) if len(found) else ()


def _whole_row(newest: Forecast, team: str, found: Sums) -> tuple[Any, ...]:
    parts = {"proofs": {proof: each.tolist() for proof, each in found.proofs.items()}, "others": dict(found.others)}
    return (newest.id, "", "", team, found.deals, packed(found.drawn), as_text(parts))


def _by_segment(newest: Forecast, deals: Counted, won: Bits) -> Iterator[tuple[Any, ...]]:
    """Every segment of every split, by team and over all: what its deals bring until the last month, by draw."""
    main = deals.of(newest.currency)
    for place, split in enumerate(SPLITS):
        for code, mine in _groups(deals.segments[main, place]):
            total = np.zeros(DRAWS)
            for team, rows in _groups(deals.segments[main[mine], 0]):
                where = main[mine[rows]]
                drawn = _brought_in_all(deals.amount, won, where)
                total += drawn
                yield newest.id, split, deals.words[code], deals.words[team], len(where), packed(drawn), "{}"
            yield newest.id, split, deals.words[code], EVERYBODY, len(mine), packed(total), "{}"


def _brought_in_all(amount: Floats, won: Bits, where: Ints) -> Floats:
    """What these deals bring in all periods together, by draw."""
    total = np.zeros(DRAWS)
    for start in range(0, len(where), _PART):
        some = where[start : start + _PART]
        total += amount[some] @ np.unpackbits(won[some], axis=1, count=DRAWS)
    return total


def packed(drawn: Floats) -> bytes:
    """Draws as they are stored."""
    return drawn.astype("<f4").tobytes()


def _unpacked(raw: bytes | memoryview) -> Floats:
    return np.frombuffer(raw, dtype="<f4").astype(np.float64)


# --- Reading ---------------------------------------------------------------------------------------------------------


def whole(newest: Forecast, teams: Sequence[str]) -> Sums:
    """What was kept of these teams together."""
    total = Sums.none()
    for row in ForecastSum.objects.filter(forecast=newest, split="", team__in=teams):
        proofs = {proof: np.asarray(each) for proof, each in row.parts["proofs"].items()}
        drawn = _unpacked(row.drawn).reshape(DRAWS, MONTHS)
        total.add(Sums(row.deals, drawn, proofs, row.parts["others"]))
    return total


def by_segment(newest: Forecast, split: str, teams: Sequence[str]) -> dict[str, tuple[int, Floats]]:
    """Of each segment how many deals, and what they bring until the last month, by draw."""
    total: dict[str, tuple[int, Floats]] = {}
    for row in ForecastSum.objects.filter(forecast=newest, split=split, team__in=teams):
        add_segment(total, row.key, row.deals, _unpacked(row.drawn))
    return total


def add_segment(total: dict[str, tuple[int, Floats]], key: str, deals: int, drawn: Floats) -> None:
    """Add to a segment; to take something out, both are negative."""
    before = total.get(key, (0, np.zeros(DRAWS)))
    total[key] = before[0] + deals, before[1] + drawn


@dataclass(frozen=True)
class Seen:
    """What a viewer sees of a forecast: sums over their deals, and the deals that do not count as they were kept.

    `apart` are these; `out` are they as they were counted, `into` what is said now of them, or of deals of other teams.
    `resorted` count as they were kept, but are in other segments by now.
    """

    teams: Sequence[str]
    sums: Sums
    out: Sequence[Row]
    into: Sequence[Row]
    apart: Sequence[Row]
    resorted: Sequence[Row] = ()


def teams_of(viewer_teams: Iterable[int], *, all_teams: bool) -> list[str]:
    """The teams whose sums a viewer sees."""
    return [EVERYBODY] if all_teams else sorted(str(team) for team in viewer_teams)


def was_counted(row: Mapping[str, Any], teams: Sequence[str]) -> bool:
    """Whether the deal is in the sums kept of these teams."""
    return EVERYBODY in teams or row["segments"][0] in teams
