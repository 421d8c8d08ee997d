"""What the figures about stages share: one row per deal and stage that it was open in, and what came of it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from etappe.insights.metric import Row
from etappe.insights.standing import given
from etappe.insights.tables import table

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, StringValue, Table

PLACE = ("segment", "process", "version", "process_version_id", "position", "stage", "phase")
FATES = ("on", "out", "still")
"""What came of a deal at a stage: it went on to a later one or was won; it left; neither yet."""
GONE = ("lost", "declined", "disqualified")
_OF_DEAL = ("outcome", "amount", "currency", "observed_on", "last_version")
DEALS = -1
"""The position of rows that count deals, not stages."""


def visits() -> Table:
    """Stays of open deals up to the day asked about, with the place of their stage in its process."""
    visit, stage = table("fact_stage_visit"), table("fact_process_stage")
    begun = visit.filter(visit.entered_at < given("moment"), visit.status == "open")
    return begun.join(stage, ["process_version_id", "stage"])


def step(place: Table) -> StringValue:
    """A stage of a process version as one text, for the filter `entered`."""
    return place.process + ":" + place.process_number.cast("string") + ":" + place.stage


def named(row: Row) -> str:
    """The same text from a row of a figure."""
    return f"{row['process']}:{row['version']}:{row['stage']}"


def stays(deals: Table) -> Table:
    """One row per deal whose way is known and stage that it was ever open in.

    Columns: those of `PLACE` and `_OF_DEAL`, fate (one of `FATES`), is_over (it is not there any more), begun (the day
    it first came there, as a number), days (whole days there, all its stays together, up to the day asked about).

    A deal that was moved to another version of its process counts in the old one as not gone on and not left.
    """
    known = deals.filter(deals.has_history).select(
        "deal_id",
        "segment",
        "outcome",
        "amount",
        "currency",
        "observed_on",
        "observed_number",
        last_version="process_version_id",
    )
    joined = _with_later(visits().join(known, "deal_id"))
    over = joined.left_at.notnull() & (joined.left_at < given("moment"))
    until = over.ifelse(joined.left_number, joined.observed_number)
    place = [*PLACE[:2], "process_number", *PLACE[3:], "deal_id", *_OF_DEAL]
    each = joined.group_by(*place).aggregate(
        days=(until - joined.entered_number).sum(),
        begun=joined.entered_number.min(),
        is_over=over.all(),
        went_on=joined.goes_on.any(),
    )
    return each.mutate(version=each.process_number, fate=_fate(each), days=each.days.clip(lower=0))


def _with_later(visit: Table) -> Table:
    """With whether the deal is found in a later stage of the same process version at a later time."""
    import ibis

    later = ibis.window(
        group_by=[visit.deal_id, visit.process_version_id], order_by=[visit.entered_at, visit.visit_id],
        following=(1, None),
    )  # fmt: skip
    return visit.mutate(goes_on=(visit.position.max().over(later) > visit.position).fill_null(False))


def _fate(stay: Table) -> StringValue:
    import ibis

    is_last: BooleanValue = stay.process_version_id == stay.last_version
    on = stay.went_on | (is_last & (stay.outcome == "won"))
    return ibis.cases((on, "on"), (is_last & stay.outcome.isin(GONE), "out"), else_="still")


def with_deals(stages: Table, deals: Table) -> Table:
    """The counts per stage, and below them the counts of deals per segment, outcome and whether their way is known.

    Rows of deals have the position `DEALS`, their outcome as `fate`, and `is_over` says whether their way is known.
    """
    import ibis

    counted = deals.group_by("segment", "outcome", "has_history").aggregate(
        deals=deals.count(), observed_on=deals.observed_on.max(), observed_first=deals.observed_on.min()
    )
    empty = {
        name: ibis.literal("" if kind.is_string() else DEALS).cast(kind)
        for name, kind in stages.schema().items()
        if name not in counted.columns
    }
    whole = counted.mutate(**{**empty, "fate": counted.outcome, "is_over": counted.has_history})
    return stages.union(whole.select(*stages.columns))


def apart(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that count stages and those that count deals."""
    return [row for row in rows if row["position"] != DEALS], [row for row in rows if row["position"] == DEALS]


def by_stage(rows: list[Row]) -> dict[tuple[Any, ...], list[Row]]:
    """The rows of each segment and stage, in the order of the process."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["segment"], row["process"], row["version"], row["position"])):
        groups.setdefault(tuple(row[column] for column in PLACE), []).append(row)
    return groups
