"""The demo is a whole company: every stage in use, mails to read, and nobody who can sign in."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from etappe.core.actor import SYSTEM
from etappe.core.simulate.lives import OUTCOMES
from etappe.deals.models import Deal, Evidence
from etappe.demo.company import COMPANIES, VARIED, Played, play, varied
from etappe.demo.order import Order, shipped
from etappe.insights.queries import report
from etappe.journal.clock import now
from etappe.playbook.queries import get_version
from etappe.team.models import User
from etappe.team.queries import workspace
from tests.replay import assert_replays


@pytest.mark.slow
def test_the_company_uses_every_stage_and_rests_on_evidence(db: None) -> None:
    begun = now()
    play(begun)
    assert workspace().is_demo
    used = set(Deal.objects.values_list("stage", flat=True))
    assert {stage.key for stage in get_version("inbound").spec.stages} <= used
    assert set(Deal.objects.values_list("status", flat=True)) >= {"open", "won", "lost"}
    assert set(Deal.objects.values_list("proof", flat=True)) == {"proven", "overridden", "unproven"}
    assert Evidence.objects.filter(kind="reply", strength=4).count() > 50
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert not Deal.objects.filter(created_at__gt=now()).exists()
    for deal in Deal.objects.all()[:10]:
        assert_replays(deal)
    _require_lived_as_drawn(begun.date())
    assert report("sales_cycle", viewer=SYSTEM, now=now()).is_enough


def _require_lived_as_drawn(at: date) -> None:
    """The deals stand as their lives were drawn, with the seller and from the source that were drawn."""
    drawn: Counter[tuple[str, str, str]] = Counter()
    for name, number in COMPANIES.items():
        order = Order(name, shipped(name), 7, number, at)
        order = varied(order) if name == VARIED else order
        lives = order.lives(0, number)
        for place in range(number):
            played = Played(order, lives, place)
            drawn[played.went.stage, OUTCOMES[played.went.outcome], played.segment] += 1
    assert drawn == Counter(Deal.objects.values_list("stage", "status", "source"))


def test_the_demo_is_as_varied_on_any_day() -> None:
    for days in range(0, 365, 61):
        order = Order(VARIED, shipped(VARIED), 7, COMPANIES[VARIED], date(2026, 11, 22) + timedelta(days=days))
        assert varied(order).seed < 100
