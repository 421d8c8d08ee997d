"""Every page in a real browser, on a desktop and a phone, light and dark: readable for everybody, and nothing amiss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.conftest import Heard, size, visiting
from tests.scenery import kept_apart
from tests.web import doors
from tests.web.conftest import files_for_one_test, make_with_files
from tests.web.doors import Door
from tests.web.everything import Everything
from tests.web.seeing import amiss, amiss_as_it_is, with_axe
from tests.web.test_every_page import BEFORE_SIGN_IN, FILES, FOREIGN, OPEN, PARTS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

PAGES = [
    route for route, cells in OPEN.items() if cells["dot"] == "200" and route not in PARTS | FILES | FOREIGN
]  # a frame's document is read within its page
ORDINARY = [route for route in PAGES if route not in doors.BEFORE]


everything = kept_apart(make_with_files)


@pytest.fixture
def all_(built: Path, everything: Everything, settings: Any, tmp_path: Path) -> Everything:
    files_for_one_test(settings, tmp_path)
    return everything


def test_every_page_is_for_everybody_on_a_desktop(all_: Everything, site: str, browser: Browser) -> None:
    """In English, each in light and in dark."""
    options = {"locale": "en-GB", **size("desktop")}
    problems: list[str] = []
    with visiting(browser, site, "dot", **options) as (page, heard):
        with_axe(page.context)
        for route in [*ORDINARY, *doors.BEFORE]:
            problems += _problems(page, heard, f"{site}{_address(all_, route)}", amiss)
    problems += _before_sign_in(all_, site, browser, options)
    assert not problems, "\n".join(problems)


def test_every_page_is_for_everybody_on_a_phone(all_: Everything, site: str, browser: Browser) -> None:
    """In German, every second one in dark: what only a phone shows, it shows all over."""
    options = {"locale": "de-DE", **size("phone")}
    problems: list[str] = []
    for scheme, routes in (("light", ORDINARY[::2]), ("dark", [*ORDINARY[1::2], *doors.BEFORE])):
        with visiting(browser, site, "dot", color_scheme=scheme, **options) as (page, heard):
            with_axe(page.context)
            for route in routes:
                problems += _problems(page, heard, f"{site}{_address(all_, route)}", amiss_as_it_is)
    problems += _before_sign_in(all_, site, browser, options)
    assert not problems, "\n".join(problems)


def _before_sign_in(all_: Everything, site: str, browser: Browser, options: dict[str, Any]) -> list[str]:
    with visiting(browser, site, **options) as (page, heard):
        with_axe(page.context)
        addresses = [f"{site}{_address(all_, route)}" for route in BEFORE_SIGN_IN]
        return [problem for address in addresses for problem in _problems(page, heard, address, amiss)]


def _address(all_: Everything, route: str) -> str:
    doors.BEFORE.get(route, lambda _all: None)(all_)
    return doors.address(all_, Door("GET", route))


def _problems(page: Page, heard: Heard, url: str, seen: Callable[[Page], list[str]]) -> list[str]:
    """What is wrong with a page."""
    page.goto(url)
    return [f"{url}: {problem}" for problem in [*seen(page), *heard.of(page)]]
