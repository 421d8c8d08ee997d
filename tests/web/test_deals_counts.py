"""The number of SQL queries of the deals pages, whatever the number of deals."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.make import make_deal
from tests.scenery import kept
from tests.web.counting import counted
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db


def thirty_deals() -> Scene:
    scene = set_scene()
    scene.bring_to("product_evaluated")
    for number in range(30):
        make_deal(scene.cast.ada, at=AT, account=scene.account, name=f"Deal {number:02}")
    return scene


scene = kept(thirty_deals)


LISTS = ("deals", "deals_board", "deals_board_totals", "inspection", "deal_create")


@pytest.mark.parametrize("name", LISTS)
def test_lists(scene: Scene, name: str) -> None:
    counted(client_of("ben"), reverse(name) + ("?period=all" if name == "inspection" else ""), name)


@pytest.mark.parametrize("name", ["deal", "deal_move", "deal_evidence", "deal_edit"])
def test_a_record(scene: Scene, name: str) -> None:
    counted(client_of("ada"), reverse(name, args=[scene.uid]), name)


def test_the_question_for_changes_is_cheap(scene: Scene) -> None:
    counted(client_of("ada"), reverse("deals_changes") + "?since=1", "deals_changes")


def test_evidence(scene: Scene) -> None:
    counted(
        client_of("ben"), reverse("evidence", args=[scene.view().stages[0].criteria[0].evidence[0].uid]), "evidence"
    )
