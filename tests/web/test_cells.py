"""Cells of a list that are edited in their place, through the browser's doors."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from etappe.deals import actions as deals
from etappe.deals.models import Deal
from etappe.people.actions import edit_account
from etappe.people.actions_fields import define_field
from etappe.people.models import Account
from tests.cast import AT
from tests.deals.conftest import Scene, scene
from tests.make import make_account, make_deal, make_person
from tests.replay import assert_replays
from tests.unchanged import digest
from tests.web.signed import client_of

__all__ = ["scene"]

ENGLISH = {"Accept-Language": "en"}
BY_SCRIPT = ENGLISH | {"HX-Request": "true"}


def at(subject: str, uid: Any, field: str, columns: str = "") -> str:
    address = reverse("cell", args=[subject, uid, field])
    return address + (f"?columns={columns}" if columns else "")


def hidden(answer: Any) -> dict[str, str]:
    return {"seen": str(answer.context["page"].seen), "was": answer.context["page"].was}


@pytest.fixture
def ada(scene: Scene) -> Client:
    return client_of("ada")


def save(client: Client, address: str, given: dict[str, Any], before: dict[str, str] | None = None) -> Any:
    before = before or hidden(client.get(address, headers=BY_SCRIPT))
    return client.post(address, before | given, headers=BY_SCRIPT)


def test_every_kind_of_field_is_written_by_the_ordinary_edit(scene: Scene, ada: Client) -> None:
    row, changes = scene.row, Deal.objects.get(id=scene.row.id).version
    cases: list[tuple[str, dict[str, Any], str, Any]] = [
        ("name", {"name": " <b>Neu</b> "}, "name", "<b>Neu</b>"),
        ("amount", {"amount": "1,234.50", "currency": "CHF"}, "amount", Decimal("1234.5000")),
        ("expected_close", {"expected_close": "24.12.2027"}, "expected_close", date(2027, 12, 24)),
        ("source", {"source": "Messe"}, "source", "Messe"),
        ("tags", {"tags": "rot, blau"}, "tags", ["rot", "blau"]),
        ("next_step", {"next_step": "Anrufen", "next_step_on": "2027-01-02"}, "next_step_on", date(2027, 1, 2)),
        ("owner", {"owner": str(client_of("ben").user.uid)}, "owner_id", scene.cast.ben.id),
    ]
    for field, given, column, value in cases:
        answer = save(ada, at("deals", scene.uid, field, "name,amount,tags"), given)
        assert answer.status_code == 200 and answer.content.startswith(b"<tr data-uid"), (field, answer.content)
        row.refresh_from_db()
        assert getattr(row, column) == value, field
    assert row.version == changes + len(cases) and row.currency == "CHF"
    told = answer.content.decode()
    assert "&lt;b&gt;Neu" in told and "<b>Neu" not in told and "CHF" in told and f'data-version="{row.version}"' in told
    assert_replays(row)


def test_own_fields_and_the_other_lists(scene: Scene, ada: Client) -> None:
    rank = define_field("account", {"name": "Rang", "kind": "number"}, actor=scene.cast.dot, at=AT)
    size = define_field(
        "account", {"name": "Art", "kind": "choice", "choices": ["Klein", "Groß"]}, actor=scene.cast.dot, at=AT
    )
    account = make_account(scene.cast.ada, name="Alt GmbH", industry="Bau")
    person = make_person(scene.cast.ada, name="Eva")
    key = size.choices[1].key
    for subject, uid, field, given in (
        ("accounts", account.uid, f"custom.{rank.key}", {f"custom_{rank.key}": "1,5"}),
        ("accounts", account.uid, f"custom.{size.key}", {f"custom_{size.key}": key}),
        ("accounts", account.uid, "employees", {"employees": "12"}),
        ("people", person.uid, "email", {"email": "eva@kunde.example"}),
        ("people", person.uid, "owner", {"owner": ""}),
    ):
        address = at(subject, uid, field)
        done = ada.post(address, hidden(ada.get(address)) | given, headers={"Accept-Language": "de"})
        assert done.status_code == 303, (field, done.content)
    held = Account.objects.get(uid=account.uid)
    assert held.custom == {rank.key: "1.5", size.key: key} and held.employees == 12 and held.industry == "Bau"


def test_what_is_no_field_is_not_there(scene: Scene, ada: Client) -> None:
    account = make_account(scene.cast.ada)
    for subject, uid, field in (
        ("deals", scene.uid, "stage"), ("deals", scene.uid, "status"), ("deals", scene.uid, "proof"),
        ("deals", scene.uid, "lost_to"), ("deals", scene.uid, "custom.gone"), ("deals", scene.uid, "__class__"),
        ("accounts", account.uid, "is_private"), ("deals", uuid.uuid4(), "name"), ("stages", scene.uid, "name"),
    ):  # fmt: skip
        before = digest()
        for answer in (ada.get(at(subject, uid, field)), ada.post(at(subject, uid, field), {field: "x"})):
            assert answer.status_code == 404, (subject, field)
        assert digest() == before
    assert client_of("cem").get(at("deals", scene.uid, "name")).status_code == 404
    assert client_of("oda").get(at("deals", scene.uid, "name")).status_code == 403
    assert client_of("oda").post(at("deals", scene.uid, "name"), {"name": "Meins"}).status_code == 403


def test_a_refusal_is_told_in_the_cell(scene: Scene, ada: Client) -> None:
    for field, given in (
        ("name", {"name": ""}), ("amount", {"amount": "viel", "currency": "EUR"}),
        ("amount", {"amount": "-1", "currency": "EUR"}), ("expected_close", {"expected_close": "1066-10-14"}),
        ("source", {"source": "x" * 201}), ("owner", {"owner": str(uuid.uuid4())}), ("owner", {"owner": ""}),
    ):  # fmt: skip
        address, before = at("deals", scene.uid, field), hidden(ada.get(at("deals", scene.uid, field)))
        state = digest()
        answer = save(ada, address, given, before)
        assert answer.status_code == 422 and answer["HX-Retarget"] == "#cell-open", field
        assert 'class="error"' in answer.content.decode() or 'role="alert"' in answer.content.decode(), field
        assert digest() == state


def test_a_limit_is_named(scene: Scene, ada: Client) -> None:
    german = BY_SCRIPT | {"Accept-Language": "de"}
    address = at("deals", scene.uid, "amount")
    given = hidden(ada.get(address)) | {"amount": "10000000000000", "currency": "EUR"}
    told = ada.post(address, given, headers=german)
    assert (told.status_code, "unter 10.000.000.000.000 bleiben" in told.content.decode()) == (422, True)
    assert save(ada, address, given | {"amount": "9,999,999,999,999"}).status_code == 200


def test_two_people_at_one_field_are_told_and_nothing_is_lost(scene: Scene, ada: Client) -> None:
    address = at("deals", scene.uid, "source")
    before = hidden(ada.get(address))
    deals.edit(scene.uid, {"source": "Web"}, actor=scene.cast.ben, at=AT + timedelta(hours=1))
    late = save(ada, address, {"source": "Messe"}, before)
    assert late.status_code == 409 and late["HX-Retarget"] == "#cell-open"
    told = late.content.decode()
    assert 'value="Messe"' in told and "Web" in told and "There now" in told
    assert Deal.objects.get(id=scene.row.id).source == "Web"
    kept = save(ada, address, {"source": "Messe"}, hidden(late))
    assert kept.status_code == 200 and Deal.objects.get(id=scene.row.id).source == "Messe"


def test_a_change_elsewhere_in_the_record_is_no_conflict(scene: Scene, ada: Client) -> None:
    address = at("deals", scene.uid, "source")
    before = hidden(ada.get(address))
    deals.edit(scene.uid, {"product": "Pumpe"}, actor=scene.cast.ben, at=AT + timedelta(hours=1))
    assert save(ada, address, {"source": "Messe"}, before).status_code == 200
    row = Deal.objects.get(id=scene.row.id)
    assert (row.source, row.product) == ("Messe", "Pumpe")
    account = make_account(scene.cast.ada, name="Alt GmbH")
    place = at("accounts", account.uid, "city")
    seen = hidden(ada.get(place))
    edit_account(account.uid, {"city": "Ulm"}, seen=1, actor=scene.cast.ben, at=AT)
    assert save(ada, place, {"city": "Bonn"}, seen).status_code == 409
    assert Account.objects.get(uid=account.uid).city == "Ulm"


def test_without_script_a_cell_is_a_page_and_a_row_leads_to_the_form(scene: Scene, ada: Client) -> None:
    page = ada.get(at("deals", scene.uid, "amount"), headers=ENGLISH).content.decode()
    assert "<h1>Deal value" in page and 'name="currency"' in page and 'form="cell-edit"' not in page
    table = ada.get(reverse("deals"), {"columns": "name,stage,amount,last_evidence"}, headers=ENGLISH)
    assert [head.edit for head in table.context["page"].list.heads] == ["name", "move", "amount", ""]
    assert f'href="/deals/{scene.uid}/edit/" aria-label="Edit: ' in table.content.decode()
    reading = client_of("oda").get(reverse("deals"), headers=ENGLISH).content.decode()
    assert "data-edit" not in reading and "row-edit" not in reading


def test_a_cell_names_an_account_that_the_viewer_sees(scene: Scene, ada: Client) -> None:
    above, twin, other = (
        make_account(scene.cast.ada, name=name, city=name) for name in ("Dach AG", "Müller", "Müller")
    )
    hidden = make_account(scene.cast.dot, name="Geheim KG", is_private=True)
    child, person = make_account(scene.cast.ada, name="Tochter"), make_person(scene.cast.ada, name="Eva Alt")
    edit_account(above.uid, {"parent": child.uid}, seen=1, actor=scene.cast.ada, at=AT)
    deal, account, below = (
        ("deals", scene.uid, "account"),
        ("people", person.uid, "account"),
        ("accounts", child.uid, "parent"),
    )
    for place, given, code, words in (
        (deal, {"account": "dach"}, 422, "Similar: Dach AG"),
        (deal, {"account": "dach ag"}, 200, "Dach AG"),
        (deal, {"account": "Müller"}, 422, "Several fit"),
        (deal, {"account": "Müller", "account-uid": str(other.uid)}, 200, "Müller"),
        (deal, {"account": "Müller"}, 200, "Müller"),
        (deal, {"account": "Dach AG", "account-uid": str(twin.uid)}, 200, "Dach AG"),
        (deal, {"account": f"http://x/accounts/{twin.uid}/"}, 200, "Müller"),
        (deal, {"account": "Geheim KG", "account-uid": str(hidden.uid)}, 422, "called so"),
        (deal, {"account": str(hidden.uid)}, 422, "called so"),
        (deal, {"account": "<b>" * 90}, 422, "200"),
        (account, {"account": "dach ag"}, 200, ""),
        (account, {"account": ""}, 200, ""),
        (below, {"parent": "Dach AG"}, 422, "stand below itself"),
        (below, {"parent": "Müller", "parent-uid": str(twin.uid)}, 200, ""),
    ):  # fmt: skip
        answer = save(ada, at(*place, columns=f"name,{place[2]}"), given)
        assert (answer.status_code, words in answer.content.decode()) == (code, True), (given, answer.content.decode())
    scene.row.refresh_from_db()
    assert scene.row.account_id == twin.id and Account.objects.get(id=child.id).parent_id == twin.id
    assert_replays(scene.row)


def test_a_cell_makes_an_account_that_is_said_to_be_new(scene: Scene, ada: Client) -> None:
    person = make_person(scene.cast.ada, name="Eva Alt")
    make_account(scene.cast.ada, name="Mühle Nord")
    of_deal, of_person = at("deals", scene.uid, "account"), at("people", person.uid, "account")
    asked = save(ada, of_deal, {"account": "Mühle"})
    assert asked.status_code == 422 and 'name="account-new" value="1" form="cell-edit"' in asked.content.decode()
    assert save(ada, of_deal, {"account": "Mühle", "account-new": "1"}).status_code == 200
    assert save(ada, of_person, {"account": "Ganz anders KG", "account-uid": "new"}).status_code == 200
    for refused in ({"account": "Mühle Süd", "account-new": "1"}, {"account": "<b>" * 90, "account-new": "1"}):
        ada.post(of_deal, refused | {"seen": 1, "was": "nothing"}, headers={"HX-Request": "true"})
    assert list(Account.objects.order_by("id").values_list("name", flat=True))[-2:] == ["Mühle", "Ganz anders KG"]
    scene.row.refresh_from_db()
    assert scene.row.account_id == Account.objects.get(name="Mühle").id
    assert_replays(scene.row)


def test_what_one_does_not_see_above_stays_there(scene: Scene, ada: Client) -> None:
    hidden = make_account(scene.cast.dot, name="Geheim KG", is_private=True)
    child = make_account(scene.cast.ada, name="Tochter")
    edit_account(child.uid, {"parent": hidden.uid}, seen=1, actor=scene.cast.dot, at=AT)
    form = ada.get(reverse("account_edit", args=[child.uid])).content.decode()
    cell = ada.get(at("accounts", child.uid, "parent")).content.decode()
    assert not any(secret in text for text in (form, cell) for secret in ("Geheim", str(hidden.uid)))
    saved = ada.post(reverse("account_edit", args=[child.uid]), {"name": "Kind", "parent": "", "seen": 2})
    assert (
        saved.status_code == 303 and save(ada, at("accounts", child.uid, "parent"), {"parent": ""}).status_code == 200
    )
    kept = Account.objects.get(id=child.id)
    assert (kept.name, kept.parent_id, kept.version) == ("Kind", hidden.id, 3)


def test_a_row_one_sees_no_more_is_gone(scene: Scene, ada: Client) -> None:
    away = str(client_of("cem").user.uid)
    own = make_deal(scene.cast.ada, name="Weg")
    answer = save(ada, at("deals", own.uid, "owner"), {"owner": away})
    assert answer.status_code == 200 and ada.get(reverse("deal", args=[own.uid])).status_code == 404
    assert b"<tr" not in answer.content and b"no longer in your list" in answer.content


def test_what_needs_attention_is_said_in_the_row(scene: Scene, ada: Client) -> None:
    late = make_deal(scene.cast.ada, name="Fällig", expected_close=date(2020, 1, 2))
    make_deal(scene.cast.ada, name="Ruhig")
    text = ada.get(reverse("deals"), {"columns": "name", "sort": "name"}, headers=ENGLISH).content.decode()
    rows = {row.partition('"')[0]: row for row in text.split('<tr data-uid="')[1:]}
    badges = [uid for uid, row in rows.items() if "alert-triangle" in row]
    assert badges == [str(late.uid)]
