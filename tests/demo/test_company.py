"""The demo is a whole company: every stage in use, mails to read, nobody who can sign in, and a way out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import psycopg
import pytest
from pytest_django.plugin import DjangoDbBlocker

from etappe.config.embedded import APPLICATION
from etappe.config.supervisor import DEMO, MAIN
from etappe.core.actor import SYSTEM
from etappe.core.simulate.lives import OUTCOMES
from etappe.deals.models import Deal, Evidence
from etappe.demo.company import COMPANIES, VARIED, varied
from etappe.demo.order import Order, shipped
from etappe.demo.rows import Played
from etappe.insights.queries import report
from etappe.journal.clock import now
from etappe.playbook.queries import get_version
from etappe.team.models import User
from etappe.team.queries import workspace
from tests.config.site import Serving, open_home, serving, set_up, until
from tests.conftest import on_database
from tests.replay import assert_replays

pytestmark = pytest.mark.timeout(600)


@dataclass
class Demo:
    """A simulated company that is served, and between which moments it was filled."""

    site: Serving
    begun: datetime
    filled: datetime

    def url(self, database: str) -> str:
        return self.site.database().url(APPLICATION, database)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """The demo as `etappe serve --demo` makes it; filling it takes a while, so the tests of this file share it."""
    begun = now()
    with open_home(is_ready=True) as home, serving(home, "--demo") as site:
        yield Demo(site, begun, now())


@pytest.fixture
def filled(demo: Demo, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    """The demo, with its database at hand."""
    with on_database(demo.url(DEMO), django_db_blocker):
        yield demo


@pytest.mark.slow
def test_the_company_uses_every_stage_and_rests_on_evidence(filled: Demo) -> None:
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
    lived = Counter(Deal.objects.exclude(basis="imported").values_list("stage", "status", "source"))
    assert lived in [_drawn(moment.date()) for moment in (filled.begun, filled.filled)]
    for key in ("sales_cycle", "velocity", "bottlenecks", "response_time"):
        assert report(key, viewer=SYSTEM, now=now()).is_enough, key
    assert not Deal.objects.filter(basis="imported", status="open").exists(), "what is open was played, with its papers"


def _drawn(at: date) -> Counter[tuple[str, str, str]]:
    """Where the deals stand as their lives were drawn, by the source that was drawn."""
    drawn: Counter[tuple[str, str, str]] = Counter()
    for name, number in COMPANIES.items():
        order = Order(name, shipped(name), 7, number, at)
        order = varied(order) if name == VARIED else order
        lives = order.lives(0, number)
        for place in range(number):
            played = Played(order, lives, place)
            drawn[played.went.stage, OUTCOMES[played.went.outcome], played.segment] += 1
    return drawn


@pytest.mark.slow
def test_the_whole_way_out_of_the_demo(demo: Demo) -> None:
    site, home = demo.site, demo.site.home
    browser = set_up(site)
    assert browser.ask("GET", "/")[0] == 200
    assert (home / "active-database").read_text().strip() == DEMO
    assert browser.post("/setup/start-empty/", {})[0] == 200
    until(lambda: (home / "active-database").read_text().strip() == MAIN, "the main database")
    until(lambda: _is_main(site) and browser.ask("GET", "/")[0] == 200, "the administrator to be signed in there")
    assert not list((home / "requests").iterdir())
    with psycopg.connect(demo.url(MAIN)) as connection:
        databases = {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}
    assert DEMO in databases


def _is_main(site: Serving) -> bool:
    try:
        return site.answers()
    except OSError:
        return False


def test_the_demo_is_as_varied_on_any_day() -> None:
    for days in range(0, 365, 61):
        order = Order(VARIED, shipped(VARIED), 7, COMPANIES[VARIED], date(2026, 11, 22) + timedelta(days=days))
        assert varied(order).seed < 100
