"""What is odd about the records, and what figures make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.insights.metric import Metric, Row, by_segment
from etappe.insights.standing import SOURCES, given
from etappe.insights.tables import table

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table

OF_DEALS = ("no_start", "starts_after_end", "no_amount", "other_currency", "reopened", "no_time", "no_history")
"""What may be odd about a deal."""
OF_ALL = ("one_deal", "none_won", "none_lost")
"""What may be odd about all of them together."""
ODDITIES = (*OF_DEALS, *OF_ALL, "any")
"""What records can be narrowed by; `any` is any oddity of a deal."""

LEFT = ("lost", "declined", "disqualified")
DECIDED_AGAINST = ("lost", "declined")


def odd(deals: Table) -> dict[str, BooleanValue]:
    """What holds of a deal with each of the oddities."""
    import ibis

    stays = table("fact_stage_visit")
    over = stays.filter(stays.left_at < given("moment"))
    again, at_once = over.filter(over.status.isin(LEFT)), over.filter(over.left_at == over.entered_at)
    kinds: dict[str, BooleanValue] = {
        "no_start": deals.engaged_days.isnull(),
        "starts_after_end": (deals.engaged_days < 0).fill_null(False),
        "no_amount": deals.amount.isnull() & deals.in_pipeline,
        "other_currency": deals.currency.notin(table("fact_workspace").currency),
        "reopened": deals.deal_id.isin(again.deal_id),
        "no_time": deals.deal_id.isin(at_once.deal_id),
        "no_history": ~deals.has_history,
    }
    found = ibis.or_(*kinds.values())
    nobody, everybody = ibis.literal(False), ibis.literal(True)
    return {**kinds, "one_deal": everybody, "none_won": nobody, "none_lost": nobody, "any": found}


def build(deals: Table) -> Table:
    """Per segment: all deals, those won and lost, and those with each oddity."""
    flags = odd(deals)
    flagged = deals.mutate(**{f"is_{key}": flags[key] for key in (*OF_DEALS, "any")})
    return flagged.group_by("segment").aggregate(
        deals=flagged.count(),
        won=flagged.count(where=flagged.outcome == "won"),
        lost=flagged.count(where=flagged.outcome.isin(DECIDED_AGAINST)),
        **{key: flagged.count(where=flagged[f"is_{key}"]) for key in (*OF_DEALS, "any")},
        observed_on=flagged.observed_on.max(),
        observed_first=flagged.observed_on.min(),
    )


def finish(rows: list[Row]) -> Finding:
    """A line per segment and oddity that is there; the headline counts the deals with any of them.

    >>> row = {"segment": "", "deals": 9, "won": 4, "lost": 0, "any": 3, **dict.fromkeys(OF_DEALS, 0)}
    >>> found = finish([{**row, "no_start": 2, "reopened": 1}])
    >>> found.value, [(line["oddity"], line["n"]) for line in found.rows], found.extra
    (3, [('no_start', 2), ('reopened', 1), ('none_lost', 0)], {'deals': 9})
    """
    lines = tuple(line for segment, part in by_segment(rows).items() for line in _lines(segment, part))
    count = sum(int(row["any"]) for row in rows)
    return Finding(count, None, count, count, lines, extra={"deals": sum(int(row["deals"]) for row in rows)})


def _lines(segment: str, rows: list[Row]) -> list[dict[str, Any]]:
    counts = {key: sum(int(row[key]) for row in rows) for key in ("deals", "won", "lost", *OF_DEALS)}
    found = [(key, counts[key]) for key in OF_DEALS if counts[key]]
    of_all = {"one_deal": counts["deals"] == 1, "none_won": not counts["won"], "none_lost": not counts["lost"]}
    found += [(key, counts["deals"] if key == "one_deal" else 0) for key, holds in of_all.items() if holds]
    return [{"segment": segment, "oddity": key, "n": count} for key, count in found]


DATA_QUALITY = Metric(
    key="data_quality",
    title=_("Data quality"),
    unit="deals",
    definition=_(
        "Deals whose records are odd in a way that matters for figures: without a start or ended before they began, "
        "without an amount or in another currency than the workspace's, opened again after they were lost, moved twice "
        "at one moment, or imported without their way through the stages. Nothing is guessed and nothing is thrown "
        "away: each oddity has one rule for what figures make of it, which stands beside its count."
    ),
    denominator=_("none: a count"),
    window=_("all deals up to the day shown"),
    method=_("counted, not estimated: no interval"),
    minimum=0,
    sources=(*SOURCES, "fact_workspace"),
    build=build,
    finish=finish,
    records={"oddity": "any"},
    narrow={"segment": "segment", "oddity": "oddity"},
    drawn=None,
)
