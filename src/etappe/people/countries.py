"""Countries by code and by their German and English names."""

from __future__ import annotations

from functools import cache

_ALSO = {
    "usa": "US",
    "u.s.a.": "US",
    "uk": "GB",
    "england": "GB",
    "holland": "NL",
    "czech republic": "CZ",
    "türkei": "TR",
}


def code_of(text: str) -> str:
    """The ISO code of a country given as code or name; the text itself where it is no country we know.

    >>> code_of("Österreich"), code_of("united states"), code_of("Ruritania")
    ('AT', 'US', 'Ruritania')
    """
    return _codes().get(text.casefold(), text)


@cache
def _codes() -> dict[str, str]:
    from babel import Locale  # loading the names takes a moment that only an import or an edit has to pay

    named = {
        name.casefold(): code
        for language in ("de", "en")
        for code, name in Locale(language).territories.items()
        if len(code) == 2
    }
    return named | _ALSO
