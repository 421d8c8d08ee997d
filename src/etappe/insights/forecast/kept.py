"""What the page of the forecast shows, summed when the forecast is made, and again only for deals that changed since.

A deal's luck in each of the possible futures follows from its key and the day alone. So what it added to a sum can be
taken out again exactly, and added to another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

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


def _parts(day: date, deals: core.Open, keys: Ints) -> Iterable[tuple[core.Open, Floats, Floats]]:
    """Some deals at a time, with the steps of all chances and their luck; in each draw all are off together."""
    steps = steps_of(day)
    for start in range(0, len(keys), _PART):
        some = np.arange(start, min(start + _PART, len(keys)))
        yield deals.rows(some), steps, np.stack([_luck(key, day) for key in keys[some].tolist()])


def steps_of(day: date) -> Floats:
    """By what all chances are off together in each draw of the forecast of a day."""
    return np.random.default_rng(day.toordinal()).standard_normal(DRAWS)


def _luck(key: int, day: date) -> Floats:
    return np.random.Generator(np.random.Philox(key=[key, day.toordinal()])).random(DRAWS)


def of_rows(rows: Sequence[Row], newest: Forecast) -> Sums:
    """Of these deals alone."""
    found = Sums.none()
    found.deals = len(rows)
    main = [row for row in rows if row["currency"] == newest.currency]
    for row in main:
        found.proofs[row["proof"]] += float(row["amount"]) * np.asarray(row["months"])
    for row in rows:
        if row["currency"] != newest.currency:
            found.others[row["currency"]] += float(row["amount"]) * sum(row["months"])
    for some, steps, luck in _parts(newest.day, *_open(main)):
        found.drawn += core.one_by_one(some, steps, luck)
    return found


def _open(rows: Sequence[Row]) -> tuple[core.Open, Ints]:
    """The deals to draw, and their keys."""
    amount, unsure = (np.asarray([float(row[name]) for row in rows]) for name in ("amount", "unsure"))
    months = np.asarray([row["months"] for row in rows], dtype=np.float64).reshape(-1, MONTHS)
    keys = np.asarray([row["deal_id"] for row in rows], dtype=np.int64)
    return core.Open(months, amount, unsure, np.zeros(len(rows), dtype=np.int64)), keys


# --- Keeping ---------------------------------------------------------------------------------------------------------

_SUM: Final = ("forecast_id", "split", "key", "team", "deals", "drawn", "parts")


def keep(newest: Forecast, rows: Sequence[Row]) -> None:
    """Sum what was said of these deals by team and over all, and for each split by its segments too."""
    whole = Sums.none()
    by_team: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_team[row["segments"][0]].append(row)
    kept = []
    for team, mine in by_team.items():
        found = of_rows(mine, newest)
        whole.add(found)
        kept.append(_whole_row(newest, team, found))
    kept.append(_whole_row(newest, EVERYBODY, whole))
    copy_rows(ForecastSum._meta.db_table, _SUM, [*kept, *_by_segment(newest, rows)])


def _whole_row(newest: Forecast, team: str, found: Sums) -> tuple[Any, ...]:
    parts = {"proofs": {proof: each.tolist() for proof, each in found.proofs.items()}, "others": dict(found.others)}
    return (newest.id, "", "", team, found.deals, packed(found.drawn), as_text(parts))


def _by_segment(newest: Forecast, rows: Sequence[Row]) -> Iterable[tuple[Any, ...]]:
    """Every segment of every split, by team and over all: what its deals bring until the last month, by draw."""
    main = [row for row in rows if row["currency"] == newest.currency]
    drawn = [core.brought_in_all(*part).astype(np.float32) for part in _parts(newest.day, *_open(main))]
    each = np.concatenate(drawn) if drawn else np.zeros((0, DRAWS), dtype=np.float32)
    for place, split in enumerate(SPLITS):
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at, row in enumerate(main):
            for team in (row["segments"][0], EVERYBODY):
                found[row["segments"][place], team].append(at)
        for (key, team), mine in found.items():
            yield newest.id, split, key, team, len(mine), packed(each[mine].sum(axis=0, dtype=np.float64)), "{}"


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

    `out` are deals as they were counted, which no longer count so; `into` what is said of them, or of deals of other
    teams, now.
    """

    teams: Sequence[str]
    sums: Sums
    out: Sequence[Row]
    into: Sequence[Row]
    apart: Sequence[Row]


def teams_of(viewer_teams: Iterable[int], *, all_teams: bool) -> list[str]:
    """The teams whose sums a viewer sees."""
    return [EVERYBODY] if all_teams else sorted(str(team) for team in viewer_teams)


def was_counted(row: Mapping[str, Any], teams: Sequence[str]) -> bool:
    """Whether the deal is in the sums kept of these teams."""
    return EVERYBODY in teams or row["segments"][0] in teams
