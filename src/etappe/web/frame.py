"""The frame around every page's content: navigation, the menu behind one's name, the keys, the palette.

It looks the same page after page, so it is drawn once for each `Look` and kept for a while. It is drawn from its look
alone: no request, no record, no session. Whoever gets a frame that was drawn for somebody else has exactly the same
look, their name included. The one thing that is each request's own, the token in the form that signs
out, is put in afterwards.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from etappe.web.navigation import Place

KEPT = 512
"""Frames that a process keeps: some 12 kB each, one per colleague, language and place."""
TOKEN = f"token-{secrets.token_hex(16)}"
"""Stands where the token goes. Nobody knows it, so no name that somebody chose can be taken for it."""


@dataclass(frozen=True)
class Look:
    """All that the frame shows. Two viewers have the same look only if they see the same."""

    language: str
    user_name: str
    workspace_name: str
    groups: tuple[tuple[Place, ...], ...]
    tabs: tuple[Place, ...]
    own: tuple[Place, ...]
    is_demo: bool
    start_empty: str
    home: str
    is_in: bool
    """Whether somebody is signed in."""


@dataclass(frozen=True)
class Frame:
    """The parts of the frame, ready to stand around a page's content."""

    top: SafeString
    tabs: SafeString
    end: SafeString


def frame_of(look: Look, token: str) -> Frame:
    """The frame of this look, with the token in its forms."""
    shown = conditional_escape(token)
    top, tabs, end = (mark_safe(part.replace(TOKEN, shown)) for part in _drawn(look))  # noqa: S308 - escaped when drawn
    return Frame(top, tabs, end)


@lru_cache(maxsize=KEPT)
def _drawn(look: Look) -> tuple[str, ...]:
    told = {"look": look, "csrf_token": TOKEN}
    return tuple(render_to_string(f"frame/{part.name}.html", told) for part in fields(Frame))
