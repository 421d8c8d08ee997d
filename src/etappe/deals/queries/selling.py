"""How decided deals came about: where from, with whom of us and of them, and whether the account had bought before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, F, Func, IntegerField, Min, OuterRef, QuerySet, Value
from django.db.models.functions import Abs, Mod

from etappe.core.actor import Actor
from etappe.core.process import Status
from etappe.core.sales_measured import Sale
from etappe.deals.models import Deal, Evidence, Member, StageVisit, Stakeholder
from etappe.deals.queries.courses import LOOKED_AT
from etappe.deals.scope import visible

_WON: Final = (Status.WON.value, Status.CANCELLED.value)
_CHUNK: Final = 2_000


@dataclass(frozen=True)
class Sales:
    """Decided deals; `found` is how many there are, where only an even sample was looked at."""

    sales: tuple[Sale, ...]
    found: int
    first_won: datetime | None


def decided_sales(viewer: Actor, since: datetime, until: datetime, currency: str) -> Sales:
    """The deals that the viewer sees and that were decided from `since` on and before `until`.

    `first_won` is when the first deal was won that is known at all.
    """
    found = visible(viewer.scope).exclude(status=Status.OPEN.value).filter(closed_at__gte=since, closed_at__lt=until)
    count = found.count()
    rows = list(_sampled(found, count).annotate(again=Exists(_earlier())).values_list(*_COLUMNS)[:LOOKED_AT])
    sales = [sale for at in range(0, len(rows), _CHUNK) for sale in _told(rows[at : at + _CHUNK], currency)]
    first = visible(viewer.scope).filter(status__in=_WON).aggregate(first=Min("closed_at"))["first"]
    return Sales(tuple(sales), count, first)


_COLUMNS: Final = (
    "id",
    "status",
    "source",
    "account_id",
    "amount",
    "currency",
    "owner_id",
    "next_step_person_id",
    "again",
)


def _sampled(found: QuerySet[Deal], count: int) -> QuerySet[Deal]:
    if count > LOOKED_AT:
        hashed = Func(F("id"), function="hashint8", output_field=IntegerField())
        found = found.alias(part=Mod(Abs(hashed), Value(-(-count // LOOKED_AT)))).filter(part=0)
    return found.order_by("id")


def _earlier() -> QuerySet[Deal]:
    return Deal.objects.filter(
        account=OuterRef("account"), status__in=_WON, closed_at__lt=OuterRef("closed_at"), archived_at=None
    )


def _told(rows: Sequence[tuple[Any, ...]], currency: str) -> list[Sale]:
    keys = [row[0] for row in rows]
    worked, ours = _colleagues(keys)
    theirs = _people(keys)
    return [
        Sale(
            deal=key,
            source=source,
            account=account,
            revenue=float(amount) if status in _WON and amount is not None and money == currency else None,
            is_existing=again,
            colleagues=len(ours[key] | ({owner} if owner else set())) if key in worked else None,
            people=len(theirs[key] | ({person} if person else set())),
        )
        for key, status, source, account, amount, money, owner, person, again in rows
    ]


def _colleagues(keys: list[int]) -> tuple[set[int], Mapping[int, set[int]]]:
    """Deals that somebody moved or proved here, and who took part in each: moved it, kept evidence, is in its team."""
    found: dict[int, set[int]] = defaultdict(set)
    visits = StageVisit.objects.filter(deal_id__in=keys, backfilled=False, entered_by__isnull=False)
    proofs = Evidence.objects.filter(deal_id__in=keys, confirmed_by__isnull=False)
    for pairs in (visits.values_list("deal_id", "entered_by"), proofs.values_list("deal_id", "confirmed_by")):
        for deal, user in pairs.distinct():
            found[deal].add(user or 0)
    worked = set(found)
    for deal, user in Member.objects.filter(deal_id__in=keys).values_list("deal_id", "user_id"):
        found[deal].add(user)
    return worked, found


def _people(keys: list[int]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    stakeholders = Stakeholder.objects.filter(deal_id__in=keys).values_list("deal_id", "person_id")
    named = Evidence.objects.filter(deal_id__in=keys, person__isnull=False).values_list("deal_id", "person_id")
    for pairs in (stakeholders, named):
        for deal, person in pairs:
            found[deal].add(person)
    return found
