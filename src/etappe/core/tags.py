"""Tags: words that people put on records, one spelling each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from etappe.core.deal_fields import clean_name, clean_text
from etappe.core.errors import Refusal

TAGS_LIMIT, TAG_LIMIT = 50, 60


def clean_tag(field: str, value: Any) -> str:
    """One tag: a line without commas, which stand between tags.

    >>> clean_tag("tags", "  Messe   Hannover ")
    'Messe Hannover'
    """
    tag = clean_name(field, value).lstrip("#").strip()
    if not tag or "," in tag or ";" in tag:
        raise Refusal("tag_unfit", field=field, value=tag)
    return clean_text(field, tag, TAG_LIMIT)


def clean_tags(field: str, value: Any) -> list[str]:
    """Tags, each once whatever its case, in the order given; refuses more than fifty.

    >>> clean_tags("tags", ["Messe", "VIP", "messe "])
    ['Messe', 'VIP']
    """
    if not isinstance(value, list | tuple):
        raise Refusal("not_a_list", field=field, limit=TAGS_LIMIT)
    tags: dict[str, str] = {}
    for item in value:
        tag = clean_tag(field, item)
        tags.setdefault(tag.casefold(), tag)
    found = list(tags.values())
    if len(found) > TAGS_LIMIT:
        raise Refusal("not_a_list", field=field, limit=TAGS_LIMIT)
    return found


def split_tags(text: str) -> list[str]:
    """The tags in a line of text, between commas or semicolons.

    >>> split_tags("Messe, VIP;; ")
    ['Messe', 'VIP']
    """
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]


def with_known_spelling(tags: Iterable[str], known: Iterable[str]) -> list[str]:
    """The tags, spelled as those that are in use already.

    >>> with_known_spelling(["messe", "neu"], ["Messe"])
    ['Messe', 'neu']
    """
    spelled = {tag.casefold(): tag for tag in known}
    return [spelled.get(tag.casefold(), tag) for tag in tags]


def retagged(tags: Iterable[str], add: Iterable[str], remove: Iterable[str]) -> list[str]:
    """The tags with some added and some taken away, whatever their case.

    >>> retagged(["Messe", "VIP"], ["vip", "Neu"], ["messe"])
    ['VIP', 'Neu']
    """
    gone = {tag.casefold() for tag in remove}
    return clean_tags("tags", [tag for tag in tags if tag.casefold() not in gone] + list(add))


def renamed(tags: Iterable[str], was: str, called: str) -> list[str]:
    """The tags with one called otherwise, or taken away where `called` is empty; two that become one stand once.

    >>> renamed(["A", "B", "C"], "B", "c"), renamed(["A", "B"], "B", "")
    (['A', 'c'], ['A'])
    """
    told = [called if tag.casefold() == was.casefold() else tag for tag in tags]
    return list({tag.casefold(): tag for tag in reversed([tag for tag in told if tag])}.values())[::-1]
