"""The relation that every figure about deals starts from: deals as they stood at the end of a day, for one viewer.

An expression here is unbound; `given` stands for a value that the engine binds when it runs the statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from etappe.insights.tables import table

if TYPE_CHECKING:
    from ibis.expr.types import BooleanScalar, FloatingColumn, IntegerColumn, Scalar, StringColumn, Table

DIMENSIONS = ("owner", "team", "source", "product", "industry", "country", "size", "model", "process", "entry_stage")
"""What a figure can be split by."""

GIVEN = {
    "by": "string",  # one of DIMENSIONS, or empty
    "day": "date",  # the day asked about, in the workspace's zone
    "number": "int64",  # the same as a number of days from 1970-01-01
    "moment": "timestamp('UTC')",  # the end of that day
    "since": "date",  # as many days before that day as a window is long, and as many after it
    "until": "date",
    "viewer": "int64",
    "teams": "array<int64>",
    "segment": "string",  # from here on: narrow the records listed; null does not narrow
    "outcomes": "array<string>",
    "stage": "string",
    "proof": "string",
    "currency": "string",
    "process": "string",
    "version": "int64",
    "clock": "string",  # engaged, buyer
    "start": "string",  # known, unknown, after_end: deals whose clock did start, did not, starts after the end
    "longer_than": "int64",
    "rests": "boolean",
    "in_pipeline": "boolean",
    "amount": "string",  # known, unknown
    "history": "string",  # known, unknown
    "entered": "string",  # a stage as `stages.step` names it: deals that were ever open in it
    "oddity": "string",  # one of `data_quality.ODDITIES`
    "passed": "string",  # a stage as process:stage: deals that passed it within the window
    "within": "int64",  # days from there
    "window": "int64",  # days up to the last day a deal was seen
    "in_time": "boolean",  # whether they were won within those days
    "passed_from": "int64",  # days they passed it on, as numbers of days from 1970-01-01
    "passed_until": "int64",
    "received_from": "int64",  # days leads were received on, as numbers of days from 1970-01-01
    "received_until": "int64",
    "fate": "string",  # open, accepted, refused
    "band": "string",  # one of `interest.BANDS`
    "came": "boolean",  # whether the buyer came to us, whether we answered; the same the other way round
    "has_answer": "boolean",
    "went": "boolean",
    "has_reply": "boolean",
    "skip": "int64",
}
SOURCES = (
    "fact_deal", "fact_deal_span", "fact_stage_visit", "fact_deal_member", "fact_account", "fact_process_stage",
)  # fmt: skip
"""The facts that figures about deals are made of."""

MINUTES = 1440.0
"""Of a day."""

OPENING, CLOSING = "\u27e6", "\u27e7"


def given(name: str) -> Scalar:
    """The value of this name, bound when the statement runs."""
    import ibis

    return ibis.literal(f"{OPENING}{name}{CLOSING}").cast(GIVEN[name])


def deals(*, past: bool, scoped: bool) -> Table:
    """One row per deal that the viewer may see and that existed on the day.

    `past`: as it stood at the end of `day`, from its spans; otherwise as it stands now. `scoped`: only what the viewer
    may see today; otherwise all.

    Columns: deal_id, uid, name, segment, stage, phase, position, process, version, process_version_id, outcome, proof,
    amount, currency, expected_close, owner_id, engaged_since, engaged_days, buyer_days, decided_on, decided_number,
    observed_on (the day up to which it was seen), observed_number, rests, has_history, in_pipeline (false: it stands in
    a stage of `find`, and not by an import).

    `engaged_days` and `buyer_days` count whole days from the start of the clock to the decision, or to `observed_on`
    while the deal is open; empty where the clock has no start. A deal decided on the day its clock started has the part
    of a day that it took, where that is known.
    """
    visible = _visible(table("fact_deal")) if scoped else table("fact_deal")
    stood = _as_of(visible) if past else _now(visible)
    return _measured(_described(stood))


def _visible(deal: Table) -> Table:
    members = table("fact_deal_member")
    mine = members.filter(members.user_id == given("viewer")).deal_id
    return deal.filter(
        (deal.owner_id == given("viewer")) | given("teams").contains(deal.team_id) | deal.deal_id.isin(mine)
    )


def _now(deal: Table) -> Table:
    rests = (deal.rests_until > given("day")).fill_null(False) & (deal.outcome == "open")
    return deal.mutate(rests=rests)


def _as_of(deal: Table) -> Table:
    """The deals as their spans and visits say; who decided when is known, what rested at that time is not."""
    import ibis

    span, visit = table("fact_deal_span"), table("fact_stage_visit")
    span = span.filter(_holds(span.valid_from, span.valid_to))
    visit = visit.filter(_holds(visit.entered_at, visit.left_at))
    joined = deal.join(span, "deal_id", rname="{name}_then").left_join(visit, "deal_id", rname="{name}_visit")
    was_open = joined.outcome_then == "open"
    was_decided = joined.decided_on <= given("day")
    on = ibis.cases((was_open, ibis.null("date")), (was_decided, joined.decided_on), else_=joined.valid_from_on)
    number = ibis.cases(
        (was_open, ibis.null("int32")), (was_decided, joined.decided_number), else_=joined.valid_from_number
    )
    return joined.select(
        "deal_id", "uid", "name", "entry_stage", "account_id", "source", "product", "engaged_since", "engaged_number",
        "buyer_number", "same_day_minutes", "seen_until", "seen_number", "has_history",
        process_version_id=joined.process_version_id_visit.coalesce(joined.process_version_id),
        stage=joined.stage_then,
        outcome=joined.outcome_then,
        proof=joined.proof_visit.coalesce(joined.proof),
        basis=joined.basis_visit.coalesce(joined.basis),
        amount=joined.amount_then,
        currency=joined.currency_then,
        owner_id=joined.owner_id_then,
        team_id=joined.team_id_then,
        expected_close=joined.expected_close_then,
        decided_on=on,
        decided_number=number,
        rests=ibis.literal(False),
    )  # fmt: skip


def _holds(start: Scalar, end: Scalar) -> BooleanScalar:
    moment = given("moment")
    return (start < moment) & (end.isnull() | (end >= moment))


def _described(deal: Table) -> Table:
    """With account and stage beside it, and the segment asked for."""
    account, stage = table("fact_account"), table("fact_process_stage")
    account = account.select("account_id", "industry", "country", "size")
    with_account = deal.left_join(account, "account_id").drop("account_id_right")
    joined = with_account.left_join(stage, ["process_version_id", "stage"])
    return joined.mutate(segment=_segment(joined))


def _segment(deal: Table) -> StringColumn:
    import ibis

    columns = {
        "owner": deal.owner_id.cast("string"),
        "team": deal.team_id.cast("string"),
        "process": deal.process + " " + deal.process_number.cast("string"),
    }
    asked = given("by")
    chosen = [(asked == key, columns[key] if key in columns else deal[key]) for key in DIMENSIONS]
    return ibis.cases(*chosen, else_=ibis.literal("")).coalesce("")


def _days(deal: Table, until: IntegerColumn, start: IntegerColumn) -> FloatingColumn:
    """Days from `start`; where the deal was decided on that day, the part of it that is known."""
    within_day = deal.same_day_minutes.notnull() & (deal.decided_number == start)
    return within_day.ifelse(deal.same_day_minutes.cast("float64") / MINUTES, (until - start).cast("float64"))


def _measured(deal: Table) -> Table:
    import ibis

    observed = ibis.least(deal.seen_until.coalesce(given("day")), given("day"))
    seen = ibis.least(deal.seen_number.coalesce(given("number")), given("number"))
    until = deal.decided_number.coalesce(seen)
    return deal.select(
        "deal_id", "uid", "name", "segment", "stage", "phase", "position", "process", "process_version_id", "outcome",
        "proof", "amount", "currency", "expected_close", "owner_id", "engaged_since", "decided_on", "rests",
        "has_history", "decided_number",
        version=deal.process_number,
        engaged_days=_days(deal, until, deal.engaged_number),
        buyer_days=_days(deal, until, deal.buyer_number),
        observed_on=observed,
        observed_number=seen,
        in_pipeline=(deal.phase != "find").fill_null(True) | (deal.basis == "imported"),
    )  # fmt: skip
