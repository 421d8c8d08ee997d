"""What the pipeline is worth per day."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.insights.catalogue.durations import REASONS, unusable, usable
from etappe.insights.catalogue.pace import Part, counted, mean_amount, mean_days, product, share_won
from etappe.insights.metric import Metric, Row, total
from etappe.insights.standing import SOURCES

MINIMUM = 20


def finish(rows: list[Row]) -> Finding:
    """Open deals x share won x mean amount / mean days, per segment and currency; the headline is the main currency.

    >>> from decimal import Decimal
    >>> line = {"segment": "", "currency": "EUR", "in_pipeline": True, "with_amount": 20, "deals": 20}
    >>> won = {**line, "outcome": "won", "days": 10, "amount": Decimal(2000), "squares": 200000.0}
    >>> lost = {**line, "outcome": "lost", "days": 10, "amount": Decimal(0), "squares": 0.0}
    >>> found = finish([won, lost, {**lost, "outcome": "open", "days": 5}])
    >>> found.value, [round(bound) for bound in found.interval], found.rows[0]["days"], found.n
    (100.0, [73, 136], 10.0, 60)
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in usable(rows):
        groups.setdefault((row["segment"], row["currency"]), []).append(row)
    lines = tuple(_line(place, part) for place, part in sorted(groups.items()))
    main = max({line["currency"] for line in lines}, key=lambda each: (_deals(lines, each), each), default="")
    mine = [part for (_segment, currency), part in sorted(groups.items()) if currency == main]
    whole = _line(("", main), [row for part in mine for row in part])
    return Finding(
        value=whole["value"],
        interval=whole["interval"],
        n=whole["n"],
        cases=whole["won"],
        rows=lines,
        left_out=unusable(rows),
        extra={"currency": main} if main else {},
    )


def _deals(lines: tuple[dict[str, Any], ...], currency: str) -> int:
    return sum(line["n"] for line in lines if line["currency"] == currency)


def _line(place: tuple[str, str], rows: list[Row]) -> dict[str, Any]:
    won, opened = total(rows, outcome="won"), total(rows, outcome="open")
    line: dict[str, Any] = {"segment": place[0], "currency": place[1], "n": total(rows), "won": won, "open": opened}
    parts = [share_won(rows), mean_amount(rows), mean_days(rows)] if won >= MINIMUM else []
    values = [part.value if part else None for part in parts] or [None] * 3
    line |= {"value": None, "interval": None} | dict(zip(("share_won", "amount", "days"), values, strict=True))
    if not parts or not all(parts):
        return line
    share, amount, days = (part for part in parts if part)
    flow = [Part(opened, 0.0), share, amount, Part(1 / days.value, days.error)]
    value = opened * share.value * amount.value / days.value
    return line | {"value": value, "interval": product(flow)}


VELOCITY = Metric(
    key="velocity",
    title=_("Pipeline velocity"),
    unit="amount_per_day",
    definition=_(
        "What the open deals are worth per day if they go as deals went so far: open deals x share of ended deals that "
        "were won x mean amount of won deals / mean days to a decision. Open deals count as open in the mean days, as "
        "far as anybody watched. Per currency. It compares pipelines; it is no forecast, since it knows nothing of the "
        "single deals."
    ),
    denominator=_("all deals of the pipeline whose clock has a start, in one currency"),
    window=_("open deals on the day shown, against all deals up to then"),
    method=_("95 % interval on the log scale from the errors of share, amount and days, taken as independent"),
    minimum=MINIMUM,
    sources=SOURCES,
    build=counted,
    finish=finish,
    records={"clock": "engaged", "start": "known", "in_pipeline": "true"},
    narrow={"segment": "segment", "currency": "currency"},
    reasons=REASONS,
)
