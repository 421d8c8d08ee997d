"""Figures of a real export, brought in by the importer, against the CSV itself and lifelines."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from etappe.core.actor import SYSTEM
from etappe.core.figures import Result
from etappe.imports.actions import run_now
from etappe.imports.look import Given, look
from etappe.insights import actions
from etappe.insights.forecast.stored import turned_out
from etappe.insights.queries import get_metric, narrowed, records, report
from etappe.web.forecast_words import backtest_words

MAVEN = Path(__file__).parents[2] / "../shared/data/maven_crm"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LAST = date(2017, 12, 31)
pytestmark = pytest.mark.skipif(not MAVEN.exists(), reason="../shared/data is missing; test_figures.py is the twin")


@pytest.fixture(scope="module")
def imported(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The four files, imported once for all tests of this module, and taken back after them."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        found = look([Given(path.name, path) for path in sorted(MAVEN.glob("*.csv"))], at=NOW)
        run_now(found, found.plan, dry=False, actor=SYSTEM, at=NOW, clock=lambda: NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (MAVEN / "sales_pipeline.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _figure(key: str, **asked: Any) -> Result:
    return report(key, viewer=SYSTEM, now=NOW, **asked)


def _timed(rows: list[dict[str, str]], until: date = LAST) -> tuple[Any, Any, Any]:
    begun = [row for row in rows if row["engage_date"] and date.fromisoformat(row["engage_date"]) <= until]
    ends = [date.fromisoformat(row["close_date"]) if row["close_date"] else until for row in begun]
    days = np.array([(end - date.fromisoformat(row["engage_date"])).days for row, end in zip(begun, ends, strict=True)])
    stage = np.array([row["deal_stage"] for row in begun])
    return days, np.isin(stage, ["Won", "Lost"]), stage == "Won"


def _percentiles(days: Any, events: Any, share: float) -> tuple[Any, tuple[Any, Any]]:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import qth_survival_times

    fitted = KaplanMeierFitter().fit(days, events)
    function = fitted.survival_function_["KM_estimate"]
    reached = function.index[function <= 1 - share + 1e-12]
    bounds = qth_survival_times(1 - share, fitted.confidence_interval_survival_function_).to_numpy().ravel()
    low, high = (None if np.isinf(bound) else float(bound) for bound in bounds)
    return (float(reached[0]) if len(reached) else None), (low, high)


def _won_within(days: Any, ended: Any, won: Any, share: float) -> int:
    """The first day by which `share` of all that are won in the end had been (Aalen-Johansen, a day at a time)."""
    going_on, by_day = 1.0, np.zeros(days.max() + 1)
    for day in range(len(by_day)):
        at_risk = max(1, (days >= day).sum())
        by_day[day] = going_on * (won & (days == day)).sum() / at_risk
        going_on *= 1 - (ended & (days == day)).sum() / at_risk
    reached = np.cumsum(by_day)
    return int(np.argmax(reached >= share * reached[-1]))


@pytest.mark.usefixtures("imported")
def test_win_rate() -> None:
    result = _figure("win_rate")
    (line,) = result.finding.rows
    assert (line["won"], line["lost"], result.finding.n) == (4238, 2473, 6711)
    theirs = binomtest(4238, 6711).proportion_ci(0.95, "wilson")
    assert result.finding.value == 4238 / 6711
    assert f"{result.finding.value:.2%}" == "63.15%"
    assert result.finding.interval == pytest.approx((theirs.low, theirs.high))
    assert result.as_of == LAST
    assert result.finding.left_out == {"open": 2089}


@pytest.mark.usefixtures("imported")
def test_stage_now(rows: list[dict[str, str]]) -> None:
    found = _figure("stage_now").finding
    assert found.value == sum(row["deal_stage"] in ("Prospecting", "Engaging") for row in rows) == 2089
    assert sorted(row["n"] for row in found.rows) == [500, 1589]
    assert all(row["unproven"] == row["n"] for row in found.rows)


@pytest.mark.usefixtures("imported")
def test_sales_cycle(rows: list[dict[str, str]]) -> None:
    days, ended, won = _timed(rows)
    result = _figure("sales_cycle")
    assert (result.finding.value, result.finding.interval) == _percentiles(days, ended, 0.5)
    assert (result.finding.n, result.finding.cases) == (8300, 6711)
    assert result.finding.left_out == {"no_start": 500}
    for reading, events in (("decided", ended), ("won_others_censored", won)):
        (line,) = [row for row in result.finding.rows if row["reading"] == reading]
        for name, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
            assert (line[name], line[f"{name}_interval"]) == _percentiles(days, events, share)


@pytest.mark.usefixtures("imported")
def test_sales_cycle_by_product(rows: list[dict[str, str]]) -> None:
    lines = [row for row in _figure("sales_cycle", by="product").finding.rows if row["reading"] == "decided"]
    for line in lines:
        theirs = [row for row in rows if row["product"].replace("GTXPro", "GTX Pro") == line["segment"]]
        days, ended, _ = _timed(theirs)
        assert line["n"] == len(days)
        if line["events"] >= 20:
            assert (line["p50"], line["p50_interval"]) == _percentiles(days, ended, 0.5), line["segment"]
    assert sum(line["n"] for line in lines) == 8300


@pytest.mark.usefixtures("imported")
def test_open_deals_beyond(rows: list[dict[str, str]]) -> None:
    days, ended, won = _timed(rows)
    threshold = _won_within(days, ended, won, 0.9)
    result = _figure("open_deals_beyond")
    assert result.finding.extra["threshold"] == threshold == 107
    assert result.finding.value == int((days[~ended] > threshold).sum())
    assert records(result.records, viewer=SYSTEM, now=NOW).found == result.finding.value


@pytest.mark.usefixtures("imported")
def test_as_of_a_day_in_the_middle_of_the_data(rows: list[dict[str, str]]) -> None:
    day = date(2017, 6, 30)
    decided = [row for row in rows if row["close_date"] and date.fromisoformat(row["close_date"]) <= day]
    result = _figure("win_rate", as_of=day)
    (line,) = result.finding.rows
    assert (line["won"], line["lost"]) == tuple(
        sum(row["deal_stage"] == stage for row in decided) for stage in ("Won", "Lost")
    )
    then = [{**row, "close_date": row["close_date"] if row in decided else ""} for row in rows]
    then = [{**row, "deal_stage": row["deal_stage"] if row["close_date"] else "Engaging"} for row in then]
    days, ended, _ = _timed(then, day)
    found = _figure("sales_cycle", as_of=day).finding
    assert (found.value, found.interval, found.n) == (*_percentiles(days, ended, 0.5), len(days))


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("by", ["owner", "team", "product", "industry", "country", "size"])
def test_segments_add_up_and_lead_to_their_records(by: str) -> None:
    result = _figure("win_rate", by=by)
    assert sum(row["n"] for row in result.finding.rows) == 6711
    for row in result.finding.rows[:3]:
        listed = records(narrowed(get_metric("win_rate"), row), viewer=SYSTEM, by=by, now=NOW)
        assert listed.found == row["n"]


@pytest.mark.usefixtures("imported")
def test_the_forecast_says_how_far_it_can_be_trusted() -> None:
    actions.forecast(actor=SYSTEM, at=NOW)
    tried = turned_out(SYSTEM)
    assert tried and tried.day == LAST
    words = backtest_words(tried.found, tried.currency)
    for share, line in zip(tried.found["coverage"], words.coverage, strict=True):
        assert share["n"] and share["holds"] == (share["low"] <= share["wanted"] <= share["high"])
        assert ("failed" in line) != share["holds"]
    before = {row["before"]: row for row in tried.found["by_before"]}
    assert before[1]["forecast"] < 400_000 and before[2]["forecast"] < before[2]["usual"]
    assert tried.found["deals"]["n"] > 10_000 and tried.found["deals"]["ece"] < 0.12
    assert f"Of {tried.found['deals']['n']:,} chances" in words.deals
