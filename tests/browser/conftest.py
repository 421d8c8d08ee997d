"""What browser tests share: the built assets, somebody signed in, and an ear for everything a page should not do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page
from tests.web.conftest import built
from tests.web.signed import client_of

__all__ = ["built"]

WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
LISTEN = """
window.__broken = [];
document.addEventListener('securitypolicyviolation', event => window.__broken.push(
  `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile || ''} ${event.sample || ''}`));
"""


@dataclass
class Heard:
    """What a browser complained of or did, though nothing should have."""

    site: str
    complaints: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        context.add_init_script(LISTEN)
        context.on("console", lambda message: self._console(message))
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.on("request", lambda request: self._request(request.url))
        context.on("dialog", self._dialog)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _request(self, url: str) -> None:
        if not url.startswith((f"{self.site}/", "data:", "about:", "blob:")):
            self.complaints.append(f"request: {url}")

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def of(self, page: Page) -> list[str]:
        """What was heard since the last time. A frame without scripts cannot be asked; the console tells of it."""
        self.complaints += [f"policy: {said}" for said in page.evaluate("window.__broken || []")]
        if page.evaluate("!!window.pwned"):
            self.complaints.append("a script of somebody else ran")
        heard, self.complaints = self.complaints, []
        return heard


@contextmanager
def visiting(browser: Browser, site: str, name: str = "", **options: Any) -> Iterator[tuple[Page, Heard]]:
    """A page of somebody who signed in (of nobody without a name), and what was heard there."""
    context = browser.new_context(**{"reduced_motion": "reduce", **options})
    context.set_default_timeout(30_000)
    if name:
        sign_in(context, site, name)
    heard = Heard(site)
    heard.listen(context)
    yield context.new_page(), heard
    context.close()


def sign_in(context: BrowserContext, site: str, name: str) -> None:
    """The cookies of somebody who signed in; the sign-in itself has its own tests."""
    context.clear_cookies()
    for key, cookie in client_of(name).cookies.items():
        context.add_cookies([{"name": key, "value": cookie.value, "url": site}])


def size(name: str) -> dict[str, Any]:
    """A window as wide as `name`."""
    width, height = WIDTHS[name]
    return {"viewport": {"width": width, "height": height}, "has_touch": name == "phone"}


def path_of(url: str) -> str:
    return urlsplit(url).path
