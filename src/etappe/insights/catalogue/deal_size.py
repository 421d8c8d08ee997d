"""How large won deals are."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.insights.metric import Charted, Metric, Row, left_out
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import IntegerColumn, Table

MINIMUM = 20
Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


def build(deals: Table) -> Table:
    """Per segment and currency of won deals: how many, their sum, and the amounts at the ranks that are asked for."""
    won = deals.filter(deals.outcome == "won")
    ranked = _ranked(won)
    low, high = _bounds(ranked)
    place = ranked.place
    at = {
        "p10": place == (ranked.known + 9) // 10,
        "p50": place == (ranked.known + 1) // 2,
        "p90": place == (9 * ranked.known + 9) // 10,
        "low": place == low,
        "high": place == high,
    }
    return ranked.group_by("segment", "currency").aggregate(
        deals=ranked.count(),
        without_amount=ranked.count(where=ranked.amount.isnull()),
        total=ranked.amount.sum(),
        observed_on=ranked.observed_on.max(),
        observed_first=ranked.observed_on.min(),
        **{key: ranked.amount.max(where=where) for key, where in at.items()},
    )


def _ranked(won: Table) -> Table:
    """With the place of each amount among those known, from 1, and how many are known."""
    import ibis

    alike = ibis.window(group_by=[won.segment, won.currency])
    order = ibis.window(group_by=[won.segment, won.currency], order_by=[won.amount.asc(nulls_first=False), won.deal_id])
    return won.mutate(place=ibis.row_number().over(order) + 1, known=won.amount.count().over(alike))


def _bounds(ranked: Table) -> tuple[IntegerColumn, IntegerColumn]:
    """The ranks whose amounts bound the median with 95 %; rounded outwards."""
    import ibis

    half = ranked.known.cast("float64")
    wide = ibis.literal(Z, "float64") * half.sqrt()
    two = ibis.literal(2.0, "float64")
    low, high = ((half - wide) / two).floor().cast("int64"), ((half + wide) / two).ceil().cast("int64") + 1
    return ibis.greatest(low, 1), ibis.least(high, ranked.known)


def finish(rows: list[Row]) -> Finding:
    """One line per segment and currency; the headline is the currency with the most won deals.

    >>> five = [Decimal(each) for each in (10, 40, 90, 20, 70)]
    >>> row = dict(zip(("p10", "p50", "p90", "low", "high"), five)) | {"deals": 30, "without_amount": 1}
    >>> found = finish([{"segment": "", "currency": "EUR", "total": Decimal(1450), **row}])
    >>> found.value, found.interval, found.n, found.rows[0]["mean"], found.left_out
    (40.0, (20.0, 70.0), 29, '50.0000', {'without_amount': 1})
    """
    lines = tuple(_line(row) for row in sorted(rows, key=lambda row: (row["segment"], row["currency"])))
    most = _most(lines)
    mine = [line for line in lines if line["currency"] == most]
    whole = mine[0] if len(mine) == 1 else None
    n = sum(line["n"] for line in mine)
    return Finding(
        value=float(whole["p50"]) if whole and whole["p50"] else None,
        interval=tuple(map(float, whole["p50_interval"])) if whole and whole["p50_interval"] else None,  # type: ignore[arg-type]
        n=n,
        cases=n,
        rows=lines,
        left_out=left_out(without_amount=sum(line["without_amount"] for line in lines)),
        extra={"currency": most} if most else {},
    )


def _most(lines: tuple[dict[str, Any], ...]) -> str:
    """The currency with the most deals; the first one in the alphabet of equal ones."""
    counts: dict[str, int] = {}
    for line in lines:
        counts[line["currency"]] = counts.get(line["currency"], 0) + line["n"]
    return max(sorted(counts), key=lambda currency: counts[currency], default="")


def _line(row: Row) -> dict[str, Any]:
    n = row["deals"] - row["without_amount"]
    enough = n >= MINIMUM
    line: dict[str, Any] = {"segment": row["segment"], "currency": row["currency"], "n": n}
    line |= {key: _amount(row[key]) if enough else None for key in ("p10", "p50", "p90")}
    return line | {
        "p50_interval": (_amount(row["low"]), _amount(row["high"])) if enough else None,
        "mean": _amount(row["total"] / n) if enough else None,
        "total": _amount(row["total"] or Decimal()),
        "without_amount": row["without_amount"],
    }


def _amount(value: Decimal) -> str:
    return f"{value:.4f}"


DEAL_SIZE = Metric(
    key="deal_size",
    title=_("Deal size"),
    unit="amount",
    definition=_(
        "Amount of won deals: half of them are at most as large as the median. Per currency; amounts of different "
        "currencies are never added or compared. The mean is given beside the percentiles, since a few large deals "
        "move it anywhere. The headline is the currency with the most won deals."
    ),
    denominator=_("won deals with an amount"),
    window=_("all deals won up to the day shown"),
    method=_("95 % interval of the median from order statistics, rounded outwards"),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"outcomes": "won", "amount": "known"},
    narrow={"segment": "segment", "currency": "currency"},
    reasons={"without_amount": {"outcomes": "won", "amount": "unknown"}},
    drawn=Charted("p50", "p50_interval"),
)
