"""Reading the tags that are in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from etappe.people.models import Account, Person, Tag

SUGGESTED = 200
COUNTED = 1000
"""Records that are counted per tag; beyond that a list says "more than"."""


def tag_names(limit: int = SUGGESTED) -> list[str]:
    """Tags in use, by name."""
    return list(Tag.objects.order_by("key").values_list("name", flat=True)[:limit])


def known_tag(name: str) -> str:
    """The tag of this name as it is spelled, or nothing."""
    return Tag.objects.filter(key=str(name).casefold()).values_list("name", flat=True).first() or ""


def people_counts(names: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """How many accounts, and how many people, have each of these tags; counted up to `COUNTED` and one more."""
    return tag_counts(Account, names), tag_counts(Person, names)


def tag_counts(model: type[Any], names: Sequence[str]) -> dict[str, int]:
    """How many records have each of these tags, those in the recycle bin left out; each is found by the index."""
    if not names:
        return {}
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT tag, (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE tags <> '{{}}' AND tags @> ARRAY[tag] "  # noqa: S608 - a table of our own
            f"AND archived_at IS NULL LIMIT {COUNTED + 1}) AS found) FROM unnest(%s::text[]) AS tag",
            [list(names)],
        )
        return dict(cursor.fetchall())
