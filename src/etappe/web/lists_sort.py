"""The order of a list as a menu: where rows are cards, no heads stand above them that one could sort by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from etappe.journal.filtering import Field, Registry


@dataclass(frozen=True)
class Choice:
    """A field or a direction, with the list's address in that order."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Sorting:
    """The fields one can sort by, and both directions."""

    fields: tuple[Choice, ...]
    ways: tuple[Choice, ...]


def sorting_of(query: QueryDict, sort: str, shown: Iterable[tuple[str, str]], known: Registry) -> Sorting:
    """The order `sort` among the others that there are: by what the list shows (key and heading), and by itself."""
    present, falls = sort.removeprefix("-"), sort.startswith("-")
    offered = dict(shown)
    if present not in offered and present in known.fields:
        offered[present] = str(known.field(present).name)
    kept = [(name, value) for name, values in query.lists() if name not in ("sort", "after") for value in values]

    def at(key: str) -> str:
        return f"?{urlencode([*kept, ('sort', key)])}"

    fields = (Choice(name, at(key), key == present) for key, name in offered.items() if _orders(known, key))
    ways = (Choice(_("Ascending"), at(present), not falls), Choice(_("Descending"), at(f"-{present}"), falls))
    return Sorting(tuple(fields), ways)


def _orders(known: Registry, key: str) -> bool:
    field: Field | None = known.fields.get(key)
    return field is not None and field.order is not None
