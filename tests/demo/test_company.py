"""The demo is a whole company: every stage in use, mails to read, and nobody who can sign in."""

from __future__ import annotations

import pytest

from etappe.deals.models import Deal, Evidence
from etappe.demo.company import play
from etappe.journal.clock import now
from etappe.playbook.queries import get_version
from etappe.team.models import User
from etappe.team.queries import workspace
from tests.replay import assert_replays


@pytest.mark.slow
def test_the_company_uses_every_stage_and_rests_on_evidence(db: None) -> None:
    play(now())
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
