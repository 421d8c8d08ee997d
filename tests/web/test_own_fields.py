"""Own fields on pages: defined in the settings, filled in forms, shown on records, asked for at the gate."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from etappe.people.actions_fields import define_field
from etappe.people.fields import fields
from etappe.people.models import Account, Field
from tests.cast import AT
from tests.deals.conftest import Scene, scene
from tests.make import make_person
from tests.web.signed import Signed, client_of

__all__ = ["scene"]

NASTY = "<script>alert(1)</script>{{ 7|add:7 }}"


def define(scene: Scene, subject: str, kind: str, **given: Any) -> None:
    define_field(subject, {"name": kind.title(), "kind": kind, **given}, actor=scene.cast.dot, at=AT)


def post(client: Signed, address: str, **given: Any) -> Any:
    return client.post(address, given)


def test_a_field_is_made_changed_moved_and_archived(scene: Scene) -> None:
    dot = client_of("dot")
    made = post(dot, "/settings/fields/new/deal/", name="Region", kind="choice", choices="Nord\n\nSüd\n", team="",
                help="Wo? <b>", required_in=["inbound:need_confirmed"])  # fmt: skip
    assert made.status_code == 303, made.content.decode()
    own = fields("deal")[0]
    assert own.required_in == ("inbound:need_confirmed",)
    page = dot.get("/settings/fields/").content.decode()
    assert "Region" in page
    assert "Wo? &lt;b&gt;" in client_of("ada").get(f"/deals/{scene.uid}/edit/").content.decode()
    post(
        dot, f"/settings/fields/{own.uid}/", name="Gebiet", choice_nord="Norden", choice_sud="", choices="West", team=""
    )
    own = fields("deal")[0]
    assert [(each.key, each.name, each.gone) for each in own.choices] == [
        ("nord", "Norden", False), ("west", "West", False), ("sud", "Süd", True),
    ]  # fmt: skip
    define(scene, "deal", "text")
    post(dot, f"/settings/fields/{own.uid}/move/", to="down")
    assert [each.name for each in fields("deal")] == ["Text", "Gebiet"]
    post(dot, f"/settings/fields/{own.uid}/archive/")
    assert [each.name for each in fields("deal")] == ["Text"]
    assert "Gebiet" in dot.get("/settings/fields/").content.decode()
    again = post(dot, "/settings/fields/new/deal/", name="TEXT", kind="text", team="")
    assert (again.status_code, Field.objects.count()) == (422, 2)
    assert client_of("ada").get("/settings/fields/").status_code == 403


def test_an_account_is_filled_in_and_shown(scene: Scene) -> None:
    for kind in ("text", "number", "money", "date", "person", "link"):
        define(scene, "account", kind)
    define(scene, "account", "choices", choices=["Rot", "Blau"])
    make_person(name="Zoe Zorn")
    ada = client_of("ada")
    address = reverse("account_edit", args=[scene.account])
    given = {
        "name": "Kunde GmbH", "owner": "", "seen": 1, "custom_text": NASTY, "custom_number": "1.234,5",
        "custom_money": "99,90", "custom_money-currency": "CHF", "custom_date": "31.12.2026",
        "custom_person": "zoe zorn", "custom_link": "example.com", "custom_choices": ["rot"],
    }  # fmt: skip
    saved = ada.post(address, given, headers={"Accept-Language": "de"})
    assert saved.status_code == 303, saved.content.decode()
    row = Account.objects.get(uid=scene.account)
    assert (row.custom["number"], row.custom["money"]) == ("1234.5", {"amount": "99.9", "currency": "CHF"})
    page = ada.get(f"/accounts/{scene.account}/", headers={"Accept-Language": "de"}).content.decode()
    assert NASTY not in page
    for words in ("Zoe Zorn", "1.234,5", "99,90", "31.12.2026", 'href="https://example.com"', "Rot"):
        assert words in page, words
    assert "1.234,5" not in (again := ada.get(address, headers={"Accept-Language": "de"}).content.decode())
    assert 'value="1234,5"' in again
    assert 'value="Zoe Zorn"' in again
    unchanged = ada.post(address, given | {"seen": 2, "custom_number": "1234,5"}, headers={"Accept-Language": "de"})
    assert (unchanged.status_code, Account.objects.get(uid=scene.account).version) == (303, 2)
    make_person(name="Zoe Zorn")
    wrong = {"seen": 2, "custom_person": "Zoe", "custom_number": "viel", "custom_link": "javascript:x"}
    refused = ada.post(address, given | wrong, headers={"Accept-Language": "de"})
    assert refused.status_code == 422
    for words in ("Das ist keine Zahl", "Mehrere passen", "viel"):
        assert words in refused.content.decode(), words


def test_a_record_names_the_own_fields_that_are_empty(scene: Scene) -> None:
    define(scene, "account", "number")
    define(scene, "deal", "money", required_in=["inbound:need_confirmed"])
    define(scene, "deal", "number")
    ada, english = client_of("ada"), {"Accept-Language": "en"}
    shown = ada.get(reverse("account", args=[scene.account]), headers=english).content.decode()
    assert "1 empty field<" in shown and reverse("account_edit", args=[scene.account]) in shown
    page = ada.get(reverse("deal", args=[scene.uid]), headers=english).context["page"]
    assert len(page.unfilled) == 1 and len(page.parts.empty) == 1 and not set(page.unfilled) & set(page.parts.empty)
    oda = client_of("oda").get(reverse("account", args=[scene.account]), headers=english).content.decode()
    assert "1 empty field<" in oda and reverse("account_edit", args=[scene.account]) not in oda


def test_names_are_offered_of_what_the_viewer_sees(scene: Scene) -> None:
    found = client_of("ada").get("/fields/suggest/person/?q=eva").content.decode()
    assert 'data-name="Eva Ernst"' in found
    assert "option" not in client_of("ada").get("/fields/suggest/account/?q=").content.decode()


def test_a_refused_move_asks_for_the_field_and_goes_on(scene: Scene) -> None:
    define(scene, "deal", "money", required_in=["inbound:need_confirmed"])
    scene.prove("need_confirmed")
    ada = client_of("ada")
    refused = post(ada, f"/deals/{scene.uid}/move/", to="requirements_agreed")
    assert refused.status_code == 422
    assert 'name="custom_money"' in refused.content.decode()
    sent = {"fill": "1", "to": "requirements_agreed", "custom_money": "", "custom_money-currency": "EUR"}
    assert ada.post(f"/deals/{scene.uid}/fields/", sent).status_code == 422
    assert ada.post(f"/deals/{scene.uid}/fields/", sent | {"custom_money": "-x"}).status_code == 422
    assert ada.post(f"/deals/{scene.uid}/fields/", sent | {"custom_money": "500"}).status_code == 303
    assert scene.row.stage == "requirements_agreed"


def test_a_change_is_told_by_the_fields_name(scene: Scene) -> None:
    define(scene, "deal", "choice", choices=["Rot", "Blau"])
    ada = client_of("ada")
    deal = scene.view()
    given = {"name": deal.row.name, "currency": "EUR", "owner": str(deal.row.owner and deal.row.owner.uid)}
    assert ada.post(f"/deals/{scene.uid}/edit/", given | {"custom_choice": "rot"}).status_code == 303
    page = ada.get(f"/deals/{scene.uid}/").content.decode()
    assert "<dt>Choice</dt><dd>Rot</dd>" in page
