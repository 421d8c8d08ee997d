"""Contacts on the pages of accounts and people: seen, logged, withdrawn, brought back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from etappe.core.actor import SYSTEM
from etappe.journal.clock import now
from etappe.people.actions_touchpoints import record, record_many
from etappe.people.models import Touchpoint
from etappe.team.actions import edit_workspace
from tests.deals.conftest import Scene, scene
from tests.make import make_account, make_person
from tests.web.test_people_pages import signed_in

__all__ = ["scene"]

CALL = {"direction": "out", "channel": "call", "act": "called"}
TYPED = {"what": "in.called", "channel": "call", "happened_at": "2026-03-02T09:30", "about": "Preis", "source": ""}


@pytest.fixture
def ada(scene: Scene) -> Client:
    return signed_in(scene.cast.ada)


def shown(client: Client, address: str, **more: Any) -> str:
    return str(client.get(address, **more).content.decode())


def test_a_contact_is_logged_where_the_reader_is_and_stands_on_both_records(scene: Scene, ada: Client) -> None:
    edit_workspace({"zone": "Europe/Berlin"}, actor=SYSTEM, at=now())
    account, person = f"/accounts/{scene.account}/", f"/people/{scene.eva}/"
    assert "Noch keine Kontakte" in shown(ada, account)
    answer = ada.post(f"{account}contacts/", TYPED | {"person": str(scene.eva)})
    assert (answer.status_code, answer["Location"]) == (303, account)
    (kept,) = Touchpoint.objects.all()
    assert kept.happened_at.isoformat() == "2026-03-02T08:30:00+00:00"
    for page in (shown(ada, account), shown(ada, person), shown(ada, f"{account}contacts/")):
        assert "02.03.2026, 09:30 Uhr" in page
        assert "Telefon: angerufen" in page
        assert "Preis" in page
    assert "Kontakt erfasst: vom Käufer, Telefon, angerufen: Preis" in shown(ada, person)
    assert "Eva Ernst" in shown(ada, f"{account}contacts/")


def test_an_hour_that_the_clocks_skip_or_repeat_is_taken_as_the_first_there_is(scene: Scene, ada: Client) -> None:
    edit_workspace({"zone": "Europe/Berlin"}, actor=SYSTEM, at=now())
    for typed in ("2025-03-30T02:30", "2025-10-26T02:30"):
        ada.post(f"/people/{scene.eva}/contacts/", TYPED | {"happened_at": typed})
    moments = [row.happened_at.isoformat()[:16] for row in Touchpoint.objects.order_by("happened_at")]
    assert moments == ["2025-03-30T01:30", "2025-10-26T00:30"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"happened_at": "2999-01-01T00:00"}, "läge in der Zukunft"),
        ({"happened_at": "1066-10-14T09:00"}, "läge vor 1990"),
        ({"happened_at": "gestern"}, "error"),
        ({"what": "out.opened"}, "error"),
        ({"about": "x" * 201}, "error"),
        ({"person": "00000000-0000-4000-8000-000000000000"}, "error"),
    ],
)
def test_what_does_not_hold_stays_in_the_form(scene: Scene, ada: Client, change: dict[str, str], said: str) -> None:
    answer = ada.post(f"/accounts/{scene.account}/contacts/", TYPED | change)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="Preis"' in page or "about" in change
    assert not Touchpoint.objects.exists()


def test_a_wrong_one_is_withdrawn_with_a_way_back(scene: Scene, ada: Client) -> None:
    made = record(CALL | {"happened_at": now(), "person": scene.eva}, actor=scene.cast.ada, at=now())
    answer = ada.post(f"/contacts/{made.uid}/withdraw/", {"on": "person"}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[0][0] == f"/people/{scene.eva}/"
    assert "Noch keine Kontakte" in page
    assert f'action="/contacts/{made.uid}/restore/"' in page
    back = ada.post(f"/contacts/{made.uid}/restore/", follow=True)
    assert back.redirect_chain[0][0] == f"/accounts/{scene.account}/"
    assert f"/contacts/{made.uid}/withdraw/" in back.content.decode()
    assert ada.post(f"/contacts/{made.uid}/restore/").status_code == 404


def test_many_are_read_page_by_page_and_narrowed(scene: Scene, ada: Client) -> None:
    rows = [
        {**CALL, "happened_at": now() - timedelta(days=number), "account": scene.account, "about": f"Nr. {number:03}"}
        for number in range(120)
    ]
    rows[7] |= {"channel": "visit", "act": "met"}
    record_many(rows, actor=scene.cast.ada, at=now())
    address, found = f"/accounts/{scene.account}/contacts/", []
    page = shown(ada, address)
    assert "120 Kontakte" in page
    while True:
        found += re.findall(r"Nr\. (\d{3})", page)
        older = re.search(r'hx-get="(\?[^"]+)"', page)
        if older is None:
            break
        page = shown(ada, address + older[1], headers={"HX-Request": "true"})
        assert "<h1" not in page
    assert found == [f"{number:03}" for number in range(120)]
    narrowed = shown(ada, f"{address}?channel=visit&direction=out")
    assert re.findall(r"Nr\. (\d{3})", narrowed) == ["007"]
    assert "Kein Kontakt dieser Art" in shown(ada, f"{address}?direction=in")
    assert shown(ada, f"/accounts/{scene.account}/").count("Nr. ") == 5


def test_contacts_with_hidden_people_are_hidden_too(scene: Scene) -> None:
    secret = make_person(scene.cast.ada, name="Gisela Geheim", account=scene.account, is_private=True)
    record(CALL | {"happened_at": now(), "person": secret.uid, "about": "Still"}, actor=scene.cast.ada, at=now())
    for actor, count in ((scene.cast.ada, 1), (scene.cast.dot, 1), (scene.cast.cem, 0), (scene.cast.oda, 0)):
        page = shown(signed_in(actor), f"/accounts/{scene.account}/contacts/")
        assert (page.count("Still"), "Log the contact" in page or "Kontakt erfassen" in page) == (
            count,
            actor != scene.cast.oda,
        )


def test_no_text_of_a_contact_is_markup(scene: Scene, ada: Client) -> None:
    evil = "<script>alert(1)</script>"
    record(
        CALL | {"happened_at": now(), "person": scene.eva, "about": evil, "source": evil},
        actor=scene.cast.ada,
        at=now(),
    )
    for address in (f"/accounts/{scene.account}/", f"/people/{scene.eva}/contacts/"):
        page = shown(ada, address)
        assert evil not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_deal_leads_to_the_contacts_of_its_account(scene: Scene, ada: Client) -> None:
    assert f'href="/accounts/{scene.account}/contacts/"' in shown(ada, f"/deals/{scene.uid}/")


def test_an_account_of_another_is_not_there(scene: Scene) -> None:
    hidden = make_account(scene.cast.ada, name="Versteckt", is_private=True)
    assert signed_in(scene.cast.cem).get(f"/accounts/{hidden.uid}/contacts/").status_code == 404


def test_people_beyond_the_first_page_of_an_account_are_found_by_name(scene: Scene, ada: Client) -> None:
    people = [make_person(scene.cast.ada, name=f"Zoe {at:02}", account=scene.account) for at in range(51)]
    elsewhere = make_person(scene.cast.ada, name="Zoe 50 Fremd")
    address = f"/accounts/{scene.account}/contacts/"
    names = f"/fields/suggest/person/?account={scene.account}"
    assert f'data-names="{names}"' in shown(ada, address)
    offered = shown(ada, f"{names}&q=Zoe+50", headers={"HX-Request": "true"})
    assert str(people[50].uid) in offered and str(elsewhere.uid) not in offered
    assert ada.post(address, TYPED | {"person": "Zoe 50"}).status_code == 303
    assert Touchpoint.objects.get().person_id == people[50].id
    assert ada.post(address, TYPED | {"person": "Zoe"}).status_code == 422  # which of them?
