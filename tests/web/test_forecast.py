"""The pages of the forecast: before there is one, with too little, and in full; over the API; in German."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from etappe.core.actor import SYSTEM
from etappe.deals.actions.place import leave
from etappe.insights import actions
from etappe.insights.forecast import stored
from etappe.team.actions import create_token
from tests.insights.history import BEGIN, NOW, REASON, Past, company, live, live_all, story
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def _told_why(client: Client, api: Any) -> None:
    """What changed since the week before, down to its deals, on the page and over the API."""
    actions.forecast(actor=SYSTEM, at=NOW + timedelta(days=8))
    page = text_of(client, "/figures/forecast/")
    assert "Since last week" in page and "Expected then, and now" in page
    changes = {each["reason"]: each for each in api("/api/v1/forecast")["changes"]}
    for reason, whole in changes.items():
        found = api(f"/api/v1/forecast/changes/{reason}")
        assert found["found"] == whole["deals"] == len(found["deals"]) > 0
        assert sum(deal["by"] for deal in found["deals"]) == pytest.approx(whole["by"])
        assert f"{found['deals'][0]['name']}</a>" in text_of(client, f"/figures/forecast/changes/{reason}/")
    assert "new" in changes
    assert "Nothing changed." in text_of(client, "/figures/forecast/changes/lost/")
    text_of(client, "/figures/forecast/changes/nonsense/", 422)


def _written_to_files(client: Client, whole: Any) -> None:
    """The page's months, quarters and segments as a table, which is what the API says, and is for its viewer alone."""
    text = text_of(client, "/figures/forecast.csv?by=owner").removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["row"] for row in rows].count("month") == len(whole["months"])
    assert float(rows[1]["median"]) == whole["months"][1]["total"]["median"] and rows[1]["ends"].startswith("2026-04")
    assert {row["name"] for row in rows if row["row"] == "segment"} == {each["label"] for each in whole["segments"]}
    assert client.get("/figures/forecast.json?by=owner").json() == {k: v for k, v in whole.items() if k != "is_made"}
    assert client.get("/figures/forecast.xlsx").content.startswith(b"PK")
    one = text_of(client, "/figures/forecast.csv?by=source&of=fair")
    assert ",fair," in one and one.count("month") == 7
    assert "segment" not in text_of(client_of("cem"), "/figures/forecast.csv")
    assert text_of(client, "/figures/forecast_backtest.csv").count("\r\n") > 10
    assert text_of(client_of("cem"), "/figures/forecast_backtest.csv") == "\ufeff\r\n", "amounts of all deals"
    text_of(client, "/figures/forecast.pdf", 404)


def _told_of_a_deal(client: Client, one: Any) -> None:
    """The record folds open what the forecast says of its deal, which is a page of its own, too."""
    assert f'hx-get="/deals/{one["uid"]}/forecast/"' in text_of(client, f"/deals/{one['uid']}/")
    page = text_of(client, f"/deals/{one['uid']}/forecast/")
    assert f"{one['chance'] * 100:.0f}%" in page and "If it is won, likely by" in page and "Of deals that enter" in page
    part = client.get(f"/deals/{one['uid']}/forecast/", headers={"hx-request": "true"}).content.decode()
    assert "If it is won, likely by" in part and "<html" not in part
    new = live(Past((NOW - BEGIN).days, 0, "open", {}), actor=SYSTEM)
    assert "The forecast says nothing about this deal" in text_of(client, f"/deals/{new}/forecast/")
    leave(new, REASON["lost"], actor=SYSTEM, at=NOW)
    assert "How likely it is won" not in text_of(client, f"/deals/{new}/"), "it is over"
    text_of(client, f"/deals/{uuid4()}/forecast/", 404)


def test_a_month_without_deals_still_to_come_does_not_stand_beside_whole_ones(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = company()
    live_all(story(), cast)
    actions.forecast(actor=SYSTEM, at=NOW)
    found = stored.report(cast.dot)
    assert found is not None
    page = {}
    for known in (7, 6, 0):
        months = tuple(
            replace(month, still_to_come=month.still_to_come if place < known else None)
            for place, month in enumerate(found.months)
        )
        said = replace(found, months=months)
        monkeypatch.setattr(stored, "report", lambda *_given, said=said, **_more: said)
        page[known] = text_of(client_of("dot"), "/figures/forecast/")
    assert [page[known].count("<rect") for known in (7, 6, 0)] == [16, 14, 16]
    assert ["these months count open deals only" in page[known] for known in (7, 6, 0)] == [False, False, True]


def test_the_pages_say_what_there_is_and_what_to_wait_for(db: None) -> None:
    cast = company()
    client = client_of("dot")
    token = create_token("Test", ("read",), actor=cast.dot, at=NOW)[1]

    def api(path: str) -> Any:
        return client.get(path, headers={"authorization": f"Bearer {token}"}).json()

    assert "No forecast yet." in text_of(client, "/figures/forecast/")
    assert "Nothing to look back on yet." in text_of(client, "/figures/forecast/backtest/")
    assert api("/api/v1/forecast") == {"is_made": False}
    actions.forecast(actor=SYSTEM, at=NOW)
    assert "0 of the 20 closed deals that a forecast needs are there." in text_of(client, "/figures/forecast/")
    live_all(story(), cast)
    actions.forecast(actor=SYSTEM, at=NOW)
    page = text_of(client, "/figures/forecast/?by=team")
    for words in (
        "13 open deals, learned from 47 closed ones",
        "80% interval",
        "Deal by deal",
        "open 29",
        "How it is made",
    ):
        assert words in page, words
    link = re.search(r'href="(/figures/forecast/\?by=team&amp;of=[^"]+)">', page)
    assert link
    team = text_of(client, link[1].replace("&amp;", "&"))
    assert "Deal by deal" in team and "By segment" not in team
    source = text_of(client, "/figures/forecast/?by=source&of=fair")
    assert "<h1>Forecast: fair</h1>" in source and "told of teams alone" in source
    assert "<h1>Forecast: not given</h1>" in text_of(client, "/figures/forecast/?by=source&of=")
    assert "No open deals." in text_of(client, "/figures/forecast/?by=source&of=%3Cb%3Enone")
    assert api("/api/v1/forecast?by=source&of=fair")["segment"]["label"] == "fair"
    text_of(client, "/figures/forecast/?of=fair", 422)
    text_of(client, "/figures/forecast/?by=stage&of=fair", 404)
    months = api("/api/v1/forecast")["months"]
    assert all(month["still_to_come"] is not None for month in months)
    assert page.count("<rect") == 2 + 2 * len(months) and "NaN" not in page
    back = text_of(client, "/figures/forecast/backtest/")
    assert "Stage-weighted pipeline" in back and "Month by month" in back
    assert "stands here once that month is over" in back
    whole = api("/api/v1/forecast?by=owner")
    assert whole["n"] == 13
    one = api(f"/api/v1/deals/{whole['deals'][0]['uid']}/forecast")
    assert one == {"is_said": True, **whole["deals"][0]}
    assert "chance" not in api(f"/api/v1/deals/{uuid4()}/forecast")
    _written_to_files(client, whole)
    assert api("/api/v1/forecast/backtest")["rows"]
    _told_why(client, api)
    mine = text_of(client_of("cem"), "/figures/forecast/")
    assert "4 open deals, learned from 47 closed ones" in mine and "open 29" not in mine
    theirs = text_of(client_of("cem"), "/figures/forecast/backtest/")
    assert "shown to those who see all deals" in theirs and "Month by month" not in theirs and "€" not in theirs
    for path in ("/figures/forecast/?by=x", "/figures/forecast/?skip=-1", "/figures/forecast/?skip=99999999999"):
        text_of(client, path, 422)
    german = client.get("/figures/forecast/", headers={"accept-language": "de"}).content.decode()
    assert "Noch kommende" in german or "Still to come" in german
    _told_of_a_deal(client, api(f"/api/v1/deals/{api('/api/v1/forecast')['deals'][0]['uid']}/forecast"))
    actions.forecast(actor=SYSTEM, at=NOW + timedelta(days=61))
    (kept,) = api("/api/v1/forecast/backtest")["kept"]
    assert (kept["month"], kept["kept_on"]) == ("2026-04-01", "2026-03-10")
    back = text_of(client, "/figures/forecast/backtest/")
    assert "Said at the time" in back and "10 Mar 2026" in back
    assert "Said at the time" not in text_of(client_of("cem"), "/figures/forecast/backtest/")
