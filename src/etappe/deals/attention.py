"""Deals that need attention: the limits measured from won deals, the reasons of a deal, and the same as a condition."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache, reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from etappe.core.attention import Limit, Limits, Reason, Standing, Why, measured, reasons, silent_before
from etappe.core.periods import local_day
from etappe.core.process import Status
from etappe.deals.shapes import DealRow
from etappe.playbook import queries as playbook

NEWEST = 2000
"""Won deals that are measured: the newest, so that the answer costs the same however many there are."""

SILENCES = """
WITH won AS (
    SELECT id, process_version_id, engaged_since, closed_at FROM deals_deal
    WHERE status = 'won' AND archived_at IS NULL AND buyer_acted_at IS NOT NULL AND closed_at < %(until)s
    ORDER BY closed_at DESC LIMIT %(newest)s
), days AS (
    SELECT won.id, (given.happened_at AT TIME ZONE %(zone)s)::date AS day
    FROM won JOIN deals_evidence AS given ON given.deal_id = won.id
    WHERE given.strength >= 3 AND given.withdrawn_at IS NULL AND given.verdict <> 'rejected'
        AND given.happened_at <= won.closed_at
    UNION ALL SELECT id, engaged_since FROM won WHERE engaged_since IS NOT NULL
    UNION ALL SELECT id, (closed_at AT TIME ZONE %(zone)s)::date FROM won
), gaps AS (
    SELECT id, day - lag(day) OVER (PARTITION BY id ORDER BY day) AS gap FROM days
), longest AS (
    SELECT id, max(gap) AS gap FROM gaps GROUP BY id
)
SELECT won.process_version_id, longest.gap, count(*) FROM longest JOIN won ON won.id = longest.id
WHERE longest.gap IS NOT NULL GROUP BY 1, 2
"""
"""The longest time without an act by the buyer, per won deal in which any is recorded. A deal's end counts as one."""

KINDS: Mapping[str, tuple[Why, ...]] = {
    "silent": (Why.SILENT,),
    "broken": (Why.TARGET, Why.STEP),
    "order": (Why.ORDER,),
    "loose": (Why.LOOSE,),
}
"""What a list can be narrowed to, by the word in the address."""


@dataclass(frozen=True)
class Watch:
    """The day that is looked from, in the workspace's zone, and how long won deals were silent up to then."""

    today: date
    zone: str
    limits: Limits


def watch(today: date, zone: str) -> Watch:
    """What deals are held against, measured once a day per server process."""
    return Watch(today, zone, _measured(str(connection.settings_dict["NAME"]), today, zone))


@lru_cache(maxsize=8)
def _measured(_database: str, today: date, zone: str) -> Limits:
    until = datetime.combine(today, time.min, ZoneInfo(zone))
    with connection.cursor() as cursor:
        cursor.execute(SILENCES, {"newest": NEWEST, "zone": zone, "until": until})
        rows = cursor.fetchall()
    return measured(((playbook.spec(version).key, gap, deals) for version, gap, deals in rows), today)


def reasons_of(row: DealRow, held: Watch) -> tuple[Reason, ...]:
    """Why this deal needs attention."""
    began, acted = (row.engaged_since, row.created_at), row.buyer_acted_at
    dates = (row.rests_until, row.buyer_target_date, row.next_step_on, row.expected_close)
    return _reasons(row.process, row.status is Status.OPEN, began, acted, dates, held)


REASONED_FROM = (
    "status", "process_version", "engaged_since", "created_at", "buyer_acted_at", "rests_until", "buyer_target_date",
    "next_step_on", "expected_close",
)  # fmt: skip
"""The columns that reasons follow from."""


def reasons_of_each(rows: Mapping[uuid.UUID, tuple[Any, ...]], held: Watch) -> dict[uuid.UUID, tuple[Reason, ...]]:
    """Why deals need attention, by their uid; rows are `REASONED_FROM`, and those that need none are left out."""
    process_of = cache(lambda version: playbook.spec(version).key)
    found = {
        uid: _reasons(process_of(version), True, (engaged, created), acted, tuple(dates), held)
        for uid, (status, version, engaged, created, acted, *dates) in rows.items()
        if status == Status.OPEN.value
    }
    return {uid: reasons for uid, reasons in found.items() if reasons}


def _reasons(
    process: str,
    is_open: bool,
    began: tuple[date | None, datetime],
    acted: datetime | None,
    dates: tuple[date | None, ...],
    held: Watch,
) -> tuple[Reason, ...]:
    engaged, created = began[0], local_day(began[1], held.zone)
    rests, target, step, order = dates
    deal = Standing(
        process=process,
        is_open=is_open,
        seen_since=max(engaged, created) if engaged else created,
        acted_on=local_day(acted, held.zone) if acted else None,
        rests_until=rests,
        target_on=target,
        step_on=step,
        order_on=order,
    )
    return reasons(deal, held.limits, held.today)


def condition(asked: tuple[Why, ...], held: Watch) -> Q:
    """Open deals that one of the reasons holds for; the same as `core.attention.reasons` says of each."""
    today = held.today
    plain = {
        Why.TARGET: Q(buyer_target_date__lt=today),
        Why.STEP: Q(next_step_on__lt=today),
        Why.ORDER: Q(expected_close__lt=today),
        Why.LOOSE: Q(next_step_on=None),
    }
    parts = [_silent(held) if why is Why.SILENT else plain[why] for why in asked]
    awake = Q(rests_until=None) | Q(rests_until__lte=today)
    return Q(status=Status.OPEN.value) & awake & reduce(or_, parts)


def _silent(held: Watch) -> Q:
    """Deals that are silent for longer than the limit of their process."""
    limits = held.limits
    if limits.whole is None:
        return Q(pk__in=())
    versions = {key: process.key for key, process in playbook.all_specs().items()}
    own = [version for version, key in versions.items() if key in limits.by_process]
    parts = [
        Q(process_version__in=[version for version in own if versions[version] == key]) & _heard_before(limit, held)
        for key, limit in limits.by_process.items()
    ]
    others = ~Q(process_version__in=own)
    return reduce(or_, parts, others & _heard_before(limits.whole, held))


def _heard_before(limit: Limit, held: Watch) -> Q:
    """Deals whose buyer was last heard of too long ago, or which we see for as long without a word."""
    day = silent_before(limit, held.today)
    moment = datetime.combine(day, time.min, ZoneInfo(held.zone))
    engaged = Q(engaged_since=None) | Q(engaged_since__lt=day)
    unheard = Q(buyer_acted_at=None, created_at__lt=moment) & engaged
    rested = Q(rests_until=None) | Q(rests_until__lt=day)
    return (Q(buyer_acted_at__lt=moment) | unheard) & rested
