"""Around the gate: proof that is none, given in ways that nobody would think of by daylight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from etappe.core.actor import BUYER, Actor
from etappe.core.errors import Forbidden
from etappe.core.process import Basis, DealFacts, verdict
from etappe.deals import actions, queries
from etappe.deals.reading import Given, read_file
from etappe.deals.shapes import EvidenceView
from etappe.people.actions import create_person, edit_person
from etappe.team.actions import edit_workspace
from etappe.team.models import User
from etappe.web.deals_words import GRAVE
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.papers import acceptance, mail
from tests.unchanged import refused
from tests.web.signed import client_of

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
    User.objects.exclude(id=scene.cast.ada.id or 0).update(is_active=False)
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


def asked(scene: Scene, actor: Actor) -> str:
    note = scene.give(NEED, told(scene), actor=actor)
    return actions.make_note_link(note, actor=actor, at=scene.later()).token


def confirmed(scene: Scene) -> EvidenceView:
    shown = next(view for view in scene.view().stages[0].criteria if view.criterion.key == NEED)
    return next(item for item in shown.evidence if item.kind == "note_confirmed")


def beside_a_colleague() -> Client:
    """A browser in which nobody is signed in, behind the same address of the net as Ada's."""
    ada = client_of("ada")
    UserSession.objects.create(
        user_id=ada.session["_auth_user_id"], ip="127.0.0.1", user_agent="x", session_key=ada.session.session_key
    )
    return Client()


@pytest.mark.parametrize(
    ("client", "flags"),
    [
        (Client, ()),
        (partial(client_of, "ada"), ("answered_by_colleague",)),
        (beside_a_colleague, ("answered_from_our_network",)),
    ],
)
def test_a_note_that_a_colleague_confirms_is_marked_for_inspection(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, client: Callable[[], Client], flags: tuple[str, ...]
) -> None:
    token = asked(scene, scene.cast.ada)
    monkeypatch.setattr("etappe.web.middleware.now", lambda: AT + timedelta(hours=2))
    assert client().post(reverse("note", args=[token]), {"answer": "yes"}).status_code == 200
    assert confirmed(scene).flags == flags
    assert GRAVE.issuperset(flags)


def test_nobody_judges_a_note_that_they_asked_the_buyer_to_confirm(scene: Scene) -> None:
    actions.answer_note(asked(scene, scene.cast.ben), True, actor=BUYER, at=scene.later())
    given = confirmed(scene).uid
    with refused("own_evidence"):
        actions.judge(given, True, actor=scene.cast.ben, at=scene.later())
    actions.judge(given, True, actor=scene.cast.dot, at=scene.later())


LOOSE = mail().replace(b"Subject:", b"From : Boss <boss@kunde.example>\nSubject:", 1)
SENT_BY_US = acceptance().replace(b"ATTENDEE;", b'ATTENDEE;SENT-BY="mailto:ada@etappe.example";')


@pytest.mark.parametrize(
    ("name", "raw", "kind", "criterion", "code"),
    [
        ("zweiter.eml", LOOSE, "reply", NEED, "not_buyers_mail"),
        ("von_uns.ics", SENT_BY_US, "invite_accepted", "next_meeting_accepted", "not_buyers_acceptance"),
    ],
)
def test_forgeries_that_passed_once(scene: Scene, name: str, raw: bytes, kind: str, criterion: str, code: str) -> None:
    with refused(code):
        scene.give(criterion, Given(kind, file=read_file(name, raw)))
