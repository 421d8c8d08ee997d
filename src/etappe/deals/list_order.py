"""Deals in the order of their accounts' names: the index of accounts is walked, not the deals sorted.

Deals without an account come last, whichever way round.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from etappe.journal.fields import Fold
from etappe.journal.paging import Place, Walk

NAMED = "="
"""Begins the place of a deal with an account; that of one without is empty."""


def _by_account(rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
    in_accounts = after is None or after[0].startswith(NAMED)
    found = _with_account(rows, descending, after, limit) if in_accounts else []
    if len(found) < limit:
        found += _without_account(rows, None if in_accounts else after, limit - len(found))
    return found


def _with_account(rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
    # An inner join: only so the database may begin with the accounts, in the order of their index.
    named = rows.filter(account__isnull=False).annotate(place=Fold(F("account__name")))
    sign, less = ("-", "lt") if descending else ("", "gt")
    if after:
        name = after[0].removeprefix(NAMED)
        further = Q(**{f"place__{less}": name}) | Q(**{f"id__{less}": after[1]})
        named = named.filter(further, **{f"place__{less}e": name})
    found = named.order_by(f"{sign}place", f"{sign}id").values_list("place", "id")[:limit]
    return [(f"{NAMED}{name}", key) for name, key in found]


def _without_account(rows: QuerySet[Any], after: Place | None, limit: int) -> list[Place]:
    bare = rows.filter(account=None, id__gt=after[1] if after else 0)
    return [("", key) for key in bare.order_by("id").values_list("id", flat=True)[:limit]]


BY_ACCOUNT = Walk(_by_account)
