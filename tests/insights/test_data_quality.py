"""Bad records: each kind has a rule, is counted and listed, and no figure breaks or makes up a number."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from etappe.core.actor import SYSTEM
from etappe.deals.actions.place import create, move, reopen
from etappe.insights.catalogue.data_quality import ODDITIES
from etappe.insights.labels import ODDITIES as WORDS
from etappe.insights.queries import get_metric, keys, narrowed, records, report
from etappe.insights.standing import DIMENSIONS
from tests.cast import Cast
from tests.insights.history import BEGIN, NOW, Past, company, live
from tests.scenery import kept

pytestmark = pytest.mark.django_db


cast = kept(company)


def _sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _spoil(cast: Cast) -> None:
    """Thirty ordinary deals, and one or two of every kind of bad one."""
    for place in range(30):
        live(Past(place, 10 + place, ("won", "lost", "open")[place % 3], {}), actor=cast.ada)
    live(Past(0, 10, "won", {"engaged_since": date(2030, 1, 1), "name": "closed before it began"}), actor=cast.ada)
    live(Past(0, 10, "won", {"name": "no start"}), actor=cast.ada)
    _sql("UPDATE deals_deal SET engaged_since = NULL WHERE name = 'no start'")
    live(Past(0, 10, "won", {"amount": None, "name": "no amount"}), actor=cast.ada)
    live(Past(0, 10, "open", {"amount": None, "name": "no amount either"}), actor=cast.ada)
    live(Past(0, 10, "lost", {"currency": "CHF"}), actor=cast.ada)
    back = live(Past(0, 10, "lost", {"name": "lost and back"}), actor=cast.ada)
    reopen(back, actor=cast.ada, at=BEGIN + timedelta(days=50))
    hasty = create({"name": "twice at once", "amount": 5}, stage="agreed", late_entry=True, actor=cast.ada, at=BEGIN)
    move(hasty.uid, "ordered", actor=cast.ada, at=BEGIN)
    move(hasty.uid, "agreed", actor=cast.ada, at=BEGIN)


EXPECTED = {
    "starts_after_end": 1, "no_start": 1, "no_amount": 2, "other_currency": 1, "reopened": 1, "no_time": 1,
}  # fmt: skip


def _rows(**asked: Any) -> dict[str, int]:
    found = report("data_quality", viewer=SYSTEM, now=NOW, **asked).finding
    return {row["oddity"]: row["n"] for row in found.rows}


def test_every_kind_of_bad_record_is_counted_and_listed(cast: Cast) -> None:
    _spoil(cast)
    assert _rows() == EXPECTED
    result = report("data_quality", viewer=SYSTEM, now=NOW)
    assert (result.finding.value, result.finding.extra["deals"]) == (7, 37)
    assert records(result.records, viewer=SYSTEM, now=NOW).found == 7
    for row in result.finding.rows:
        listed = records(narrowed(get_metric("data_quality"), row), viewer=SYSTEM, now=NOW)
        assert listed.found == row["n"]


def test_the_terminal_and_the_program_hear_of_it(cast: Cast) -> None:
    from etappe.cli.report import table

    _spoil(cast)
    result = report("data_quality", viewer=SYSTEM, now=NOW)
    (line,) = [line for line in table(result).splitlines() if "no_amount" in line]
    assert "without amount" in line
    assert "adds nothing to sums" in line
    rows = json.loads(json.dumps(result.as_json()))["rows"]
    (again,) = [row for row in rows if row["oddity"] == "reopened"]
    assert again["n"] == 1
    assert again["rule"].startswith("one deal, from its first start to its last decision")


def test_no_figure_breaks_on_bad_records(cast: Cast) -> None:
    """All figures, at present and on past days, whole and split: finite numbers, and intervals around their values."""
    _spoil(cast)
    for key in keys():
        for by in (None, "source", "process"):
            for day in (None, BEGIN.date(), date(2025, 1, 20), date(2025, 3, 10)):
                _require_sound(report(key, viewer=SYSTEM, by=by, as_of=day, now=NOW).as_json(), (key, by, day))


def _require_sound(value: Any, where: Any) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            _require_sound(part, (*where, name))
    elif isinstance(value, list | tuple):
        for part in value:
            _require_sound(part, where)
    elif isinstance(value, float):
        assert math.isfinite(value), where


def test_reopened_deals_count_as_of_their_last_decision(cast: Cast) -> None:
    back = live(Past(0, 10, "lost", {}), actor=cast.ada)
    assert _rows() == {"one_deal": 1, "none_won": 0}
    reopen(back, actor=cast.ada, at=BEGIN + timedelta(days=50))
    assert _rows() == {"reopened": 1, "one_deal": 1, "none_won": 0, "none_lost": 0}
    assert _rows(as_of=(BEGIN + timedelta(days=30)).date()) == {"one_deal": 1, "none_won": 0}


@pytest.mark.parametrize(("end", "said"), [("won", {"none_lost": 0}), ("lost", {"none_won": 0})])
def test_all_won_or_all_lost_is_said(cast: Cast, end: str, said: dict[str, int]) -> None:
    for place in range(12):
        live(Past(place, 10 + place, end, {}), actor=cast.ada)
    assert _rows() == said
    rate = report("win_rate", viewer=SYSTEM, now=NOW).finding
    assert rate.value == (1.0 if end == "won" else 0.0)
    assert rate.interval is not None
    assert rate.interval[0] > 0 if end == "won" else rate.interval[1] < 1  # type: ignore[operator]


def test_an_empty_workspace_has_nothing_odd(cast: Cast) -> None:
    result = report("data_quality", viewer=SYSTEM, now=NOW)
    assert (result.finding.value, result.finding.rows) == (0, ())


def test_every_oddity_has_its_words_and_every_split_its_lines(cast: Cast) -> None:
    assert set(WORDS) == set(ODDITIES) - {"any"}
    live(Past(0, 10, "won", {"amount": None, "source": "fair"}), actor=cast.ada)
    for by in DIMENSIONS:
        found = report("data_quality", viewer=SYSTEM, by=by, now=NOW).finding
        assert {row["oddity"] for row in found.rows} == {"no_amount", "one_deal", "none_lost"}
