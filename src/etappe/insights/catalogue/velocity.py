"""What the pipeline is worth per day."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.insights.catalogue.durations import REASONS, times, unusable, usable
from etappe.insights.catalogue.pace import Part, counted, mean_amount, product, share_won, time_open, within
from etappe.insights.metric import Metric, Row, total
from etappe.insights.standing import SOURCES

MINIMUM = 20
MOST_UNDECIDED = 0.2
"""The largest share of deals that may outlast the time watched: beyond it nobody knows how long deals are open."""

FACTORS = ("value", "interval", "share_won", "amount", "days", "undecided", "watched")


def finish(rows: list[Row]) -> Finding:
    """Open deals x share won x mean amount / mean days, per segment and currency; the headline is the main currency.

    >>> from decimal import Decimal
    >>> line = {"segment": "", "currency": "EUR", "in_pipeline": True, "with_amount": 20, "deals": 20}
    >>> won = {**line, "outcome": "won", "days": 10, "amount": Decimal(2000), "squares": 200000.0}
    >>> lost = {**line, "outcome": "lost", "days": 10, "amount": Decimal(0), "squares": 0.0}
    >>> found = finish([won, lost, {**lost, "outcome": "open", "days": 5}])
    >>> found.value, [round(bound) for bound in found.interval], found.rows[0]["days"], found.n
    (100.0, [74, 136], 10.0, 60)
    >>> found = finish([won, lost, {**lost, "outcome": "open", "days": 30}])
    >>> found.value, round(found.extra["undecided"], 2), found.extra["watched"]
    (None, 0.33, 30.0)
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
        extra={"currency": main, "undecided": whole["undecided"], "watched": whole["watched"]} if main else {},
    )


def _deals(lines: tuple[dict[str, Any], ...], currency: str) -> int:
    return sum(line["n"] for line in lines if line["currency"] == currency)


def _line(place: tuple[str, str], rows: list[Row]) -> dict[str, Any]:
    won, opened = total(rows, outcome="won"), total(rows, outcome="open")
    line: dict[str, Any] = {"segment": place[0], "currency": place[1], "n": total(rows), "won": won, "open": opened}
    return line | dict.fromkeys(FACTORS) | (_factors(rows, opened) if won >= MINIMUM else {})


def _factors(rows: list[Row], opened: int) -> dict[str, Any]:
    """The value as far as its factors are known, and these."""
    known = times(rows)
    share, amount, open_for = share_won(known), mean_amount(rows), time_open(known)
    line: dict[str, Any] = {"undecided": open_for.undecided, "watched": open_for.watched}
    line["amount"] = amount and amount.value
    if open_for.undecided > MOST_UNDECIDED or open_for.low <= 0:
        return line
    line |= {"days": open_for.value, "share_won": share and share.value}
    if not share or not amount:
        return line
    days = within(open_for.value, open_for.low, open_for.high)
    flow = [Part(opened, 0.0), share, amount, Part(1 / days.value, days.error)]
    return line | {"value": opened * share.value * amount.value / days.value, "interval": product(flow)}


VELOCITY = Metric(
    key="velocity",
    title=_("Pipeline velocity"),
    unit="amount_per_day",
    definition=_(
        "What the open deals are worth per day if they go as deals went so far: open deals x share of all begun that "
        "is won in the end x mean amount of won deals / mean days until a deal is decided. Open deals count as open in"
        " share and days (Aalen-Johansen, Kaplan-Meier); their own amounts do not enter, with or without one each "
        "counts as a won deal did on average. Deals that last longer than five were watched are taken to end as fast "
        "as the others did; where these are more than a fifth, share and days are not known and neither is the "
        "velocity. Per currency. It compares pipelines; it is no forecast, since it knows nothing of the single deals."
    ),
    denominator=_("all deals of the pipeline whose clock has a start, in one currency"),
    window=_("open deals on the day shown, against all deals up to then"),
    method=_(
        "95 % interval on the log scale from the errors of share, amount and days, taken as independent; widened by "
        "the deals that outlast the time watched, as if none or all of them were won, and as if they ended at once or "
        "lasted as long again"
    ),
    minimum=MINIMUM,
    sources=SOURCES,
    build=counted,
    finish=finish,
    records={"clock": "engaged", "start": "known", "in_pipeline": "true"},
    narrow={"segment": "segment", "currency": "currency"},
    reasons=REASONS,
)
