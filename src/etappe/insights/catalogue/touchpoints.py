"""How many contacts there are by month, channel and direction, and how many of the leads we went to answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.survival import share_within
from etappe.insights.catalogue.contacts import CONTACT_SOURCES, WITHIN, contacts, with_replies
from etappe.insights.catalogue.leads import YEAR, received_lately
from etappe.insights.metric import Charted, Metric, Row, by_segment, total
from etappe.insights.standing import given
from etappe.insights.statements import ANSWERED
from etappe.insights.tables import table

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 10
MONTHS = 12
DIRECTIONS = ("in", "out")


def build(deals: Table) -> Table:
    """Contacts of the last twelve months per segment, month, channel and direction; below them leads and answers."""
    return _contacts(deals).union(_answers(deals))


def _contacts(deals: Table) -> Table:
    """Contacts of the accounts of the deals, each once: for the newest deal of its account."""
    import ibis

    account = table("fact_deal").select("deal_id", "account_id")
    placed = deals.select("deal_id", "segment", "observed_on").join(account, "deal_id")
    newest = placed.group_by("account_id").aggregate(newest=placed.deal_id.max())
    mine = placed.join(newest, ["account_id", placed.deal_id == newest.newest]).select(
        "account_id", "segment", "observed_on"
    )
    touch = contacts()
    recent = touch.filter(touch.happened_number > given("number") - YEAR)
    joined = recent.join(mine, "account_id")
    counted = joined.group_by("segment", "channel", "direction", "happened_number").aggregate(deals=joined.count())
    day = ibis.date("1970-01-01") + counted.happened_number.as_interval("D")
    dated = counted.mutate(month=(day.year() * MONTHS + day.month() - 1).cast("int32"))
    each = dated.group_by("segment", "channel", "direction", "month").aggregate(deals=dated.deals.sum().cast("int64"))
    return each.mutate(
        days=ibis.null("int32"), has_reply=ibis.null("boolean"), observed_on=given("day"), observed_first=given("day")
    )


def _answers(deals: Table) -> Table:
    """Leads that we went to, with the days until they answered; they have no channel."""
    import ibis

    lead = with_replies(received_lately(deals))
    met = lead.filter(lead.reply_days.notnull())
    counted = met.group_by("segment", "reply_days", "has_reply").aggregate(deals=met.count())
    return counted.select(
        "segment", channel=ibis.literal(""), direction=ibis.literal("out"), month=ibis.null("int32"), deals="deals",
        days="reply_days", has_reply="has_reply", observed_on=given("day"), observed_first=given("day"),
    )  # fmt: skip


def finish(rows: list[Row]) -> Finding:
    """Contacts per month, by channel and month; the share of leads that answered us beside them.

    >>> line = {"segment": "", "days": None, "has_reply": None, "deals": 60}
    >>> told = [{**line, "channel": "mail", "direction": each, "month": 24315} for each in ("in", "out")]
    >>> reply = {"segment": "", "channel": "", "month": None, "deals": 10}
    >>> told += [{**reply, "days": 3, "has_reply": True}, {**reply, "days": 31, "has_reply": False}]
    >>> found = finish(told)
    >>> found.value, found.n, found.extra["share"], found.rows[0]["channel"], found.rows[1]["month"]
    (120, 120, 0.5, 'mail', '2026-04')
    """
    counts = [row for row in rows if row["channel"]]
    months = sorted({row["month"] for row in counts})
    n, spans = total(counts), max(1, months[-1] - months[0] + 1) if months else 1
    lines = [line for segment, part in by_segment(rows).items() for line in _lines(segment, part, spans)]
    replies = _answered([row for row in rows if not row["channel"]])
    return Finding(_per_month(n, spans) if n else None, None, n, n, tuple(lines), extra={**replies, "months": spans})


def _per_month(n: int, spans: int) -> float:
    return n if spans == 1 else n / spans


def _lines(segment: str, rows: list[Row], spans: int) -> Iterator[dict[str, Any]]:
    """Each channel over all months, and below them each month by channel."""
    counts = [row for row in rows if row["channel"]]
    replies = _answered([row for row in rows if not row["channel"]])
    channels = sorted({row["channel"] for row in counts}, key=lambda each: (-total(counts, channel=each), each))
    for channel in channels:
        part = [row for row in counts if row["channel"] == channel]
        value = _per_month(total(part), spans)
        yield {"segment": segment, "span": "whole", "month": "", "channel": channel, "value": value, **_ways(part)}
    for month in sorted({row["month"] for row in counts}):
        for channel in channels:
            part = [row for row in counts if (row["month"], row["channel"]) == (month, channel)]
            name = f"{month // MONTHS:04}-{month % MONTHS + 1:02}"
            if part:
                told = {"month": name, "channel": channel, "value": total(part), **_ways(part)}
                yield {"segment": segment, "span": "month", **told}
    if replies["touched"]:
        yield {"segment": segment, "span": "answers", "month": "", "channel": "", "value": None, "n": 0, **replies}


def _ways(rows: list[Row]) -> dict[str, int]:
    return {"n": total(rows), **{way: total(rows, direction=way) for way in DIRECTIONS}}


def _answered(rows: list[Row]) -> dict[str, Any]:
    """Of the leads we went to, the share that answered in time; those not seen for so long count as not known yet."""
    n, still = total(rows), sum(row["deals"] for row in rows if not row["has_reply"] and row["days"] < WITHIN)
    told: dict[str, Any] = {"touched": n, "answered": total(rows, has_reply=True), "still": int(still)}
    told |= dict.fromkeys(("share", "share_interval"))
    if n - still < MINIMUM:
        return told
    days = np.array([min(row["days"], WITHIN) for row in rows], dtype=np.float64)
    codes = np.array([int(row["has_reply"]) for row in rows], dtype=np.int64)
    found = share_within(days, codes, 1, WITHIN, np.array([row["deals"] for row in rows], dtype=np.float64))
    return told | ({"share": found.value, "share_interval": (found.low, found.high)} if found else {})


TOUCHPOINTS = Metric(
    key="touchpoints",
    title=_("Contacts"),
    unit="contacts_per_month",
    definition=_(
        "Contacts with the accounts of deals by month, channel and direction: in, when the buyer acted, and out, when "
        "we did. Each counts once, for the newest deal of its account. Beside them, of the leads received within a "
        "year that we went to, the share that wrote, called, met us or filled in a form within 30 days; those that "
        "have not had 30 days yet count as open for as long as they had (Aalen-Johansen)."
    ),
    denominator=_("none: a count per month; for the share, leads received in the window that we went to"),
    window=_("the year up to the day shown"),
    method=_(
        "counted, not estimated; for the share 95 % Wilson score interval with as many cases as those followed are "
        "worth"
    ),
    minimum=1,
    sources=CONTACT_SOURCES,
    build=build,
    finish=finish,
    records={"list": ANSWERED, "went": "true"},
    drawn=Charted("value", "", only={"span": "whole"}),
)
