"""Figures about leads against plain SQL over the deals' own tables."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from etappe.core.actor import SYSTEM
from etappe.core.errors import Refusal
from etappe.core.figures import Result
from etappe.deals.actions.place import move, reopen
from etappe.insights.queries import RecordPage, get_metric, narrowed, records, report
from tests.cast import Cast
from tests.insights.history import BEGIN, LEADS, NOW, company, live_all, receive, receive_all, story
from tests.scenery import kept
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db


def _tell() -> Cast:
    cast = company()
    live_all(story()[:9], cast)  # deals that came in a later stage are no leads
    receive_all(cast)
    return cast


cast = kept(company)
told = kept(_tell)
LATE = [lead for lead in LEADS if (NOW - BEGIN).days - lead[0] < 365]
"""Those received within a year."""


def _sql(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _figure(key: str, **asked: Any) -> Result:
    return report(key, **{"viewer": SYSTEM, "now": NOW, **asked})


def _behind(result: Result, row: Any = None, **further: str) -> RecordPage:
    filters = narrowed(get_metric(result.metric), row or result.finding.extra)
    return records({**filters, **further}, viewer=SYSTEM, now=NOW)


def test_leads_are_the_deals_that_came_through_find(told: Cast) -> None:
    rows = _sql("SELECT lead_status, count(*) FROM fact_lead GROUP BY 1")
    assert dict(rows) == {fate: sum(lead[1] == fate for lead in LEADS) for fate in ("open", "accepted", "refused")}
    ((days,),) = _sql("SELECT sum(accepted_number - received_number) FROM fact_lead")
    assert days == sum(lead[2] for lead in LEADS if lead[1] == "accepted")


def test_new_leads_add_up_by_month_and_source(told: Cast) -> None:
    found = _figure("lead_inflow").finding
    theirs = _sql(
        "SELECT to_char(entered_at AT TIME ZONE 'Europe/Berlin', 'YYYY-MM'), count(*) FROM deals_stagevisit"
        " WHERE stage = 'found' AND status = 'open' AND entered_at > %s GROUP BY 1",
        NOW - timedelta(days=365),
    )
    assert {row["month"]: row["value"] for row in found.rows if row["value"]} == dict(theirs)
    assert found.n == sum(row["n"] for row in found.rows) == len(LATE)
    split = _figure("lead_inflow", by="source").finding
    assert {row["segment"]: row["n"] for row in split.rows if row["span"] == "whole"}.keys() == {"fair", "web"}
    assert sum(row["n"] for row in split.rows if row["span"] == "month") == found.n


def test_each_number_of_new_leads_leads_to_them(told: Cast) -> None:
    result = _figure("lead_inflow")
    assert _behind(result).found == len(LEADS)
    for row in result.finding.rows:
        assert _behind(result, row).found == row["n"]
    listed = _behind(result).records
    days = [record.received_on for record in listed]
    assert days == sorted(days, key=lambda day: day or date.min, reverse=True)


def test_leads_that_wait_count_as_open(told: Cast) -> None:
    result = _figure("lead_conversion")
    found = result.finding
    (row,) = found.rows
    counts = {fate: sum(lead[1] == fate for lead in LATE) for fate in ("accepted", "refused", "open")}
    assert {name: row[name] for name in counts} == counts
    assert found.n == len(LATE)
    plain = counts["accepted"] / (counts["accepted"] + counts["refused"])
    assert found.value == pytest.approx(plain, abs=0.1)
    assert found.interval is not None
    assert (found.interval[0] or 0) < plain < (found.interval[1] or 0)
    for fate, count in counts.items():
        assert _behind(result, row, fate=fate).found == count
    assert _behind(result, row, outcomes="won").found == row["won"] > 0


def test_a_past_day_knows_nothing_of_what_came_later(told: Cast) -> None:
    day = BEGIN.date() + timedelta(days=305)
    then = [lead for lead in LEADS if lead[0] <= 305]
    (row,) = _figure("lead_conversion", as_of=day).finding.rows
    accepted = [lead for lead in then if lead[1] == "accepted" and lead[0] + lead[2] <= 305]
    assert (row["n"], row["accepted"]) == (len(then), len(accepted))
    assert _figure("lead_inflow", as_of=day).finding.n == len(then)
    assert _figure("lead_inflow", as_of=BEGIN.date() + timedelta(days=3)).finding.n == 0


def test_a_lead_that_came_back_is_the_one_it_was(cast: Cast) -> None:
    gone = receive(0, "refused", 4, {}, actor=cast.ada)
    reopen(gone, actor=cast.dot, at=BEGIN + timedelta(days=9))
    back = receive(1, "accepted", 4, {}, actor=cast.ada)
    move(back, "found", actor=cast.ada, at=BEGIN + timedelta(days=8))
    assert _sql("SELECT lead_status, accepted_number IS NULL, refused_number IS NULL FROM fact_lead ORDER BY 1") == [
        ("accepted", False, True),
        ("open", True, True),
    ]


def test_somebody_else_s_leads_are_not_counted(told: Cast) -> None:
    mine = _figure("lead_inflow", viewer=told.cem).finding.n
    assert 0 < mine < _figure("lead_inflow").finding.n
    narrow = _figure("lead_inflow", where="source = fair").finding.n
    assert 0 < narrow < _figure("lead_inflow").finding.n


@pytest.mark.parametrize("filters", [{"list": "people"}, {"fate": "gone"}, {"received_from": "soon"}])
def test_a_filter_that_makes_no_sense_is_refused(cast: Cast, filters: dict[str, str]) -> None:
    with pytest.raises(Refusal, match="bad_filter"):
        records(filters, viewer=SYSTEM, now=NOW)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("key", ["lead_inflow", "lead_conversion"])
def test_the_page_says_what_it_counted_and_leads_to_it(told: Cast, key: str, language: str) -> None:
    client = client_of("dot")
    asked = {"as_of": (NOW.date() - timedelta(days=1)).isoformat(), "by": "source"}
    page = client.get(f"/figures/{key}/", asked, headers={"accept-language": language}).content.decode()
    assert "fair" in page
    assert "list=leads" in page
    listed = client.get(f"/figures/{key}/records/", {"list": "leads", "fate": "open"}).content.decode()
    assert "Lead 4" in listed
    assert client.get(f"/figures/{key}.csv", asked).status_code == 200


def test_none_is_said_where_there_are_none(cast: Cast) -> None:
    for key in ("lead_inflow", "lead_conversion"):
        result = _figure(key)
        assert (result.is_enough, result.finding.n, result.finding.value) == (False, 0, None)
