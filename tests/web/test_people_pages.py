"""Accounts and people in the browser: lists, records, forms that lose nothing, notes."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from etappe.core.actor import Actor
from etappe.journal.clock import now
from etappe.people import actions, queries
from etappe.records.merge import merge
from etappe.team.models import User
from tests.cast import AT
from tests.deals.conftest import Scene, scene
from tests.make import make_account
from tests.web.signed import client_of

__all__ = ["scene"]


def signed_in(actor: Actor) -> Client:
    client = Client(headers={"accept-language": "de"})
    client.force_login(User.objects.get(id=actor.id or 0))
    return client


@pytest.fixture
def ada(scene: Scene) -> Client:
    return signed_in(scene.cast.ada)


def test_lists_find_what_is_typed_whatever_the_accents(scene: Scene, ada: Client) -> None:
    actions.create_account({"name": "Schröder & Söhne"}, actor=scene.cast.ada, at=AT)
    page = ada.get("/accounts/?q=schroder").content.decode()
    assert "Schröder &amp; Söhne" in page
    assert "Kunde GmbH" not in page
    assert "Eva Ernst" in ada.get("/people/?q=eva").content.decode()
    assert "Nichts passt." in ada.get("/people/?q=niemand").content.decode()


def test_a_long_list_is_read_page_by_page(scene: Scene, ada: Client) -> None:
    for number in range(60):
        actions.create_account({"name": f"Firma {number:02}"}, actor=scene.cast.ada, at=AT)
    first = ada.get("/accounts/")
    following = first.context["page"].list.next
    rows = [*first.context["page"].list.rows, *ada.get(following).context["page"].list.rows]
    names = [row.name for row in rows]
    assert len(set(names)) == len(names) == 61
    counter = re.search(r'hx-get="(/lists/accounts/count/[^"]*)"', first.content.decode())
    assert counter and ada.get(unescape(counter[1])).content.decode().strip() == "61 Datensätze"
    assert re.search(r">61 Datensätze\s*<", ada.get("/accounts/?counted=1").content.decode())
    assert "/lists/accounts/count/" not in ada.get("/accounts/?q=Firma+07").content.decode()
    assert ada.get("/accounts/?sort=password").status_code == 422


def test_the_record_shows_people_deals_and_what_happened(scene: Scene, ada: Client) -> None:
    scene.bring_to("requirements_agreed")
    page = ada.get(f"/accounts/{scene.account}/").content.decode()
    for text in ("Eva Ernst", "Neue Anlage", "Ziel: Anforderungen abgestimmt", "Kunde GmbH"):
        assert text in page


def test_who_may_not_see_a_deal_reads_nothing_of_it_on_the_account(scene: Scene) -> None:
    scene.bring_to("requirements_agreed")
    page = signed_in(scene.cast.cem).get(f"/accounts/{scene.account}/").content.decode()
    assert "Kunde GmbH" in page
    assert "Neue Anlage" not in page
    assert "Re: need_in_own_words" not in page


def test_making_and_editing_an_account(scene: Scene, ada: Client) -> None:
    made = ada.post("/accounts/new/", {"name": "Neu AG", "website": "www.neu.example", "revenue": "1.234,50"})
    uid = made["Location"].split("/")[2]
    found = queries.get_account(scene.cast.ada, uid)
    assert (found.name, found.domain, str(found.revenue)) == ("Neu AG", "neu.example", "1234.50")
    bad = ada.post("/accounts/new/", {"name": "Neu AG", "domain": "gmail.com"})
    assert bad.status_code == 422
    assert "Neu AG" in bad.content.decode()


def test_who_is_second_sees_both_states_and_loses_nothing(scene: Scene, ada: Client) -> None:
    actions.edit_account(scene.account, {"city": "Kiel"}, seen=1, actor=scene.cast.ben, at=AT)
    answer = ada.post(f"/accounts/{scene.account}/edit/", {"name": "Kunde AG", "city": "Köln", "seen": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Kunde AG" in page
    assert "Kiel" in page
    again = ada.post(f"/accounts/{scene.account}/edit/", {"name": "Kunde AG", "city": "Köln", "seen": "2"})
    assert again.status_code == 303
    assert queries.get_account(scene.cast.ada, scene.account).city == "Köln"


def test_a_private_person_is_like_one_who_is_not_there(scene: Scene) -> None:
    ben = signed_in(scene.cast.ben)
    hidden = actions.create_person({"name": "Geheim", "is_private": True}, actor=scene.cast.ada, at=AT)
    assert ben.get(f"/people/{hidden.uid}/").status_code == 404
    assert "Geheim" not in ben.get("/people/").content.decode()
    assert signed_in(scene.cast.ada).get(f"/people/{hidden.uid}/").status_code == 200


def test_notes_are_for_colleagues_and_stay_text(scene: Scene, ada: Client) -> None:
    answer = ada.post(f"/people/{scene.eva}/note/", {"text": "<b>ruft</b> zurück"})
    assert answer.status_code == 303
    assert "&lt;b&gt;ruft&lt;/b&gt; zurück" in ada.get(f"/people/{scene.eva}/").content.decode()
    assert ada.post(f"/people/{scene.eva}/note/", {"text": " "}).status_code == 422
    oda = signed_in(scene.cast.oda)
    assert oda.post(f"/people/{scene.eva}/note/", {"text": "x"}).status_code == 403


def test_a_merge_is_undone_from_its_entry(scene: Scene) -> None:
    stays, goes = make_account(name="Bleibt").uid, make_account(name="Geht").uid
    done = merge("account", [stays, goes], actor=scene.cast.dot, at=now())
    undo = reverse("merge_undo", args=[done.uid])
    assert undo in client_of("dot").get(reverse("account", args=[stays])).content.decode()
    assert undo not in client_of("oda").get(reverse("account", args=[stays])).content.decode(), "who may not merge"
    assert client_of("dot").post(undo).status_code == 303
    assert undo not in client_of("dot").get(reverse("account", args=[stays])).content.decode()
