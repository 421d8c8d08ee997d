"""What is somebody else's stays theirs: no page, list, timeline or flag tells of it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from etappe.deals import actions, queries
from etappe.deals.reading import Given, read_file
from etappe.people import queries as people
from etappe.people.actions import create_person, write_note
from etappe.people.queries import PersonView
from etappe.web.people_timeline import story
from tests.api.conftest import caller
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.papers import mail
from tests.web.signed import client_of

NEED = "need_in_own_words"


@pytest.fixture
def hidden(scene: Scene) -> PersonView:
    """Somebody at Ada's account whom Cem keeps to himself."""
    fields = {"name": "Petra Privat", "email": "petra@anderswo.example", "is_private": True, "account": scene.account}
    return create_person(fields, actor=scene.cast.cem, at=AT)


def test_a_sender_is_not_told_to_be_somebody_elses_private_contact(scene: Scene) -> None:
    fields = {"name": "Petra Privat", "email": "petra@anderswo.example", "is_private": True}
    kept = create_person(fields, actor=scene.cast.cem, at=AT)
    reply = read_file("antwort.eml", mail("P. P. <petra@anderswo.example>"))
    given = scene.give(NEED, Given("reply", file=reply, add_sender=True))
    sender = queries.get_evidence(scene.cast.ada, given).person
    assert sender is not None
    assert (sender.name, sender.uid == kept.uid) == ("P. P.", False)


def test_the_record_of_an_account_is_silent_about_private_people(scene: Scene, hidden: PersonView) -> None:
    write_note("Nur unter uns: sie wechselt im Mai.", person=hidden.uid, actor=scene.cast.cem, at=AT)
    key = people.account_id(scene.cast.ada, scene.account)
    for viewer, sees in ((scene.cast.ada, False), (scene.cast.ben, False), (scene.cast.cem, True)):
        page = str(story(viewer, AT, account=key))
        answer = caller(viewer).get(f"/accounts/{scene.account}/timeline").content.decode()
        for text in (page, answer):
            assert ("Nur unter uns" in text) is sees
            assert ("Petra" in text or "petra@" in text) is sees


def test_a_file_used_twice_does_not_tell_the_name_of_another_teams_deal(scene: Scene) -> None:
    reply = Given("reply", file=read_file("antwort.eml", mail()), add_sender=True)
    theirs = actions.create({"name": "Streng vertraulich"}, process="inbound", actor=scene.cast.cem, at=AT)
    actions.confirm(theirs.uid, NEED, reply, actor=scene.cast.cem, at=scene.later())
    given = scene.give(NEED, reply)
    shown = queries.get_evidence(scene.cast.ada, given)
    assert (shown.also_on, shown.also_hidden) == ((), True)
    known = queries.get_evidence(scene.cast.dot, given)
    assert ([ref.name for ref in known.also_on], known.also_hidden) == (["Streng vertraulich"], False)
    page = client_of("ada").get(reverse("evidence", args=[given])).content.decode()
    assert "Streng vertraulich" not in page
    assert "deal of another team" in page
