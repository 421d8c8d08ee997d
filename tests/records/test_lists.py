"""Lists with any columns: every field can be shown, sorted and grouped by, and only what one may see."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from etappe.core.actor import Actor
from etappe.core.filters import EVERYTHING, parse, written
from etappe.deals import actions
from etappe.deals.models import Deal
from etappe.people.models import Account, Field
from etappe.records import lists
from etappe.records.list_values import Money, Ref
from etappe.records.lists import SUBJECTS, Wanted
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.make import make_account
from tests.scenery import kept
from tests.unchanged import refused

TODAY = date(2026, 3, 2)


def set_lists() -> Scene:
    scene = set_scene()
    wien = make_account(scene.cast.ada, name="Wiener Würze", country="AT", industry="Food")
    for name, amount, currency in (("A", 100, "EUR"), ("B", 50, "CHF"), ("C", 25, "EUR")):
        fields = {"name": name, "amount": Decimal(amount), "currency": currency, "account": wien.uid}
        actions.create(fields, process="inbound", actor=scene.cast.ada, at=AT)
    return scene


scene = kept(set_lists)


def rows(viewer: Actor, subject: str, where: str = "", **wanted: Any) -> list[dict[str, Any]]:
    asked = Wanted(SUBJECTS[subject], parse(where), **wanted)
    return [dict(row.values) for row in lists.listing(viewer, asked, today=TODAY).rows]


def test_columns_of_records_and_of_what_they_belong_to(scene: Scene) -> None:
    ada = scene.cast.ada
    columns = ("name", "amount", "account", "account.country", "stage", "owner", "next_step_on", "buying_centre")
    (row,) = rows(ada, "deals", "name = A", columns=columns)
    assert row["amount"] == Money(Decimal(100), "EUR")
    assert (row["account"].name, row["account.country"], row["owner"].name) == ("Wiener Würze", "AT", "Ada Ahrens")
    assert (row["stage"], row["next_step_on"], row["buying_centre"]) == ("Need confirmed", None, 0)
    (account,) = rows(ada, "accounts", "name ~ wien", columns=("name", "open_deals", "open_amount"))
    assert account["open_deals"] == 3
    assert set(account["open_amount"]) == {Money(Decimal(125), "EUR"), Money(Decimal(50), "CHF")}


def test_own_fields_are_columns(scene: Scene) -> None:
    Field.objects.create(subject="deal", key="budget", name="Budget", kind="money")
    Field.objects.create(subject="deal", key="when", name="When", kind="date")
    Field.objects.create(subject="deal", key="who", name="Who", kind="person")
    Deal.objects.filter(name="A").update(
        custom={"budget": {"amount": "7.50", "currency": "EUR"}, "when": "2026-05-01"}, tags=["x", "y"]
    )
    row = rows(scene.cast.ada, "deals", "name = A", columns=("custom.budget", "custom.when", "custom.who", "tags"))[0]
    assert row["custom.budget"] == Money(Decimal("7.50"), "EUR")
    assert (row["custom.when"], row["custom.who"], row["tags"]) == (date(2026, 5, 1), None, ("x", "y"))
    Field.objects.filter(key="budget").update(archived_at=AT)
    with refused("filter_field_gone"):
        rows(scene.cast.ada, "deals", columns=("name", "custom.budget"))


def test_a_private_account_shows_nothing_but_its_name_on_a_deal(scene: Scene) -> None:
    Account.objects.filter(name="Wiener Würze").update(is_private=True, owner=scene.cast.cem.id)
    (row,) = rows(scene.cast.ada, "deals", "name = A", columns=("name", "account", "account.country"))
    assert isinstance(row["account"], Ref) and row["account.country"] is None


def test_every_column_can_be_shown_and_sorted_by(scene: Scene) -> None:
    for key, subject in SUBJECTS.items():
        known = lists.registry_of(subject, scene.cast.ada)
        shown = [field.key for field in known if field.value is not None]
        for start in range(0, len(shown), lists.COLUMNS):
            assert rows(scene.cast.ada, key, columns=tuple(shown[start : start + lists.COLUMNS]))
        for sort in known.sorts():
            assert rows(scene.cast.ada, key, columns=("name",), sort=sort), sort


def test_a_page_costs_the_same_whatever_it_shows(scene: Scene) -> None:
    def cost(**wanted: Any) -> int:
        with CaptureQueriesContext(connection) as asked:
            rows(scene.cast.ada, "deals", **wanted)
        return len(asked)

    rows(scene.cast.ada, "deals")
    assert cost(columns=("name",)) == cost(columns=("name", "account", "account.country", "owner", "evidence"))


def test_a_filter_asked_again_means_what_it_means_now(scene: Scene) -> None:
    """What finds a page is kept, but who asks, on which day and in which language is part of the question."""

    def names(viewer: Actor, where: str, day: date = TODAY) -> list[str]:
        wanted = Wanted(SUBJECTS["deals"], parse(where), columns=("name",), sort="name")
        return [row.values["name"] for row in lists.listing(viewer, wanted, today=day).rows]

    deal = Deal.objects.filter(name="A")
    deal.update(expected_close=TODAY, source="Messe")
    for _again in range(2):
        assert names(scene.cast.ada, "expected_close < today") == []
        assert names(scene.cast.ada, "expected_close < today", date(2026, 3, 3)) == ["A"]
        with translation.override("de"):
            assert "A" in names(scene.cast.ada, "status = offen")
        with refused("filter_value_unknown"):
            names(scene.cast.ada, "status = offen")
    mine = "status = open and source = Messe"
    assert (names(scene.cast.ada, mine), names(scene.cast.cem, mine)) == (["A"], [])
    deal.update(owner=scene.cast.cem.id, team=None)
    assert names(scene.cast.cem, mine) == ["A"]
    deal.update(source="Web")
    assert names(scene.cast.ada, mine) == []


def test_groups_count_and_sum_by_currency(scene: Scene) -> None:
    wanted = Wanted(SUBJECTS["deals"], EVERYTHING)
    by_account = lists.groups(scene.cast.ada, wanted, "account", today=TODAY)
    assert [(group.value.name, group.count) for group in by_account] == [("Wiener Würze", 3), ("Kunde GmbH", 1)]
    assert set(by_account[0].sums) == {Money(Decimal(125), "EUR"), Money(Decimal(50), "CHF")}
    for by in ("account", "stage", "owner", "status", "source", "currency"):
        for group in lists.groups(scene.cast.ada, wanted, by, today=TODAY):
            assert group.where is not None
            assert len(rows(scene.cast.ada, "deals", written(group.where))) == group.count, (by, group)
    with refused("group_unfit"):
        lists.groups(scene.cast.ada, wanted, "amount", today=TODAY)


def test_all_rows_come_once_and_in_order(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "CHUNK", 2)
    found = [row.values["name"] for row in lists.every(
        scene.cast.ada, Wanted(SUBJECTS["deals"], columns=("name",), sort="-amount"), today=TODAY)]  # fmt: skip
    assert found == ["A", "B", "C", "Neue Anlage"]
    assert json.dumps(found)


def test_too_much_is_refused(scene: Scene) -> None:
    known = [field.key for field in lists.registry_of(SUBJECTS["deals"], scene.cast.ada) if field.value is not None]
    with refused("too_many_columns"):
        rows(scene.cast.ada, "deals", columns=tuple(known[:30]))
    with refused("column_not_shown"):
        rows(scene.cast.ada, "deals", columns=("person.email",))
    with refused("unknown_sort"):
        rows(scene.cast.ada, "deals", sort="password")
