"""The pictures of the README, taken from a running demo.

`etappe serve --demo`, create the administrator, then `.venv/bin/python docs/images/make.py ADDRESS EMAIL`: it asks for
the password. Needs Chromium and what the tests need. Nothing in the demo is changed.
"""

from __future__ import annotations

import getpass
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
STAGES = ("need_confirmed", "requirements_agreed")
"""A deal is carried from the first to the second, which the gate refuses."""


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    """Sign in by the form, as anybody does."""
    page.goto(f"{address}/account/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.locator("form button[type=submit]").last.click()
    page.wait_for_url(f"{address}/")


def board(page: Page, address: str) -> None:
    """The board of the process that new deals follow."""
    page.goto(f"{address}/deals/board/")
    page.wait_for_selector("html[data-ready]")
    page.screenshot(path=HERE / "board.png")


def refused(page: Page) -> None:
    """A card dropped one stage further: it stays, and the panel asks for what is missing."""
    here, there = (page.locator(f"[data-stage={stage}]") for stage in STAGES)
    card, column = here.locator("[id^=card-]").first.bounding_box(), there.bounding_box()
    assert card and column
    page.mouse.move(card["x"] + 30, card["y"] + 12)
    page.mouse.down()
    page.mouse.move(card["x"] + 60, card["y"] + 30, steps=4)
    page.mouse.move(column["x"] + column["width"] / 2, column["y"] + 150, steps=8)
    page.mouse.up()
    page.wait_for_selector("#panel[open] .ask")
    page.wait_for_timeout(600)  # until the panel has come in
    page.screenshot(path=HERE / "evidence.png")


def main(address: str, email: str) -> None:
    """Take both."""
    password = getpass.getpass()
    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="light")
        sign_in(page, address, email, password)
        board(page, address)
        refused(page)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
