"""The living page of parts, in a real browser: readable for everybody, usable by keyboard, light to load."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from tests.cast import PASSWORD, Cast, assemble, email
from tests.web.seeing import amiss
from tests.web.signed import client_of

REPOSITORY = Path(__file__).parents[2]
EMPTY = ["/", "/settings/team/", "/settings/tokens/"]
"""Pages of a workspace without anything; tests/browser sees all pages of one with everything."""
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
BUDGET = 300_000


def sign_in(page: Page, site: str, name: str = "dot") -> None:
    page.goto(f"{site}/account/login/")
    page.fill("[name=login]", email(name))
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{site}/")


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_part_is_on_the_living_page(cast: Cast, language: str) -> None:
    page = client_of("ada").get("/design/", headers={"Accept-Language": language}).content.decode()
    tags = re.findall(r"^def (\w+)", (REPOSITORY / "src/etappe/web/templatetags/parts.py").read_text(), re.MULTILINE)
    shown = (REPOSITORY / "src/etappe/web/templates/design/design.html").read_text()
    hidden = {tag for tag in tags if not tag.startswith("_") and f"{{% {tag} " not in shown}
    assert hidden - {"errors", "field", "role"} == set(), "drawn by fields, or a plain word"
    assert page.count("<h1") == 2, "the page's own, and the specimen"


def test_the_guide_names_every_part(cast: Cast) -> None:
    guide = (REPOSITORY / "docs/develop/design-system.md").read_text()
    tags = re.findall(r"^def (\w+)", (REPOSITORY / "src/etappe/web/templatetags/parts.py").read_text(), re.MULTILINE)
    assert {tag for tag in tags if not tag.startswith("_") and f"{{% {tag} " not in guide} == set()


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_on_empty_pages(built: Path, site: str, browser: Browser, size: str) -> None:
    assemble()
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="de-DE", reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, site)
    problems = {}
    for path in EMPTY:
        page.goto(f"{site}{path}")
        problems[path] = amiss(page)
    context.close()
    assert {path: told for path, told in problems.items() if told} == {}


@pytest.mark.browser
def test_the_page_is_used_by_keyboard(built: Path, site: str, quiet: Page) -> None:
    assemble()
    sign_in(quiet, site)
    quiet.goto(f"{site}/")
    quiet.keyboard.press("Tab")
    expect(quiet.locator(".skip")).to_be_focused()
    quiet.keyboard.press("Enter")
    expect(quiet.locator("#main")).to_be_focused()
    quiet.goto(f"{site}/settings/")
    quiet.locator(".rail .who").focus()
    quiet.keyboard.press("Enter")
    first = quiet.locator("#who-rail a").first
    expect(first).to_be_focused()
    quiet.keyboard.press("ArrowDown")
    expect(quiet.locator("#who-rail a").nth(1)).to_be_focused()
    quiet.keyboard.press("Escape")
    expect(quiet.locator(".rail .who")).to_be_focused()
    expect(quiet.locator(".rail .who")).to_have_attribute("aria-expanded", "false")
    quiet.keyboard.press("?")
    expect(quiet.locator("#keys")).to_be_visible()
    quiet.keyboard.press("Escape")
    quiet.clock.set_fixed_time("2026-03-02T09:00:00Z")  # the second key has a moment, which machines take at times
    quiet.keyboard.press("g")
    quiet.keyboard.press("t")
    quiet.wait_for_url(f"{site}/")


def open_the_specimens(page: Page, site: str) -> None:
    sign_in(page, site)
    page.goto(f"{site}/design/")


@pytest.mark.browser
def test_the_side_sheet_opens_closes_and_gives_the_focus_back(built: Path, site: str, page: Page) -> None:
    assemble()
    open_the_specimens(page, site)
    opener = page.get_by_role("link", name="Open the side sheet")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("A buyer's mail")
    assert page.evaluate("document.activeElement.closest('#panel') !== null")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(opener).to_be_focused()
    expect(page.locator("#panel")).to_be_empty()


@pytest.mark.browser
def test_a_message_counts_down_and_is_undone(built: Path, site: str, page: Page) -> None:
    assemble()
    open_the_specimens(page, site)
    page.get_by_role("button", name="Message with undo").click()
    message = page.locator(".toast")
    expect(message).to_have_count(1)
    expect(page.locator("#voice")).to_have_text("Saved.")
    left = message.locator(".left")
    before = left.inner_text()
    expect(left).not_to_have_text(before)
    assert int(left.inner_text()) < int(before) <= 10
    message.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast p")).to_have_text("Undone.")
    assert page.url.endswith("/design/")


@pytest.mark.browser
def test_everything_works_without_script(built: Path, site: str, browser: Browser) -> None:
    assemble()
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, site)
    page.goto(f"{site}/design/")
    page.locator(".rail .who").click()
    expect(page.locator("#who-rail")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Message with undo").click()
    expect(page.locator(".toast p")).to_have_text("Saved.")
    page.goto(f"{site}/settings/")
    page.select_option("[name=theme]", "dark")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()


@pytest.mark.browser
def test_the_first_page_keeps_its_weight(built: Path, site: str, page: Page) -> None:
    assemble()
    loaded: dict[str, int] = {}

    def weigh(url: str, body: bytes) -> None:
        packed = body if url.endswith(".woff2") else gzip.compress(body, 6)
        loaded[urlsplit(url).path] = len(packed)

    sign_in(page, site)
    page.on("response", lambda answer: weigh(answer.url, answer.body()) if "/static/" in answer.url else None)
    page.goto(f"{site}/design/", wait_until="networkidle")
    assert sum(loaded.values()) < BUDGET / 3, loaded
    everything = sum(len(gzip.compress(path.read_bytes(), 6)) for path in built.iterdir())
    assert everything < BUDGET, "even with every island and every letter"


def test_the_build_does_nothing_when_nothing_changed(built: Path) -> None:
    stamps = {path: path.stat().st_mtime_ns for path in built.iterdir()}
    from importlib.util import module_from_spec, spec_from_file_location

    found = spec_from_file_location("etappe_assets_build", REPOSITORY / "assets" / "build.py")
    assert found
    assert found.loader
    module = module_from_spec(found)
    found.loader.exec_module(module)
    assert module.build() is False
    assert {path: path.stat().st_mtime_ns for path in built.iterdir()} == stamps


def test_collected_assets_carry_their_digest(built: Path, tmp_path: Path, settings: object) -> None:
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
    settings.STORAGES = settings.STORAGES | {  # type: ignore[attr-defined]
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    sheet = next(path for path in (tmp_path / "built").glob("etappe.*.css"))
    assert re.search(r"hanken-grotesk-latin-wght-normal\.[0-9a-f]{12}\.woff2", sheet.read_text())


@pytest.mark.parametrize("name", ["package-lock.json", "package.json"])
def test_the_lock_names_no_registry(name: str) -> None:
    text = (REPOSITORY / "assets" / name).read_text()
    assert "http" not in text
    assert "funding" not in text
