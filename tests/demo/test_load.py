"""A simulated company that is loaded: as large as ordered, goes on where it was, and its figures find its truth."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest

from etappe.core.actor import SYSTEM
from etappe.core.simulate.lives import observed
from etappe.deals.models import Deal, Evidence, StageVisit
from etappe.demo import load, order
from etappe.demo.order import Order, measuring, shipped, standing
from etappe.insights.queries import report
from etappe.journal.clock import now
from etappe.people.models import Account, Person
from etappe.team.queries import workspace
from tests.replay import assert_replays


def test_it_is_as_large_as_ordered_and_goes_on_where_it_was(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "BLOCK", 50)
    monkeypatch.setattr(load, "PROVEN", 3)
    at, told = now(), list[str]()
    clock, wanted = count(1.0), measuring(120, at.date())

    def stop(line: str) -> None:
        told.append(line)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load.fill(wanted, at, stop, lambda: next(clock))
    assert Deal.objects.count() == 100
    load.fill(wanted, at, told.append, lambda: next(clock))
    load.fill(wanted, at, told.append, lambda: next(clock))  # what is there stays
    assert (Deal.objects.count(), Account.objects.count(), Person.objects.count()) == (120, 24, 72)
    assert "120 of 120 deals" in told[-1]
    assert workspace().is_demo
    assert set(Deal.objects.values_list("status", flat=True)) == {"open", "won", "lost"}
    assert 0.3 < Deal.objects.filter(status="open").count() / 120 < 0.5
    assert StageVisit.objects.count() > 2.5 * Deal.objects.count(), "they have a past"
    assert not StageVisit.objects.filter(entered_at__gt=at).exists(), "and no future"
    assert Evidence.objects.count() == 9
    for deal in Deal.objects.all()[:5]:
        assert_replays(deal)


@pytest.mark.parametrize("split", ["source", "industry"])
def test_the_figures_say_what_was_drawn(db: None, split: str) -> None:
    """Every deal that was drawn stands in the workspace as its life left it, in its segment and its version."""
    source = shipped("example").replace("split: source", f"split: {split}")
    wanted = Order("probe", source, seed=3, deals=400, until=date(2026, 1, 1))
    at = order_day(wanted)
    load.fill(wanted, at, lambda _line: None, lambda: 0.0)
    counts = standing(wanted)
    (rate,) = _lines("win_rate", at, None)
    assert {name: rate[name] for name in ("won", "lost", "declined", "disqualified")} == {
        name: counts[name] for name in ("won", "lost", "declined", "disqualified")
    }
    lives = wanted.lives(0, 400)
    _days, outcome = observed(lives, wanted.company.days)
    for place, kind in enumerate(wanted.company.segments):
        line = next(row for row in _lines("win_rate", at, split) if row["segment"] == kind.key)
        assert line["won"] == ((outcome == 1) & (lives.segment == place)).sum()
    for number in (1, 2):
        line = next(row for row in _lines("win_rate", at, "process") if row["segment"] == f"inbound {number}")
        assert line["won"] == ((outcome == 1) & (lives.version == number - 1)).sum()
    assert {deal.tags[0] for deal in Deal.objects.all()} == {"Simuliert"}


def order_day(wanted: Order) -> Any:
    """The first moment after the history."""
    return wanted.at(wanted.company.days)


def _lines(key: str, at: Any, by: str | None) -> Any:
    return report(key, viewer=SYSTEM, by=by, now=at).finding.rows
