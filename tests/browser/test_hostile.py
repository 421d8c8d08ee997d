"""Hostile strings in every field, on every page of a real browser: nothing runs, is called, or bends.

The strings are stored by the actions that people use, as they are: a name may look like markup, it must never be any.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from playwright.sync_api import Browser
from tests.browser.conftest import Heard, size, visiting
from tests.browser.payloads import PAYLOADS, RUN
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.make import make_source
from tests.scenery import kept_apart
from tests.web.pages import Reading
from tests.web.signed import client_of

from etappe.core.actor import Actor, Role
from etappe.core.errors import Refusal
from etappe.deals import actions as deals
from etappe.deals.reading import Given, read_file
from etappe.people import actions as people
from etappe.playbook.actions import publish
from etappe.team import actions as team

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]

SHARED = Path(__file__).parents[2] / "../shared/hostile/html"
ACCOUNT = ("name", "website", "industry", "phone", "street", "postcode", "city", "country")
PERSON = ("name", "given_name", "family_name", "phone", "mobile", "job_title", "department", "profile")
DEAL = ("name", "source", "product", "next_step")
CHECKED = frozenset({"website", "profile", "country", "phone", "mobile", "domain"})
"""Fields that refuse what cannot be theirs."""
STAGES = 12
FOREIGN = ("iframe", "object", "embed", "base", "video", "marquee", "noscript", "animate", "style", "math", "frameset")
"""Elements of the strings that no record has of its own."""
OWN = {
    "iframe": ("/evidence/",),
    "noscript": ("/deals/board/", "/deals/new/", "/deals/?", "/accounts/?", "/people/?"),
}
"""And pages that do: a mail is shut into its own frame, lists help themselves without scripts."""


class Stored:
    """What was stored where; a string that a field refuses is left out of it and counted."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.taken: Counter[str] = Counter()
        self.records: list[str] = []
        self.pages: list[str] = []

    def everywhere(self) -> None:
        for number in range(len(PAYLOADS)):
            account = self._account(number)
            self._person(number, account)
            self._deal(number, account)
        for number, payload in enumerate(PAYLOADS):
            self._team(number, payload)
        self._processes()

    def _fields(self, names: tuple[str, ...], number: int) -> dict[str, str]:
        """Another string in each field, so that every field holds each of them once."""
        return {name: PAYLOADS[(number + at) % len(PAYLOADS)] for at, name in enumerate(names)}

    def _store(self, kind: str, given: dict[str, Any], make: Callable[[dict[str, Any]], Any]) -> Any:
        """Make the record; a field that refuses its string goes without."""
        fields = dict(given)
        while True:
            try:
                made = make(fields)
            except Refusal as refusal:
                refused = str(refusal.params["field"])
                if refused not in CHECKED:
                    raise
                del fields[refused]
                continue
            self.taken.update(f"{kind}.{name}" for name in fields)
            return made

    def _account(self, number: int) -> uuid.UUID:
        ada, fields = self.scene.cast.ada, self._fields(ACCOUNT, number)
        uid = self._store("account", fields, lambda given: people.create_account(given, actor=ada, at=AT)).uid
        people.write_note(PAYLOADS[number], account=uid, actor=ada, at=AT)
        self.records.append(f"/accounts/{uid}/")
        return uuid.UUID(str(uid))

    def _person(self, number: int, account: uuid.UUID) -> None:
        ada, fields = self.scene.cast.ada, self._fields(PERSON, number)
        made = self._store(
            "person", fields, lambda given: people.create_person({**given, "account": account}, actor=ada, at=AT)
        )
        self.records.append(f"/people/{made.uid}/")

    def _deal(self, number: int, account: uuid.UUID) -> None:
        ada, fields = self.scene.cast.ada, self._fields(DEAL, number)
        made = self._store(
            "deal",
            fields,
            lambda given: deals.create({**given, "account": account}, process="inbound", actor=ada, at=AT),
        )
        self.records.append(f"/deals/{made.uid}/")
        payload = PAYLOADS[number]
        deals.write_note(made.uid, payload, actor=ada, at=AT)
        self.pages.append(f"/evidence/{self._evidence(made.uid, payload)}/")
        if number % 2:
            deals.leave(made.uid, "competitor", lost_to=payload, note=payload, actor=ada, at=AT)
        else:
            deals.ask_exception(made.uid, "requirements_agreed", payload, actor=ada, at=AT)

    def _evidence(self, deal: uuid.UUID, payload: str) -> uuid.UUID:
        file = read_file(f"{payload[:40]}.eml".replace("/", "_"), letter(payload, payload))
        given = Given("reply", file=file, add_sender=True)
        uid = deals.confirm(deal, "need_in_own_words", given, actor=self.scene.cast.ada, at=AT)
        self.taken.update(["mail.subject", "mail.sender", "mail.html"])
        return uid

    def _team(self, number: int, payload: str) -> None:
        dot: Actor = self.scene.cast.dot
        team.add_team(f"{payload[:190]} {number}", actor=dot, at=AT)  # names of teams differ, whatever their case
        team.add_user(f"u{number}@etappe.example", payload, Role.REP, None, actor=dot, at=AT)
        team.create_token(payload, ["read"], actor=dot, at=AT)
        self.taken.update(["team.name", "user.name", "token.label"])

    def _processes(self) -> None:
        for start in range(0, len(PAYLOADS), STAGES):
            names = PAYLOADS[start : start + STAGES]
            source = make_source(f"p{start}", tuple(map(quoted, names)))
            publish(source, actor=self.scene.cast.dot, at=AT)
            self.taken.update({"stage.name": len(names)})
            self.pages += [f"/playbook/p{start}/", f"/deals/board/?process=p{start}"]


def quoted(name: str) -> str:
    """The name of a stage as a process file writes it."""
    return json.dumps(name[:160], ensure_ascii=False)


def letter(subject: str, html: str) -> bytes:
    """A mail of a sender whose name, subject, text, layout and attachment are all the same string."""
    message = MIMEMultipart()
    line = " ".join(subject.split())
    message["From"] = formataddr((str(Header(line[:150], "utf-8")), "eva@kunde.example"))
    message["To"], message["Date"] = "ada@etappe.example", "Mon, 02 Mar 2026 08:30:00 +0000"
    message["Subject"] = Header(line, "utf-8").encode()
    message["Message-ID"] = f"<{uuid.uuid4()}@kunde.example>"
    both = MIMEMultipart("alternative")
    both.attach(MIMEText(f"Ja, das passt. {subject}", "plain", "utf-8"))
    both.attach(MIMEText(f"<p>Ja, das passt.</p>{html}", "html", "utf-8"))
    message.attach(both)
    attached = MIMEApplication(b"x")
    attached.add_header("Content-Disposition", "attachment", filename=("utf-8", "", f"{line[:40]}.bin"))
    message.attach(attached)
    return message.as_bytes()


LISTS = (
    "/", "/accounts/", "/people/", "/deals/", "/deals/board/", "/deals/new/", "/inspection/?list=exceptions",
    "/inspection/?list=unproven", "/settings/team/", "/settings/tokens/", "/settings/workspace/", "/playbook/",
    "/figures/", "/figures/win_rate/?by=owner", "/figures/win_rate/records/", "/figures/stage_now/", "/import/",
)  # fmt: skip
ASKING = ("/accounts/?search={}", "/people/?search={}", "/deals/?text={}", "/deals/new/?account={}&stage={}")

WIDEST = """[...document.querySelectorAll('main *')].filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map(each => each.cloneNode().outerHTML.slice(0, 100))"""


set_up = kept_apart(set_scene)


@pytest.fixture
def scene(built: Path, set_up: Scene) -> Scene:
    return set_up


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60
    assert max(map(len, PAYLOADS)) <= 200, "or no name would take them"


@pytest.mark.parametrize(
    ("policy", "heard_of"), [("", {"dialog", "request", "a script"}), ("script-src 'none'", {"policy", "console"})]
)
def test_what_should_not_happen_would_be_heard(
    fresh_database: str, site: str, browser: Browser, policy: str, heard_of: set[str]
) -> None:
    body = f"<main><script>{RUN}</script><img src={'//evil.example/x.png' if not policy else 'data:,'}></main>"
    headers = {"Content-Security-Policy": policy} if policy else {}
    with visiting(browser, site) as (page, heard):
        page.route("**/bad/", lambda route: route.fulfill(body=body, content_type="text/html", headers=headers))
        page.goto(f"{site}/bad/")
        said = heard.of(page)
    assert all(any(each.startswith(start) for each in said) for start in heard_of), said


def test_no_string_becomes_more_than_text(scene: Scene, site: str, browser: Browser) -> None:
    stored = Stored(scene)
    stored.everywhere()
    plain = [name for name in stored.taken if name.split(".")[1] not in CHECKED]
    assert {name: stored.taken[name] for name in plain if stored.taken[name] < 60} == {}
    asked = [path.format(*[quote(payload)] * 2) for path in ASKING for payload in PAYLOADS[::6]]
    assert list(_live(client_of("dot"), [*stored.records, *stored.pages, *asked])) == []
    opened = [*asked[::3], *stored.pages[::4], *stored.records[::8]]
    options = {"locale": "de-DE", **size("phone")}
    with visiting(browser, site, "dot", **options) as (page, heard):
        problems = list(_problems(page, heard, site, [*LISTS, *opened]))
        problems += _checked(page, heard, site)
    assert not problems, "\n".join(problems)


def _live(client: Client, paths: list[str]) -> Iterator[str]:
    """What of the strings is more than text in the pages' source. Some of the pages are opened in the browser, too:
    each string in a field of an account and a person, for scripts of our own that would take it for markup."""
    for path in paths:
        reading = Reading(client.get(path).content.decode())
        yield from (f"{path}: {told}" for told in reading.problems if not told.endswith("leads to a script"))
        foreign = [tag for tag in FOREIGN if reading.tags[tag] and not path.startswith(OWN.get(tag, ()))]
        yield from (f"{path}: there is a {tag}" for tag in foreign)
        if (reading.tags["h1"], reading.tags["title"], reading.tags["main"]) != (1, 1, 1):
            yield f"{path}: the page fell apart"


def _problems(page: Any, heard: Heard, site: str, paths: list[str]) -> Iterator[str]:
    for path in paths:
        answer = page.goto(f"{site}{path}")
        if answer.status != 200:
            yield f"{path}: {answer.status}"
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            yield f"{path}: scrolls sideways by {wide} px for {page.evaluate(WIDEST)}"
        if not page.locator("main").count() or page.locator("h1").count() != 1:
            yield f"{path}: the page fell apart"
        yield from (f"{path}: {said}" for said in heard.of(page))


def _checked(page: Any, heard: Heard, site: str) -> Iterator[str]:
    """The linter quotes what it finds."""
    page.goto(f"{site}/playbook/check/")
    page.fill("[name=source]", make_source("p", tuple(map(quoted, PAYLOADS[:STAGES]))))
    page.locator("form.form button.main-act").click()
    page.wait_for_selector(".findings")
    yield from (f"the linter: {said}" for said in heard.of(page))


# --- Mails ---


def layouts() -> list[Any]:
    """Bodies of mails: our own strings; where they are here, those that test a well-known cleaner, and all leaks."""
    cases = [pytest.param("".join(PAYLOADS), id="own")]
    public, leaks = SHARED / "dompurify_payloads.json", SHARED / "httpleaks_leak.html"
    missing = pytest.mark.skipif(not public.exists(), reason="the collection of hostile mails is not here")
    cases.append(pytest.param(public, marks=missing, id="cleaner"))
    return [*cases, pytest.param(leaks, marks=missing, id="leaks")]


@pytest.mark.parametrize("body", layouts())
def test_a_mail_is_shown_and_does_nothing(scene: Scene, site: str, browser: Browser, body: str | Path) -> None:
    bodies = [body] if isinstance(body, str) else _bodies(body)
    uids = [
        scene.give("need_in_own_words", Given("reply", file=read_file("mail.eml", letter("Angebot", each))))
        for each in bodies
    ]
    with visiting(browser, site, "ben") as (page, heard):
        for uid in uids:
            page.goto(f"{site}/evidence/{uid}/")
            assert heard.of(page) == []
            page.goto(f"{site}/evidence/{uid}/layout/")
            page.wait_for_timeout(200)
            assert heard.complaints == []
            assert "Ja, das passt." in page.content()


def _bodies(path: Path) -> list[str]:
    if path.suffix == ".html":
        return [path.read_text()]
    payloads = json.loads(path.read_text())
    return ["".join(payloads[start : start + 30]) for start in range(0, len(payloads), 30)]
