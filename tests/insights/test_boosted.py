"""Boosted chances: learned only from what could be seen by the day, and only where there is enough of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from etappe.core.calibration import auc_interval
from etappe.core.forecast import Ints
from etappe.insights.forecast import boosted, winning
from etappe.insights.forecast.past import OpenDeals
from etappe.insights.forecast.records import NO_DAY, day_number
from etappe.insights.forecast.table import Feature, Kind

ROOM = Path(boosted.__file__).parent.parent
BEGIN = date(2024, 1, 31)


def deals(keys: Ints) -> OpenDeals:
    """Deals of two owners in turn, all alike but for their amounts."""
    same = {
        "cell": 0,
        "version": 1,
        "stage": 0,
        "proof": 0,
        "currency": 0,
        "team": 1,
        "stayed": 5,
        "age": 9,
        "rests": 0,
    }
    columns = {name: np.full(len(keys), value) for name, value in same.items()}
    nobody = np.full(len(keys), NO_DAY)
    return OpenDeals(
        key=keys, amount=(100 + keys % 7).astype(np.float64), owner=1 + keys % 2, expected=nobody, **columns
    )


def snapshots(days: int, each: int) -> tuple[list[boosted.Snapshot], boosted.Wins]:
    """Monthly snapshots; deals of owner 1 are won in 20 days nine times in ten, those of owner 2 once in ten."""
    chance = np.random.default_rng(4)
    shots: list[boosted.Snapshot] = []
    won = []
    for turn in range(days):
        day = BEGIN + timedelta(days=30 * turn)
        open_ = deals(1000 * turn + np.arange(each))
        lucky = chance.random(each) < np.where(open_.owner == 1, 0.9, 0.1)
        won += [(key, day_number(day) + 20) for key in open_.key[lucky].tolist()]
        shots.append(boosted.Snapshot(day, open_, np.full(each, 0.5), np.array([0.5, np.nan])))
    return shots, boosted.Wins(*np.array(won).T)


def test_what_is_learned_tells_owners_apart_and_knows_nothing_of_later_days() -> None:
    shots, won = snapshots(9, 150)
    today = shots[6].day
    model = boosted.learn(shots, won, today)
    said = boosted.predict(model, shots[8])
    assert auc_interval(said, won.soon_after(shots[8]))[1] > 0.8
    until = won.days <= day_number(today)
    known = boosted.Wins(won.keys[until], won.days[until])
    again = boosted.predict(boosted.learn(shots[:7], known, today), shots[8])
    np.testing.assert_array_equal(said, again)


def test_deals_that_an_import_told_only_the_end_of_are_left_to_the_curves() -> None:
    """That nobody knows their stage says that they came to an end: learning from it would be looking ahead."""
    shots, won = snapshots(9, 150)
    model = boosted.learn(shots, won, shots[6].day)
    some = replace(shots[8], open=replace(shots[8].open, cell=np.where(np.arange(150) < 50, -1, 0)))
    said = boosted.predict(model, some)
    np.testing.assert_array_equal(said[:50], some.by_curves[:50])
    assert said[50:].std() > 0.1 and len(some.to_learn_from().keys) == 100


def test_owners_so_many_that_rates_stand_for_them() -> None:
    """Beyond `winning.MANY` words a choice is learned as the share won under each, by no way that is going away."""
    chance = np.random.default_rng(2)
    owner = chance.integers(winning.MANY + 15, size=1200)
    won = chance.random(len(owner)) < np.where(owner % 2, 0.8, 0.2)
    words = Feature("owner", Kind.CHOICE, np.full(len(owner), np.nan), owner.astype(np.str_))
    model = winning.fit([words], won, together=np.arange(len(owner)))
    assert auc_interval(model.predict([words]), won)[1] > 0.75


def test_too_little_is_not_learned_from() -> None:
    shots, won = snapshots(5, 20)
    assert boosted.learn(shots, won, BEGIN + timedelta(days=999)) is None
    nobody = boosted.Wins(np.zeros(0, int), np.zeros(0, int))
    assert boosted.learn([], nobody, BEGIN) is None
    assert boosted.learn(shots, nobody, BEGIN + timedelta(days=999)) is None


def test_pages_do_not_load_what_only_learning_needs() -> None:
    heavy = re.compile(
        r"^(from|import) (sklearn|threadpoolctl|etappe\.insights\.forecast\.(winning|remaining))", re.MULTILINE
    )
    found = {path.name for path in ROOM.rglob("*.py") if heavy.search(path.read_text())}
    assert found == {"winning.py", "remaining.py"}
