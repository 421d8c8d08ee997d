"""Fields of every deal that a stage of its process needs: asked for before it is left, whatever the door."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from etappe.core.actor import SYSTEM
from etappe.core.process_diff import compare
from etappe.core.process_file import as_data, compile_process, from_data, read
from etappe.deals import actions
from etappe.people.actions_fields import define_field
from etappe.playbook.actions import publish
from etappe.playbook.diff_texts import tell
from etappe.playbook.queries import library_item
from tests.api.conftest import caller
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.scenery import kept
from tests.unchanged import refused
from tests.web.signed import client_of

SOON = date(2026, 6, 30)
INBOUND = library_item("inbound").source
NEEDY = INBOUND.replace(
    "key: need_confirmed\n", "key: need_confirmed\n    fields: [amount, expected_close, next_step]\n", 1
)


def set_needy() -> Scene:
    """Ada's deal on a version that needs three fields before the first stage is left; its proof is there."""
    scene = set_scene()
    publish(NEEDY, actor=SYSTEM, at=AT)
    scene.uid = scene.another(name="Braucht Felder")
    scene.prove("need_confirmed")
    return scene


scene = kept(set_needy)


def fill(scene: Scene, **values: Any) -> None:
    actions.edit(scene.uid, values, actor=scene.cast.ada, at=scene.later())


def lacking(no: Any) -> list[str]:
    return [item.key for item in no.value.params["unfilled"]]


def test_a_stage_is_not_left_without_its_fields(scene: Scene) -> None:
    with refused("values_missing") as no:
        scene.move("requirements_agreed")
    assert lacking(no) == ["amount", "expected_close", "next_step"]
    fill(scene, amount=0, expected_close=SOON, next_step="Angebot besprechen")
    with refused("values_missing") as no:
        scene.move("requirements_agreed")
    assert lacking(no) == ["next_step"], "nothing is worth an amount of nothing, but a step without a day is none"
    with refused("values_missing"):
        actions.ask_exception(scene.uid, "requirements_agreed", "Bitte.", actor=scene.cast.ada, at=scene.later())
    fill(scene, next_step_on=SOON)
    assert scene.move("requirements_agreed").proof == "proven"
    fill(scene, amount=None)
    assert scene.row.proof == "proven", "a value is no evidence: taking it away takes no proof away"


def test_an_own_field_of_the_same_key_is_another_one(scene: Scene) -> None:
    define_field(
        "deal", {"name": "Amount", "kind": "text", "required_in": ["inbound:need_confirmed"]},
        actor=scene.cast.dot, at=AT,
    )  # fmt: skip
    with refused("values_missing") as no:
        scene.move("requirements_agreed")
    assert lacking(no) == ["amount", "expected_close", "next_step", "amount"]


def test_a_new_deal_in_a_later_stage_and_undoing_ask_as_well(scene: Scene) -> None:
    with refused("criteria_missing") as no:
        actions.create(
            {"name": "Neu", "amount": 5}, process="inbound", stage="requirements_agreed",
            actor=scene.cast.ada, at=scene.later(),
        )  # fmt: skip
    assert lacking(no) == ["expected_close", "next_step"]
    fill(scene, amount=5, expected_close=SOON, next_step="x", next_step_on=SOON)
    scene.move("requirements_agreed")
    scene.move("need_confirmed")
    fill(scene, amount=None)
    with refused("values_missing"):
        actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())


def test_the_page_asks_for_them_and_goes_on_and_the_api_names_them(scene: Scene) -> None:
    ada, german = client_of("ada"), {"Accept-Language": "de"}
    hers = caller(scene.cast.ada)
    no = hers.post(f"/deals/{scene.uid}/move", {"to": "requirements_agreed"}, Accept_Language="de").json()["error"]
    assert [each["key"] for each in no["params"]["unfilled"]] == ["amount", "expected_close", "next_step"]
    assert "Auftragswert" in json.dumps(no, ensure_ascii=False)
    shown = ada.post(reverse("deal_move", args=[scene.uid]), {"to": "requirements_agreed"}, headers=german)
    text = shown.content.decode()
    assert shown.status_code == 422
    assert all(f'name="{name}"' in text for name in ("amount", "currency", "expected_close", "next_step_on"))
    assert "Es fehlen noch 3 Angaben oder Belege" in text and "(freiwillig)" not in text
    record = ada.get(reverse("deal", args=[scene.uid]), headers=german).content.decode()
    assert "Noch auszufüllen: Auftragswert (erwartet), " in record
    fields = reverse("deal_fill", args=[scene.uid])
    given = {"fill": "1", "to": "requirements_agreed", "amount": "1.200,50", "currency": "EUR", "next_step": "Treffen"}
    half = ada.post(fields, given | {"expected_close": "keiner", "next_step_on": ""}, headers=german)
    assert half.status_code == 422 and scene.row.amount is None
    day = (AT + timedelta(days=30)).date().isoformat()
    done = ada.post(fields, given | {"expected_close": day, "next_step_on": day}, headers=german)
    assert (done.status_code, scene.row.stage, str(scene.row.amount)) == (303, "requirements_agreed", "1200.5000")


def test_the_file_says_it_and_what_was_stored_before_does_not_break() -> None:
    process = compile_process(read(NEEDY))
    assert process.first.fields == ("amount", "expected_close", "next_step")
    assert from_data(json.loads(json.dumps(as_data(process)))) == process
    before = as_data(compile_process(read(INBOUND)))
    for stage in before["stages"]:
        del stage["fields"]
    assert from_data(before).first.fields == ()
    changes = compare(compile_process(read(INBOUND)), process)
    assert [change.code for change in changes] == ["fields_needed"] and "Deal value" in tell(changes)[0]
    broken = read(NEEDY.replace("[amount, expected_close, next_step]", "[amount, amount, owner]"))
    assert [(problem.code, problem.place.line > 1) for problem in broken.problems] == [
        ("value_twice", True), ("unknown_value", True),
    ]  # fmt: skip
