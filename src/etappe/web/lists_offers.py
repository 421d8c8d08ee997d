"""The values that a row of a filter offers: what a field may be, who works here, and the words for days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from etappe.core.filters import ME, MY_TEAM, Op
from etappe.journal.filtering import Asker, Field, Kind
from etappe.team import queries as team
from etappe.web.lists_words import SPECIAL, day_words

Offer = tuple[str, str]

DAYS = (
    "today", "today-7d", "today-14d", "today-30d", "today+7d", "today+30d", "this_week", "this_month", "last_month",
    "this_quarter", "last_quarter", "this_year", "last_year",
)  # fmt: skip
"""Words for days that one writes most; every other one, or a date, can be typed."""

_CLOSED = (Kind.CHOICE, Kind.STAGE, Kind.YES_NO, Kind.USER, Kind.TEAM)
"""Kinds whose values are few and known: one picks them."""
_EQUAL = (Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN)


def offers(field: Field | None, asker: Asker) -> list[Offer]:
    """What the field can be compared with, as it is written and as one would say it; nothing where all is possible."""
    if field is None:
        return []
    if field.choices is not None:
        return list(field.choices(asker))
    if field.kind in (Kind.DAY, Kind.MOMENT):
        return [(word, day_words(word)) for word in DAYS]
    if field.kind is Kind.YES_NO:
        return _special("yes", "no")
    if field.kind is Kind.USER:
        return [
            *_special(ME, MY_TEAM),
            *_by_name([(str(each.uid), each.name) for each in team.colleagues(asker.viewer)]),
        ]
    if field.kind is Kind.TEAM:
        return [*_special(MY_TEAM), *_by_name([(str(each.uid), each.name) for each in team.teams(asker.viewer)])]
    return []


def picked_from(field: Field | None, op: str, value: str, among: Sequence[Offer]) -> list[Offer]:
    """What a list to pick from holds: the offers, and a value that is none of them; nothing where one types."""
    if field is None or field.kind not in _CLOSED or op not in _EQUAL:
        return []
    known = {key for key, _said in among}
    return [*among, *((each, each) for each in several_of(value) if each not in known)]


def several_of(value: str) -> list[str]:
    """The values that commas part."""
    return [part.strip() for part in value.split(",") if part.strip()]


def _special(*words: str) -> list[Offer]:
    return [(word, str(SPECIAL[word])) for word in words]


def _by_name(found: Sequence[tuple[str, str]]) -> list[Offer]:
    """Written by name, so that the filter can be read; by uid where the name says too little, or something else."""
    borne = Counter(name for _uid, name in found)
    return [(name if borne[name] == 1 and _says_itself(name) else uid, name) for uid, name in found]


def _says_itself(name: str) -> bool:
    return name.lower() not in SPECIAL and not set(name) & set(',"')
