"""How many open deals stand in each stage, and for how much."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.insights.metric import Charted, Metric, Row, total
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

PROOFS = ("proven", "overridden", "unproven")
PLACE = ("segment", "process", "version", "process_version_id", "position", "stage", "phase", "currency")


def build(deals: Table) -> Table:
    """Open deals and their amounts per segment, stage, currency and proof."""
    opened = deals.filter(deals.outcome == "open")
    return opened.group_by(*PLACE, "proof").aggregate(
        deals=opened.count(),
        amount=opened.amount.sum(),
        without_amount=opened.count(where=opened.amount.isnull()),
        observed_on=opened.observed_on.max(),
        observed_first=opened.observed_on.min(),
    )


def finish(rows: list[Row]) -> Finding:
    """One line per stage and currency, in the order of the process; sums never mix currencies.

    >>> row = dict(zip(PLACE, ("", "inbound", 1, 7, 2, "qualified", "win", "EUR")))
    >>> part = {"deals": 2, "without_amount": 1, "amount": Decimal("9.5")}
    >>> found = finish([{**row, **part, "proof": "proven"}, {**row, **part, "proof": "unproven"}])
    >>> found.value, found.rows[0]["amount"], found.rows[0]["unproven_amount"], found.extra["amounts"]
    (4, '19.0000', '9.5000', {'EUR': '19.0000'})
    """
    lines: dict[tuple[Any, ...], list[Row]] = {}
    for row in sorted(rows, key=_order):
        lines.setdefault(tuple(row[column] for column in PLACE), []).append(row)
    found = tuple(dict(zip(PLACE, place, strict=True)) | _line(parts) for place, parts in lines.items())
    n = total(rows)
    before = total(rows, phase="find")
    return Finding(n, None, n, n, found, extra={"amounts": _amounts(rows), "before_pipeline": before})


def _order(row: Row) -> tuple[Any, ...]:
    return (
        row["segment"], row["process"] or "", row["version"] or 0, row["position"] or 0, row["stage"], row["currency"],
    )  # fmt: skip


def _line(rows: list[Row]) -> dict[str, Any]:
    line: dict[str, Any] = {"n": total(rows), "amount": _sum(rows)}
    line["without_amount"] = sum(int(row["without_amount"]) for row in rows)
    for proof in PROOFS:
        part = [row for row in rows if row["proof"] == proof]
        line |= {proof: total(part), f"{proof}_amount": _sum(part)}
    return line


def _sum(rows: list[Row]) -> str:
    """The amounts of one currency, to four places, as text: money is no float."""
    whole = sum((row["amount"] for row in rows if row["amount"] is not None), Decimal())
    return f"{whole:.4f}"


def _amounts(rows: list[Row]) -> dict[str, str]:
    currencies = sorted({row["currency"] for row in rows})
    return {currency: _sum([row for row in rows if row["currency"] == currency]) for currency in currencies}


STAGE_NOW = Metric(
    key="stage_now",
    title=_("Open deals by stage"),
    unit="deals",
    definition=_(
        "Deals that are open on the day shown, with the sum of their expected amounts, per stage and currency. Amounts "
        "of different currencies are never added. What is proven, rests on an exception or is unproven is shown apart. "
        "Stages of the phase find come before the pipeline."
    ),
    denominator=_("none: a count"),
    window=_("the day shown"),
    method=_("counted, not estimated: no interval"),
    minimum=0,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"outcomes": "open"},
    narrow={column: column for column in ("segment", "process", "version", "stage", "currency")},
    drawn=Charted("n", ""),
)
