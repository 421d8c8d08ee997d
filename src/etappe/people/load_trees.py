"""Accounts below accounts: none may come to stand below itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import connection

from etappe.people.models import Account

_ANCESTORS = """
    WITH RECURSIVE above AS (
        SELECT id, parent_id FROM people_account WHERE id = ANY(%s)
        UNION SELECT account.id, account.parent_id
        FROM people_account AS account JOIN above ON account.id = above.parent_id
    )
    SELECT id, parent_id FROM above WHERE parent_id IS NOT NULL
"""


def without_circles(wanted: Mapping[int, int]) -> dict[int, int]:
    """Of the wanted parents (by account) those that lead to no circle, with the accounts as they stand now."""
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTORS, [list({*wanted, *wanted.values()})])
        above: dict[int, int] = dict(cursor.fetchall())
    sound: dict[int, int] = {}
    for account, parent in wanted.items():
        if not _is_above(account, parent, above):
            above[account] = sound[account] = parent
    return sound


def _is_above(account: int, start: int, above: Mapping[int, int]) -> bool:
    at: int | None = start
    seen: set[int] = set()
    while at is not None and at not in seen:
        if at == account:
            return True
        seen.add(at)
        at = above.get(at)
    return False


def names_of(accounts: Iterable[int]) -> list[str]:
    """What these accounts are called."""
    return list(Account.objects.filter(id__in=list(accounts)).order_by("id").values_list("name", flat=True))
