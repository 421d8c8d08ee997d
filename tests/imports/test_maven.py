"""The first real export, and its twin of our own making: files that refer to each other, with dirty keys and gaps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count, Sum

from etappe.deals.models import Deal, DealSpan, StageVisit
from etappe.journal.models import Entry
from etappe.people.models import Account
from etappe.team.models import Team, User
from tests.imports import twin

MAVEN = Path(__file__).parents[2] / "../shared/data/maven_crm"
real = pytest.mark.skipif(not MAVEN.exists(), reason="../shared/data is missing")


def by_status() -> dict[str, int]:
    return dict(Deal.objects.values_list("status").annotate(Count("id")))


@real
def test_maven(db):
    view = twin.run(*sorted(MAVEN.glob("*.csv")))
    assert dict(view.totals) == {"created": 8927, "changed": 0, "unchanged": 0, "rejected": 0, "rows": 8927}
    assert by_status() == {"won": 4238, "lost": 2473, "open": 2089}
    assert Deal.objects.filter(status="won").aggregate(Sum("amount"))["amount__sum"] == Decimal(10_005_534)
    assert Deal.objects.filter(account=None).count() == 1425
    assert Deal.objects.filter(engaged_since=None).count() == 500
    assert set(Deal.objects.values_list("data_as_of", flat=True)) == {date(2017, 12, 31)}
    assert not Deal.objects.filter(product="GTXPro").exists()
    assert Deal.objects.filter(product="GTX Pro").count() == 1480
    assert Account.objects.count() == 85
    assert Account.objects.exclude(parent=None).count() == 15
    assert User.objects.filter(role="manager").count() == 6
    assert Team.objects.filter(parent=None).count() == 3
    assert User.objects.values_list("team__name", flat=True).get(name="Moses Frase") == "Central · Dustin Brinkmann"
    assert dict(twin.run(*sorted(MAVEN.glob("*.csv"))).totals)["unchanged"] == 8927


def test_the_twin(db, tmp_path):
    view = twin.run(*twin.four(tmp_path))
    assert dict(view.totals) == {"created": 71, "changed": 0, "unchanged": 0, "rejected": 0, "rows": 71}
    assert by_status() == {"won": 30, "lost": 12, "open": 18}
    assert Deal.objects.filter(engaged_since=None).count() == 6
    assert Deal.objects.filter(account=None).count() == 9
    assert set(Deal.objects.values_list("product", flat=True)) == {"Alpha Pro", "Beta"}
    assert Account.objects.filter(name="Mittelau KG", parent__name="Nordlicht GmbH").exists()
    assert not any(user.has_usable_password() for user in User.objects.all())
    north = Team.objects.get(name="Nord · Mona Nagel", parent__name="Nord")
    assert User.objects.get(name="Mona Nagel").team_id == north.id


def test_imported_deals_are_unproven_and_stand_in_world_time(db, tmp_path):
    twin.run(*twin.four(tmp_path))
    won = Deal.objects.get(data__isnull=False, name__startswith="Nordlicht GmbH", engaged_since=date(2016, 1, 1))
    assert (won.status, won.proof, won.basis) == ("won", "unproven", "imported")
    visit = StageVisit.objects.get(deal=won)
    assert (visit.basis, visit.proof, visit.backfilled, visit.entered_at) == (
        "imported",
        "unproven",
        True,
        won.closed_at,
    )
    spans = list(DealSpan.objects.filter(deal=won).order_by("id").values_list("valid", "status"))
    assert [status for _valid, status in spans] == ["open", "won"]
    assert (spans[0][0].upper, spans[1][0].lower, spans[1][0].upper) == (won.closed_at, won.closed_at, None)
    entry = Entry.objects.get(deal_id=won.id)
    assert (entry.kind, entry.backfilled, entry.occurred_at) == ("deal.created", True, spans[0][0].lower)


def test_the_process_comes_from_the_stages_in_their_order(db, tmp_path):
    view = twin.run(*twin.four(tmp_path))
    assert view.plan is not None
    assert view.plan.process == "our_sales_process"
    open_ones = dict(Deal.objects.filter(status="open").values_list("stage").annotate(Count("id")))
    assert set(open_ones) == {view.plan.stages["Prospecting"], view.plan.stages["Engaging"]}
