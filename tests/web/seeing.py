"""What is wrong with a page as people see it: axe on it in light and in dark, and whether it scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]

WIDE = "document.documentElement.scrollWidth - window.innerWidth"
AXE = Axe()
WHOLE = {"resultTypes": ["violations"], "preload": False}
"""All rules. What a preload would fetch once more, styles and media, only rules ask for that are off or about sound."""
OF_COLOURS = """axe.run({
  runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}, resultTypes: ["violations"], preload: false
})"""
"""The rules that can find something else when only the colours are others."""
IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
SETTLED = """() => {
  const moving = () => document.getAnimations().filter(each => each.effect.getComputedTiming().endTime !== Infinity);
  for (let round = 0; round < 20 && moving().length; round++) moving().forEach(each => each.finish());
}"""
"""Colours that fade from one scheme to the other have arrived."""
DRAWN_ANEW = """what => new Promise(done => {
  document.querySelector(what).addEventListener("htmx:afterRequest", () => done(), {once: true});
  document.body.dispatchEvent(new CustomEvent("changed"));
})"""
"""What an element shows is asked for as after a colleague's change, unless it asks by itself; ends when the answer was
there and is drawn, or waits."""


def amiss(page: Page) -> list[str]:
    """What is wrong with the page that is open: all of it in the scheme it is in, its colours in the other as well.

    The page stays in the other one, so that of many pages every second is seen whole in dark.
    """
    told = amiss_as_it_is(page)
    other: Scheme = "light" if page.evaluate(IS_DARK) else "dark"
    page.emulate_media(color_scheme=other)
    page.evaluate(SETTLED)
    return [*told, *_said(other, page.evaluate(OF_COLOURS))]


def amiss_as_it_is(page: Page) -> list[str]:
    """What is wrong with the page in the scheme it is in."""
    page.evaluate(SETTLED)
    wide = page.evaluate(WIDE)
    told = _said("dark" if page.evaluate(IS_DARK) else "light", AXE.run(page, options=WHOLE).response)
    return [*told, *([f"scrolls sideways by {wide} px"] if wide > 0 else [])]


def _said(scheme: Scheme, response: dict[str, Any]) -> Iterator[str]:
    for each in response["violations"]:
        yield f"{each['id']} in {scheme}: {[node['html'][:120] for node in each['nodes'][:3]]}"
