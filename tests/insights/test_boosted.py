"""Boosted chances: learned only from what could be seen by the day, and only where there is enough of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from etappe.core import forecast as core
from etappe.core.calibration import auc_interval
from etappe.insights.forecast import boosted
from etappe.insights.forecast.past import OpenDeal, Past, State

ROOM = Path(boosted.__file__).parent.parent
BEGIN = date(2024, 1, 31)
NOBODY = core.Stays(np.zeros(0, int), np.zeros(0, int), np.zeros(0, int), np.zeros(0))


def deal(key: int, owner: int) -> OpenDeal:
    return OpenDeal(key, str(key), "", 1, "agreed", "proven", 100 + key % 7, "EUR", owner, 1, None, None, 5, 9, 0)


def snapshots(days: int, each: int) -> tuple[list[boosted.Snapshot], dict[int, date]]:
    """Monthly snapshots; deals of owner 1 are won in 20 days nine times in ten, those of owner 2 once in ten."""
    chance = np.random.default_rng(4)
    shots: list[boosted.Snapshot] = []
    won: dict[int, date] = {}
    for turn in range(days):
        day = BEGIN + timedelta(days=30 * turn)
        deals = tuple(deal(1000 * turn + at, 1 + at % 2) for at in range(each))
        won |= {
            found.deal_id: day + timedelta(days=20)
            for found in deals
            if chance.random() < (0.9 if found.owner_id == 1 else 0.1)
        }
        past = Past(day, (), NOBODY, NOBODY, deals, (), {}, State(0, 0, 0, 0, 0, None, 0))
        shots.append(boosted.snapshot(past, np.full(each, 0.5), {(1, "agreed"): 0.5}))
    return shots, won


def test_what_is_learned_tells_owners_apart_and_knows_nothing_of_later_days() -> None:
    shots, won = snapshots(9, 150)
    today = shots[6].day
    model = boosted.learn(shots, won, today)
    said = boosted.predict(model, shots[8])
    assert auc_interval(said, boosted.came(shots[8], won))[1] > 0.8
    known = {key: day for key, day in won.items() if day <= today}
    again = boosted.predict(boosted.learn(shots[:7], known, today), shots[8])
    np.testing.assert_array_equal(said, again)


def test_too_little_is_not_learned_from() -> None:
    shots, won = snapshots(5, 20)
    assert boosted.learn(shots, won, BEGIN + timedelta(days=999)) is None
    assert boosted.learn([], {}, BEGIN) is None
    assert boosted.learn(shots, {}, BEGIN + timedelta(days=999)) is None


def test_pages_do_not_load_what_only_learning_needs() -> None:
    heavy = re.compile(
        r"^(from|import) (sklearn|threadpoolctl|etappe\.insights\.forecast\.(winning|remaining))", re.MULTILINE
    )
    found = {path.name for path in ROOM.rglob("*.py") if heavy.search(path.read_text())}
    assert found == {"winning.py", "remaining.py"}
