"""Every figure against an independent computation: plain SQL over the deals' own tables, and lifelines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from django.db import connection
from scipy.stats import binomtest

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.figures import Result
from etappe.deals.actions.fields import add_member
from etappe.deals.actions.place import create, leave, reopen, rest, win
from etappe.insights.queries import get_metric, keys, narrowed, records, report
from etappe.insights.standing import DIMENSIONS
from tests.cast import Cast
from tests.insights.history import BEGIN, NOW, Past, company, live, story, tell
from tests.scenery import kept
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db


cast = kept(company)
told = kept(tell)


def _sql(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _times(until: str = "2026-03-02") -> tuple[Any, Any, Any]:
    """Days, and whether it ended, and whether it was won, from the deals' own table."""
    rows = _sql(
        "SELECT coalesce((closed_at AT TIME ZONE 'Europe/Berlin')::date, %s::date) - engaged_since, status"
        " FROM deals_deal ORDER BY id",
        until,
    )
    status = np.array([row[1] for row in rows])
    return np.array([row[0] for row in rows]), status != "open", status == "won"


def _figure(key: str, viewer: Actor = SYSTEM, **asked: Any) -> Result:
    return report(key, viewer=viewer, now=NOW, **asked)


def _row(result: Result, **wanted: Any) -> Any:
    (row,) = [row for row in result.finding.rows if all(row[name] == value for name, value in wanted.items())]
    return row


# --- Win rate --------------------------------------------------------------------------------------------------------


def test_win_rate_is_that_of_plain_sql(told: Cast) -> None:
    ((won, decided),) = _sql(
        "SELECT count(*) FILTER (WHERE status = 'won'), count(*) FILTER (WHERE status IN ('won', 'lost', 'declined'))"
        " FROM deals_deal"
    )
    found = _figure("win_rate").finding
    theirs = binomtest(won, decided).proportion_ci(0.95, "wilson")
    assert found.value == won / decided == 26 / 44
    assert found.interval == pytest.approx((theirs.low, theirs.high))
    assert found.n == 44
    assert found.left_out == {"open": 13, "disqualified": 3}


@pytest.mark.parametrize("by", ["source", "product"])
def test_win_rate_splits_add_up(told: Cast, by: str) -> None:
    theirs = {
        segment: (won, n)
        for segment, won, n in _sql(
            f"SELECT {by}, count(*) FILTER (WHERE status = 'won'), count(*) FROM deals_deal"
            " WHERE status IN ('won', 'lost', 'declined') GROUP BY 1"
        )
    }
    ours = {row["segment"]: (row["won"], row["n"]) for row in _figure("win_rate", by=by).finding.rows}
    assert ours == theirs


def test_a_customer_who_cancelled_was_won(cast: Cast) -> None:
    keep = "  - key: using\n    phase: keep\n    name: {de: Im Einsatz, en: In use}\n    owner: cs\n"
    keep += "    action: {de: Pflegen, en: Care}\n    criteria:\n"
    keep += "      - {key: used, text: {de: Nutzt es, en: Uses it}, required: false, evidence: [usage]}\nleave:\n"
    keep += "  - {key: ended, name: {de: Gekündigt, en: Cancelled}, outcome: cancelled}\n"
    from etappe.playbook.actions import publish
    from tests.insights.history import PROCESS

    publish(PROCESS.replace("leave:\n", keep), actor=cast.dot, at=BEGIN)
    uid = live(Past(0, 30, "won", {}), actor=cast.ada)
    leave(uid, "ended", actor=cast.ada, at=BEGIN + timedelta(days=200))
    assert _sql("SELECT status FROM deals_deal") == [("cancelled",)]
    (row,) = _figure("win_rate").finding.rows
    assert (row["won"], row["lost"]) == (1, 0)
    (listed,) = records({"outcomes": "won"}, viewer=SYSTEM, now=NOW).records
    assert listed.days == 30


def test_too_few_decided_deals_give_no_rate(cast: Cast) -> None:
    for place in range(9):
        live(Past(place, 5, "won", {}), actor=cast.ada)
    result = _figure("win_rate")
    assert not result.is_enough
    assert (result.finding.value, result.finding.interval, result.finding.n) == (None, None, 9)
    live(Past(9, 5, "lost", {}), actor=cast.ada)
    assert _figure("win_rate").finding.value == 0.9


# --- Open deals by stage ---------------------------------------------------------------------------------------------


def test_stage_now_is_that_of_plain_sql(told: Cast) -> None:
    create({"name": "Before the pipeline"}, actor=told.ada, at=NOW)
    create(
        {"name": "In francs", "amount": 70, "currency": "CHF"}, stage="ordered", late_entry=True, actor=told.cem, at=NOW
    )
    theirs = _sql(
        "SELECT stage, currency, count(*), coalesce(sum(amount), 0)::numeric(19,4)::text FROM deals_deal"
        " WHERE status = 'open' GROUP BY 1, 2 ORDER BY 1, 2"
    )
    found = _figure("stage_now").finding
    assert sorted((row["stage"], row["currency"], row["n"], row["amount"]) for row in found.rows) == theirs
    assert found.value == found.n == 15
    assert found.extra["amounts"] == {"CHF": "70.0000", "EUR": "1300.0000"}
    assert list(found.extra["amounts"]) == ["EUR", "CHF"], "the workspace's own first"
    create({"name": "First in francs", "currency": "CHF"}, stage="agreed", late_entry=True, actor=told.cem, at=NOW)
    again = _figure("stage_now").finding.rows
    assert [(row["stage"], row["currency"]) for row in again][1:3] == [("agreed", "EUR"), ("agreed", "CHF")]
    assert [row["stage"] for row in found.rows] == ["found", "agreed", "ordered"]  # in the order of the process
    assert _row(_figure("stage_now"), stage="found")["phase"] == "find"
    assert _row(_figure("stage_now"), stage="found")["without_amount"] == 1


def test_what_is_unproven_is_apart(told: Cast) -> None:
    row = _row(_figure("stage_now"), stage="agreed")
    assert row["n"] == row["proven"] + row["overridden"] + row["unproven"] == 13
    proofs = dict(_sql("SELECT proof, count(*) FROM deals_deal WHERE status = 'open' GROUP BY 1"))
    assert {proof: row[proof] for proof in proofs} == proofs


# --- Sales cycle -----------------------------------------------------------------------------------------------------


def _lifelines(days: Any, events: Any) -> Any:
    from lifelines import KaplanMeierFitter

    return KaplanMeierFitter().fit(days, events)


def _percentile_of(fitted: Any, share: float) -> tuple[float | None, float | None, float | None]:
    from lifelines.utils import qth_survival_times

    function = fitted.survival_function_["KM_estimate"]
    reached = function.index[function <= 1 - share + 1e-12]
    bounds = qth_survival_times(1 - share, fitted.confidence_interval_survival_function_).to_numpy().ravel()
    low, high = (None if np.isinf(bound) else float(bound) for bound in bounds)
    return (reached[0] if len(reached) else None), low, high


def test_the_cycle_is_that_of_lifelines(told: Cast) -> None:
    days, ended, won = _times()
    result = _figure("sales_cycle")
    value, low, high = _percentile_of(_lifelines(days, ended), 0.5)
    assert (result.finding.value, result.finding.interval) == (value, (low, high))
    assert (result.finding.n, result.finding.cases) == (60, 47)
    for reading, events in (("decided", ended), ("won_others_censored", won)):
        row = _row(result, reading=reading, clock="engaged")
        for name, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
            value, low, high = _percentile_of(_lifelines(days, events), share)
            assert (row[name], row[f"{name}_interval"]) == (value, (low, high)), (reading, name)


def test_the_time_until_won_counts_other_ends_as_ends(told: Cast) -> None:
    from lifelines import AalenJohansenFitter

    days, ended, won = _times()
    codes = np.where(won, 1, np.where(ended, 2, 0))
    with pytest.warns(match="Tied event times"):
        theirs = AalenJohansenFitter(calculate_variance=False, seed=1).fit(days, codes, event_of_interest=1)
    share = theirs.cumulative_density_["CIF_1"]
    row = _row(_figure("sales_cycle"), reading="won", clock="engaged")
    reached = share.index[share >= 0.5 * share.iloc[-1]][0]
    assert row["p50"] == pytest.approx(reached, abs=1)  # it moves tied deals apart by a part of a day
    low, high = row["p50_interval"]
    assert low <= row["p50"]
    assert high is None, "all that are still open may be won, and late"


@pytest.mark.parametrize(("end", "code"), [("won", 1), ("lost", 2), ("disqualified", 3)])
def test_competing_ends_are_those_of_lifelines(told: Cast, end: str, code: int) -> None:
    from lifelines import AalenJohansenFitter

    rows = _sql(
        "SELECT coalesce((closed_at AT TIME ZONE 'Europe/Berlin')::date, '2026-03-02') - engaged_since, status"
        " FROM deals_deal ORDER BY id"
    )
    codes = {"open": 0, "won": 1, "lost": 2, "declined": 2, "disqualified": 3}
    days, causes = np.array([row[0] for row in rows]), np.array([codes[row[1]] for row in rows])
    tied = (
        np.arange(1, len(days) + 1) * 1e-7 + (causes == 0) * 1e-3
    )  # ends before cut-offs of the same day, none at once
    theirs = AalenJohansenFitter(seed=1).fit(days + tied, causes, event_of_interest=code)
    result = _figure("sales_cycle")
    (line,) = (line for line in result.finding.series if line.key == f"engaged:{end}")
    for day in (5, 30, 48, 80, 300):
        share = theirs.cumulative_density_[f"CIF_{code}"].loc[: day + 0.01].iloc[-1]
        assert line.at(day, 0.0) == pytest.approx(share, abs=1e-9), day
    row = _row(result, reading=end, clock="engaged")
    assert row["share"] == pytest.approx(theirs.cumulative_density_[f"CIF_{code}"].iloc[-1])
    half = (row["share_interval"][1] - row["share"]) / 1.96
    assert half == pytest.approx(np.sqrt(theirs.variance_.iloc[-1]), rel=0.1)


def test_the_mean_is_never_shown(told: Cast) -> None:
    assert not any("mean" in column for row in _figure("sales_cycle").finding.rows for column in row)


def test_the_curves_of_the_page_are_shares_of_all_deals(told: Cast) -> None:
    series = _figure("sales_cycle").finding.series
    still, won, lost, disqualified = series[:4]
    assert [line.key for line in series] == [f"engaged:{key}" for key in ("open", "won", "lost", "disqualified")]
    assert still.at(0, 1.0) <= 1
    for day in (0, 10, 48, 90, 400):
        ended = sum(line.at(day, 0.0) for line in (won, lost, disqualified))
        assert still.at(day, 1.0) + ended == pytest.approx(1)
    assert won.y[-1] >= 26 / 60


def test_the_second_clock_starts_when_the_buyer_began_to_look(cast: Cast) -> None:
    for place in range(25):
        began = (BEGIN + timedelta(days=place - 40)).date()
        live(Past(place, 10, "won", {"buyer_since": began}), actor=cast.ada)
    result = _figure("sales_cycle")
    assert _row(result, clock="engaged", reading="decided")["p50"] == 10
    assert _row(result, clock="buyer", reading="decided")["p50"] == 50


def test_deals_that_cannot_be_timed_are_left_out_and_counted(cast: Cast) -> None:
    for place in range(20):
        live(Past(place, 10, "won", {}), actor=cast.ada)
    live(Past(0, 10, "won", {"engaged_since": date(2030, 1, 1)}), actor=cast.ada)
    create({"name": "Not yet in the pipeline"}, actor=cast.ada, at=BEGIN)
    _sql_update("UPDATE deals_deal SET engaged_since = NULL WHERE id = (SELECT min(id) FROM deals_deal)")
    found = _figure("sales_cycle").finding
    assert found.left_out == {"no_start": 1, "starts_after_end": 1, "before_pipeline": 1}
    assert found.n == 19


def _sql_update(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_too_few_decided_deals_give_no_median(cast: Cast) -> None:
    for place in range(19):
        live(Past(place, 10 + place, "won", {}), actor=cast.ada)
    result = _figure("sales_cycle")
    assert not result.is_enough
    assert result.finding.value is None
    assert result.finding.series == ()
    assert {row["p50"] for row in result.finding.rows} == {None}


def test_a_median_that_is_not_reached_is_not_made_up(cast: Cast) -> None:
    for place in range(60):
        live(Past(0, 10 if place < 20 else 400, "lost" if place < 20 else "open", {}), actor=cast.ada)
    result = _figure("sales_cycle")
    assert result.is_enough
    assert result.finding.value is None
    assert _row(result, reading="decided", clock="engaged")["p10"] == 10


def test_days_are_counted_in_the_zone_of_the_workspace(cast: Cast) -> None:
    """A deal won at half past eleven at night in UTC is won on the next day in Berlin."""
    live(Past(0, 10, "open", {}), actor=cast.ada)
    ((uid,),) = _sql("SELECT uid FROM deals_deal")
    win(uid, actor=cast.ada, at=datetime(2025, 1, 16, 23, 30, tzinfo=BEGIN.tzinfo))
    (listed,) = records({}, viewer=SYSTEM, now=NOW).records
    assert listed.decided_on == date(2025, 1, 17)
    assert listed.days == 11


def test_what_is_decided_on_the_day_it_began_counts_by_the_hour_where_that_is_known(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(22):
        live(Past(place, (place + 1) / 4 / 24, "won" if place % 3 else "lost", {}), actor=cast.ada)
    live(Past(30, 0, "won", {}), actor=cast.ada)
    live(Past(40, 10 / 24, "won", {"engaged_since": (BEGIN + timedelta(days=38)).date()}), actor=cast.ada)
    live(Past(50, 20 / 24, "won", {}), actor=cast.ada)
    result = _figure("sales_cycle")
    assert result.finding.value == 3 / 24, "13 of 25"
    days = sorted(deal.days or 0 for deal in records({}, viewer=SYSTEM, now=NOW).records)
    assert days[:2] == [0, pytest.approx(0.25 / 24, abs=1e-3)], "at the moment it began nobody knows how long it took"
    assert days[-2:] == [1, 2], "over midnight, or begun earlier, whole days are all that is known"
    assert _figure("sales_cycle", as_of=(BEGIN + timedelta(days=60)).date()).finding.value == result.finding.value
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    page = client_of("dot").get("/figures/sales_cycle/", headers={"Accept-Language": "en"}).content.decode()
    assert re.search(r"\b3 hours\b", page) and ">3 h</text>" in page


# --- Open longer than won deals took ---------------------------------------------------------------------------------


def test_open_deals_beyond_are_those_beyond_the_time_that_lifelines_gives(told: Cast) -> None:
    from lifelines import AalenJohansenFitter

    live(Past((NOW - BEGIN).days - 3, 0, "open", {}), actor=told.ada)
    days, ended, won = _times()
    with pytest.warns(match="Tied event times"):
        theirs = AalenJohansenFitter(calculate_variance=False, seed=1).fit(
            days, np.where(won, 1, np.where(ended, 2, 0)), event_of_interest=1
        )
    share = theirs.cumulative_density_["CIF_1"]
    found = _figure("open_deals_beyond").finding
    threshold = found.extra["threshold"]
    assert threshold == pytest.approx(share.index[share >= 0.9 * share.iloc[-1] - 1e-9][0], abs=1)
    assert (found.n, found.cases, found.value) == (14, 26, (~ended & (days > threshold)).sum())
    low, high = found.extra["threshold_interval"]
    assert low <= threshold
    assert high is None, "with a third still open nobody knows how late the late ones are"
    assert found.interval == (0, (~ended & (days > low)).sum())


def test_what_rests_until_a_date_of_the_buyer_waits_as_agreed(told: Cast) -> None:
    ((uid,),) = _sql("SELECT uid FROM deals_deal WHERE status = 'open' ORDER BY id LIMIT 1")
    rest(uid, NOW.date() + timedelta(days=90), reason="as agreed", actor=told.dot, at=NOW)
    found = _figure("open_deals_beyond").finding
    assert (found.n, found.value) == (12, 12)
    assert found.left_out["resting"] == 1
    later = report("open_deals_beyond", viewer=SYSTEM, now=NOW + timedelta(days=91))
    assert later.finding.n == 13


# --- As of -----------------------------------------------------------------------------------------------------------


def test_as_of_a_past_day_is_what_one_saw_on_that_day(cast: Cast) -> None:
    """The story is lived in the order of time; what was said in the middle is asked for again at the end."""
    middle = BEGIN + timedelta(days=200, hours=12)
    open_deals = _lived_until(story(), cast, middle)
    then = {key: _comparable(report(key, viewer=SYSTEM, by="source", now=middle)) for key in keys()}
    _lived_on(open_deals, cast)
    for key in keys():
        again = _comparable(report(key, viewer=SYSTEM, by="source", as_of=middle.date(), now=NOW))
        assert again == then[key]
        assert _comparable(report(key, viewer=SYSTEM, by="source", now=NOW)) != then[key]


def _comparable(result: Result) -> dict[str, Any]:
    return {name: value for name, value in result.as_json().items() if name not in ("sql", "records")}


def _lived_until(pasts: Iterable[Past], cast: Cast, middle: datetime) -> list[tuple[Any, Past]]:
    waiting: list[tuple[Any, Past]] = []
    for past in pasts:
        begun = BEGIN + timedelta(days=past.began)
        if begun > middle:
            waiting.append((None, past))
        elif begun + timedelta(days=past.days) > middle:
            waiting.append((live(Past(past.began, 0, "open", past.fields), actor=cast.ada), past))
        else:
            live(past, actor=cast.ada)
    return waiting


def _lived_on(waiting: Iterable[tuple[Any, Past]], cast: Cast) -> None:
    for uid, past in waiting:
        end = BEGIN + timedelta(days=past.began + past.days)
        if uid is None:
            live(past, actor=cast.ada)
        elif past.outcome == "won":
            win(uid, actor=cast.ada, at=end)
        elif past.outcome != "open":
            leave(uid, "price" if past.outcome == "lost" else "no_fit", actor=cast.ada, at=end)


def test_a_deal_that_was_reopened_was_lost_in_between(cast: Cast) -> None:
    uid = live(Past(0, 10, "lost", {}), actor=cast.ada)
    reopen(uid, actor=cast.ada, at=BEGIN + timedelta(days=50))
    day = (BEGIN + timedelta(days=30)).date()
    assert [deal.outcome for deal in records({}, viewer=SYSTEM, as_of=day, now=NOW).records] == ["lost"]
    assert records({}, viewer=SYSTEM, as_of=day, now=NOW).records[0].days == 10
    assert [deal.outcome for deal in records({}, viewer=SYSTEM, now=NOW).records] == ["open"]


def test_imported_deals_count_as_open_up_to_the_day_of_their_data(told: Cast) -> None:
    _sql_update("UPDATE deals_deal SET basis = 'imported', data_as_of = '2025-12-31'")
    days, ended, _ = _times("2025-12-31")
    result = _figure("sales_cycle")
    assert result.as_of == date(2025, 12, 31)
    assert result.seen_since is None
    assert result.finding.value == _percentile_of(_lifelines(days, ended), 0.5)[0]
    create({"name": "Made here"}, stage="agreed", late_entry=True, actor=told.ada, at=NOW)
    newer = _figure("sales_cycle")
    assert newer.as_of == NOW.date()
    assert newer.seen_since == date(2025, 12, 31)


# --- Who sees what ---------------------------------------------------------------------------------------------------


def test_a_figure_counts_what_its_viewer_may_see(told: Cast) -> None:
    north = sum(place % 3 != 0 for place in range(60))
    seen = {name: _figure("sales_cycle", viewer).finding.n for name, viewer in told.everybody().items()}
    assert seen == {"ada": north, "ben": north, "mia": north, "sam": north, "cem": 60 - north, "dot": 60, "oda": 60}
    ((uid,),) = _sql("SELECT uid FROM deals_deal WHERE team_id = %s ORDER BY id LIMIT 1", told.ada.team)
    ((cem,),) = _sql("SELECT uid FROM team_user WHERE id = %s", told.cem.id)
    add_member(uid, cem, actor=told.dot, at=NOW)
    assert _figure("sales_cycle", told.cem).finding.n == 60 - north + 1
    assert _figure("sales_cycle", told.cem, as_of=NOW.date() - timedelta(days=1)).finding.n == 60 - north + 1


def test_records_are_those_the_viewer_may_see(told: Cast) -> None:
    assert records({}, viewer=told.cem, now=NOW).found == 20
    assert records({}, viewer=told.dot, now=NOW).found == 60


def test_a_token_without_read_sees_no_figure(told: Cast) -> None:
    from dataclasses import replace

    with pytest.raises(Forbidden):
        _figure("win_rate", replace(told.ada, scopes=frozenset()))


# --- Down to the records ---------------------------------------------------------------------------------------------


def test_every_number_leads_to_as_many_records(told: Cast) -> None:
    create({"name": "Before the pipeline"}, actor=told.ada, at=BEGIN)
    for by in (None, *DIMENSIONS):
        for as_of in (None, date(2025, 7, 1)):
            found = _counting(by, as_of)
            for key in keys():
                _require_all_listed(_figure(key, by=by, as_of=as_of), found, f"by {by} as of {as_of}")


def _counting(by: str | None, as_of: date | None) -> Callable[[Any], int]:
    """How many records filters lead to. Many figures lead to the same ones, which are listed once."""

    @cache
    def listed(*filters: tuple[str, str]) -> int:
        return records(dict(filters), viewer=SYSTEM, by=by, as_of=as_of, now=NOW).found

    return lambda filters: listed(*sorted(filters.items()))


def _require_all_listed(result: Result, found: Callable[[Any], int], asked: str) -> None:
    is_beyond = result.metric == "open_deals_beyond"
    assert not result.is_enough or found(result.records) == (result.finding.value if is_beyond else result.finding.n)
    for reason, count in result.finding.left_out.items():
        assert found(result.reasons[reason]) == count, (result.metric, reason, asked)
    for row in result.finding.rows:
        counted = row["value"] if is_beyond and row["value"] is not None else row["n"]
        assert found(narrowed(get_metric(result.metric), row)) == counted, (result.metric, row, asked)


def test_pages_of_records_hold_each_deal_once(told: Cast) -> None:
    first = records({}, viewer=SYSTEM, now=NOW)
    assert (first.found, len(first.records), first.next) == (60, 50, 50)
    second = records({}, viewer=SYSTEM, skip=50, now=NOW)
    assert second.next is None
    assert len({deal.uid for deal in (*first.records, *second.records)}) == 60
    days = [deal.days for deal in (*first.records, *second.records)]
    assert days == sorted(days, reverse=True)  # type: ignore[type-var]


@pytest.mark.parametrize(
    "filters",
    [{"nothing": "1"}, {"outcomes": "won;DROP TABLE deals_deal"}, {"version": "x"}, {"longer_than": "-1"},
     {"longer_than": "9" * 30}, {"rests": "maybe"}, {"stage": "a\0b"}, {"clock": "moon"}],
)  # fmt: skip
def test_a_filter_that_does_not_exist_is_refused(cast: Cast, filters: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        records(filters, viewer=SYSTEM, now=NOW)
    assert refused.value.code == "bad_filter"


def test_hostile_text_in_a_filter_is_only_text(told: Cast) -> None:
    for text in ("'; DROP TABLE deals_deal; --", "%s", "%(day)s", "⟦day⟧", "\\", "‮"):
        assert records({"stage": text, "segment": text}, viewer=SYSTEM, by="source", now=NOW).found == 0
    assert _sql("SELECT count(*) FROM deals_deal") == [(60,)]


# --- Bad questions, empty answers ------------------------------------------------------------------------------------


def test_bad_questions_are_refused(cast: Cast) -> None:
    with pytest.raises(Missing):
        _figure("happiness")
    with pytest.raises(Refusal, match="unknown_split"):
        _figure("win_rate", by="shoe_size")
    with pytest.raises(Refusal, match="day_in_future"):
        _figure("win_rate", as_of=NOW.date() + timedelta(days=1))
    with pytest.raises(Missing):
        records({"segment": "00000000-0000-0000-0000-000000000000"}, viewer=SYSTEM, by="owner", now=NOW)
    with pytest.raises(Missing):
        records({"segment": "no uid"}, viewer=SYSTEM, by="team", now=NOW)


@pytest.mark.parametrize("key", keys())
@pytest.mark.parametrize("as_of", [None, date(2020, 1, 1)])
def test_nothing_to_count_is_said_not_made_up(cast: Cast, key: str, as_of: date | None) -> None:
    result = _figure(key, as_of=as_of)
    assert result.finding.n == 0
    assert result.finding.value in (None, 0)
    assert "NaN" not in str(result.as_json())


@pytest.mark.parametrize("key", keys())
@pytest.mark.parametrize("outcome", ["open", "won", "lost", "disqualified"])
def test_one_deal_in_all(cast: Cast, key: str, outcome: str) -> None:
    live(Past(0, 0, outcome, {}), actor=cast.ada)
    result = _figure(key)
    assert "nan" not in str(result.as_json()).lower()
    assert result.finding.value in (None, 0, 1)


# --- What it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "asked"), [(None, 2), ("owner", 3), ("source", 2)])
def test_a_figure_asks_the_database_once(
    told: Cast, by: str | None, asked: int, django_assert_num_queries: Any
) -> None:
    _figure("stage_now")  # the process is read once per server process
    with django_assert_num_queries(asked):  # the workspace, the figure, the names of the owners
        _figure("stage_now", by=by)
