"""What waits for one, by mail every working morning: asked for, made for its reader, silent when there is nothing."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from etappe.cli import main
from etappe.core.actor import SYSTEM
from etappe.core.rhythm import next_time
from etappe.deals import actions
from etappe.insights.actions_mail import fall_due, subscribe
from etappe.insights.models import Subscription
from etappe.insights.subscriptions import SubscriptionView, morning
from etappe.journal.models import Entry
from etappe.journal.texts import sentence
from etappe.team import actions as team
from etappe.web.figure_mail import send
from tests.api.conftest import caller
from tests.cast import AT, email
from tests.deals.conftest import Scene, scene
from tests.insights.test_mails import Inbox, inbox, part, words
from tests.replay import assert_replays
from tests.unchanged import refused
from tests.web.signed import client_of

__all__ = ["inbox", "scene"]

ASKED = {"figure": "next_steps", "rhythm": "workdays", "day": 1, "hour": 7}
TUESDAY = AT + timedelta(days=1)
TODAY = TUESDAY.date()


def ask(scene: Scene, who: str = "ada") -> SubscriptionView:
    return subscribe(ASKED, actor=getattr(scene.cast, who), at=AT)


def sent(at: datetime = TUESDAY) -> int:
    """How many mails fell due, each handed over at once."""
    found: list[tuple[str, datetime]] = []
    fall_due(then=lambda uid, moment: found.append((uid, moment)), actor=SYSTEM, at=at)
    assert [send(uid, moment, at) for uid, moment in found] == [None] * len(found)
    return len(found)


def step(scene: Scene, text: str, days: int, **fields: Any) -> None:
    uid = scene.another(name=f"Deal {text}")
    fields |= {"next_step": text, "next_step_on": TODAY + timedelta(days=days)}
    actions.edit(uid, fields, actor=scene.cast.ada, at=scene.later())


@pytest.mark.parametrize(
    ("hour", "after", "wanted"),
    [
        (7, "2026-03-02T05:59", "2026-03-02T06:00"),
        (7, "2026-03-05T06:00", "2026-03-06T06:00"),
        (7, "2026-03-06T06:00", "2026-03-09T06:00"),  # Friday to Monday
        (7, "2026-03-07T12:00", "2026-03-09T06:00"),  # nothing on Saturdays
        (7, "2026-03-27T06:00", "2026-03-30T05:00"),  # the clock goes forward on the Sunday between
        (7, "2026-10-23T05:00", "2026-10-26T06:00"),  # and back
        (0, "2026-03-01T22:59", "2026-03-01T23:00"),  # Monday in Berlin begins on Sunday in UTC
    ],
)
def test_it_comes_monday_to_friday_whatever_the_clock_does(hour: int, after: str, wanted: str) -> None:
    found = next_time("workdays", 1, hour, zone="Europe/Berlin", after=datetime.fromisoformat(f"{after}+00:00"))
    assert found.astimezone(UTC) == datetime.fromisoformat(f"{wanted}+00:00")


def test_it_says_what_waits_in_the_readers_language_and_ends_by_a_click(
    scene: Scene, inbox: Inbox, settings: Any
) -> None:
    actions.edit(
        scene.uid, {"next_step": "<b>Fern</b>", "next_step_on": TODAY + timedelta(days=90)},
        actor=scene.cast.ada, at=scene.later(),
    )  # fmt: skip
    step(scene, "Angebot & Termin <i>", 0)
    step(scene, "Rückruf", -1)
    step(scene, "Nächste Woche", 7)
    actions.create({"name": "Bens Deal", "next_step": "x", "next_step_on": TODAY}, process="inbound",
                   actor=scene.cast.ben, at=scene.later())  # fmt: skip
    team.edit_profile({"language": "de"}, actor=scene.cast.ada, at=AT)
    ask(scene)
    assert sent() == 1
    (mail,) = inbox.mails
    assert (mail["To"], mail["Subject"]) == (email("ada"), "Heute: 2 Punkte warten")
    plain, html = part(mail, "plain"), part(mail, "html")
    for said in (plain, words(html)):
        assert "Angebot" in said and "Rückruf" in said and "02.03.2026" in said
        assert "Nächste Woche" not in said and "Bens Deal" not in said and "Fern" not in said
    assert "- Deal Angebot & Termin <i>: Angebot" in plain and "&lt;i&gt;" in html and "{" not in words(html)
    assert f'href="{settings.ADDRESS}/deals/' in html
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = mail["List-Unsubscribe"].strip(" <>").removeprefix(settings.ADDRESS)
    assert morning(scene.cast.ada) is not None
    assert Client().get(stop, headers={"Accept-Language": "en"}).status_code == 200
    assert Client(enforce_csrf_checks=True).post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (morning(scene.cast.ada), sent(TUESDAY + timedelta(days=1))) == (None, 0)


def test_when_nothing_waits_none_comes_and_it_goes_on_the_next_day(scene: Scene, inbox: Inbox) -> None:
    for who in ("ada", "oda"):
        ask(scene, who)
    actions.edit(
        scene.uid, {"next_step": "Treffen", "next_step_on": TODAY + timedelta(days=1)},
        actor=scene.cast.ada, at=scene.later(),
    )  # fmt: skip
    assert (sent(), inbox.mails) == (2, [])
    page = client_of("ada").get("/settings/mails/", headers={"Accept-Language": "en"}).content.decode()
    assert "nothing waited for you" in page and "every working day" in page
    assert sent(TUESDAY + timedelta(days=1)) == 2
    assert [mail["To"] for mail in inbox.mails] == [email("ada")], "an observer has no deals of their own"
    assert inbox.mails[0]["Subject"] == "Today: 1 thing waits for you"
    assert {row.next_at.isoweekday() for row in Subscription.objects.all()} == {4}


def test_it_is_asked_for_on_the_page_once_and_told(scene: Scene, inbox: Inbox) -> None:
    ada = client_of("ada")
    assert 'href="/today/mail/"' in ada.get("/").content.decode()
    assert "Mail me this" in ada.get("/today/mail/", headers={"Accept-Language": "en"}).content.decode()
    for hour in ("6", "8"):
        assert ada.post("/today/mail/", {"hour": hour}).status_code == 303
    assert ada.post("/today/mail/", {"hour": "25"}).status_code == 422
    row = Subscription.objects.get()
    assert (row.figure, row.rhythm, row.hour) == ("next_steps", "workdays", 8)
    assert_replays(row)
    told = [sentence(entry.kind, entry.data) for entry in Entry.objects.filter(kind__startswith="subscription.")]
    assert all("what waits" in each and "next_steps" not in each for each in told)
    listed = ada.get("/settings/mails/").content.decode()
    assert 'href="/today/mail/"' in listed
    assert ada.post(f"/settings/mails/{row.uid}/end/").status_code in (303, 404)


def test_on_the_terminal_it_is_asked_for_moved_listed_and_ended(
    scene: Scene, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)

    def said(*words: str) -> str:
        found = CliRunner().invoke(main, ["mail", *words, "--as", email("ada")])
        assert found.exit_code == 0, found.output
        return found.output

    said("morning")
    assert "next_steps, workdays (Monday to Friday, 08:00)" in said("morning", "--hour", "8")
    row = Subscription.objects.get()
    assert (row.hour, row.rhythm) == (8, "workdays") and str(row.uid) in said("list")
    said("end", str(row.uid))
    assert "Nothing is mailed." in said("list")
    unknown = CliRunner().invoke(main, ["mail", "morning", "--as", "nobody@etappe.example"])
    assert unknown.exit_code == 1 and "Traceback" not in unknown.output


def test_figures_and_mornings_each_have_rhythms_of_their_own(scene: Scene, inbox: Inbox, settings: Any) -> None:
    hers = caller(scene.cast.ada)
    made = hers.post("/subscriptions", {"figure": "next_steps", "rhythm": "workdays", "hour": 7})
    assert (made.status_code, made.json()["rhythm"]) == (201, "workdays")
    for figure, rhythm in (("next_steps", "weekly"), ("win_rate", "workdays")):
        no = hers.post("/subscriptions", {"figure": figure, "rhythm": rhythm, "hour": 7})
        assert (no.status_code, no.json()["error"]["code"]) == (422, "unknown_choice")
    assert hers("delete", f"/subscriptions/{made.json()['uid']}").status_code == 204
    settings.EMAIL_HOST = ""
    with refused("mail_not_set_up"):
        ask(scene)
