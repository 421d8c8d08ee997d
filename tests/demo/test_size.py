"""The workspace for measuring: as large as asked for, goes on where it was interrupted, and is a workspace like any."""

from __future__ import annotations

from itertools import count

import pytest

from etappe.deals.models import Deal, Evidence, StageVisit
from etappe.demo import size
from etappe.journal.clock import now
from etappe.people.models import Account, Person
from etappe.team.queries import workspace
from tests.replay import assert_replays


def test_it_is_as_large_as_asked_for_and_goes_on_where_it_was(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "BLOCK", 50)
    monkeypatch.setattr(size, "PROVEN", 3)
    at, told = now(), list[str]()
    clock = count(1.0)

    def stop(line: str) -> None:
        told.append(line)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        size.fill(120, at, stop, lambda: next(clock))
    assert Deal.objects.count() == 100
    size.fill(120, at, told.append, lambda: next(clock))
    size.fill(120, at, told.append, lambda: next(clock))  # what is there stays
    assert (Deal.objects.count(), Account.objects.count(), Person.objects.count()) == (120, 24, 72)
    assert "120 of 120 deals" in told[-1]
    assert workspace().is_demo
    assert set(Deal.objects.values_list("status", flat=True)) == {"open", "won", "lost"}
    assert StageVisit.objects.count() > 2.5 * Deal.objects.count(), "they have a past"
    assert not StageVisit.objects.filter(entered_at__gt=at).exists(), "and no future"
    assert Evidence.objects.count() == 9
    for deal in Deal.objects.all()[:5]:
        assert_replays(deal)
