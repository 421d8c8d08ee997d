"""Orders that neither deals nor accounts have by themselves: deals by their account's name, accounts by their deals.

For the one, the index of accounts is walked and deals without an account come last, whichever way round. For the other,
the deals are counted once for all accounts instead of once for each, by an index that holds all that is needed.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

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


def by_deals(seen: QuerySet[Any]) -> Walk:
    """Accounts by how many of these deals they have."""

    def walk(rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
        place = (int(after[0]), after[1]) if after else None
        first, second = (_with_deals, _without_deals) if descending else (_without_deals, _with_deals)
        in_second = place is not None and (place[0] == 0) == descending
        found = [] if in_second else first(rows, seen, descending, place, limit)
        if len(found) < limit:
            found += second(rows, seen, descending, place if in_second else None, limit - len(found))
        return found

    return Walk(walk)


Counted = tuple[int, int]
"""How many deals an account has, and its key."""
LOOKED_AT = 500
"""Accounts that are counted without asking for each whether it is in the list; mostly these are, and counting is half
the work then."""


def _with_deals(
    rows: QuerySet[Any], seen: QuerySet[Any], descending: bool, after: Counted | None, limit: int
) -> list[Place]:
    first = _counted(seen.filter(account__isnull=False), descending, after, LOOKED_AT)
    there = set(rows.order_by().filter(id__in=[key for _number, key in first]).values_list("id", flat=True))
    found = [(number, key) for number, key in first if key in there][:limit]
    if len(found) < limit and len(first) == LOOKED_AT:
        found = _counted(seen.filter(account__in=rows.order_by().values("id")), descending, after, limit)
    return [(str(number), key) for number, key in found]


def _counted(deals: QuerySet[Any], descending: bool, after: Counted | None, limit: int) -> list[Counted]:
    held = deals.order_by().values("account").annotate(number=Count("id"))
    sign, less = ("-", "lt") if descending else ("", "gt")
    if after:
        further = Q(**{f"number__{less}": after[0]}) | Q(number=after[0], **{f"account__{less}": after[1]})
        held = held.filter(further)
    return list(held.order_by(f"{sign}number", f"{sign}account").values_list("number", "account")[:limit])


def _without_deals(
    rows: QuerySet[Any], seen: QuerySet[Any], descending: bool, after: Counted | None, limit: int
) -> list[Place]:
    bare = rows.filter(~Exists(seen.filter(account=OuterRef("id"))))
    sign, less = ("-", "lt") if descending else ("", "gt")
    if after:
        bare = bare.filter(**{f"id__{less}": after[1]})
    return [("0", key) for key in bare.order_by(f"{sign}id").values_list("id", flat=True)[:limit]]
