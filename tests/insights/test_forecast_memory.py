"""What a forecast needs of memory grows little with the deals: bytes are counted, not the time."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from etappe.insights.forecast import boosted, kept, said
from etappe.insights.forecast.past import known_on
from etappe.insights.models import Forecast
from tests.insights.test_forecast_coverage import COMPANY, NAMES, NOW, company

MEGABYTE = 1 << 20


def counted(count: int) -> kept.Counted:
    """Open deals of 40 owners in 4 teams, from sources that are all different."""
    chance = np.random.default_rng(8)
    segments = np.zeros((count, len(kept.SPLITS)), dtype=np.int32)
    segments[:, 0], segments[:, 1] = np.arange(count) % 4, 4 + np.arange(count) % 40
    segments[:, 3] = 44 + np.arange(count) // 50
    return kept.Counted(
        key=np.arange(count) + 1,
        months=chance.random((count, said.MONTHS)) / 20,
        amount=chance.lognormal(9, 1, count),
        unsure=np.full(count, 0.2),
        proof=np.arange(count) % 3,
        currency=np.zeros(count, dtype=np.int64),
        segments=segments,
        currencies=["EUR"],
        words=[str(word) for word in range(44 + count // 50 + 1)],
    )


def test_sums_of_many_deals_are_kept_in_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 10,000 deals all draws are 80 MB as numbers."""
    rows: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        kept, "copy_rows", lambda _table, _columns, some: rows.extend((*row[:5], "", "") for row in some)
    )
    deals, newest = counted(10_000), Forecast(id=1, day=NOW, currency="EUR")
    tracemalloc.start()
    kept.keep(newest, deals)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 32 * MEGABYTE
    whole = [row for row in rows if row[1] == "source" and row[3] == kept.EVERYBODY]
    assert len(whole) == 200 and sum(row[4] for row in whole) == 10_000


def test_records_and_what_is_learned_from_take_few_bytes_a_deal() -> None:
    found = company(1, 4000, COMPANY)
    for part, most in ((found.visits, 40), (found.stays, 40), (found.firsts, 16)):
        assert sum(values.itemsize for values in vars(part).values()) <= most
    past = known_on(found, NOW - timedelta(days=60), present=False)
    again = np.resize(np.arange(len(past.open)), 3 * boosted.MOST_ROWS)
    place = np.linspace(0, 1, len(NAMES) + 1)
    shot = boosted.Snapshot(past.day, past.open.rows(again), np.full(len(again), 0.5), place).to_learn_from()
    assert len(shot.keys) == boosted.MOST_ROWS
