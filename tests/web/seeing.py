"""What is wrong with a page as people see it: axe on it in light and in dark, and whether it scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDE = "document.documentElement.scrollWidth - window.innerWidth"
OF_COLOURS = """axe.run({
  runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}, resultTypes: ["violations"]
})"""
"""The rules that can find something else when only the colours are others."""
SETTLED = """() => {
  const moving = () => document.getAnimations().filter(each => each.effect.getComputedTiming().endTime !== Infinity);
  for (let round = 0; round < 20 && moving().length; round++) moving().forEach(each => each.finish());
}"""
"""Colours that fade from one scheme to the other have arrived."""


def amiss(page: Page) -> list[str]:
    """What is wrong with the page that is open, all of it in light, its colours in dark as well."""
    _in("light", page)
    told = list(_said("light", Axe().run(page).response))
    _in("dark", page)
    told += _said("dark", page.evaluate(OF_COLOURS))
    wide = page.evaluate(WIDE)
    return [*told, *([f"scrolls sideways by {wide} px"] if wide > 0 else [])]


def _in(scheme: Literal["light", "dark"], page: Page) -> None:
    page.emulate_media(color_scheme=scheme)
    page.evaluate(SETTLED)


def _said(scheme: str, response: dict[str, Any]) -> Iterator[str]:
    for each in response["violations"]:
        yield f"{each['id']} in {scheme}: {[node['html'][:120] for node in each['nodes'][:3]]}"
