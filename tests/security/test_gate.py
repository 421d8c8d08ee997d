"""Around the gate: proof that is none, given in ways that nobody would think of by daylight."""

from __future__ import annotations

import pytest

from etappe.core.actor import BUYER
from etappe.core.errors import Forbidden
from etappe.core.process import Basis, DealFacts, verdict
from etappe.deals import actions, queries
from etappe.deals.reading import Given, read_file
from etappe.people.actions import create_person, edit_person
from etappe.team.actions import edit_workspace
from etappe.team.models import User
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.papers import mail
from tests.unchanged import refused

NEED = "need_in_own_words"


def told(scene: Scene, person: object = None) -> Given:
    return Given("call_note", person=str(person or scene.eva), happened_at=AT, text="Eva braucht es bis Mai.")


def test_a_withdrawn_note_cannot_be_confirmed_any_more(scene: Scene) -> None:
    note = scene.give(NEED, told(scene))
    link = actions.make_note_link(note, actor=scene.cast.ada, at=scene.later())
    actions.withdraw(note, "stimmt so nicht", actor=scene.cast.ada, at=scene.later())
    with refused("link_revoked"):
        actions.answer_note(link.token, True, actor=BUYER, at=scene.later())
    assert queries.note_page(link.token, scene.later()).state == "link_revoked"
    shown = next(view for view in scene.view().stages[0].criteria if view.criterion.key == NEED)
    assert shown.links[0].revoked_at is not None
    assert not shown.met


def test_nobody_grants_themselves_an_exception_they_could_not_grant_others(scene: Scene) -> None:
    User.objects.exclude(id=scene.cast.ada.id).update(is_active=False)
    state = actions.ask_exception(scene.uid, "requirements_agreed", "eilt", actor=scene.cast.ada, at=scene.later())
    assert state.stage == "need_confirmed"
    asked = queries.exceptions_to_answer(scene.cast.ada)[0]
    assert asked.granted is None
    with refused("forbidden", Forbidden):
        actions.answer_exception(asked.uid, True, actor=scene.cast.ada, at=scene.later())


@pytest.mark.parametrize("raw", [mail(), mail(text="Ja, so haben wir es besprochen!\n\nEva Ernst")])
def test_what_was_not_accepted_is_not_given_once_more(scene: Scene, raw: bytes) -> None:
    reply = scene.give(NEED, Given("reply", file=read_file("antwort.eml", mail())))
    actions.judge(reply, False, "betrifft ein anderes Projekt", actor=scene.cast.ben, at=scene.later())
    with refused("given_already"):
        scene.give(NEED, Given("reply", file=read_file("noch_einmal.eml", raw)))
    actions.withdraw(reply, "neuer Anlauf", actor=scene.cast.ada, at=scene.later())
    with refused("given_already"):
        scene.give(NEED, Given("reply", file=read_file("noch_einmal.eml", raw)))
    scene.give(NEED, Given("reply", file=read_file("andere.eml", mail(message_id="<2@kunde.example>"))))


@pytest.mark.parametrize("address", ["ada@etappe.example", "Ada+buyer@ETAPPE.example", "anna@post.unser-haus.example"])
def test_nobody_of_us_is_a_witness_for_the_buyer(scene: Scene, address: str) -> None:
    edit_workspace({"our_domains": ["unser-haus.example"]}, actor=scene.cast.dot, at=AT)
    fields = {"name": "Strohmann", "account": scene.account}
    stooge = create_person({**fields, "email": address}, actor=scene.cast.ada, at=AT)
    with refused("person_is_ours"):
        scene.give(NEED, told(scene, stooge.uid))
    later = create_person(fields, actor=scene.cast.ada, at=AT)
    note = scene.give(NEED, told(scene, later.uid))
    edit_person(later.uid, {"email": address}, seen=later.version, actor=scene.cast.ada, at=AT)
    with refused("person_is_ours"):
        actions.make_note_link(note, actor=scene.cast.ada, at=scene.later())


@pytest.mark.parametrize("to", ["won", "in_use"])
def test_an_open_deal_that_an_import_left_behind_the_gate_is_not_won_without_proof(scene: Scene, to: str) -> None:
    process = scene.process
    after = process.after_winning.key
    facts = DealFacts(process, after, entry_stage=after, basis=Basis.IMPORTED)
    outcome = verdict(facts, to)
    assert {item.stage.key for item in outcome.missing} == {"order_placed"}
    with refused("criteria_missing"):
        outcome.raise_if_refused()
