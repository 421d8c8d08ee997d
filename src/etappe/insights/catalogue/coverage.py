"""What is in the pipeline against what was won in a window of the same length."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.insights.metric import Charted, Metric, Row, left_out
from etappe.insights.standing import SOURCES, given

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 10


def build(deals: Table) -> Table:
    """Per segment and currency: open deals of the pipeline, those due within the window, and what was won in it."""
    opened = (deals.outcome == "open") & deals.in_pipeline
    due = opened & (deals.expected_close <= given("until"))
    won = (deals.outcome == "won") & (deals.decided_on > given("since"))
    return deals.group_by("segment", "currency").aggregate(
        deals=deals.count(where=opened & deals.amount.notnull()),
        amount=deals.amount.sum(where=opened),
        without_amount=deals.count(where=opened & deals.amount.isnull()),
        due=deals.count(where=due & deals.amount.notnull()),
        due_amount=deals.amount.sum(where=due),
        won=deals.count(where=won),
        won_amount=deals.amount.sum(where=won),
        observed_on=deals.observed_on.max(),
        observed_first=deals.observed_on.min(),
    )


def finish(rows: list[Row]) -> Finding:
    """Open amount / amount won in the window, per segment and currency; the headline is the main currency.

    >>> row = {"segment": "", "currency": "EUR", "deals": 4, "amount": Decimal(900), "without_amount": 1, "due": 2}
    >>> found = finish([{**row, "due_amount": Decimal(300), "won": 12, "won_amount": Decimal(600)}])
    >>> found.value, found.n, found.cases, found.rows[0]["due_value"], found.left_out
    (1.5, 4, 12, 0.5, {'without_amount': 1})
    """
    lines = tuple(_line((row["segment"], row["currency"]), [row]) for row in sorted(rows, key=_order) if _counts(row))
    currencies = sorted({line["currency"] for line in lines})
    main = max(currencies, key=lambda each: sum(line["n"] for line in lines if line["currency"] == each), default="")
    whole = _line(("", main), [row for row in rows if row["currency"] == main])
    return Finding(
        value=whole["value"],
        interval=None,
        n=whole["n"],
        cases=whole["won"],
        rows=lines,
        left_out=left_out(without_amount=sum(row["without_amount"] for row in rows)),
        extra={"currency": main} if main else {},
    )


def _order(row: Row) -> tuple[str, str]:
    return row["segment"], row["currency"]


def _counts(row: Row) -> bool:
    return bool(row["deals"] or row["without_amount"] or row["won"])


def _line(place: tuple[str, str], rows: list[Row]) -> dict[str, Any]:
    counts = {key: sum(int(row[key]) for row in rows) for key in ("deals", "due", "won", "without_amount")}
    amounts = {key: _sum(rows, key) for key in ("amount", "due_amount", "won_amount")}
    base = amounts["won_amount"]
    enough = counts["won"] >= MINIMUM and base > 0
    return {
        "segment": place[0],
        "currency": place[1],
        "n": counts.pop("deals"),
        **counts,
        **{key: f"{amount:.4f}" for key, amount in amounts.items()},
        "value": float(amounts["amount"] / base) if enough else None,
        "due_value": float(amounts["due_amount"] / base) if enough else None,
    }


def _sum(rows: list[Row], key: str) -> Decimal:
    return sum((row[key] for row in rows if row[key] is not None), Decimal())


COVERAGE = Metric(
    key="coverage",
    title=_("Pipeline against wins"),
    unit="times",
    definition=_(
        "Amount of the open deals of the pipeline as a multiple of the amount won in the last 90 days; beside it, only "
        "the open deals whose order is expected within the next 90 days or was expected before. Per currency. A "
        "pipeline that is many times what is won holds many deals that will not be won: read it beside the win rate. "
        "How far it covers what a goal still lacks stands beside each goal."
    ),
    denominator=_("amount won in the 90 days up to the day shown"),
    window=_("open deals on the day shown; won deals of the 90 days up to it"),
    method=_("counted, not estimated: no interval"),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"outcomes": "open", "in_pipeline": "true", "amount": "known"},
    narrow={"segment": "segment", "currency": "currency"},
    reasons={"without_amount": {"outcomes": "open", "in_pipeline": "true", "amount": "unknown"}},
    drawn=Charted("value", ""),
)
