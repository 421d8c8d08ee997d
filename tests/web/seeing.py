"""What is wrong with a page as people see it: axe on it in light and in dark, and whether it scrolls sideways."""

from __future__ import annotations

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

Scheme = Literal["light", "dark"]

WIDE = "document.documentElement.scrollWidth - window.innerWidth"
AXE = Axe().axe_script
ASKED = """async ({rules, scheme}) => {
  const only = rules.length ? {runOnly: {type: "rule", values: rules}} : {};
  const {violations} = await axe.run({...only, resultTypes: ["violations"], selectors: false, preload: false});
  const shown = nodes => nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(", ");
  return violations.map(({id, nodes}) => `${id} in ${scheme}: ${shown(nodes)}`);
}"""
"""What axe finds wrong; the thousand things that it finds right stay where they are. What a preload would fetch once
more, styles and media, only rules ask for that are off or about sound."""
OF_COLOURS = ("color-contrast", "link-in-text-block")
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


def with_axe(context: BrowserContext) -> None:
    """Every page of this context brings axe: to send half a megabyte anew takes longer than many a page to draw."""
    context.add_init_script(AXE)


def amiss(page: Page) -> list[str]:
    """What is wrong with the page that is open: all of it in the scheme it is in, its colours in the other as well.

    The page stays in the other one, so that of many pages every second is seen whole in dark.
    """
    told = amiss_as_it_is(page)
    other: Scheme = "light" if page.evaluate(IS_DARK) else "dark"
    page.emulate_media(color_scheme=other)
    page.evaluate(SETTLED)
    return [*told, *_found(page, other, OF_COLOURS)]


def amiss_as_it_is(page: Page) -> list[str]:
    """What is wrong with the page in the scheme it is in."""
    page.evaluate(SETTLED)
    wide = page.evaluate(WIDE)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    told = _found(page, "dark" if page.evaluate(IS_DARK) else "light")
    return [*told, *([f"scrolls sideways by {wide} px"] if wide > 0 else [])]


def _found(page: Page, scheme: Scheme, rules: tuple[str, ...] = ()) -> list[str]:
    """What these rules, or all of them, find in the page as it is."""
    found: list[str] = page.evaluate(ASKED, {"rules": rules, "scheme": scheme})
    return found
