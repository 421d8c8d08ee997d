"""Merging: which value wins, what comes along, who may, what two at once do, and the way back."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from etappe.core.actor import SYSTEM
from etappe.core.errors import Forbidden, Missing, Refusal, Stale
from etappe.deals import actions as deals
from etappe.deals.models import Deal, Evidence, Stakeholder
from etappe.foreign.files import check_upload
from etappe.people import actions as people
from etappe.people import queries
from etappe.people.actions_fields import define_field
from etappe.people.actions_touchpoints import record as record_contact
from etappe.people.actions_touchpoints import withdraw
from etappe.people.load import create_people
from etappe.people.models import Account, FieldValue, Person, Touchpoint
from etappe.records import actions as records
from etappe.records import bin as recycle
from etappe.records import duplicates
from etappe.records.actions_files import add_file
from etappe.records.files import files_of, record_id
from etappe.records.merge import merge, past, preview, undo
from etappe.records.models import Pair
from etappe.team.actions import create_token
from tests.cast import AT, Cast, assemble
from tests.deals.conftest import Scene, scene
from tests.make import make_account, make_deal, make_person, make_process
from tests.replay import assert_replays
from tests.unchanged import refused, unchanged
from tests.web.signed import client_of

__all__ = ["scene"]


def account(uid: uuid.UUID) -> Account:
    return Account.objects.get(uid=uid)


def rows() -> dict[str, Any]:
    """All records of the trade as they stand, but for their versions."""
    found: dict[str, Any] = {}
    for model in (Account, Person, Deal):
        for row in model.objects.order_by("id"):
            found[f"{model.__name__} {row.id}"] = {name: getattr(row, name) for name in model.JOURNALED}
    found["centre"] = sorted(Stakeholder.objects.values_list("deal", "person", "role"))
    found["evidence"] = sorted(Evidence.objects.values_list("id", "person"))
    return found


def assert_all_replay() -> None:
    for model in (Account, Person, Deal):
        for row in model.objects.all():
            assert_replays(row)


def test_the_winning_values_and_what_comes_along(scene: Scene) -> None:
    ada = scene.cast.ada
    stays = make_account(ada, name="Kunde AG", city="", phone="1", industry="Bau")
    child = make_account(ada, name="Tochter", parent=scene.account)
    people.edit_account(scene.account, {"city": "Ulm", "industry": "Handel"}, seen=1, actor=ada, at=AT)
    add_file("account", scene.account, check_upload("plan.txt", b"Plan"), b"Plan", actor=ada, at=AT)
    looked = preview(ada, "account", [stays.uid, scene.account])
    assert looked.moves == {"people": 1, "children": 1, "deals": 1, "files": 1}
    assert looked.sides.differs("industry")
    assert not looked.sides.differs("city")
    before = rows()
    done = merge(
        "account",
        [stays.uid, scene.account],
        seen={stays.uid: 1, scene.account: 2},
        choices={"industry": scene.account},
        actor=ada,
        at=AT,
    )
    found = queries.get_account(scene.cast.cem, stays.uid)
    assert (found.name, found.city, found.phone, found.industry) == ("Kunde AG", "Ulm", "1", "Handel")
    assert found.domain == "kunde.example"
    assert done.moved == {"people": 1, "children": 1, "deals": 1, "files": 1}
    assert [file.name for file in files_of("account", found.id)] == ["plan.txt"]
    now_on = scene.view().row.account
    assert now_on is not None and now_on.name == "Kunde AG"
    assert queries.get_person(ada, scene.eva).account == queries.AccountRef(stays.uid, "Kunde AG")
    assert queries.get_account(ada, child.uid).parent == queries.AccountRef(stays.uid, "Kunde AG")
    assert_all_replay()
    undone = undo(done.uid, actor=ada, at=AT + timedelta(days=89))
    assert (undone.kept, undone.stay) == ((), 0)
    assert rows() == before
    assert files_of("account", found.id) == []
    assert [file.name for file in files_of("account", record_id(ada, "account", scene.account))] == ["plan.txt"]
    assert_all_replay()
    with refused("merge_is_over"):
        undo(done.uid, actor=ada, at=AT)


def test_what_was_edited_since_stays(scene: Scene) -> None:
    cast = scene.cast
    stays = make_account(cast.ada, name="Kunde AG")
    other = make_account(cast.ada, name="Kunde KG", city="Ulm", phone="7")
    third = make_account(cast.ada, name="Dritte")
    eva = make_person(cast.ada, name="Eva", account=other.uid)
    uwe = make_person(cast.ada, name="Uwe", account=other.uid)
    done = merge("account", [stays.uid, other.uid], actor=cast.ada, at=AT)
    version = queries.get_account(cast.ada, stays.uid).version
    people.edit_account(stays.uid, {"city": "Bonn", "industry": "Bau"}, seen=version, actor=cast.cem, at=AT)
    people.edit_person(eva.uid, {"account": third.uid}, seen=2, actor=cast.cem, at=AT)
    undone = undo(done.uid, actor=cast.ada, at=AT)
    assert (undone.kept, undone.stay) == (("city",), 1)
    found = queries.get_account(cast.ada, stays.uid)
    assert (found.city, found.phone, found.industry) == ("Bonn", "", "Bau")
    assert queries.get_account(cast.ada, other.uid).city == "Ulm"
    assert queries.get_person(cast.ada, eva.uid).account == queries.AccountRef(third.uid, "Dritte")
    assert queries.get_person(cast.ada, uwe.uid).account == queries.AccountRef(other.uid, "Kunde KG")
    assert_all_replay()


def test_people_bring_their_evidence_and_stand_once_in_a_centre(scene: Scene) -> None:
    ada = scene.cast.ada
    twin = make_person(ada, name="Eva Ernst-Twin", mobile="0171 1234567")
    deals.add_stakeholder(scene.uid, twin.uid, "champion", actor=ada, at=AT)
    other_deal = scene.another(name="Nur Eva")
    deals.add_stakeholder(other_deal, scene.eva, "user", actor=ada, at=AT)
    deals.edit(scene.uid, {"next_step_person": scene.eva}, actor=ada, at=AT)
    scene.prove(scene.row.stage)
    before = rows()
    done = merge("person", [twin.uid, scene.eva], actor=ada, at=AT)
    key = Person.objects.get(uid=twin.uid).id
    assert list(Stakeholder.objects.order_by("deal").values_list("person", "role")) == [
        (key, "champion"),
        (key, "user"),
    ]
    assert set(Evidence.objects.values_list("person", flat=True)) <= {key, None}
    assert Deal.objects.get(uid=scene.uid).next_step_person_id == key
    assert queries.get_person(ada, twin.uid).email == "eva@kunde.example"
    assert scene.view().stages[0].proven
    assert_all_replay()
    undo(done.uid, actor=ada, at=AT)
    assert rows() == before
    assert_all_replay()


def test_own_fields_and_tags_are_put_together(cast: Cast) -> None:
    define_field("account", {"name": "Region", "kind": "text", "key": "region"}, actor=cast.dot, at=AT)
    define_field("account", {"name": "Rang", "kind": "text", "key": "rang"}, actor=cast.dot, at=AT)
    one = make_account(cast.ada, name="Eins", tags=["b"], custom={"region": "nord"})
    other = make_account(cast.ada, name="Zwei", tags=["a", "b"], custom={"region": "süd", "rang": "1"})
    before = rows()
    with refused("unknown_field"):
        merge("account", [one.uid, other.uid], choices={"custom.x": one.uid}, actor=cast.ada, at=AT)
    with refused("unknown_reference"):
        merge("account", [one.uid, other.uid], choices={"name": uuid.uuid4()}, actor=cast.ada, at=AT)
    page = client_of("ada").get(f"/accounts/{one.uid}/merge/?with={other.uid}").content.decode()
    assert f'name="pick-custom.region" value="{other.uid}"' in page
    assert "Rang" in page
    done = merge("account", [one.uid, other.uid], choices={"custom.region": other.uid}, actor=cast.ada, at=AT)
    row = account(one.uid)
    assert (row.tags, row.custom) == (["a", "b"], {"region": "süd", "rang": "1"})
    assert set(FieldValue.objects.filter(record=row.id).values_list("text", flat=True)) == {"sud", "1"}
    assert_all_replay()
    undo(done.uid, actor=cast.ada, at=AT)
    assert rows() == before
    assert_all_replay()
    again = merge("account", [one.uid, other.uid], choices={"custom.region": other.uid}, actor=cast.ada, at=AT)
    version = queries.get_account(cast.ada, one.uid).version
    people.edit_account(one.uid, {"custom": {"region": "west"}}, seen=version, actor=cast.ada, at=AT)
    assert undo(again.uid, actor=cast.ada, at=AT).kept == ("custom.region",)
    assert account(one.uid).custom == {"region": "west"}
    assert_all_replay()


def test_companies_never_end_up_below_themselves(cast: Cast) -> None:
    top = make_account(cast.ada, name="Holding")
    upper = make_account(cast.ada, name="Oben", parent=top.uid)
    middle = make_account(cast.ada, name="Mitte", parent=upper.uid)
    lower = make_account(cast.ada, name="Unten", parent=middle.uid)
    before = rows()
    done = merge("account", [lower.uid, upper.uid], actor=cast.ada, at=AT)
    assert account(lower.uid).parent_id == top.id
    assert account(middle.uid).parent_id == lower.id
    again = merge("account", [middle.uid, lower.uid, top.uid], actor=cast.ada, at=AT)
    assert account(middle.uid).parent_id is None
    assert_all_replay()
    with refused("merged_on"):
        undo(done.uid, actor=cast.ada, at=AT)
    undo(again.uid, actor=cast.ada, at=AT)
    undo(done.uid, actor=cast.ada, at=AT)
    assert rows() == before


def test_undoing_after_the_companies_were_turned_round(cast: Cast) -> None:
    stays, other = make_account(cast.ada, name="A"), make_account(cast.ada, name="B")
    child = make_account(cast.ada, name="C", parent=other.uid)
    done = merge("account", [stays.uid, other.uid], actor=cast.ada, at=AT)
    people.edit_account(child.uid, {"parent": None}, seen=2, actor=cast.ada, at=AT)
    people.edit_account(stays.uid, {"parent": child.uid}, seen=2, actor=cast.ada, at=AT)
    assert undo(done.uid, actor=cast.ada, at=AT).stay == 1
    assert account(stays.uid).parent_id == child.id
    assert account(child.uid).parent_id is None


def test_who_may_merge(cast: Cast) -> None:
    mine, theirs = make_account(cast.ada), make_account(cast.cem)
    nobodys = make_account(SYSTEM)
    for actor in (cast.ada, cast.ben, cast.cem, cast.mia, cast.sam, cast.oda):
        with refused("forbidden", Forbidden):
            merge("account", [mine.uid, theirs.uid], actor=actor, at=AT)
    hidden = make_account(cast.ada, name="Geheim", is_private=True)
    for actor in (cast.ben, cast.cem):
        with pytest.raises(Missing), unchanged():
            merge("account", [theirs.uid, hidden.uid], actor=actor, at=AT)
        with pytest.raises(Missing):
            preview(actor, "account", [theirs.uid, hidden.uid])
    done = merge("account", [mine.uid, nobodys.uid], actor=cast.ada, at=AT)
    with refused("forbidden", Forbidden):
        undo(done.uid, actor=cast.cem, at=AT)
    undo(done.uid, actor=cast.ben, at=AT)
    merge("account", [mine.uid, theirs.uid], actor=cast.dot, at=AT)


def test_what_cannot_be_merged(cast: Cast) -> None:
    one, other = make_account(cast.ada), make_account(cast.ada)
    for uids in ([one.uid], [one.uid, one.uid], [], [uuid.uuid4() for _ in range(21)]):
        with refused("merge_count"):
            merge("account", uids, actor=cast.ada, at=AT)
    for other_uid in (uuid.uuid4(), "x"):
        with pytest.raises(Missing), unchanged():
            merge("account", [one.uid, other_uid], actor=cast.ada, at=AT)
    with pytest.raises(Missing), unchanged():
        merge("deal", [one.uid, other.uid], actor=cast.ada, at=AT)
    records.tell_apart("account", one.uid, other.uid, actor=cast.ada, at=AT)
    with refused("merge_apart"):
        merge("account", [one.uid, other.uid], actor=cast.ada, at=AT)


def test_who_is_second_is_told_who_was_quicker(cast: Cast) -> None:
    one, other = make_account(cast.ada), make_account(cast.ada)
    people.edit_account(other.uid, {"city": "Ulm"}, seen=1, actor=cast.ben, at=AT)
    with refused("stale", Stale) as no:
        merge("account", [one.uid, other.uid], seen={one.uid: 1, other.uid: 1}, actor=cast.ada, at=AT)
    assert no.value.params["by"] == "Ben Brandt"
    third = make_account(cast.ada)
    merge("account", [third.uid, other.uid], actor=cast.ben, at=AT)
    with refused("stale", Stale):
        merge("account", [one.uid, other.uid], actor=cast.ada, at=AT)


def test_of_many_merges_at_once_one_wins(fresh_database: str) -> None:
    cast = assemble()
    uids = [make_account(cast.ada, name=f"Firma {number}").uid for number in range(3)]

    def attempt(number: int) -> str:
        turned = uids[number % 3 :] + uids[: number % 3]
        try:
            merge("account", turned, actor=cast.ada, at=AT)
            return "done"
        except Refusal as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(attempt, range(6))) == ["done"] + ["stale"] * 5
    assert Account.objects.filter(archived_at=None).count() == 1
    assert_all_replay()


def test_the_old_address_leads_on_for_those_who_see_both(cast: Cast) -> None:
    stays = make_account(cast.ada, name="Bleibt", is_private=True)
    goes, last = make_account(cast.ada, name="Geht"), make_account(cast.ada, name="Letzte")
    people.write_note("Ruft vormittags an.", account=goes.uid, actor=cast.ada, at=AT)
    merge("account", [stays.uid, goes.uid], actor=cast.ada, at=AT)
    merge("account", [last.uid, stays.uid], choices={"is_private": stays.uid}, actor=cast.ada, at=AT)
    ada, cem = client_of("ada"), client_of("cem")
    led = ada.get(f"/accounts/{goes.uid}/")
    assert (led.status_code, led["Location"]) == (303, f"/accounts/{last.uid}/")
    story = ada.get(f"/accounts/{last.uid}/").content.decode()
    assert "Ruft vormittags an." in story
    assert "Merged with Bleibt" in story
    for uid in (goes.uid, stays.uid, last.uid):
        assert cem.get(f"/accounts/{uid}/").status_code == 404
    assert recycle.binned(cast.ada, "account", AT).rows == ()
    with refused("not_in_bin"):
        recycle.restore("account", goes.uid, actor=cast.ada, at=AT)


def test_the_queue_forgets_what_was_merged(cast: Cast) -> None:
    one, other = make_account(cast.ada, name="Müller GmbH"), make_account(cast.ada, name="Mueller AG")
    duplicates.look("account", [one.id], at=AT)
    done = merge("account", [one.uid, other.uid], actor=cast.ada, at=AT)
    assert Pair.objects.count() == 0
    assert [each.names for each in past(cast.ada, "account", one.id, AT)] == [("Mueller AG",)]
    undo(done.uid, actor=cast.ada, at=AT)
    assert Pair.objects.count() == 1
    assert past(cast.ada, "account", one.id, AT) == []


def test_the_way_through_the_pages(cast: Cast) -> None:
    one = make_account(cast.ada, name="Müller <i>GmbH", city="Ulm", industry="Bau")
    other = make_account(cast.ada, name="Mueller AG", city="Bonn")
    duplicates.look("account", [one.id, other.id], at=AT)
    ada = client_of("ada")
    address = f"/accounts/{one.uid}/merge/"
    assert "Mueller AG" in ada.get(f"{address}?q=Mueller").content.decode()
    page = ada.get(f"{address}?with={other.uid}").content.decode()
    assert "<i>GmbH" not in page
    assert f'name="pick-city" value="{other.uid}"' in page
    assert 'name="pick-industry"' not in page
    body = {"with": str(other.uid), f"seen-{one.uid}": "1", f"seen-{other.uid}": "7", "pick-city": str(other.uid)}
    stale = ada.post(address, body)
    assert stale.status_code == 409
    assert "nothing of yours was saved" in stale.content.decode()
    assert f'name="pick-city" value="{other.uid}" checked' in stale.content.decode(), "what was chosen stays chosen"
    done = ada.post(address, body | {f"seen-{other.uid}": "1"}, follow=True)
    assert "Bonn" in done.content.decode()
    back = done.content.decode().partition("/merges/")[2][:36]
    text = ada.post(f"/merges/{back}/undo/", follow=True).content.decode()
    assert "The merge is undone." in text
    assert "Ulm" in text
    records.tell_apart("account", one.uid, other.uid, actor=cast.ada, at=AT)
    assert "were told apart" in ada.get(f"{address}?with={other.uid}").content.decode()
    assert ada.post(address, {"with": str(other.uid)}).status_code == 422
    ada.post("/duplicates/together/", {"of": "account", "one": one.uid, "other": other.uid})
    assert ada.post(address, {"with": str(other.uid)}).status_code == 303


def test_the_api(cast: Cast) -> None:
    one, other = make_person(cast.ada, name="Eva"), make_person(cast.ada, name="Eva E.", email="e@x.example")
    _token, secret = create_token("x", ("read", "write"), actor=cast.ada, at=AT)
    headers = {"Authorization": f"Bearer {secret}"}

    def post(path: str, body: dict[str, Any]) -> Any:
        return Client().post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)

    body = {"others": [str(other.uid)], "choices": {"name": str(other.uid)}, "seen": {str(one.uid): 1}}
    done = post(f"/people/{one.uid}/merge", body)
    assert (done.status_code, done.json()["survivor"]) == (200, str(one.uid))
    assert queries.get_person(cast.ada, one.uid).name == "Eva E."
    undone = post(f"/merges/{done.json()['uid']}/undo", {})
    assert undone.json() == {"survivor": str(one.uid), "kept": [], "stay": 0}
    assert post(f"/people/{one.uid}/merge", {"others": [], "choices": {}}).status_code == 422


def test_two_thousand_people_come_along_in_few_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    make_process(actor=cast.dot)
    stays, goes = make_account(cast.ada), make_account(cast.ada)
    create_people([{"name": f"P {number}", "account_id": goes.id} for number in range(2000)], actor=cast.dot, at=AT)
    make_deal(cast.cem, account=goes.uid)
    with django_assert_max_num_queries(40):
        done = merge("account", [stays.uid, goes.uid], actor=cast.ada, at=AT)
    assert done.moved == {"people": 2000, "deals": 1}
    with django_assert_max_num_queries(50):
        undo(done.uid, actor=cast.ada, at=AT)
    assert Person.objects.filter(account=goes.id).count() == 2000


def test_ticked_rows_of_a_list_are_merged_and_more_can_be_added(cast: Cast) -> None:
    one, two, three = (make_account(cast.ada, name=f"Nordlicht {number}") for number in range(3))
    hers = make_account(cast.ada, name="Nordlicht privat", is_private=True)
    ada, cem = client_of("ada"), client_of("cem")
    listed = ada.get("/accounts/?q=nordlicht").content.decode()
    assert 'formaction="/merges/start/"' in listed
    asked = {"subject": "account", "uid": [str(one.uid), str(two.uid), str(one.uid), "nobody"]}
    side_by_side = ada.post("/merges/start/", asked)["Location"]
    assert side_by_side == f"/accounts/{one.uid}/merge/?with={two.uid}"
    more = f"{side_by_side}&more=1&q=nordlicht"
    assert f'href="{side_by_side.replace("&", "&amp;")}&amp;with={three.uid}"' in ada.get(more).content.decode()
    assert f"with={two.uid}&amp;with={two.uid}" not in ada.get(more).content.decode(), "nobody is merged with itself"
    assert f"with={hers.uid}" not in cem.get(more).content.decode()
    alone = ada.post("/merges/start/", {"subject": "account", "uid": str(one.uid)})
    assert alone.status_code == 422
    assert ada.post("/merges/start/", {"subject": "deal", "uid": [str(one.uid), str(two.uid)]}).status_code == 404


@pytest.mark.parametrize("subject", ["account", "person"])
def test_contacts_come_along_and_go_back(scene: Scene, subject: str) -> None:
    ada, other = scene.cast.ada, make_account(scene.cast.ada, name="Kunde AG")
    uwe = make_person(ada, name="Uwe", account=other.uid)
    pair = [scene.account, other.uid] if subject == "account" else [scene.eva, uwe.uid]
    call = {"happened_at": AT, "direction": "out", "channel": "call", "act": "called"}
    for whom in (scene.eva, uwe.uid, uwe.uid):
        record_contact({**call, "person": whom}, actor=ada, at=AT)
    wrong = record_contact({**call, "person": uwe.uid}, actor=ada, at=AT)
    withdraw(wrong.uid, actor=ada, at=AT)
    before = list(Touchpoint.objects.order_by("id").values_list("id", "account", "person"))
    assert preview(ada, subject, pair).moves["contacts"] == 3
    done = merge(subject, pair, actor=ada, at=AT)
    assert done.moved["contacts"] == 3
    assert Touchpoint.objects.values_list(subject).distinct().count() == 1
    later = record_contact({**call, subject: pair[0]}, actor=ada, at=AT)
    undo(done.uid, actor=ada, at=AT)
    assert (
        list(Touchpoint.objects.exclude(uid=later.uid).order_by("id").values_list("id", "account", "person")) == before
    )
    assert getattr(Touchpoint.objects.get(uid=later.uid), subject).uid == pair[0]
