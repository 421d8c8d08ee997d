"""HTML of strangers: cleaned to be shown, or turned into text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

import nh3

_SHOWN: Final = """
    a abbr b blockquote br caption code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i ins li ol p pre q s small span
    strong sub sup table tbody td tfoot th thead tr u ul
"""
_DROPPED: Final = "script style title template noscript iframe object embed svg math textarea select option"
_ATTRIBUTES: Final = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}}
_LINK: Final = re.compile(r"(?:https?://|mailto:|tel:)[^\x00-\x20\x7f]+", re.IGNORECASE)
_COUNT: Final = re.compile(r"[0-9]{1,3}")


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "rel":
        return value
    pattern = _LINK if name == "href" else _COUNT
    return value if pattern.fullmatch(value) else None


_cleaner: Final = nh3.Cleaner(
    tags=set(_SHOWN.split()),
    clean_content_tags=set(_DROPPED.split()),
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    strip_comments=True,
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto", "tel"},
)


def clean(html: str) -> str:
    """`html` with text, lists, tables and links left, and nothing that loads, runs, hides or posts.

    >>> clean('<p onclick="x()">Hi <img src="http://x/"><a href="javascript:x()">there</a></p>')
    '<p>Hi <a rel="noopener noreferrer nofollow">there</a></p>'
    """
    return _cleaner.clean(html)


_BLOCKS: Final = frozenset(
    (
        "p",
        "div",
        "br",
        "tr",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "table",
        "blockquote",
        "pre",
        "ul",
        "ol",
        "dl",
    )
)
_SILENT: Final = frozenset({"script", "style", "head", "title", "template"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.quotes = 0
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent = self.silent or tag
        if tag in _BLOCKS:
            self.end_line()
        self.quotes += tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent or tag == "head":
            self.silent = ""
        if tag in _BLOCKS and tag != "br":
            self.end_line()
        self.quotes -= tag == "blockquote" and self.quotes > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.lines[-1] += re.sub(r"[ \t\r\n\xa0]+", " ", data)

    def end_line(self) -> None:
        line = self.lines[-1].strip()
        if line:
            self.lines[-1] = "> " * min(self.quotes, 5) + line
            self.lines.append("")
        elif len(self.lines) > 1 and self.lines[-2]:
            self.lines.append("")


def as_text(html: str) -> str:
    """The text of `html`; quotations are marked with `> ` as in a plain mail.

    >>> as_text("<p>Yes.</p><blockquote>Shall we?</blockquote><script>x</script>")
    'Yes.\\n\\n> Shall we?'
    """
    parser = _Text()
    parser.feed(html)
    parser.close()
    parser.end_line()
    return "\n".join(parser.lines).strip()
