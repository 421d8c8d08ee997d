"""Every page in a real browser, on a desktop and a phone, light and dark: readable for everybody, and nothing amiss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.conftest import Heard, size, visiting
from tests.web import doors
from tests.web.doors import Door
from tests.web.everything import Everything, make_everything
from tests.web.seeing import amiss
from tests.web.test_every_page import BEFORE_SIGN_IN, FILES, FOREIGN, OPEN, PARTS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

PAGES = [
    route for route, cells in OPEN.items() if cells["dot"] == "200" and route not in PARTS | FILES | FOREIGN
]  # a frame's document is read within its page


@pytest.fixture
def all_(built: Path, fresh_database: str, settings: Any, tmp_path: Path) -> Everything:
    settings.UPLOADS, settings.EXPORTS = tmp_path / "uploads", tmp_path / "exports"
    return make_everything()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_every_page_is_for_everybody(all_: Everything, site: str, browser: Browser, width: str) -> None:
    options = {"locale": "de-DE" if width == "phone" else "en-GB", **size(width)}
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
    return [f"{url}: {problem}" for problem in [*amiss(page), *heard.of(page)]]
