"""What the figures about stages share: one row per deal and stage that it was open in, and what came of it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from etappe.insights.metric import Row
from etappe.insights.standing import given
from etappe.insights.tables import table

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, StringValue, Table, Value

PLACE = ("segment", "process", "version", "process_version_id", "position", "stage", "phase")
FATES = ("on", "out", "still")
"""What came of a deal at a stage: it went on to a later one or was won; it left; neither yet."""
CODES = {"still": 0, "on": 1, "out": 2}
"""Fates as the maths takes them; 0 is still going on."""
GONE = ("lost", "declined", "disqualified")
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

    Columns: process_version_id and position of the stage, those of the deal, fate (one of `FATES`), is_over (it is not
    there any more), begun (the day it first came there, as a number), days (whole days there, all its stays together,
    up to the day asked about).

    A deal that was moved to another version of its process counts in the old one as not gone on and not left.
    """
    known = deals.filter(deals.has_history)
    of_deal = known.select(
        "deal_id", "segment", "outcome", "amount", "currency", "observed_on", "observed_number",
        last_version="process_version_id",
    )  # fmt: skip
    visit = visits().join(known.select("deal_id"), "deal_id")
    over = visit.left_at.notnull() & (visit.left_at < given("moment"))
    each = visit.group_by("deal_id", "process_version_id", "position").aggregate(
        first=visit.visit_id.min(),
        last=visit.visit_id.max(),
        left=over.ifelse(visit.left_number, 0).sum(),
        entered=visit.entered_number.sum(),
        begun=visit.entered_number.min(),
        lasting=over.ifelse(0, 1).sum(),
    )
    stay = _with_later(each).join(of_deal, "deal_id")
    days = stay.left + stay.lasting * stay.observed_number - stay.entered
    return stay.mutate(is_over=stay.lasting == 0, fate=_fate(stay), days=days.clip(lower=0).cast("int32"))


def _with_later(stay: Table) -> Table:
    """With whether the deal is found in a later stage of the same process version at a later time.

    The stays of a deal are numbered in their order, and in the stages beyond lies the last of them.
    """
    import ibis

    beyond = ibis.window(group_by=[stay.deal_id, stay.process_version_id], order_by=stay.position, following=(1, None))
    return stay.mutate(went_on=(stay.last.max().over(beyond) > stay.first).fill_null(False))


def _fate(stay: Table) -> StringValue:
    import ibis

    is_last: BooleanValue = stay.process_version_id == stay.last_version
    on = stay.went_on | (is_last & (stay.outcome == "won"))
    return ibis.cases((on, "on"), (is_last & stay.outcome.isin(GONE), "out"), else_="still")


def counted(stay: Table, *by: str, **also: Value) -> Table:
    """How many stays there are per segment, stage and `by`, with what is asked `also`."""
    each = stay.group_by("segment", "process_version_id", "position", *by).aggregate(
        deals=stay.count(), observed_on=stay.observed_on.max(), observed_first=stay.observed_on.min(), **also
    )
    place = table("fact_process_stage")
    joined = each.join(place.rename(version="process_number"), ["process_version_id", "position"])
    return joined.select(*PLACE, *(name for name in each.columns if name not in PLACE))


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
