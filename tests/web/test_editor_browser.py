"""The editor in a real browser, under the site's own policy: it checks while one types, completes, and saves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from etappe.playbook.actions_drafts import start_draft
from etappe.playbook.drafts import get_draft
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.scenery import kept_apart
from tests.web.test_deals_browser import signed_in

pytestmark = pytest.mark.browser


set_up = kept_apart(set_scene)


@pytest.fixture
def scene(built: Path, set_up: Scene) -> Scene:
    return set_up


def test_a_stage_called_demo_is_marked_where_it_stands_and_mended_with_one_click(
    scene: Scene, site: str, quiet: Page
) -> None:
    draft = start_draft("inbound", actor=scene.cast.ben, at=AT)
    signed_in(quiet.context, site, "ben")
    quiet.goto(f"{site}/drafts/{draft.uid}/")
    text = quiet.locator(".cm-content")
    expect(text).to_be_visible()
    assert not Axe().run(quiet).response["violations"]
    text.click()
    quiet.keyboard.press("Control+Home")
    for _line in range(3):
        quiet.keyboard.press("ArrowDown")
    quiet.keyboard.press("End")
    state = quiet.locator("[data-say-unsaved]")
    expect(state).to_have_text(re.compile("^Saved"))
    quiet.keyboard.type(" und mehr")
    expect(state).to_have_text("Not saved yet.")
    quiet.keyboard.press("Control+f")
    quiet.keyboard.type("Produkt bewertet")
    quiet.keyboard.press("Enter")
    quiet.keyboard.press("Escape")
    quiet.keyboard.type("Demo")
    found = quiet.locator(".findings li")
    expect(found).to_have_count(1)
    expect(quiet.locator(".cm-lint-marker")).to_have_count(1)
    found.locator("button[name=accept]").click()
    expect(quiet.locator(".findings li")).to_have_count(0)
    quiet.locator(".cm-content").click()
    quiet.keyboard.press("Control+s")
    expect(quiet.locator(".toast").first).to_be_visible()
    expect(state).to_have_text(re.compile("^Saved"))
    source = get_draft(scene.cast.ben, draft.uid).source
    assert "de: Inbound-Vertrieb und mehr" in source
    assert "de: Demo\n    owner" not in source
    assert source.count("de: Produkt bewertet") == 1
