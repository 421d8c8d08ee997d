"""Figures by mail: who asks, when they come, what their reader sees by then, and a mail server that is away."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from etappe.cli import main
from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden
from etappe.core.rhythm import next_time
from etappe.insights.actions_mail import MOST, fall_due, hand_over, subscribe, unsubscribe
from etappe.insights.jobs import mails_follow_zone
from etappe.insights.models import Subscription
from etappe.insights.queries import get_metric, keys, report
from etappe.insights.subscriptions import SubscriptionView, by_uid, subscriptions
from etappe.journal.models import Entry
from etappe.journal.queries import last_entry_id
from etappe.team import actions as team
from etappe.team.actions import create_token
from etappe.web.figure_mail import WAITS, send
from etappe.web.jobs import mail_figure, mail_figures_that_are_due
from tests.cast import Cast, email
from tests.insights.history import NOW, tell
from tests.replay import assert_replays
from tests.scenery import kept
from tests.unchanged import refused
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db

history = kept(tell)
MONDAY = {"rhythm": "weekly", "day": 1, "hour": 7}
DUE = NOW + timedelta(days=7)
"""A Monday at ten in Berlin: the mail of that morning is due."""


class Inbox:
    """What a mail server was given; `answer` is what it says to that."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: object, session: object, envelope: Any
    ) -> str:
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
        return self.answer


class _Anywhere(Controller):
    """A server on whatever port is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    """A real mail server on this machine, and Etappe set up to use it."""
    found = Inbox()
    server = _Anywhere(found, hostname="127.0.0.1", port=0)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield found
    server.stop()


def asked(actor: Actor, figure: str = "win_rate", **more: Any) -> SubscriptionView:
    return subscribe({"figure": figure, **MONDAY, **more}, actor=actor, at=NOW)


def due(at: datetime = DUE) -> list[tuple[str, datetime]]:
    """What falls due."""
    found: list[tuple[str, datetime]] = []
    fall_due(then=lambda uid, moment: found.append((uid, moment)), actor=SYSTEM, at=at)
    return found


def sent(at: datetime = DUE) -> list[int | None]:
    return [send(uid, moment, at) for uid, moment in due(at)]


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# --- When ---


@pytest.mark.parametrize(
    ("rhythm", "day", "hour", "after", "wanted"),
    [
        ("weekly", 1, 7, "2026-03-02T05:59", "2026-03-02T06:00"),
        ("weekly", 1, 7, "2026-03-02T06:00", "2026-03-09T06:00"),
        ("weekly", 1, 7, "2026-03-27T12:00", "2026-03-30T05:00"),  # summer time since the day before
        ("weekly", 7, 2, "2026-03-27T12:00", "2026-03-29T01:00"),  # two o'clock is left out: three
        ("weekly", 7, 2, "2026-10-23T12:00", "2026-10-25T00:00"),  # it comes twice: the first
        ("weekly", 7, 2, "2026-10-25T00:00", "2026-11-01T01:00"),  # and not the second
        ("monthly", 31, 7, "2026-02-03T00:00", "2026-02-28T06:00"),
        ("monthly", 31, 7, "2026-02-28T06:00", "2026-03-31T05:00"),
        ("monthly", 1, 0, "2026-12-31T22:59", "2026-12-31T23:00"),
        ("monthly", 1, 0, "2026-12-31T23:00", "2027-01-31T23:00"),
    ],
)
def test_it_comes_at_its_hour_whatever_the_clock_does(
    rhythm: str, day: int, hour: int, after: str, wanted: str
) -> None:
    found = next_time(rhythm, day, hour, zone="Europe/Berlin", after=datetime.fromisoformat(f"{after}+00:00"))
    assert found.astimezone(UTC) == datetime.fromisoformat(f"{wanted}+00:00")


def test_another_zone_of_the_workspace_moves_it(history: Cast, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.insights.jobs.now", lambda: NOW)
    made = asked(history.ada)
    for zone in ("America/New_York", "Asia/Tokyo"):
        team.edit_workspace({"zone": zone}, actor=history.dot, at=NOW)
        job = ProcrastinateJob.objects.filter(task_name=mails_follow_zone.name).latest("id")
        mails_follow_zone(**job.args)
        local = by_uid(made.uid).next_at.astimezone(ZoneInfo(zone))
        assert (local.isoweekday(), local.hour) == (1, 7)


# --- What comes ---


def test_it_comes_with_its_number_its_chart_and_a_way_to_end_it(history: Cast, inbox: Inbox, settings: Any) -> None:
    ada = client_of("ada")
    asked_for = ada.post("/figures/win_rate/mail/?by=source", {"on": "weekly-1", "hour": "7"})
    assert asked_for.status_code == 303
    Subscription.objects.update(next_at=DUE - timedelta(hours=3))
    assert sent() == [None]
    (mail,) = inbox.mails
    found = report("win_rate", viewer=history.ada, by="source", now=DUE)
    assert (mail["To"], mail["Subject"]) == (email("ada"), "Win rate: how it stands")
    share = f"{100 * (found.finding.value or 0):.1f}%"
    for said in (part(mail, "plain"), words(part(mail, "html"))):
        assert share in said and f"n = {found.finding.n}" in said and "95% interval" in said and "web" in said
        assert "as of 9 Mar 2026" in said and "Split by: Source" in said and "Won in the end" in said
        assert found.definition in said and "Highest:" in said
    html = part(mail, "html")
    assert f'href="{settings.ADDRESS}/figures/win_rate/?by=source"' in html
    (picture,) = [each for each in mail.walk() if each.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<chart-0>" and 'src="cid:chart-0"' in html
    image = Image.open(BytesIO(picture.get_content()))
    assert image.width == 1200 and len(image.convert("L").getcolors() or ()) > 20, "it shows something"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip(" <>") in html
    assert subscriptions(history.ada)[0].state == "sent"
    assert "sent 9 Mar 2026" in words(ada.get("/settings/mails/", headers={"Accept-Language": "en"}).content.decode())


def test_every_figure_can_be_mailed_in_german_and_of_nothing_at_all(history: Cast, inbox: Inbox) -> None:
    team.edit_profile({"language": "de"}, actor=history.ada, at=NOW)
    for key in keys():
        for where in ("", "amount > 1000000"):
            asked(history.ada, key, where=where)
    assert sent() == [None] * (2 * len(keys()))
    assert len(inbox.mails) == 2 * len(keys())
    for mail in inbox.mails:
        said = part(mail, "plain")
        assert "Hallo" in said or "Guten Tag" in said
        assert "n = " in said and "None" not in said and "nan" not in said.lower().split()
        assert "{" not in words(part(mail, "html")), "nothing is left to be filled in"
    drawn = [mail for mail in inbox.mails if any(each.get_content_maintype() == "image" for each in mail.walk())]
    without_leads = [key for key in keys() if "fact_lead" not in get_metric(key).sources]
    assert len(drawn) >= len(without_leads) - 4, "it holds no leads, and too many open deals to know two of the figures"


def test_it_is_sent_once_whoever_asks(history: Cast, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    made = asked(history.ada)
    monkeypatch.setattr("etappe.web.jobs.now", lambda: NOW)
    mail_figures_that_are_due(0)  # nothing is due before its time
    first, again = due(), due()
    assert (len(first), again) == (1, [])
    (uid, moment) = first[0]
    assert [send(uid, moment, DUE) for _ in range(3)] == [None] * 3
    assert len(inbox.mails) == 1
    assert not hand_over(uid, moment, actor=SYSTEM, at=DUE)
    much_later = due(DUE + timedelta(days=40))
    assert len(much_later) == 1, "what was missed while nothing ran comes once"
    assert by_uid(made.uid).next_at > DUE + timedelta(days=40)
    assert hand_over(*much_later[0], actor=SYSTEM, at=DUE)
    assert send(*much_later[0], DUE) is None and len(inbox.mails) == 1, "a process was killed while it handed it over"
    assert send(uid, moment, DUE) is None and len(inbox.mails) == 1, "a job of last week comes too late"


def test_a_mail_server_that_is_away_is_asked_again(history: Cast, inbox: Inbox, settings: Any) -> None:
    asked(history.ada)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    ((uid, moment),) = due()
    mail_figure(subscription=uid, due=moment.isoformat())
    job = ProcrastinateJob.objects.get(task_name=mail_figure.name)
    assert job.scheduled_at is not None and job.args == {"subscription": uid, "due": moment.isoformat()}
    page = words(client_of("ada").get("/settings/mails/", headers={"Accept-Language": "en"}).content.decode())
    assert "not sent yet, tried again" in page and "refused" in page
    settings.EMAIL_PORT = there
    inbox.answer = "451 Busy"
    assert send(uid, moment, DUE) == WAITS[1]
    inbox.answer = "250 OK"
    assert send(uid, moment, DUE) is None
    assert len(inbox.mails) == 1
    assert by_uid(uid).state == "sent" and by_uid(uid).problem == ""


@pytest.mark.parametrize("answer", ["554 No", "451 Later"])
def test_it_is_given_up_in_the_end_and_says_so(history: Cast, inbox: Inbox, answer: str) -> None:
    asked(history.ada)
    inbox.answer = answer
    ((uid, moment),) = due()
    waits = [send(uid, moment, DUE) for _ in range(len(WAITS) + 2)]
    assert waits == ([None] * (len(WAITS) + 2) if answer == "554 No" else [*WAITS, None, None])
    found = by_uid(uid)
    assert found.state == "failed" and answer[4:] in found.problem
    page = words(client_of("ada").get("/settings/mails/", headers={"Accept-Language": "en"}).content.decode())
    assert "not sent" in page and answer[4:] in page
    assert len(due(DUE + timedelta(days=7))) == 1, "next week it comes again"


# --- Who sees what, when it is sent ---


def test_it_holds_what_its_reader_may_see_when_it_is_sent(history: Cast, inbox: Inbox) -> None:
    ada = history.ada
    asked(ada, "win_rate")
    asked(ada, "win_rate", where="owner = me")
    mine = {where: report("win_rate", viewer=ada, where=where, now=DUE).finding.n for where in ("", "owner = me")}
    me = next(each for each in team_users(history) if each.email == email("ada"))
    team.edit_user(me.uid, {"team": str(history.south)}, actor=history.dot, at=NOW)
    moved = team_actor("ada")
    theirs = report("win_rate", viewer=moved, now=DUE).finding.n
    assert theirs not in mine.values()
    sent()
    told = (re.search(r"^n = (\d+)", part(mail, "plain"), re.MULTILINE) for mail in inbox.mails)
    ns = sorted(int(each[1]) for each in told if each)
    assert ns == sorted([theirs, mine["owner = me"]])
    team.edit_user(me.uid, {"is_active": False}, actor=history.dot, at=NOW)
    assert sent(DUE + timedelta(days=7)) == [None, None]
    assert len(inbox.mails) == 2
    assert {row.state for row in Subscription.objects.all()} == {"nothing"}


def test_a_filter_that_means_nothing_any_more_is_told(history: Cast, inbox: Inbox) -> None:
    asked(history.ada, "sales_cycle")
    Subscription.objects.update(where="custom.gone = 1")
    sent()
    (mail,) = inbox.mails
    for said in (part(mail, "plain"), words(part(mail, "html"))):
        assert "can no longer be given" in said and "n = " not in said
    assert "custom.gone" in client_of("ada").get("/settings/mails/").content.decode()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.add(tag)


def test_hostile_names_are_only_names(history: Cast, inbox: Inbox) -> None:
    evil = 'Bcc: x@evil.example"><script>alert(1)</script>{{ settings }}'
    team.edit_profile({"name": evil}, actor=history.ada, at=NOW)
    team.edit_workspace({"name": "Acme\r\nBcc: y@evil.example <b>"}, actor=history.dot, at=NOW)
    asked(history.ada, where='name ~ "<img src=x onerror=alert(1)>" or name ~ "{% load x %}"')
    asked(history.ben, "stage_now", by="owner")
    sent()
    assert len(inbox.mails) == 2
    for mail in inbox.mails:
        assert mail["Bcc"] is None and set(mail.keys()) <= HEADERS
        tags = _Tags()
        tags.feed(part(mail, "html"))
        assert "script" not in tags.found and len(re.findall("<img", part(mail, "html"))) <= 1
    assert "<script>" in part(inbox.mails[0], "plain") + part(inbox.mails[1], "plain"), "as it is in plain text"


HEADERS = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "Auto-Submitted", "X-Peer", "X-MailFrom", "X-RcptTo", "Content-Transfer-Encoding"),
}


def team_users(history: Cast) -> Any:
    from etappe.team.queries import users

    return users(history.dot)


def team_actor(name: str) -> Actor:
    from etappe.team.queries import actor_by_email

    return actor_by_email(email(name))


# --- Asking and ending ---


def test_asking_again_changes_the_time_and_the_journal_tells_all(history: Cast, inbox: Inbox) -> None:
    made = asked(history.ada, "passed_and_won", stage="agreed", within="30d")
    before = last_entry_id()
    assert asked(history.ada, "passed_and_won", stage="plain:agreed", within="30", window="365").uid == made.uid
    assert last_entry_id() == before, "the same again is no act"
    later = asked(history.ada, "passed_and_won", stage="agreed", within="30", rhythm="monthly", day=31, hour=23)
    assert (later.uid, later.rhythm, later.on_day) == (made.uid, "monthly", 31)
    assert asked(history.ada, "passed_and_won", stage="agreed", within="60").uid != made.uid
    assert len(subscriptions(history.ada)) == 2
    assert subscriptions(history.ben) == []
    unsubscribe(made.uid, actor=history.ada, at=NOW)
    unsubscribe(made.uid, actor=history.ada, at=NOW)
    assert Entry.objects.filter(kind="subscription.ended").count() == 1
    for row in Subscription.objects.all():
        assert_replays(row)
    assert asked(history.ada, "passed_and_won", stage="agreed", within="30").uid != made.uid


def test_what_cannot_be_mailed_is_refused(history: Cast, inbox: Inbox, settings: Any) -> None:
    for code, given in (
        ("unknown_split", {"by": "colour"}),
        ("filter_unknown_field", {"where": "colour = 1"}),
        ("figure_waits", {"figure": "churn"}),
        ("bad_filter", {"stage": "agreed"}),
        ("unknown_choice", {"rhythm": "daily"}),
        ("number_out_of_range", {"day": 8}),
        ("number_out_of_range", {"rhythm": "monthly", "day": 0}),
        ("number_out_of_range", {"hour": 24}),
        ("number_out_of_range", {"hour": None}),
        ("unknown_field", {"user": "1"}),
        ("control_characters", {"where": "name = 'a\0b'"}),
        ("unknown_choice", {"language": "xx"}),
    ):
        with refused(code):
            asked(history.ada, **given)
    with pytest.raises(Forbidden):
        asked(SYSTEM)
    for place in range(MOST):
        asked(history.ada, where=f"amount > {place}")
    with refused("subscriptions_full"):
        asked(history.ada)
    settings.EMAIL_HOST = ""
    with refused("mail_not_set_up"):
        asked(history.ben)
    page = client_of("ben").get("/figures/win_rate/mail/", headers={"Accept-Language": "en"}).content.decode()
    assert "ETAPPE_SMTP_URL" in page and "<select" not in page
    assert client_of("ben").post("/figures/win_rate/mail/", {"on": "weekly-1", "hour": "7"}).status_code == 422


def test_the_link_in_the_mail_ends_it_by_post_alone(history: Cast, inbox: Inbox) -> None:
    made = asked(history.ada)
    stranger, address = Client(enforce_csrf_checks=True), reverse("mail_stop", args=[made.token])
    for look in (stranger.get, stranger.head, stranger.get):
        assert look(address).status_code == 200
    assert subscriptions(history.ada), "what only looks at links ends nothing"
    for token in (made.token[:-1], made.token.replace(str(made.uid), str(asked(history.ben).uid)), "x", str(made.uid)):
        assert stranger.post(reverse("mail_stop", args=[token])).status_code in (404, 422)
    assert len(subscriptions(history.ben)) == 1
    ((uid, moment),) = [each for each in due() if each[0] == str(made.uid)]
    for _ in range(2):
        ended = stranger.post(address, {"List-Unsubscribe": "One-Click"})
        assert ended.status_code == 200 and "no more" in ended.content.decode()
    assert subscriptions(history.ada) == []
    assert send(uid, moment, DUE) is None and inbox.mails == [], "not even the one that was about to be sent"
    entry = Entry.objects.get(kind="subscription.ended")
    assert entry.data["by_link"] is True
    assert_replays(Subscription.objects.get(uid=made.uid))


def test_api_and_terminal(history: Cast, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    token = create_token("Test", ("write",), actor=history.ada, at=NOW)[1]
    head, client = {"authorization": f"Bearer {token}"}, Client()
    given = {"figure": "win_rate", "by": "source", **MONDAY}
    made = client.post("/api/v1/subscriptions", given, "application/json", headers=head)
    assert (made.status_code, made.json()["by"], made.json()["day"]) == (201, "source", 1)
    assert client.get("/api/v1/subscriptions", headers=head).json() == [made.json()]
    wrong = client.post("/api/v1/subscriptions", {**given, "by": "colour"}, "application/json", headers=head)
    assert wrong.status_code == 422
    assert client.delete(f"/api/v1/subscriptions/{made.json()['uid']}", headers=head).status_code == 204
    monkeypatch.setattr("etappe.config.start.application", nullcontext)

    def run(*said: str) -> tuple[int, str]:
        found = CliRunner().invoke(main, ["mail", *said, "--as", email("ada")])
        return found.exit_code, found.output

    assert run("list") == (0, "Nothing is mailed.\n")
    code, line = run("figure", "win_rate", "--monthly", "31", "--where", "amount > 5", "--hour", "6")
    assert code == 0 and "win_rate, where amount > 5, monthly (day 31, 06:00)" in line
    assert run("list")[1] == line
    assert (run("figure", "win_rate")[0], run("figure", "nothing", "--weekly", "monday")[0]) == (2, 1)
    assert run("end", line.split()[0]) == (0, "win_rate is mailed no longer.\n")
    assert run("end", "nobody")[0] == 1
