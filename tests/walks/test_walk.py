"""The first day with Etappe, as one walk through a browser: from an empty workspace to a deal moved on evidence.

Once in German on a phone with files of our own, once in English on a desktop with a real export where it is here.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Browser, FloatRect, Locator, Page, Response, expect
from tests.browser.conftest import Heard, built, path_of, sign_in, size, visiting
from tests.cast import AT, PASSWORD, email
from tests.imports import twin
from tests.papers import acceptance, mail
from tests.web.everything import QUESTIONS

from etappe.core.actor import SYSTEM, Actor, Role
from etappe.deals import queries as deals
from etappe.imports import background
from etappe.journal.clock import now
from etappe.playbook.queries import library_item
from etappe.team import actions as team
from etappe.team import queries as people

__all__ = ["built"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

MAVEN = Path(__file__).parents[2] / "../shared/data/maven_crm"
MAVEN_FILES = ("sales_pipeline.csv", "accounts.csv", "products.csv", "sales_teams.csv")
FIRST, SECOND = "need_confirmed", "requirements_agreed"
SENTENCE = "Wir brauchen die Anlage bis Mai, weil die alte stillsteht."
LETTER = mail(text=SENTENCE)


def is_move(deal: uuid.UUID, answer: Response) -> bool:
    return answer.request.method == "POST" and answer.url.endswith(f"/{deal}/move/")


@dataclass
class Walk:
    """One person's way through the pages, in their language and in their window."""

    site: str
    page: Page
    heard: Heard
    language: str
    is_phone: bool

    def open(self, path: str) -> None:
        self.page.goto(f"{self.site}{path}")
        self.page.wait_for_selector("html[data-ready]")

    def press(self, what: Locator) -> None:
        what.tap() if self.is_phone else what.click()

    def says(self, message: str) -> str:
        """A message in the language of the walk."""
        with translation.override(self.language):
            return translation.gettext(message)

    # --- The workspace ---

    def come_in(self) -> None:
        """The first administrator comes by the link that the terminal shows."""
        token = team.make_setup_link(actor=SYSTEM, at=now())
        self.page.goto(f"{self.site}/setup/{token}/")
        for name, value in {"name": "Dot Dörfler", "email": email("dot"), "password": PASSWORD}.items():
            self.page.fill(f"[name={name}]", value)
        self.press(self.page.locator("button.main-act"))
        self.page.wait_for_url(f"{self.site}/")
        expect(self.page.locator("h1")).to_have_text(self.says("Today"))
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)

    def answer_the_questions(self) -> None:
        """Four answers give a model and its process, which is taken over."""
        self.open("/setup/questions/")
        for name, value in QUESTIONS.items():
            self.page.locator(f"[name={name}][value={value}]").check()
        self.press(self.page.locator("form.questions button.main-act"))
        self.page.wait_for_url("**/setup/model/")
        expect(self.page.locator("h1")).to_contain_text("Inbound")
        self.press(self.page.get_by_role("button", name=self.says("Use this process")))
        expect(self.page.get_by_role("link", name=self.says("Import your list"))).to_be_visible()

    # --- The import ---

    def bring_in(self, files: list[Path]) -> str:
        """Upload files, lead their stages to the process just taken, and import. The test is the job process.

        Returns the import's uid.
        """
        self.open("/import/")
        self.page.set_input_files("#files", files)
        self.press(self.page.get_by_role("button", name=self.says("Upload and look")))
        self.page.wait_for_url("**/import/*/")
        run = path_of(self.page.url).split("/")[2]
        background.examine(run, at=now())
        self.page.wait_for_selector("#process")
        self.page.select_option("#process", "inbound")
        self.press(self.page.get_by_role("button", name=self.says("Save the map and look again")))
        self.page.wait_for_selector("progress")
        background.examine(run, at=now())
        expect(self.page.locator("#process")).to_have_value("inbound")
        self.press(self.page.locator("button.main-act").first)
        self.page.wait_for_selector("progress")
        background.carry_on(run, clock=now)
        self.press(self.page.get_by_role("link", name=self.says("See what the data say")))
        self.page.wait_for_url("**/figures/")
        return run

    def read_the_first_look(self, rate: str) -> None:
        """The share of won deals, in the reader's own way of writing numbers."""
        comma = rate.replace(".", ",") + "\u00a0%" if self.language == "de" else f"{rate}%"
        expect(self.page.locator("main")).to_contain_text(comma)
        expect(self.page.locator("main")).to_contain_text("n = ")

    # --- The deal ---

    def open_the_board(self) -> uuid.UUID:
        """The board of the process, and a deal on it that has an account."""
        self.open("/deals/board/?process=inbound")
        card = self.column(FIRST).locator("article.deal:has(> p:not([class]))").first
        return uuid.UUID(str(card.get_attribute("data-deal")))

    def column(self, stage: str) -> Locator:
        return self.page.locator(f"[data-stage={stage}]")

    def card(self, deal: uuid.UUID, stage: str) -> Locator:
        return self.column(stage).locator(f"#card-{deal}")

    def move(self, deal: uuid.UUID) -> None:
        """Drag the deal to the next stage; on a phone, choose it from the deal's menu."""
        with self.page.expect_response(lambda answer: is_move(deal, answer)):
            if self.is_phone:
                self.card(deal, FIRST).locator("a.square").tap()
                self.page.locator(f"#panel form:has(input[name=to][value={SECOND}]) button").tap()
            else:
                self._drag(self.card(deal, FIRST), self.column(SECOND))

    def _drag(self, what: Locator, to: Locator) -> None:
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        what.scroll_into_view_if_needed()
        expect(to).to_be_visible()
        start, end = self._place(what), self._place(to)
        self.page.mouse.move(start["x"] + 30, start["y"] + 12)
        self.page.mouse.down()
        self.page.mouse.move(start["x"] + 60, start["y"] + 30, steps=4)
        self.page.mouse.move(end["x"] + end["width"] / 2, start["y"] + 40, steps=8)
        self.page.mouse.up()

    @staticmethod
    def _place(what: Locator) -> FloatRect:
        """Where it is; asked again while the page is being drawn anew, when it is nowhere for a moment."""
        for _attempt in range(20):
            if place := what.bounding_box():
                return place
        raise AssertionError(f"{what} stays nowhere")

    def be_refused(self, deal: uuid.UUID, missing: int) -> None:
        """The deal stays, and the panel says what is missing, ready to be given."""
        panel = self.page.locator("#panel[open]")
        expect(panel.locator("h2").first).to_contain_text(self.says("This deal stays in its stage."))
        expect(panel.locator(".ask")).to_have_count(missing)
        expect(self.card(deal, FIRST)).to_have_count(1)

    def give(self, criterion: str, name: str, content: bytes) -> None:
        """Give a file through the panel; whoever sent it is not known yet and is added on the way."""
        ask = self.page.locator(f"#ask-{criterion}")
        if name.endswith(".ics"):
            self.press(ask.locator(".kinds a").nth(1))
            expect(ask.locator(".kinds a").nth(1)).to_have_attribute("aria-current", "true")
        ask.locator("input[type=file]").first.set_input_files({"name": name, "mimeType": "x/x", "buffer": content})
        self.press(ask.locator("button.main-act"))
        if name.endswith(".eml"):
            expect(ask.locator("[name=add_sender]")).to_be_checked()
            self.press(ask.locator("button.main-act"))
        expect(ask).to_have_count(0)

    def close_the_panel(self) -> None:
        self.press(self.page.locator("#panel [data-close-panel]").first)
        expect(self.page.locator("#panel[open]")).to_have_count(0)

    def undo(self, deal: uuid.UUID) -> None:
        self.press(self.page.locator(".toast button[type=submit]").last)
        expect(self.card(deal, FIRST)).to_have_count(1)
        # Drawn anew, the board stays in its place.
        assert self.page.locator(".board").evaluate("board => board.scrollLeft") == 0

    # --- The others ---

    def inspect(self, deal: uuid.UUID) -> None:
        """The manager finds the deal in the queue, and reads the mail that moved it."""
        self.open("/inspection/")
        found = self.page.locator(f".departure:has(a[href='/deals/{deal}/'])")
        expect(found.first).to_contain_text(SENTENCE)
        self.press(found.first.locator("a[href^='/evidence/']", has_text="Re: Ihr Angebot"))
        panel = self.page.locator("#panel[open]")
        expect(panel).to_contain_text("eva@kunde.example")
        expect(panel).to_contain_text(SENTENCE)

    def see_nothing(self, deal: uuid.UUID, token: str) -> None:
        """Somebody of another team: the deal's page, the API and a guessed address answer as if it were not there."""
        self.open("/deals/board/?process=inbound")
        expect(self.page.locator("article.deal")).to_have_count(0)
        told = [self._page_of(uid) for uid in (deal, uuid.uuid4())]
        assert told[0] == told[1]
        assert told[0][0] == 404
        headers = {"Authorization": f"Bearer {token}"}
        addresses = (f"{self.site}/api/v1/deals/{uid}" for uid in (deal, uuid.uuid4()))
        asked = [self.page.request.get(address, headers=headers) for address in addresses]
        assert [(answer.status, answer.json()) for answer in asked] == [(404, asked[0].json())] * 2

    def _page_of(self, deal: uuid.UUID) -> tuple[int, str]:
        answer = self.page.goto(f"{self.site}/deals/{deal}/")
        assert answer
        return answer.status, self.page.locator("main").inner_text()

    def check_a_process(self, source: str) -> None:
        """A stage called Demo is told what it should be called instead."""
        self.open("/playbook/check/")
        self.page.fill("[name=source]", source)
        self.press(self.page.get_by_role("button", name=self.says("Check process")))
        expect(self.page.locator(".findings")).to_contain_text("Demo")
        expect(self.page.locator(".findings")).to_contain_text(BETTER[self.language])


BETTER = {"de": "Produkt bewertet", "en": "Product evaluated"}


@dataclass(frozen=True)
class Others:
    """Who comes after the administrator: a manager above all imported teams, and a rep of another one."""

    ben: Actor
    cem: Actor


def bring_colleagues() -> Others:
    dot, at = people.actor_by_email(email("dot")), now()
    above = team.add_team("Zentrale", actor=dot, at=at)
    for each in people.teams(dot):
        if each.uid != above.uid and each.parent is None:
            team.edit_team(each.uid, {"parent": above.uid}, actor=dot, at=at)
    apart = team.add_team("Fernost", actor=dot, at=at)
    team.add_user(email("ben"), "Ben Brandt", Role.MANAGER, above.uid, actor=dot, at=at)
    team.add_user(email("cem"), "Cem Çelik", Role.REP, apart.uid, actor=dot, at=at)
    return Others(people.actor_by_email(email("ben")), people.actor_by_email(email("cem")))


def lint_at_the_terminal(folder: Path, source: str) -> None:
    file = folder / "demo.yaml"
    file.write_text(source)
    done = subprocess.run(
        [sys.executable, "-m", "etappe", "process", "lint", str(file), "--format", "json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Demo" in json.dumps(json.loads(done.stdout), ensure_ascii=False)


@pytest.fixture
def uploads(settings: Any, tmp_path: Path) -> Path:
    settings.UPLOADS = tmp_path / "uploads"
    return tmp_path


def maven(folder: Path) -> list[Path]:
    del folder
    return [MAVEN / name for name in MAVEN_FILES]


CASES = [
    pytest.param("de", "phone", twin.four, "71.4", id="german-phone"),
    pytest.param("en", "desktop", *((maven, "63.15") if MAVEN.is_dir() else (twin.four, "71.4")), id="english-desktop"),
]


@pytest.mark.parametrize(("language", "width", "export", "rate"), CASES)
def test_the_walk(
    built: Path, site: str, uploads: Path, browser: Browser, language: str, width: str, export: Any, rate: str
) -> None:
    options = {"locale": {"de": "de-DE", "en": "en-GB"}[language], **size(width)}
    with visiting(browser, site, **options) as (page, heard):
        walk = Walk(site, page, heard, language, width == "phone")
        walk.come_in()
        walk.answer_the_questions()
        walk.bring_in(export(uploads))
        walk.read_the_first_look(rate)

        deal = walk.open_the_board()
        walk.move(deal)
        walk.be_refused(deal, missing=2)
        walk.give("need_in_own_words", "antwort.eml", LETTER)
        walk.close_the_panel()
        walk.move(deal)
        walk.be_refused(deal, missing=1)
        walk.give("next_meeting_accepted", "zusage.ics", acceptance())
        expect(walk.card(deal, SECOND)).to_be_visible()
        walk.undo(deal)
        walk.move(deal)
        expect(walk.card(deal, SECOND)).to_be_visible()

        others = bring_colleagues()
        assert deals.get_deal(others.ben, deal).row.stage == SECOND
        source = library_item("inbound").source
        for better in BETTER.values():
            assert better in source
            source = source.replace(better, "Demo")
        walk.check_a_process(source)
        lint_at_the_terminal(uploads, source)

        sign_in(page.context, site, "ben")
        walk.inspect(deal)
        sign_in(page.context, site, "cem")
        walk.see_nothing(deal, team.create_token("Walk", ["read"], actor=others.cem, at=AT)[1])
        assert [said for said in heard.of(page) if not re.search("422|404", said)] == []
