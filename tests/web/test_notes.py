"""The buyer's page behind a link: no sign-in, nothing to find, one answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from etappe.deals import actions
from etappe.deals.models import Evidence, NoteLink
from etappe.deals.reading import Given
from etappe.journal.models import Entry
from etappe.web import notes
from etappe.web.jobs import send_note_link
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.scenery import kept
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert("x")</script> Frau Ernst braucht es bis Mai.'


scene = kept(set_scene)


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands at the scene's day."""
    monkeypatch.setattr("etappe.web.middleware.now", lambda: AT + timedelta(hours=2))
    monkeypatch.setattr("etappe.web.jobs.now", lambda: AT + timedelta(hours=2))


@pytest.fixture
def token(scene: Scene, moment: None) -> str:
    note = Given("call_note", person=str(scene.eva), happened_at=AT, text=HOSTILE)
    return actions.make_note_link(scene.give("need_in_own_words", note), actor=scene.cast.ada, at=scene.later()).token


def address(token: str) -> str:
    return reverse("note", args=[token])


def test_the_page_shows_the_note_and_nothing_else(token: str) -> None:
    answer = Client().get(address(token), headers={"Accept-Language": "de"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Gibt diese Notiz unser Gespräch richtig wieder?" in page
    assert "Frau Ernst braucht es bis Mai." in page
    assert "Ada Ahrens" in page
    assert "<script>alert" not in page
    assert "<nav" not in page
    assert "Neue Anlage" not in page, "the deal's name is ours"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert "fair summary" in Client().get(address(token), headers={"Accept-Language": "en"}).content.decode()


def test_looking_changes_nothing(token: str) -> None:
    before = Entry.objects.count()
    for _ in range(3):
        Client().get(address(token))
        Client().head(address(token))
    assert Entry.objects.count() == before
    assert NoteLink.objects.get().answered_at is None


def test_a_yes_makes_the_note_evidence_once(scene: Scene, token: str) -> None:
    answer = Client().post(address(token), {"answer": "yes"}, headers={"Accept-Language": "en"})
    assert "Thank you." in answer.content.decode()
    found = Evidence.objects.get(kind="note_confirmed")
    assert (found.provenance, found.strength) == ("received", 4)
    again = Client().post(address(token), {"answer": "no", "comment": "doch nicht"})
    assert again.status_code == 410
    assert Evidence.objects.filter(kind="note_confirmed").count() == 1
    assert Client().get(address(token)).status_code == 410


def test_a_no_says_what_was_different(scene: Scene, token: str) -> None:
    bare = Client().post(address(token), {"answer": "no"}, headers={"Accept-Language": "en"})
    assert bare.status_code == 422
    assert "what was different" in bare.content.decode()
    assert Client().post(address(token), {"answer": "no", "comment": "Es eilt nicht."}).status_code == 200
    assert NoteLink.objects.get().comment == "Es eilt nicht."
    assert not Evidence.objects.filter(kind="note_confirmed").exists()


def test_an_answer_that_is_none_changes_nothing(token: str) -> None:
    assert Client().post(address(token), {}).status_code == 422
    assert Client().post(address(token), {"answer": "maybe"}).status_code == 422
    assert NoteLink.objects.get().answered_at is None


def test_a_foreign_page_cannot_answer(token: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address(token), {"answer": "yes"}).status_code == 403
    assert NoteLink.objects.get().answered_at is None


@pytest.mark.parametrize("wrong", ["x", "a" * 43, "%00", "ü"])
def test_an_unknown_link_is_missing(scene: Scene, wrong: str) -> None:
    assert Client().get(f"/n/{wrong}/").status_code == 404
    assert Client().post(f"/n/{wrong}/", {"answer": "yes"}).status_code == 404


def test_a_revoked_link_says_so(scene: Scene, token: str) -> None:
    actions.revoke_note_link(NoteLink.objects.get().uid, actor=scene.cast.ada, at=scene.later())
    answer = Client().get(address(token), headers={"Accept-Language": "en"})
    assert answer.status_code == 410
    assert "taken back" in answer.content.decode()
    assert "Frau Ernst" not in answer.content.decode()


def test_an_expired_link_says_so(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.web.middleware.now", lambda: AT + timedelta(days=20))
    answer = Client().get(address(token), headers={"Accept-Language": "en"})
    assert answer.status_code == 410
    assert "expired" in answer.content.decode()
    assert Client().post(address(token), {"answer": "yes"}).status_code == 410
    assert not Evidence.objects.filter(kind="note_confirmed").exists()


def test_who_tries_too_often_waits(token: str) -> None:
    statuses = {Client().get("/n/guess/").status_code for _ in range(notes.TRIES + 2)}
    assert statuses == {404, 429}


def test_the_link_is_mailed_by_a_job(scene: Scene, token: str, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    link = NoteLink.objects.get()
    send_note_link.func(link=str(link.uid), language="de")
    letter = mail.outbox[0]
    assert letter.to == ["eva@kunde.example"]
    assert letter.subject == "Gibt diese Notiz unser Gespräch richtig wieder?"
    assert address(token) in letter.body
    assert HOSTILE in letter.body, "plain text, as it was written"
    Client().post(address(token), {"answer": "yes"})
    send_note_link.func(link=str(link.uid), language="de")
    assert len(mail.outbox) == 1, "an answered link is not sent again"


def test_two_taps_send_one_mail(scene: Scene, token: str, settings: object) -> None:
    settings.EMAIL_HOST = "localhost"  # type: ignore[attr-defined]
    note = NoteLink.objects.get().evidence.uid
    ada = client_of("ada")
    assert (
        "Mail to eva@kunde.example"
        in ada.post(reverse("evidence_ask", args=[note]), headers={"Accept-Language": "en"}).content.decode()
    )
    for _ in range(2):
        assert ada.post(reverse("evidence_mail", args=[note])).status_code == 303
    jobs = ProcrastinateJob.objects.filter(task_name="etappe.web.jobs.send_note_link")
    assert jobs.count() == 1
    assert token not in str(jobs.get().args), "the queue holds no secret"
