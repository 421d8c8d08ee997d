"""Notes as they read: Markdown made to HTML, and nothing of it trusted.

Raw HTML is text, images are links, headings are no headings of the page; what comes out is cleaned once more.
"""

from __future__ import annotations

from functools import cache, lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_LEVELS = {"h1": "h4", "h2": "h5"}


@cache
def _reader() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20})
    return made.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline"])


@lru_cache(maxsize=512)
def rendered(text: str) -> SafeString:
    """The note as HTML that may stand in a page."""
    reader = _reader()
    tokens = [_lowered(token) for token in reader.parse(text.encode("utf-8", "replace").decode())]
    html = reader.renderer.render(tokens, reader.options, {})
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="nofollow noopener noreferrer"
    )
    return mark_safe(clean)  # noqa: S308 - made without raw HTML, and cleaned by nh3


def _lowered(token: Token) -> Token:
    """A heading below those of the page."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = _LEVELS.get(token.tag, "h6")
    return token
