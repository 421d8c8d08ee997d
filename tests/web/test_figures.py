"""Figures as people meet them: on pages, as files, on the terminal; all say the same."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from etappe.cli import main
from etappe.config.embedded import APPLICATION
from etappe.core.actor import SYSTEM
from etappe.core.figures import Series
from etappe.deals.actions import create
from etappe.insights.queries import get_metric, keys, report
from etappe.web.curve import SHORTEST, draw
from tests import database
from tests.cast import Cast
from tests.insights.history import NOW, company, live_all, story, tell
from tests.scenery import kept
from tests.web.signed import client_of

told = kept(tell)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pages' clock stands at the end of the story."""
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    return iter(())


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(plain))


@pytest.mark.usefixtures("now")
def test_the_first_look_says_each_figure_with_what_it_rests_on(told: Cast) -> None:
    said = text_of(client_of("dot"), "/figures/")
    assert "Win rate 59.1% 26 won, 14 lost, 4 declined; 13 still open 95% interval: 44.4% to 72.3%" in said
    assert "n = 44 · 16 left out · as of 2 Mar 2026" in said
    assert "Sales cycle 48 days until half of all deals are decided 95% interval: 30 to 57 days n = 60" in said
    assert "95% interval: 0 to 13 n = 13" in said  # of 26 won deals too few took longest to say how long
    assert "Open deals by stage 13 " in said
    assert "Half of the deals are decided within 48 days. After" in said
    still = _shares("SELECT count(*) FILTER (WHERE days > 30), count(*) FROM ended")  # nobody is censored so early
    assert f"30 days {still:.0%}" in said  # the curves as a table


def _shares(statement: str) -> float:
    """A share by plain SQL over `ended`: the days of each deal from its engagement to its end or the story's."""
    ended = (
        "SELECT coalesce((closed_at AT TIME ZONE 'Europe/Berlin')::date, %s) - engaged_since AS days FROM deals_deal"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"WITH ended AS ({ended}) {statement}", [NOW.date()])
        part, whole = cursor.fetchone()
    return float(part / whole)


@pytest.mark.usefixtures("now")
def test_pages_files_and_queries_say_the_same(told: Cast) -> None:
    client = client_of("dot")
    for key in keys():
        ours = report(key, viewer=told.dot, by="source", now=NOW).as_json()
        assert client.get(f"/figures/{key}.json?by=source").json() == json.loads(json.dumps(ours))
        lines = list(
            csv.DictReader(io.StringIO(client.get(f"/figures/{key}.csv?by=source").content.decode("utf-8-sig")))
        )
        assert len(lines) == len(ours["rows"]) + 1
        assert {line["metric"] for line in lines} == {key}
        assert lines[0]["value"] == ("" if ours["value"] is None else str(ours["value"]))
        book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/figures/{key}.xlsx?by=source").content))
        heads, first, *rest = book.get_sheet_by_index(0).to_python()
        assert (heads, len(rest)) == (list(lines[0]), len(ours["rows"]))
        assert first[heads.index("value")] == ("" if ours["value"] is None else pytest.approx(ours["value"]))


@pytest.mark.usefixtures("now")
def test_the_first_look_tells_what_is_odd_and_leads_there(told: Cast) -> None:
    made = create({"name": "=1+1", "currency": "CHF"}, stage="agreed", late_entry=True, actor=told.ada, at=NOW)
    client = client_of("dot")
    assert (
        'hx-get="/figures/quality/counts/?as_of=2026-03-02"'
        in client.get("/figures/?as_of=2026-03-02").content.decode()
    )
    part = client.get(
        "/figures/quality/counts/?where=currency+%3D+CHF", headers={"Accept-Language": "en"}
    ).content.decode()
    assert "of 1 deal in all" in part and "without amount" in part and "summed for itself" in part
    for link in re.findall(r'href="([^"]+/records/[^"]*oddity=no_amount[^"]*)"', part):
        assert str(made.uid) in client.get(html.unescape(link)).content.decode()
        break
    else:
        pytest.fail("the count leads to its deals")
    assert client.get("/figures/quality/counts/?where=nonsense+%3D+1").status_code == 422


@pytest.mark.usefixtures("now")
def test_every_link_of_the_pages_leads_somewhere(told: Cast) -> None:
    client, seen = client_of("dot"), {"/figures/"}
    waiting = list(seen)
    while waiting:
        page = client.get(waiting.pop())
        assert page.status_code == 200, page.request["PATH_INFO"]
        found = {html.unescape(link) for link in re.findall(r'href="(/figures/[^"#]*)"', page.content.decode())}
        waiting += [link for link in found - seen if not re.search(r"\.(csv|json|xlsx)(\?|$)", link)]
        seen |= found
    assert len(seen) > 12


@pytest.mark.usefixtures("now")
def test_a_number_leads_to_as_many_deals(told: Cast) -> None:
    client = client_of("dot")
    page = client.get("/figures/stage_now/?by=source").content.decode()
    links = re.findall(r'<td class="num" data-label="Deals"><div><a href="([^"]+)">(\d+)</a>', page)
    assert len(links) == 3
    for link, count in links:
        assert f"{count} deal" in text_of(client, html.unescape(link))


@pytest.mark.usefixtures("now")
def test_figures_count_what_the_viewer_may_see(told: Cast) -> None:
    counts = {
        name: client_of(name).get("/figures/sales_cycle.json").json()["n"] for name in ("dot", "oda", "ada", "cem")
    }
    assert counts == {"dot": 60, "oda": 60, "ada": 40, "cem": 20}
    assert "20 deals" in text_of(client_of("cem"), "/figures/sales_cycle/records/")


@pytest.mark.usefixtures("now")
def test_in_german(told: Cast) -> None:
    client = client_of("dot")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    said = text_of(client, "/figures/")
    assert "Abschlussquote 59,1 % 26 gewonnen" in said
    assert "95-%-Bereich: 44,4 % bis 72,3 % n = 44 · 16 nicht gezählt" in said
    assert "Verkaufszyklus 48 Tage" in said
    assert "Bis die Hälfte der Deals entschieden ist: 48 Tage." in said


BAD = {
    "/figures/happiness/": 404,
    "/figures/win_rate/?by=shoe": 422,
    "/figures/win_rate/?as_of=2026-02-31": 422,
    "/figures/win_rate/?as_of=2999-01-01": 422,
    "/figures/win_rate.xls": 404,
    "/figures/win_rate.json?by=x": 422,
    "/figures/win_rate/records/?nothing=1": 422,
    "/figures/win_rate/records/?skip=-1": 422,
    "/figures/win_rate/records/?outcomes=%00": 422,
    "/figures/win_rate/records/?by=owner&segment=7": 404,
    "/figures/x/records/": 404,
}


def test_stages_that_nothing_can_be_told_of_are_folded_away(told: Cast) -> None:
    page = client_of("dot").get("/figures/stage_time/?by=team", headers={"Accept-Language": "en"}).content.decode()
    shown, _fold, folded = page.partition('<details class="rest">')
    rest = folded.partition("</details>")[0]
    assert re.search(r"<summary>\d+ stages? with too few deals</summary>", rest)
    for part, is_known in ((shown.partition("<tbody>")[2], True), (rest, False)):
        rows = re.findall(r"<tr>.*?</tr>", part, re.DOTALL)
        assert rows and all(bool(re.search(r"\d days", row)) is is_known for row in rows if "<td" in row)


@pytest.mark.django_db
def test_bad_addresses_are_refused() -> None:
    company()
    client = client_of("dot")
    assert {address: client.get(address).status_code for address in BAD} == BAD


@pytest.mark.django_db
def test_an_empty_workspace_says_what_to_do() -> None:
    company()
    client = client_of("dot")
    assert "Figures appear with the first deals" in text_of(client, "/figures/")
    for key in keys():
        said = text_of(client, f"/figures/{key}/")
        assert "nan" not in re.findall(r"\w+", said.lower())
        cards = 1 + bool(get_metric(key).beside)
        assert "Too few cases" not in said and said.count("Nothing to count.") == cards, key


@pytest.mark.usefixtures("now")
def test_hostile_names_are_text(told: Cast) -> None:
    evil = "<script>alert(1)</script>\"'=1+1"
    create({"name": evil, "source": "=HYPERLINK(1)"}, stage="agreed", late_entry=True, actor=told.dot, at=NOW)
    client = client_of("dot")
    for address in ("/figures/stage_now/?by=source", "/figures/stage_now/records/"):
        assert "<script>alert" not in client.get(address).content.decode()
    assert "'=HYPERLINK" in client.get("/figures/stage_now.csv?by=source").content.decode()


@pytest.mark.usefixtures("now")
def test_imported_deals_say_how_far_they_were_seen(told: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE deals_deal SET basis = 'imported', data_as_of = '2026-01-31'")
    said = text_of(client_of("dot"), "/figures/")
    assert "These deals came with an import" in said
    assert "as of 31 Jan 2026" in said
    create({"name": "Made here"}, stage="agreed", late_entry=True, actor=told.ada, at=NOW)
    assert "Some deals came with an import" in text_of(client_of("dot"), "/figures/sales_cycle/")


@pytest.mark.usefixtures("now")
def test_pages_ask_the_database_a_fixed_number_of_times(told: Cast, django_assert_max_num_queries: Any) -> None:
    client = client_of("dot")
    client.get("/figures/")
    for address, most in (("/figures/", 10), ("/figures/win_rate/?by=owner", 8), ("/figures/win_rate/records/", 7)):
        with django_assert_max_num_queries(most):
            client.get(address)


def test_drawing_without_script_or_inline_style() -> None:
    steps = Series("open", (1.0, 10.0, 100.0), (0.9, 0.5, 0.2), (0.8, 0.4, 0.1), (0.95, 0.6, 0.3), (10, 9, 5), 200.0)
    drawing = draw([steps])
    (line,) = drawing.lines
    assert line.path.startswith("M0 0L")  # everybody is still open at the start
    assert line.path.endswith("L1000 800")
    assert line.end == 0.2
    assert [mark.text for mark in drawing.across] == sorted(mark.text for mark in drawing.across)
    assert all(after.at - before.at >= 9 for before, after in zip(drawing.across, drawing.across[1:], strict=False))


def test_a_drawing_of_deals_that_end_at_once() -> None:
    drawing = draw([Series("open", (0.0,), (0.0,), (0.0,), (1.0,), (3.0,), 0.0)])
    assert "nan" not in drawing.lines[0].path
    assert SHORTEST > 0


def test_many_steps_are_drawn_once_per_place() -> None:
    xs = tuple(float(day) for day in range(1, 5000))
    ys = tuple(1 - day / 5000 for day in xs)
    (line,) = draw([Series("open", xs, ys, ys, ys, ys, 5000.0)]).lines
    assert line.path.count("L") <= 2 * 1001 + 2


# --- On the terminal -------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(fresh_database: str, database_server: database.Server) -> Any:
    """Runs `etappe report` in a process of its own on a database with the story in it."""
    live_all(story(), company())
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environ["DATABASE_URL"] = database_server.url(APPLICATION, fresh_database)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from etappe.cli import main; main()", "report", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    return run


def _without_sql(result: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps({name: value for name, value in result.items() if name != "sql"}))
    return plain


def _here(*arguments: str) -> Result:
    """The same command within this process, which begins at once."""
    return CliRunner().invoke(main, ["report", *arguments])


def test_the_terminal_says_the_same(terminal: Any) -> None:
    day = (NOW - timedelta(days=1)).date()
    asked = ("--format", "json", "--as-of", day.isoformat())
    begun = terminal("sales_cycle", *asked)
    assert begun.returncode == 0, begun.stderr
    for key, said in (("sales_cycle", begun.stdout), ("stage_now", _here("stage_now", *asked).stdout)):
        ours = report(key, viewer=SYSTEM, as_of=day, now=NOW + timedelta(days=400)).as_json()
        assert _without_sql(json.loads(said)) == _without_sql(ours)
    table = _here("win_rate", "--by", "source", "--as-of", day.isoformat()).stdout
    assert "Win rate: 0.5909 share (95 % interval: 0.4441 to 0.7231)" in table
    assert "left out: open 13, disqualified 3" in table
    lines = list(csv.DictReader(io.StringIO(_here("win_rate", "--format", "csv").stdout)))
    assert lines[0]["row"] == "all"
    assert json.loads(_here("sales_cycle", "--format", "json", "--as", "cem@etappe.example").stdout)["n"] == 20
    for arguments, words in (
        (("happiness",), "There is no figure 'happiness'. There are: stage_now, win_rate"),
        (("win_rate", "--by", "shoe"), "cannot be split by “shoe”"),
    ):
        refused = _here(*arguments)
        assert refused.exit_code == 1
        assert isinstance(refused.exception, SystemExit), "no traceback"
        assert words in refused.stderr
