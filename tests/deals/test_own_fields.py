"""Own fields of deals: filled like any other, and asked for before a stage is left, whatever the door."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from etappe.deals import actions
from etappe.deals.models import Deal
from etappe.people.actions_fields import archive_field, define_field
from etappe.people.fields import FieldView
from etappe.people.models import FieldValue
from tests.api.conftest import Caller, ada, caller
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.replay import assert_replays
from tests.unchanged import refused

__all__ = ["ada"]

BUDGET = {"budget": {"amount": "5000", "currency": "EUR"}}


def define(scene: Scene, stage: str = "need_confirmed", **given: Any) -> FieldView:
    made = {"name": "Budget", "kind": "money", "required_in": [f"inbound:{stage}"], **given}
    return define_field("deal", made, actor=scene.cast.dot, at=AT)


def fill(scene: Scene, values: dict[str, Any] = BUDGET) -> None:
    actions.edit(scene.uid, {"custom": values}, actor=scene.cast.ada, at=scene.later())


def test_a_deal_keeps_its_own_values(scene: Scene) -> None:
    define(scene)
    fill(scene)
    assert_replays(scene.row)
    assert scene.row.custom == BUDGET
    assert FieldValue.objects.filter(record=scene.row.id).values_list("text", "number").get() == ("EUR", Decimal(5000))
    assert scene.view().custom == BUDGET


def test_a_stage_is_not_left_without_the_value(scene: Scene) -> None:
    define(scene)
    with refused("criteria_missing") as no:
        scene.move("requirements_agreed")
    assert [item.name for item in no.value.params["unfilled"]] == ["Budget"]
    scene.prove("need_confirmed")
    with refused("values_missing"):
        scene.move("requirements_agreed")
    with refused("values_missing"):
        actions.ask_exception(scene.uid, "requirements_agreed", "Bitte.", actor=scene.cast.ada, at=scene.later())
    fill(scene)
    assert scene.move("requirements_agreed").proof == "proven"
    fill(scene, {"budget": None})
    assert scene.row.proof == "proven", "a value is no evidence: taking it away takes no proof away"


def test_a_value_stands_for_no_evidence(scene: Scene) -> None:
    define(scene)
    fill(scene)
    with refused("criteria_missing"):
        scene.move("requirements_agreed")


def test_winning_reopening_and_undoing_ask_as_well(scene: Scene) -> None:
    scene.bring_to("order_placed")
    scene.prove("order_placed")
    define(scene, "order_placed")
    with refused("values_missing"):
        scene.move("won")
    fill(scene)
    scene.move("won")
    fill(scene, {"budget": None})
    actions.reopen(scene.uid, actor=scene.cast.ada, at=scene.later())
    with refused("values_missing"):
        actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())
    actions.leave(scene.uid, scene.process.leave[0].key, actor=scene.cast.ada, at=scene.later())
    with refused("values_missing"):
        actions.reopen(scene.uid, to="in_use", actor=scene.cast.ada, at=scene.later())


def test_a_granted_exception_waits_for_the_value(scene: Scene) -> None:
    define(scene)
    actions.ask_exception(scene.uid, "requirements_agreed", "Verreist.", actor=scene.cast.ada, at=scene.later())
    asked = scene.view().exceptions[0].uid
    assert actions.answer_exception(asked, True, actor=scene.cast.ben, at=scene.later()).stage == "need_confirmed"
    fill(scene)
    assert scene.move("requirements_agreed").basis == "override"


def test_stages_of_other_processes_teams_and_archived_fields_ask_nothing(scene: Scene) -> None:
    define(scene, name="Anderer", required_in=["outbound:need_confirmed"])
    define(scene, name="Süden", team=str(scene.cast.south))
    define(scene, name="Später", stage="quote_reviewed")
    archive_field(define(scene, name="Alt").uid, actor=scene.cast.dot, at=AT)
    scene.prove("need_confirmed")
    assert scene.move("requirements_agreed").stage == "requirements_agreed"


def test_a_late_entry_is_asked_when_it_leaves(scene: Scene) -> None:
    define(scene)
    define(scene, "requirements_agreed", name="Zweitens", kind="text")
    made = actions.create(
        {"name": "Spät"}, process="inbound", stage="requirements_agreed", late_entry=True,
        actor=scene.cast.ada, at=scene.later(),
    )  # fmt: skip
    with refused("criteria_missing") as no:
        actions.move(made.uid, "product_evaluated", actor=scene.cast.ada, at=scene.later())
    assert [item.name for item in no.value.params["unfilled"]] == ["Zweitens"]


def test_the_field_of_the_deals_team_is_open_to_its_deal_team(scene: Scene) -> None:
    define(scene, name="Nord", kind="text", team=str(scene.cast.north))
    other = define_field("deal", {"name": "Süd", "kind": "text", "team": str(scene.cast.south)},
                         actor=scene.cast.dot, at=AT)  # fmt: skip
    fill(scene, {"nord": "x"})
    with refused("unknown_field"):
        fill(scene, {other.key: "x"})


@pytest.mark.parametrize("value", ["<b>5</b>", {"amount": "x", "currency": "EUR"}, {"amount": "1"}])
def test_over_the_api(scene: Scene, ada: Caller, value: Any) -> None:
    dot = caller(scene.cast.dot)
    made = dot.post("/fields", {"subject": "deal", "name": "Budget", "kind": "money",
                                "required_in": ["inbound:need_confirmed"]})  # fmt: skip
    assert made.status_code == 201, made.content
    assert ada.post("/fields", {"subject": "deal", "name": "Nein", "kind": "text"}).status_code == 403
    assert [field["key"] for field in ada.get("/fields?subject=deal").json()] == ["budget"]
    assert ada.get("/fields?subject=lead").status_code == 400
    no = ada.patch(f"/deals/{scene.uid}", {"custom": {"budget": value}})
    assert (no.status_code, no.json()["error"]["params"]["label"]) == (422, "Budget")
    assert ada.patch(f"/deals/{scene.uid}", {"custom": BUDGET, "tags": ["Messe", "messe"]}).status_code == 200
    record = ada.get(f"/deals/{scene.uid}").json()
    assert (record["custom"], record["tags"]) == (BUDGET, ["Messe"])
    archived = dot.post(f"/fields/{made.json()['uid']}/archive")
    assert archived.status_code == 200
    assert ada.get(f"/deals/{scene.uid}").json()["custom"] == {}
    assert Deal.objects.get(uid=scene.uid).custom == BUDGET
    missing = caller(scene.cast.ada).post(f"/deals/{scene.uid}/move", {"to": "requirements_agreed"})
    assert json.dumps(missing.json()).count("unfilled") == 1
