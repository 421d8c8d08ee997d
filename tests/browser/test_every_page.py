"""Every page in a real browser, light and dark, on a desktop and a phone: readable for everybody, and nothing amiss."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.browser.conftest import Heard, size, visiting
from tests.web import doors
from tests.web.doors import Door
from tests.web.everything import Everything, make_everything
from tests.web.test_every_page import BEFORE_SIGN_IN, FILES, FOREIGN, OPEN, PARTS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

PAGES = [
    route for route, cells in OPEN.items() if cells["dot"] == "200" and route not in PARTS | FILES | FOREIGN
]  # a frame's document is read within its page
WIDE = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture
def all_(built: Path, fresh_database: str, settings: Any, tmp_path: Path) -> Everything:
    settings.UPLOADS, settings.EXPORTS = tmp_path / "uploads", tmp_path / "exports"
    return make_everything()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_every_page_is_for_everybody(
    all_: Everything, site: str, browser: Browser, scheme: Literal["light", "dark"], width: str
) -> None:
    options = {"color_scheme": scheme, "locale": "de-DE" if width == "phone" else "en-GB", **size(width)}
    problems: list[str] = []
    with visiting(browser, site, "dot", **options) as (page, heard):
        for route in sorted(PAGES, key=lambda route: route in doors.BEFORE):
            problems += _problems(page, heard, f"{site}{_address(all_, route)}")
    with visiting(browser, site, **options) as (page, heard):
        for route in BEFORE_SIGN_IN:
            problems += _problems(page, heard, f"{site}{_address(all_, route)}")
    assert not problems, "\n".join(problems)


def _address(all_: Everything, route: str) -> str:
    doors.BEFORE.get(route, lambda _all: None)(all_)
    return doors.address(all_, Door("GET", route))


def _problems(page: Page, heard: Heard, url: str) -> list[str]:
    """What is wrong with a page."""
    page.goto(url)
    found = Axe().run(page)
    told = [
        f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}" for each in found.response["violations"]
    ]
    wide = page.evaluate(WIDE)
    told += [f"scrolls sideways by {wide} px"] if wide > 0 else []
    return [f"{url}: {problem}" for problem in [*told, *heard.of(page)]]
