"""The buyer confirms a call note by a link."""

from __future__ import annotations

import pytest

from etappe.core.actor import BUYER
from etappe.core.errors import Missing
from etappe.deals import actions, queries
from etappe.deals.actions.notes import LIFETIME, NoteLinkRef
from etappe.deals.models import NoteLink
from etappe.deals.reading import Given
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.unchanged import refused, unchanged

NEED, MEETING = "need_in_own_words", "next_meeting_accepted"


@pytest.fixture
def link(scene: Scene) -> NoteLinkRef:
    told = Given("call_note", person=str(scene.eva), happened_at=AT, text="Eva braucht die Anlage bis September.")
    note = scene.give(NEED, told)
    return actions.make_note_link(note, actor=scene.cast.ada, at=scene.later())


def test_a_yes_turns_the_note_into_evidence(scene: Scene, link: NoteLinkRef) -> None:
    page = queries.note_page(link.token, scene.later())
    assert (page.note, page.author, page.state) == ("Eva braucht die Anlage bis September.", "Ada Ahrens", "open")
    actions.answer_note(link.token, True, actor=BUYER, at=scene.later())
    scene.give(MEETING, scene.paper(MEETING, "invite_accepted"))
    assert scene.move("requirements_agreed").stage == "requirements_agreed"
    confirmed = next(item for item in scene.view().stages[0].criteria[0].evidence if item.kind == "note_confirmed")
    assert (confirmed.strength, confirmed.provenance, confirmed.confirmed_by) == (4, "received", None)


def test_a_no_keeps_it_a_claim_and_keeps_the_buyers_words(scene: Scene, link: NoteLinkRef) -> None:
    actions.answer_note(link.token, False, "Erst im Oktober.", actor=BUYER, at=scene.later())
    view = scene.view().stages[0].criteria[0]
    assert not view.met
    assert (view.links[0].confirmed, view.links[0].comment) == (False, "Erst im Oktober.")


def test_one_answer_per_link(scene: Scene, link: NoteLinkRef) -> None:
    actions.answer_note(link.token, True, actor=BUYER, at=scene.later())
    with refused("link_answered"):
        actions.answer_note(link.token, False, actor=BUYER, at=scene.later())
    assert queries.note_page(link.token, scene.later()).state == "link_answered"


def test_revoked_expired_and_guessed_links(scene: Scene, link: NoteLinkRef) -> None:
    with refused("link_expired"):
        actions.answer_note(link.token, True, actor=BUYER, at=AT + LIFETIME * 2)
    actions.revoke_note_link(link.uid, actor=scene.cast.ada, at=scene.later())
    with refused("link_revoked"):
        actions.answer_note(link.token, True, actor=BUYER, at=scene.later())
    with unchanged(), pytest.raises(Missing):
        actions.answer_note("A" * 43, True, actor=BUYER, at=scene.later())
    with pytest.raises(Missing):
        queries.note_page("A" * 43, scene.later())


def test_the_token_is_stored_nowhere_and_can_be_shown_again(scene: Scene, link: NoteLinkRef) -> None:
    row = NoteLink.objects.get()
    assert link.token.encode() not in bytes(row.token_sha256)
    again = actions.make_note_link(row.evidence.uid, actor=scene.cast.ada, at=scene.later())
    assert again == link


def test_only_a_note_can_be_confirmed_and_only_where_it_would_count(scene: Scene) -> None:
    given = scene.prove("need_confirmed")
    with refused("no_note_to_confirm"):
        actions.make_note_link(given[0], actor=scene.cast.ada, at=scene.later())
    with refused("kind_not_accepted"):
        scene.give(MEETING, Given("call_note", person=str(scene.eva), happened_at=AT, text="sie kommt"))
