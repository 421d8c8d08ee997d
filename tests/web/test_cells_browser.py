"""Cells of a list in a real browser: opened by keys, double click and pencil, saved, refused, left."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from etappe.deals.actions import edit
from etappe.deals.models import Deal
from etappe.people.queries import account_id
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.make import make_account
from tests.web.seeing import DRAWN_ANEW
from tests.web.test_deals_browser import signed_in

pytestmark = pytest.mark.browser


@pytest.fixture
def scene(built: Path, fresh_database: str) -> Scene:
    scene = set_scene()
    edit(scene.uid, {"name": "Aa", "amount": 1000, "source": "Web"}, actor=scene.cast.ada, at=AT)
    scene.another(name="Bb")
    return scene


def test_a_cell_is_edited_without_leaving_the_table(scene: Scene, site: str, page: Page) -> None:
    _first, twin = (make_account(scene.cast.ada, name="Müller KG", city=city) for city in ("Jena", "Gera"))
    signed_in(page.context, site)
    page.route("**/deals/changes/**", lambda route: route.abort())  # changes come when we say so
    page.goto(f"{site}/deals/?columns=name,amount,source,stage&sort=name")
    page.wait_for_selector("html[data-ready]")
    row, cell = page.locator(f"tr[data-uid='{scene.uid}']"), page.locator("#cell-open")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("e")
    amount = cell.locator("[name=amount]")
    expect(amount).to_be_focused()
    assert Axe().run(page, context="table").violations_count == 0
    amount.fill("viel")
    page.keyboard.press("Enter")
    expect(cell.locator(".error")).to_be_visible()
    page.keyboard.press("Escape")
    expect(cell).to_have_count(0)
    expect(row).to_contain_text("1")
    page.keyboard.press("e")
    amount.fill("2500")
    page.keyboard.press("Enter")
    expect(row.locator("td").nth(2)).to_be_focused()
    expect(row).to_contain_text("2")
    assert Deal.objects.get(uid=scene.uid).amount == 2500
    page.keyboard.press("x")
    expect(row.locator(".pick input")).to_be_checked()
    page.keyboard.press("ArrowRight")
    page.evaluate(DRAWN_ANEW, "#rows")
    expect(row.locator("td").nth(3)).to_be_focused()
    expect(row.locator(".pick input")).to_be_checked()
    page.locator("td > button.pencil").press("Enter")
    source = cell.locator("[name=source]")
    expect(source).to_be_focused()
    source.fill("Messe")
    edit(scene.uid, {"source": "Empfehlung"}, actor=scene.cast.ben, at=AT)
    page.keyboard.press("Enter")
    expect(cell).to_contain_text("Empfehlung")
    expect(source).to_have_value("Messe")
    page.keyboard.press("Escape")
    page.goto(f"{site}/deals/?columns=name,account&sort=name")
    row.locator("td").nth(2).dblclick(position={"x": 4, "y": 4})
    account, names = cell.get_by_role("combobox"), page.locator("#names [role=option]")
    account.fill("mül")
    expect(names).to_have_count(3)  # two of that name, and a new one
    assert Axe().run(page, context="main").violations_count == 0
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(names).to_have_count(0)
    account.fill("müll")
    expect(names).to_have_count(3)  # two of that name, and a new one
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(account).to_have_value("Müller KG")
    page.keyboard.press("Enter")
    expect(row.locator("td").nth(2)).to_have_text("Müller KG")
    assert Deal.objects.get(uid=scene.uid).account_id == account_id(scene.cast.ada, twin.uid)
    page.goto(f"{site}/deals/?columns=name,stage&sort=name")
    row.locator("td").last.dblclick(position={"x": 4, "y": 4})
    expect(page.locator("#panel form").first).to_be_visible()
    assert Deal.objects.get(uid=scene.uid).stage == scene.row.stage
