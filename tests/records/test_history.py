"""The history of fields: every value with who and when, and back again by the edit that everybody uses."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from etappe.core.errors import Forbidden, Missing, Stale
from etappe.deals import actions as deals
from etappe.people import actions as people
from etappe.people import queries
from etappe.people.actions_fields import define_field
from etappe.people.models import Account, FieldValue
from etappe.records.history import bring_back, history
from etappe.team.models import Team
from tests.cast import AT, Cast
from tests.deals.conftest import Scene, scene
from tests.make import make_account, make_person
from tests.replay import assert_replays
from tests.unchanged import refused, unchanged
from tests.web.signed import client_of

__all__ = ["scene"]


def test_each_value_with_who_and_when_and_back(cast: Cast) -> None:
    account = make_account(cast.ada, city="Ulm", revenue=Decimal("1.50"))
    people.edit_account(account.uid, {"city": "Bonn", "revenue": None}, seen=1, actor=cast.cem, at=AT + timedelta(1))
    people.edit_account(account.uid, {"owner": None}, seen=2, actor=cast.dot, at=AT + timedelta(2))
    found = history(cast.oda, "account", account.uid)
    told = {field.column: [(value.raw, value.by, value.is_now) for value in field.values] for field in found.fields}
    assert told["city"] == [("Bonn", "Cem Çelik", True), ("Ulm", "Ada Ahrens", False)]
    assert set(told) == {"city", "revenue", "owner_id"}
    first = found.fields[0].values[1].entry
    for seen, column in enumerate(("city", "revenue", "owner_id"), 3):
        bring_back("account", account.uid, column, first, seen=seen, actor=cast.cem, at=AT)
    now = queries.get_account(cast.ada, account.uid)
    assert (now.city, now.revenue, now.owner is not None) == ("Ulm", Decimal("1.50"), True)
    assert_replays(Account.objects.get())
    with refused("stale", Stale):
        bring_back("account", account.uid, "city", first + 1, seen=3, actor=cast.ada, at=AT)
    with refused("forbidden", Forbidden):
        bring_back("account", account.uid, "city", first + 1, seen=6, actor=cast.oda, at=AT)
    for column, entry in (("archived_at", first), ("city", 0), ("name", first)):
        with pytest.raises(Missing), unchanged():
            bring_back("account", account.uid, column, entry, seen=6, actor=cast.ada, at=AT)


def test_a_deals_stage_comes_back_by_the_gate_only(scene: Scene) -> None:
    ada = scene.cast.ada
    deals.edit(scene.uid, {"expected_close": date(2026, 5, 1)}, actor=ada, at=AT)
    deals.edit(scene.uid, {"expected_close": date(2026, 6, 1)}, actor=ada, at=AT)
    scene.bring_to("requirements_agreed")
    found = history(ada, "deal", scene.uid)
    assert [field.column for field in found.fields] == ["expected_close"]
    entry = found.fields[0].values[1].entry
    bring_back("deal", scene.uid, "expected_close", entry, seen=found.version, actor=ada, at=AT)
    assert scene.row.expected_close == date(2026, 5, 1)
    with pytest.raises(Missing), unchanged():
        bring_back("deal", scene.uid, "stage", entry, seen=found.version + 1, actor=ada, at=AT)
    with pytest.raises(Missing):
        history(scene.cast.cem, "deal", scene.uid)
    assert_replays(scene.row)


def test_the_page_names_no_hidden_account(cast: Cast) -> None:
    hidden = make_account(cast.ada, name="Geheim", is_private=True)
    child = make_account(cast.ada, name="Tochter <b>", parent=hidden.uid, city="Ulm")
    people.edit_account(child.uid, {"parent": None, "city": "Bonn"}, seen=1, actor=cast.ada, at=AT)
    ada, cem = client_of("ada"), client_of("cem")
    address = f"/accounts/{child.uid}/history/"
    assert "Geheim" in ada.get(address).content.decode()
    page = cem.get(address).content.decode()
    assert "Geheim" not in page
    assert "Ulm" in page
    assert "Tochter <b>" not in page
    entry = history(cast.cem, "account", child.uid).fields[0].values[1].entry
    assert cem.post(address, {"field": "city", "entry": entry, "seen": "1"}).status_code == 409
    assert cem.post(address, {"field": "parent_id", "entry": entry, "seen": "2"}).status_code == 422
    assert cem.post(address, {"field": "city", "entry": entry, "seen": "2"}).status_code == 303
    assert queries.get_account(cast.ada, child.uid).city == "Ulm"
    assert client_of("oda").get(address).content.decode().count("Restore this value") == 0


def test_tags_and_own_fields_have_a_past_too(cast: Cast) -> None:
    for given in (
        {"key": "size", "name": "Größe", "kind": "number"},
        {"key": "region", "name": "Region", "kind": "choice", "choices": ["Nord", "Süd"]},
        {"key": "helper", "name": "Helfer", "kind": "person"},
        {"key": "south", "name": "Nur Süd", "kind": "text", "team": str(Team.objects.get(id=cast.cem.team or 0).uid)},
    ):
        define_field("account", given, actor=cast.dot, at=AT)
    helper = make_person(cast.cem, name="Heimlich <b>", is_private=True)
    account = make_account(cast.ada, tags=["Messe"], custom={"region": "nord"})
    steps: list[dict[str, object]] = [
        {"tags": ["Messe", "VIP"], "custom": {"size": "1234.5", "region": "sud"}},
        {"tags": [], "custom": {"size": None, "helper": str(helper.uid), "south": "geheim"}},
    ]
    for seen, changes in enumerate(steps, 1):
        people.edit_account(account.uid, changes, seen=seen, actor=cast.dot, at=AT + timedelta(seen))
    found = history(cast.ada, "account", account.uid)
    told = {field.column: [value.raw for value in field.values] for field in found.fields}
    assert told == {
        "tags": [[], ["Messe", "VIP"], ["Messe"]],
        "custom.size": [None, "1234.5", None],
        "custom.region": ["sud", "nord"],
        "custom.helper": [str(helper.uid), None],
    }, "the field of another team is not told"
    page = client_of("ada").get(f"/accounts/{account.uid}/history/", headers={"Accept-Language": "de"}).content.decode()
    assert all(words in page for words in ("Messe, VIP", "Größe", "1.234,5", "Nord", "Süd", "nicht einsehbar"))
    assert "Heimlich" not in page and "geheim" not in page and "Nur Süd" not in page
    columns = {field.column: field.values for field in found.fields}
    for column, back in (("tags", 1), ("custom.size", 1), ("custom.region", 1), ("custom.helper", 1)):
        seen = queries.get_account(cast.ada, account.uid).version
        bring_back("account", account.uid, column, columns[column][back].entry, seen=seen, actor=cast.ada, at=AT)
    row = Account.objects.get()
    assert (row.tags, row.custom) == (["Messe", "VIP"], {"size": "1234.5", "region": "nord", "south": "geheim"})
    assert_replays(row)
    assert set(FieldValue.objects.values_list("field__key", flat=True)) == {"size", "region", "south"}
    with refused("unknown_reference"):
        entry = columns["custom.helper"][0].entry
        bring_back("account", account.uid, "custom.helper", entry, seen=row.version, actor=cast.ada, at=AT)
    with pytest.raises(Missing), unchanged():
        bring_back("account", account.uid, "custom.south", entry, seen=row.version, actor=cast.ada, at=AT)


def test_own_fields_of_a_deal_come_back(scene: Scene) -> None:
    define_field("deal", {"key": "risk", "name": "Risiko", "kind": "text"}, actor=scene.cast.dot, at=AT)
    for value in ("hoch", "gering"):
        deals.edit(scene.uid, {"custom": {"risk": value}, "tags": [value]}, actor=scene.cast.ada, at=AT)
    ada = client_of("ada")
    found = history(scene.cast.ada, "deal", scene.uid)
    for column, place in (("custom.risk", 1), ("tags", 2)):
        entry = next(field for field in found.fields if field.column == column).values[place].entry
        sent = {"field": column, "entry": entry, "seen": scene.row.version}
        assert ada.post(f"/deals/{scene.uid}/history/", sent).status_code == 303
    assert (scene.row.custom, scene.row.tags) == ({"risk": "hoch"}, [])
    assert_replays(scene.row)
