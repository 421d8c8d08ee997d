"""Deals needing attention, measured in the database: the same as the rules say of each deal, in few queries."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from etappe.core.attention import Why
from etappe.deals import actions, attention, queries
from etappe.deals.models import Deal, Evidence, StageVisit
from etappe.team.actions import create_token
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.unchanged import refused
from tests.web.counting import counted
from tests.web.pages import Reading
from tests.web.signed import client_of

TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _measured_anew() -> Iterator[None]:
    """What is remembered for a day belongs to another test's deals."""
    attention._measured.cache_clear()
    yield
    attention._measured.cache_clear()


def moment(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def won(scene: Scene, number: int, gap: int = 10) -> None:
    """Won deals in which the buyer was silent for `gap` days at most, written as they would be after many months."""
    first, end = TODAY - timedelta(days=200 + gap), TODAY - timedelta(days=200)
    for _ in range(number):
        uid = scene.another()
        place = {"status": "won", "closed_at": moment(end), "engaged_since": first, "buyer_acted_at": moment(first)}
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        deal = Deal.objects.get(uid=uid)
        acted(deal, first)
        Deal.objects.filter(uid=uid).update(**place)
        deal.refresh_from_db()
        StageVisit.objects.filter(deal=deal, left_at=None).update(status="won")


def acted(deal: Deal, day: date, **fields: Any) -> None:
    """The buyer did something on a day."""
    given = {"criterion": "c", "kind": "reply", "provenance": "uploaded", "strength": 4, "confirmed_at": AT, **fields}
    Evidence.objects.create(deal=deal, happened_at=moment(day), **given)
    Deal.objects.filter(pk=deal.pk).update(buyer_acted_at=moment(day))


def held() -> queries.Watch:
    return queries.watch(TODAY, "Europe/Berlin")


def needing(scene: Scene, kind: str = "", **how: Any) -> dict[str, list[Why]]:
    page = queries.needing(how.pop("viewer", scene.cast.ada), kind, held=held(), **how)
    return {each.deal.name: [reason.why for reason in each.reasons] for each in page.rows}


def test_evidence_moves_the_buyers_last_act_and_what_does_not_hold_moves_it_back(scene: Scene) -> None:
    assert scene.row.buyer_acted_at is None
    scene.prove("need_confirmed")
    last = scene.row.buyer_acted_at
    assert last is not None
    given = list(Evidence.objects.filter(deal=scene.row, strength__gte=3))
    assert last == max(item.happened_at for item in given)
    for item in given:
        actions.withdraw(item.uid, "wrong file", actor=scene.cast.ada, at=scene.later())
    assert scene.row.buyer_acted_at is None


def test_silence_is_measured_from_won_deals(scene: Scene) -> None:
    won(scene, 20)
    limit = held().limits.of("inbound")
    assert limit is not None
    assert (limit.days, limit.n) == (10, 20)
    acted(scene.row, TODAY - timedelta(days=11))
    Deal.objects.filter(uid=scene.uid).update(next_step_on=TODAY)
    assert needing(scene) == {"Neue Anlage": [Why.SILENT]}
    assert needing(scene, "loose") == {}
    acted(scene.row, TODAY - timedelta(days=10))
    assert needing(scene) == {}


def test_the_list_says_what_the_rules_say_of_each_deal(scene: Scene) -> None:
    won(scene, 20)
    chance = random.Random(7)
    for number in range(60):
        uid = scene.another(name=f"Deal {number}")
        days = {
            name: chance.choice([None, *(TODAY + timedelta(days=away) for away in (-400, -11, -10, -1, 0, 1, 30))])
            for name in ("next_step_on", "expected_close", "buyer_target_date", "rests_until", "engaged_since")
        }
        heard = chance.choice([None, 9, 10, 11, 300])
        created = moment(TODAY - timedelta(days=chance.choice([0, 10, 11, 900])))
        acted_at = None if heard is None else moment(TODAY - timedelta(days=heard))
        Deal.objects.filter(uid=uid).update(**days, buyer_acted_at=acted_at, created_at=created)
    rows = queries.deals(scene.cast.ada, queries.DealFilter(statuses=("open",)), today=TODAY).rows
    rows += queries.deals(
        scene.cast.ada, queries.DealFilter(statuses=("open",)), today=TODAY, sort="created"
    ).rows  # both ends of a list that is longer than a page
    wanted = {row.uid: tuple(each.why for each in queries.reasons_of(row, held())) for row in rows}
    for kind, whys in attention.KINDS.items():
        listed = {each.deal.uid for sort in ("name", "-name") for each in queries.needing(
            scene.cast.ada, kind, sort=sort, held=held()).rows}  # fmt: skip
        assert listed == {uid for uid, found in wanted.items() if set(whys) & set(found)}, kind
        assert filtered(scene, f"attention = {kind}") == listed, kind
        assert filtered(scene, f"not attention = {kind}") == set(wanted) - listed, kind
    assert filtered(scene, "attention is empty") == {uid for uid, found in wanted.items() if not found}


def filtered(scene: Scene, where: str) -> set[uuid.UUID]:
    """The open deals that a filter leaves, read from both ends of the list."""
    wanted = queries.DealFilter(statuses=("open",))
    pages = (queries.deals(scene.cast.ada, wanted, where=where, sort=sort, today=TODAY) for sort in ("name", "-name"))
    return {row.uid for page in pages for row in page.rows}


def test_who_sees_what_and_bad_words(scene: Scene) -> None:
    assert list(needing(scene)) == ["Neue Anlage"]
    assert needing(scene, viewer=scene.cast.cem) == {}
    assert list(needing(scene, viewer=scene.cast.ben)) == ["Neue Anlage"]
    with refused("bad_filter"):
        needing(scene, "age")
    client = client_of("ada")
    for query in ("kind=age", "sort=x", "after=x", "kind=%00", "after=" + "9" * 5000):
        assert client.get(f"/deals/attention/?{query}").status_code == 422, query


def test_the_page_the_record_and_the_interface_say_why(scene: Scene) -> None:
    Deal.objects.filter(uid=scene.uid).update(expected_close=date(2026, 1, 31))
    page = client_of("ada").get("/deals/attention/?owner=me&sort=name").content.decode()
    assert "The order was expected on 31 Jan 2026" in page.replace("January", "Jan")
    assert "20 are needed" in page, "too few won deals: it says so"
    assert Reading(page).problems == []
    record = client_of("ada").get(f"/deals/{scene.uid}/").content.decode()
    assert "Needs attention" in record
    board = client_of("ada").get("/deals/board/").content.decode()
    assert "expected order date passed" in board
    token = create_token("Test", ("read",), actor=scene.cast.ada, at=AT)[1]
    headers = {"Authorization": f"Bearer {token}"}
    (row,) = Client().get("/api/v1/attention?kind=order", headers=headers).json()["rows"]
    assert row["deal"]["name"] == "Neue Anlage"
    assert [each["why"] for each in row["reasons"]] == ["order", "loose"]
    assert Client().get("/api/v1/attention?kind=age", headers=headers).status_code == 422


def test_what_it_costs(scene: Scene) -> None:
    won(scene, 20)
    for number in range(5):
        scene.another(name=f"Deal {number}")
    counted(client_of("ada"), "/deals/attention/", "attention")
    held()
    with CaptureQueriesContext(connection) as asked:
        held()
    assert len(asked) == 0, "limits are measured once a day"
