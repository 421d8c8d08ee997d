"""The order of a list as a menu: where rows are cards, no heads stand above them that one could sort by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from etappe.journal.filtering import Field, Registry


@dataclass(frozen=True)
class Links:
    """The list's address with another order or other groups, from its first page on."""

    kept: tuple[tuple[str, str], ...]

    @staticmethod
    def of(query: QueryDict) -> Links:
        """For the list of this address."""
        return Links(tuple((name, value) for name, values in query.lists() if name != "after" for value in values))

    def to(self, **other: str) -> str:
        """The address with these parts instead of its own."""
        left, changed = _without(self.kept, tuple(other)), urlencode(other)
        return f"?{left}&{changed}" if left else f"?{changed}"

    def by_head(self, key: str) -> tuple[str, str]:
        """Where the heading of a column leads, and how the address sorts by it, if it does."""
        present = dict(self.kept).get("sort", "")
        order = {key: "ascending", f"-{key}": "descending"}.get(present, "")
        return self.to(sort=f"-{key}" if present == key else key), order


@lru_cache(maxsize=64)
def _without(kept: tuple[tuple[str, str], ...], names: tuple[str, ...]) -> str:
    # A page has dozens of links that differ in nothing else.
    return urlencode([(name, value) for name, value in kept if name not in names])


@dataclass(frozen=True)
class Choice:
    """A field or a direction, with the list's address that goes by it."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Sorting:
    """The fields one can sort by, and both directions."""

    fields: tuple[Choice, ...]
    ways: tuple[Choice, ...]


def sorting_of(links: Links, sort: str, shown: Iterable[tuple[str, str]], known: Registry) -> Sorting:
    """The order `sort` among the others that there are: by what the list shows (key and heading), and by itself."""
    present, falls = sort.removeprefix("-"), sort.startswith("-")
    offered = dict(shown)
    if present not in offered and present in known.fields:
        offered[present] = str(known.field(present).name)
    orders = ((key, name) for key, name in offered.items() if _orders(known, key))
    fields = tuple(Choice(name, links.to(sort=key), key == present) for key, name in orders)
    up, down = (links.to(sort=key) for key in (present, f"-{present}"))
    return Sorting(fields, (Choice(_("Ascending"), up, not falls), Choice(_("Descending"), down, falls)))


def _orders(known: Registry, key: str) -> bool:
    field: Field | None = known.fields.get(key)
    return field is not None and field.order is not None
