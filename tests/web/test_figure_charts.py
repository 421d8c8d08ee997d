"""Charts of figures on their pages: rows with their intervals, how a figure stood before, what each role sees first."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from etappe.insights.queries import report
from etappe.web.figure_chart import compared
from etappe.web.figure_words import Asked
from etappe.web.ranges import Range, draw
from tests.cast import Cast
from tests.insights.history import NOW, tell
from tests.scenery import kept
from tests.web.signed import client_of
from tests.web.test_figures import now, text_of

__all__ = ["now"]
told = kept(tell)


@pytest.mark.usefixtures("now")
def test_rows_of_a_figure_are_drawn_with_their_intervals_and_cases(told: Cast) -> None:
    page = client_of("dot").get("/figures/win_rate/?by=source").content.decode()
    drawn = re.findall(r"<title>([^<]+)</title><rect", page)
    found = report("win_rate", viewer=told.dot, by="source", now=NOW).finding.rows
    rows = [row for row in found if row["value"] is not None]
    assert len(drawn) == len(rows) >= 2
    for row, title in zip(rows, drawn, strict=True):
        low, high = row["interval"]
        assert title == f"{row['label']}: {row['value']:.1%} ({low:.1%} to {high:.1%}), n = {row['n']}"
        assert f'{row["value"]:.1%}<span class="sure">{low:.1%} to {high:.1%}</span></div></td>' in page, "the table"
    chart = page[page.index('id="chart"') : page.index("</section>", page.index('id="chart"'))]
    assert 'role="img" aria-labelledby="ranges-rows"' in chart and "Highest: " in chart
    assert "style=" not in chart and "<script" not in chart


def test_rows_that_are_all_alike_name_no_highest(told: Cast) -> None:
    result = report("win_rate", viewer=told.dot, by="source", now=NOW)
    alike = tuple({**row, "value": 0.5, "interval": (0.4, 0.6)} for row in result.finding.rows)
    same = replace(result, finding=replace(result.finding, rows=alike))
    chart = compared(same, Asked("source", None, NOW.date()))
    assert chart is not None and len(chart.rows) >= 2
    assert chart.sentence == "All alike: 50.0%."


@pytest.mark.usefixtures("now")
def test_a_figure_without_rows_to_compare_says_how_it_stood_before(told: Cast) -> None:
    client = client_of("dot")
    assert 'hx-get="/figures/win_rate/past/"' in client.get("/figures/win_rate/").content.decode()
    whole = client.get("/figures/win_rate/past/").content.decode()
    part = client.get("/figures/win_rate/past/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole and "<html" not in part
    then = report("win_rate", viewer=told.dot, as_of=NOW.date() - timedelta(days=28), now=NOW)
    said = text_of(client, "/figures/win_rate/past/")
    assert f"2 Feb 2026 {then.finding.value:.1%}" in said
    assert "On 2 Mar 2026 it stood at 59.1% (44.4% to 72.3%)." in said
    none = text_of(client, "/figures/win_rate/past/?as_of=2001-01-01")
    assert "On none of these days were there enough cases." in none
    answers = {client.get(f"/figures/{key}/past/").status_code for key in ("cac", "nothing")}
    assert answers == {404}


@pytest.mark.usefixtures("now")
def test_each_role_looks_first_at_what_is_its_own(told: Cast) -> None:
    first = {
        "ada": "/figures/stage_conversion/?where=owner+%3D+me",
        "ben": "/figures/win_rate/?by=owner",
        "mia": "/figures/win_rate/?by=source",
        "sam": "/figures/win_rate/?by=product",
        "oda": "/figures/win_rate/?by=owner",
    }
    for name, address in first.items():
        page = html.unescape(client_of(name).get("/figures/").content.decode())
        assert f'hx-get="{address}" hx-select="#chart > .chart, #too-few"' in page, name
        assert client_of(name).get(address).status_code == 200
    mine = html.unescape(client_of("ada").get("/figures/?where=source+%3D+web&as_of=2026-01-01").content.decode())
    narrow = "/figures/?as_of=2026-01-01&where=%28source+%3D+web%29+and+owner+%3D+me"
    assert f'href="{narrow}"' in mine
    assert client_of("ada").get(narrow).status_code == 200


def test_places_of_rows_on_an_axis() -> None:
    rows = [Range("a", -5, -10, 10, ""), Range("b", 5, 0, None, ""), Range("c", 10, None, None, "", wanted=0)]
    found = draw(rows, str)
    assert [(each.at, each.left, each.width) for each in found.rows] == [(25, 0, 100), (75, 50, 50), (100, 50, 50)]
    assert (found.zero, found.rows[2].wanted, found.marks[0].anchor, found.marks[-1].anchor) == (50, 50, "start", "end")
