"""Figures about contacts against the same reckoned by hand, one lead after the other."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import connection
from lifelines import KaplanMeierFitter
from lifelines.utils import qth_survival_times

from etappe.core.actor import SYSTEM, Actor
from etappe.core.figures import Result
from etappe.core.interest import POINTS, band, score
from etappe.core.touchpoint import ACTS
from etappe.core.working_hours import worked
from etappe.deals.actions.place import leave, move, win
from etappe.insights.queries import RecordPage, get_metric, narrowed, records, report
from etappe.insights.statements import ANSWERED
from etappe.people import actions_touchpoints as touchpoints
from etappe.people.load_touchpoints import record_many
from tests.cast import Cast
from tests.insights.history import BEGIN, LEADS, NOW, REASON, company, contacts, receive, receive_all, speak
from tests.scenery import kept
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db
ZONE = "Europe/Berlin"


def _tell() -> Cast:
    cast = company()
    receive_all(cast)
    speak(cast)
    return cast


cast = kept(company)
told = kept(_tell)
LATE = [place for place, lead in enumerate(LEADS) if (NOW - BEGIN).days - lead[0] < 365]
END = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
"""The end of the day of `NOW`, by the clock of the workspace."""


def _sql(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _figure(key: str, **asked: Any) -> Result:
    return report(key, **{"viewer": SYSTEM, "now": NOW, **asked})


def _behind(result: Result, row: Any = None, **further: str) -> RecordPage:
    filters = narrowed(get_metric(result.metric), row or result.finding.extra)
    return records({**filters, **further}, viewer=SYSTEM, now=NOW)


def _own(place: int, direction: str) -> list[datetime]:
    """The contacts of a lead in a direction, those of up to three days before among them; no mail that was opened."""
    since = BEGIN + timedelta(days=LEADS[place][0] - 3)
    mine = [(moment, act) for each, moment, way, _, act in contacts() if (each, way) == (place, direction)]
    return [moment for moment, act in mine if moment > since and act != "opened"]


def _waits() -> list[tuple[float, bool]]:
    """Working hours of each lead that came to us, and whether we answered."""
    found = []
    for place in LATE:
        if came := _own(place, "in"):
            after = [moment for moment in _own(place, "out") if moment >= min(came)]
            end = min(after) if after else _last_wait(place)
            minutes = (worked(end, ZONE) - worked(min(came), ZONE)) // 60
            found.append((minutes / 60, bool(after)))
    return found


def _last_wait(place: int) -> datetime:
    """The end of the last day a lead waited: it was disqualified then, or won, or it is today."""
    began, fate, days = LEADS[place]
    until = BEGIN + timedelta(days=began + days + (14 if fate == "accepted" else 0))
    has_ended = fate == "refused" or (fate == "accepted" and began % 3 == 0)
    return end_of(until) if has_ended else END


def end_of(moment: datetime) -> datetime:
    """When the day of a moment ends by the workspace's clock."""
    local = moment.astimezone(ZoneInfo(ZONE))
    return datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)


@pytest.mark.parametrize(
    "moment",
    ["2026-03-06T07:00", "2026-03-06T16:59:59", "2026-03-07T12:00", "2026-03-29T00:59", "2026-03-29T01:01",
     "2025-10-26T00:30", "2025-10-26T01:30", "1990-01-01T11:00", "2024-02-29T23:30", "2026-06-01T06:00"],
)  # fmt: skip
def test_working_seconds_are_those_of_the_workspace_s_clock(cast: Cast, moment: str) -> None:
    at = datetime.fromisoformat(f"{moment}+00:00")
    row = {"happened_at": at, "direction": "in", "channel": "mail", "act": "wrote"}
    record_many([{**row, "account_id": 1}], actor=SYSTEM, at=NOW + timedelta(days=999))
    assert _sql("SELECT working_seconds FROM fact_touchpoint") == [(worked(at, ZONE),)]


def test_response_time_is_that_of_lifelines(told: Cast) -> None:
    found, waits = _figure("response_time").finding, _waits()
    theirs = KaplanMeierFitter().fit([hours for hours, _ in waits], [is_over for _, is_over in waits])
    assert (found.n, found.cases) == (len(waits), sum(is_over for _, is_over in waits))
    assert found.left_out == {"no_contact": len(LATE) - len(waits)}
    assert found.value == (theirs.median_survival_time_ if found.cases >= 20 else None)


def test_those_that_wait_are_listed_longest_first(told: Cast) -> None:
    result = _figure("response_time")
    (row,) = result.finding.rows
    without = sum(not is_over for _, is_over in _waits())
    assert (row["answered"], row["waiting"] + row["unanswered"]) == (len(_waits()) - without, without)
    listed = _behind(result, row, has_answer="false").records
    assert [lead.hours for lead in listed] == sorted((hours for hours, over in _waits() if not over), reverse=True)
    for name, outcomes in (("waiting", "open"), ("unanswered", "won,lost,declined,disqualified")):
        assert _behind(result, row, has_answer="false", outcomes=outcomes).found == row[name] > 0
    assert _behind(result).found == result.finding.n
    assert records(result.reasons["no_contact"], viewer=SYSTEM, now=NOW).found == result.finding.left_out["no_contact"]


def test_with_many_leads_the_median_is_said(cast: Cast) -> None:
    for place in range(24):
        receive(400, "open", 0, {"account": _firm(place, cast)}, actor=cast.ada)
    keys = [key for (key,) in _sql("SELECT id FROM people_account ORDER BY id")]
    begun = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)  # a Tuesday, ten o'clock by the workspace's clock
    rows = [
        {"happened_at": at, "direction": way, "channel": "mail", "act": "wrote", "account_id": key}
        for place, key in enumerate(keys)
        for way, at in (("in", begun), ("out", begun + timedelta(minutes=15 * (place + 1))))
    ]
    record_many(rows, actor=SYSTEM, at=NOW)
    found = _figure("response_time").finding
    assert (found.value, found.n, found.cases) == (3.0, 24, 24)
    assert found.interval is not None
    touchpoints.withdraw(_sql("SELECT uid FROM people_touchpoint WHERE direction = 'out' ORDER BY id")[0][0],
                         actor=cast.dot, at=NOW)  # fmt: skip
    again = _figure("response_time").finding
    assert (again.cases, again.rows[0]["waiting"]) == (23, 1)


def test_leads_that_ended_without_an_answer_do_not_wait(cast: Cast) -> None:
    """Those that were no leads, or bought unasked, stop waiting; those that were lost never got their answer."""
    begun = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
    made = [receive(400, "open", 0, {"account": _firm(place, cast)}, actor=cast.ada) for place in range(70)]
    ends = ("", "lost", "declined", "disqualified", "won")
    said, waits = [], []
    for place, (uid, key) in enumerate(zip(made, _sql("SELECT id FROM people_account ORDER BY id"), strict=True)):
        by_mail = {"channel": "mail", "act": "wrote", "account_id": key[0]}
        said.append({**by_mail, "happened_at": begun, "direction": "in"})
        if place < 40:
            end = begun + timedelta(minutes=15 * (place + 1))
            said.append({**by_mail, "happened_at": end, "direction": "out"})
        else:
            outcome, left = ends[place % 5], begun + timedelta(days=place % 7, hours=15)
            _end(uid, outcome, actor=cast.ada, at=left)
            end = end_of(left) if outcome in {"disqualified", "won"} else END
        waits.append(((worked(end, ZONE) - worked(begun, ZONE)) / 3600, place < 40))
    record_many(said, actor=SYSTEM, at=NOW)
    found = _figure("response_time").finding
    theirs = KaplanMeierFitter().fit(*zip(*waits, strict=True))
    low, high = qth_survival_times(0.5, theirs.confidence_interval_survival_function_).to_numpy().ravel()
    assert (found.value, found.interval) == (theirs.median_survival_time_, (low, None if np.isinf(high) else high))
    assert (found.n, found.cases, found.extra["waiting"], found.extra["unanswered"]) == (70, 40, 6, 24)


def _end(uid: uuid.UUID, outcome: str, *, actor: Actor, at: datetime) -> None:
    if outcome == "won":
        move(uid, "agreed", actor=actor, at=at)
        win(uid, actor=actor, at=at)
    elif outcome:
        leave(uid, REASON[outcome], actor=actor, at=at)


def _firm(place: int, cast: Cast) -> str:
    from etappe.people.actions import create_account

    return str(create_account({"name": f"Firm {place}"}, actor=cast.dot, at=BEGIN).uid)


def test_contacts_add_up_by_month_channel_and_direction(told: Cast) -> None:
    found = _figure("touchpoints").finding
    since = NOW.date() - timedelta(days=365)
    recent = [said for said in contacts() if said[1].astimezone().date() > since]
    theirs = Counter((moment.strftime("%Y-%m"), channel) for _, moment, _, channel, _ in recent)
    ours = {(row["month"], row["channel"]): row["n"] for row in found.rows if row["span"] == "month"}
    assert sum(ours.values()) == found.n == sum(row["in"] + row["out"] for row in found.rows if row["span"] == "whole")
    assert abs(found.n - sum(theirs.values())) <= 1
    split = _figure("touchpoints", by="source").finding
    assert sum(row["n"] for row in split.rows if row["span"] == "whole") == found.n


def test_who_answered_us_is_counted_and_listed(told: Cast) -> None:
    result = _figure("touchpoints")
    went = {place: min(_own(place, "out")) for place in LATE if _own(place, "out")}
    replies = [
        place
        for place, moment, way, _, act in contacts()
        if way == "in" and act != "opened" and place in went and went[place] <= moment <= went[place] + timedelta(30)
    ]
    extra = result.finding.extra
    assert (extra["touched"], extra["answered"]) == (len(went), len(set(replies)))
    assert _behind(result).found == len(went)
    assert _behind(result, has_reply="true").found == len(set(replies))
    assert extra["share_interval"][0] <= extra["share"] <= extra["share_interval"][1]


def test_every_act_of_the_buyer_has_points() -> None:
    assert set(POINTS) == set(ACTS["in"])


@pytest.mark.parametrize("day", [NOW.date(), date(2026, 2, 20), BEGIN.date() + timedelta(days=240)])
def test_interest_is_the_sum_of_what_fades(told: Cast, day: date) -> None:
    result = _figure("interest", as_of=day)
    bands = Counter(band(_score(place, day)) for place in _waiting(day))
    assert {row["band"]: row["n"] for row in result.finding.rows if row["n"]} == bands
    assert result.finding.n == bands.total()
    filters = narrowed(get_metric("interest"), {})
    listed = records(filters, viewer=SYSTEM, as_of=day, now=NOW).records
    theirs = sorted((_score(place, day) for place in _waiting(day)), reverse=True)
    assert [lead.score for lead in listed] == pytest.approx(theirs, rel=1e-8)


def _waiting(day: date) -> list[int]:
    last = (day - BEGIN.date()).days
    gone = (lead[0] + lead[2] if lead[1] != "open" else 9999 for lead in LEADS)
    return [place for place, end in enumerate(gone) if LEADS[place][0] <= last < end]


def _score(place: int, day: date) -> float:
    from zoneinfo import ZoneInfo

    acts = [
        (act, (day - moment.astimezone(ZoneInfo(ZONE)).date()).days)
        for each, moment, way, _, act in contacts()
        if (each, way) == (place, "in")
    ]
    return score(acts)


def test_a_contact_that_was_withdrawn_shows_no_interest(cast: Cast) -> None:
    receive(400, "open", 0, {"account": _firm(0, cast)}, actor=cast.ada)
    ((key,),) = _sql("SELECT id FROM people_account")
    row = {"happened_at": NOW, "direction": "in", "channel": "meeting", "act": "met", "account_id": key}
    record_many([row], actor=SYSTEM, at=NOW)
    assert _figure("interest").finding.value == 1
    touchpoints.withdraw(_sql("SELECT uid FROM people_touchpoint")[0][0], actor=cast.dot, at=NOW)
    assert _figure("interest").finding.value == 0


@pytest.mark.parametrize(
    "ask", [partial(report, "touchpoints"), partial(report, "response_time"), partial(records, {"list": ANSWERED})]
)
def test_leads_are_not_compared_each_with_each(told: Cast, ask: Callable[..., object]) -> None:
    """The database took what it found on its way for a few hundred; with 23,000 leads that was a minute."""
    plans = []

    def planned(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if sql.startswith("WITH deals"):
            with connection.connection.cursor() as cursor:
                plans.append("".join(line for (line,) in cursor.execute(f"EXPLAIN {sql}", params)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(planned):
        ask(viewer=SYSTEM, now=NOW)
    (plan,) = plans
    assert "Join Filter" not in re.sub(r"Join Filter: (?![^)]*deal_id)", "", plan)
    assert _sql("SHOW enable_nestloop") == [("on",)], "what is asked later is planned as ever"


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("key", ["response_time", "touchpoints", "interest"])
def test_the_page_says_what_it_counted_and_leads_to_it(told: Cast, key: str, language: str) -> None:
    client = client_of("dot")
    asked = {"as_of": (NOW.date()).isoformat()}
    page = client.get(f"/figures/{key}/", asked, headers={"accept-language": language}).content.decode()
    assert "list=" in page
    filters = {**asked, **get_metric(key).records}
    listed = client.get(f"/figures/{key}/records/", filters, headers={"accept-language": language}).content.decode()
    assert "Lead 4" in listed
    for shape in ("csv", "json", "xlsx"):
        assert client.get(f"/figures/{key}.{shape}", {**asked, "by": "source"}).status_code == 200


def test_contacts_show_channels_first_and_fold_months_and_leads_answered_lead_to_them(told: Cast) -> None:
    page = client_of("dot").get("/figures/touchpoints/", headers={"accept-language": "en"}).content.decode()
    whole, _fold, months = page.partition('<details class="rest">')
    assert "Leads that we went to" in whole and "has_reply=true" in whole
    assert whole.count("<tr>") < months.count("<tr>")
    leads = client_of("dot").get("/figures/lead_inflow/?by=source", headers={"accept-language": "en"}).content.decode()
    assert " per month<" in leads and leads.count(">Month</th>") == 1  # among the folded ones only


def test_nothing_is_said_where_nothing_was(cast: Cast) -> None:
    for key in ("response_time", "touchpoints", "interest"):
        assert (_figure(key).is_enough, _figure(key).finding.n) == (False, 0)


def test_a_tie_of_working_time_is_no_wait() -> None:
    evening = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
    assert worked(evening + timedelta(hours=2), ZONE) == worked(evening, ZONE)
    assert np.diff([worked(evening + timedelta(hours=hour), ZONE) for hour in range(90)]).min() >= 0
