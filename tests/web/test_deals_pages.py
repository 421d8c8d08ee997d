"""The deals pages as people ask for them: every address answers, with what it should show."""

from __future__ import annotations

import pytest
from django.urls import reverse

from etappe.deals.reading import Given
from etappe.playbook.actions import take_library
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.scenery import kept
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db


scene = kept(set_scene)


PAGES = ("deals", "deals_board", "deals_board_totals", "deal_create")
RECORD_PAGES = (
    "deal",
    "deal_edit",
    "deal_step",
    "deal_move",
    "deal_leave",
    "deal_rest",
    "deal_exception",
    "deal_evidence",
    "deal_people",
    "deal_team",
)


@pytest.mark.parametrize("name", PAGES)
def test_a_list_answers(scene: Scene, name: str) -> None:
    answer = client_of("ada").get(reverse(name))
    assert answer.status_code == 200


@pytest.mark.parametrize("name", RECORD_PAGES)
def test_a_page_of_a_deal_answers_its_people_and_nobody_else(scene: Scene, name: str) -> None:
    address = reverse(name, args=[scene.uid])
    answer = client_of("ada").get(address)
    assert answer.status_code == 200
    assert "Neue Anlage" in answer.content.decode()
    assert client_of("cem").get(address).status_code == 404
    assert client_of("ada").get(address, headers={"HX-Request": "true"}).status_code == 200


@pytest.mark.parametrize(
    "query", ["", "?list=exceptions", "?list=unproven", "?list=overridden", "?period=all&unread=1"]
)
def test_the_inspection_answers_managers_only(scene: Scene, query: str) -> None:
    scene.bring_to("requirements_agreed")
    assert client_of("ben").get(reverse("inspection") + query).status_code == 200
    assert client_of("ada").get(reverse("inspection") + query).status_code == 403


def test_evidence_opens(scene: Scene) -> None:
    uid = scene.prove("need_confirmed")[0]
    answer = client_of("ben").get(reverse("evidence", args=[uid]))
    assert answer.status_code == 200
    assert "eva@kunde.example" in answer.content.decode()
    assert client_of("cem").get(reverse("evidence", args=[uid])).status_code == 404
    note = scene.give("need_in_own_words", Given("call_note", person=str(scene.eva), happened_at=AT, text="Ja, Mai."))
    made = client_of("ada").post(reverse("evidence_ask", args=[note]))
    assert made.status_code == 200
    assert "/n/" in made.content.decode()


def test_the_board_opens_where_the_work_is(scene: Scene) -> None:
    client = client_of("ada")
    take_library("channel", actor=scene.cast.dot, at=AT)
    assert client.get("/deals/board/")["Location"] == "/deals/board/?process=inbound"
    assert client.get("/deals/board/?process=channel").status_code == 200
