"""Figures about stages and amounts, against the plan that the deals were lived by, plain Python and lifelines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import numpy as np
import pytest
from django.db import connection
from scipy.stats import binom, binomtest

from etappe.core.actor import SYSTEM
from etappe.core.figures import Result
from etappe.core.proportion import wilson
from etappe.core.survival import kaplan_meier, mean_in_the_end, restricted_mean
from etappe.deals.actions.place import create, leave, move, win
from etappe.deals.load import NewDeal, create_deals
from etappe.insights.catalogue.stage_conversion import finish
from etappe.insights.catalogue.stages import PLACE
from etappe.insights.metric import Row
from etappe.insights.queries import get_metric, narrowed, records, report, waiting
from etappe.playbook.queries import get_version
from etappe.web.figure_words import Asked, card
from tests.cast import Cast
from tests.insights.history import BEGIN, NOW, REASON, company
from tests.scenery import kept

pytestmark = pytest.mark.django_db
STAGES = ("found", "agreed", "ordered")


@dataclass(frozen=True)
class Way:
    """A deal's way: the stages it stood in with the day it came there, and how and when it ended."""

    stays: tuple[tuple[str, int], ...]
    outcome: str
    end: int | None
    amount: int | None = 100
    currency: str = "EUR"


WAYS = (
    *(Way((("found", day), ("agreed", day + 5)), "open", None) for day in (300, 310)),
    *(
        Way((("found", day), ("agreed", day + 4), ("ordered", day + 9)), "won", day + 30, 10 * day)
        for day in range(1, 13)
    ),
    *(Way((("agreed", day), ("ordered", day + 2)), "won", day + 11, 7 * day, "CHF") for day in (1, 2, 3)),
    *(Way((("found", day), ("agreed", day + 3)), "lost", day + 63) for day in range(20, 26)),
    *(Way((("found", day),), "disqualified", day + 1) for day in range(30, 34)),
    Way((("found", 40), ("agreed", 41), ("ordered", 42), ("agreed", 46)), "lost", 48),
    Way((("agreed", 380), ("ordered", 383), ("agreed", 387)), "open", None, None),
    Way((("ordered", 50), ("agreed", 53)), "declined", 59, None),
)  # fmt: skip


def live_them() -> Cast:
    cast = company()
    for number, way in enumerate(WAYS):
        _live(way, f"Deal {number}", cast)
    return cast


lived = kept(live_them)


def _live(way: Way, name: str, cast: Cast) -> None:
    (first, begun), *others = way.stays
    fields = {"name": name, "amount": way.amount, "currency": way.currency}
    made = create(fields, stage=first, late_entry=True, actor=cast.ada, at=_at(begun))
    for stage, day in others:
        move(made.uid, stage, actor=cast.ada, at=_at(day))
    if way.outcome == "won":
        win(made.uid, actor=cast.ada, at=_at(way.end or 0))
    elif way.end is not None:
        leave(made.uid, REASON[way.outcome], actor=cast.ada, at=_at(way.end))


def _at(day: int) -> Any:
    return BEGIN + timedelta(days=day)


def _figure(key: str, **asked: Any) -> Result:
    return report(key, viewer=SYSTEM, now=NOW, **asked)


def _planned(stage: str, until: int) -> tuple[dict[str, int], list[tuple[int, bool]]]:
    """What the plan says of a stage on a day: how many deals went on, left or neither, and their days there."""
    counts, stays = {"on": 0, "out": 0, "still": 0}, []
    for way in WAYS:
        seen = [(name, day) for name, day in way.stays if day <= until]
        at = [place for place, (name, _day) in enumerate(seen) if name == stage]
        if not at:
            continue
        ended = way.end is not None and way.end <= until
        beyond = any(STAGES.index(name) > STAGES.index(stage) for name, _day in seen[at[0] + 1 :])
        on = beyond or (ended and way.outcome == "won")
        counts["on" if on else "out" if ended else "still"] += 1
        last = way.end if ended and way.end is not None else until
        ends = [day for _name, day in seen[1:]] + [last]
        days = sum(ends[place] - seen[place][1] for place in at)
        stays.append((days, ended or at[-1] < len(seen) - 1))
    return counts, stays


@pytest.mark.parametrize("day", [None, 45])
def test_conversion_and_time_are_those_of_the_plan(lived: Cast, day: int | None) -> None:
    as_of = (BEGIN + timedelta(days=day)).date() if day else None
    until = day or (NOW - BEGIN).days
    conversion = {row["stage"]: row for row in _figure("stage_conversion", as_of=as_of).finding.rows}
    spent = {row["stage"]: row for row in _figure("stage_time", as_of=as_of).finding.rows}
    for stage in STAGES:
        counts, stays = _planned(stage, until)
        row = conversion[stage]
        assert {fate: row[fate] for fate in counts} == counts, stage
        decided = counts["on"] + counts["out"]
        if decided >= 10 and not counts["still"]:
            theirs = binomtest(counts["on"], decided).proportion_ci(0.95, "wilson")
            assert row["value"] == pytest.approx(counts["on"] / decided)
            assert row["interval"] == pytest.approx((theirs.low, theirs.high))
        line = spent[stage]
        assert (line["n"], line["left"]) == (len(stays), sum(over for _days, over in stays)), stage
        if line["left"] >= 20:
            assert line["p50"] == _lifelines_median(stays)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_conversion_is_right_while_many_are_still_there(seed: int) -> None:
    chance = np.random.default_rng(seed)
    watched = np.floor(chance.beta(1, 4, 4000) * 400)  # a growing company: most came lately
    goes_on = chance.random(4000) < 0.6
    takes = np.floor(np.where(goes_on, chance.gamma(3, 20, 4000), chance.gamma(3, 5, 4000)))
    fates = np.where(takes > watched, "still", np.where(goes_on, "on", "out"))
    days = np.minimum(takes, watched)
    at = dict.fromkeys(PLACE, "") | {"version": 1, "position": 2, "is_over": True}
    rows: list[Row] = [
        {**at, "fate": fate, "days": day, "deals": deals}
        for (fate, day), deals in Counter(zip(fates.tolist(), days.tolist(), strict=True)).items()
    ]
    (row,) = finish(rows).rows
    low, high = row["interval"]
    assert row["on"] / (row["on"] + row["out"]) < 0.53 < low <= 0.6 <= high
    assert row["value"] == pytest.approx(0.6, abs=0.04)


def _lifelines_median(stays: list[tuple[int, bool]]) -> float:
    from lifelines import KaplanMeierFitter

    days, over = zip(*stays, strict=True)
    return float(KaplanMeierFitter().fit(days, over).median_survival_time_)


def test_overall_conversion_counts_those_disqualified_early(lived: Cast) -> None:
    found = _figure("stage_conversion").finding
    won = sum(way.outcome == "won" for way in WAYS)
    ended = sum(way.end is not None for way in WAYS)
    assert (found.value, found.cases, found.n) == (won / ended, ended, len(WAYS))


def test_deals_imported_without_their_way_are_left_out_and_said(lived: Cast) -> None:
    version = get_version("plain").id
    since = BEGIN.isoformat()
    values = {
        "name": "Old", "process_version_id": version, "stage": "ordered", "status": "won", "closed_at": since,
        "entry_stage": "ordered", "currency": "EUR", "data_as_of": "2025-02-01",
    }  # fmt: skip
    past = [("found", "open", "2024-11-01T00:00:00+00:00"), ("ordered", "open", "2024-12-01T00:00:00+00:00")]
    create_deals([NewDeal(values, since, None), NewDeal(values, since, None, past)], actor=SYSTEM, at=NOW)
    for key in ("stage_conversion", "stage_time"):
        result = _figure(key)
        assert result.finding.left_out == {"no_history": 1}
        assert result.finding.n == len(WAYS) + 1
        assert records(result.reasons["no_history"], viewer=SYSTEM, now=NOW).found == 1
    before = _planned("ordered", 400)[0]["on"]
    row = next(row for row in _figure("stage_conversion").finding.rows if row["stage"] == "ordered")
    assert row["on"] == before + 1
    (listed,) = (
        deal for deal in records({"entered": row["step"]}, viewer=SYSTEM, now=NOW).records if deal.name == "Old"
    )
    assert listed.outcome == "won"


def test_the_stage_that_a_list_was_narrowed_to_is_named(lived: Cast) -> None:
    row = _figure("stage_conversion").finding.rows[1]
    metric = get_metric("stage_conversion")
    assert records(narrowed(metric, row), viewer=SYSTEM, now=NOW).entered == "Need confirmed"
    for odd in ("", "plain", "plain:x:agreed", "plain:99999999999:agreed", "none:1:agreed", ":::", "%s:1:'"):
        assert records({"entered": odd}, viewer=SYSTEM, now=NOW).found == 0


def test_deal_size_is_that_of_plain_python(lived: Cast) -> None:
    for number in range(10):
        _live(Way((("agreed", 1),), "won", 9, number * 37 if number else None), f"More {number}", lived)
    theirs = sorted(
        float(amount)
        for (amount,) in _sql("SELECT amount FROM deals_deal WHERE status = 'won' AND currency = 'EUR'")
        if amount is not None
    )
    result = _figure("deal_size")
    assert result.finding.value == theirs[(len(theirs) + 1) // 2 - 1] == pytest.approx(median(theirs), abs=10)
    n, (low, high) = len(theirs), result.finding.interval or (0, 0)
    rank = int(binom.ppf(0.025, n, 0.5))  # the exact ranks after Clopper and Pearson, at most one further in
    assert low in theirs[max(0, rank - 2) : rank + 1]
    assert high in theirs[n - rank - 1 : n - rank + 2]
    row = next(row for row in result.finding.rows if row["currency"] == "EUR")
    assert float(row["mean"]) == pytest.approx(sum(theirs) / n, abs=1e-4)
    assert result.finding.left_out == {"without_amount": 1}
    other = next(row for row in result.finding.rows if row["currency"] == "CHF")
    assert (other["n"], other["p50"]) == (3, None)


def _sql(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_velocity_is_its_factors(lived: Cast) -> None:
    for number in range(12):
        way = Way((("agreed", number),), "won", number + 10 + number, 100 + number)
        _live(way, f"More {number}", lived)
    from lifelines import AalenJohansenFitter

    timed = _sql(
        "SELECT coalesce((closed_at AT TIME ZONE 'Europe/Berlin')::date, '2026-03-02') - engaged_since, status, amount"
        " FROM deals_deal WHERE currency = 'EUR' AND NOT (stage = 'found' AND basis <> 'imported')"
    )
    days, status = np.array([row[0] for row in timed]), np.array([row[1] for row in timed])
    ways = np.select([status == "open", status == "won"], [0, 1], 2)
    fitters = [AalenJohansenFitter(calculate_variance=False, seed=1).fit(days, ways, way) for way in (1, 2)]
    won, gone = (float(fitted.cumulative_density_.iloc[-1, 0]) for fitted in fitters)
    result = _figure("velocity")
    (row,) = [row for row in result.finding.rows if row["currency"] == "EUR"]
    worth = [float(row[2]) for row in timed if row[1] == "won"]
    assert row["share_won"] == pytest.approx(won / (won + gone), rel=0.02)  # lifelines moves ties apart by chance
    assert row["amount"] == pytest.approx(np.mean(worth))
    assert row["days"] == pytest.approx(mean_in_the_end(kaplan_meier(days, status != "open")).value)
    assert row["open"] == (status == "open").sum()
    product = row["open"] * row["share_won"] * row["amount"] / row["days"]
    assert result.finding.value == row["value"] == pytest.approx(product)
    low, high = result.finding.interval or (0, 0)
    assert 0 < low < result.finding.value < high  # type: ignore[operator]


def test_the_error_of_the_mean_is_that_of_a_bootstrap() -> None:
    chance = np.random.default_rng(7)
    days, cut = chance.exponential(30, 400), chance.uniform(0, 200, 400)
    seen, over = np.minimum(days, cut).clip(max=90), (days <= cut) & (days < 90)
    again = [chance.integers(0, 400, 400) for _ in range(400)]
    means = [restricted_mean(kaplan_meier(seen[pick], over[pick]))[0] for pick in again]
    assert restricted_mean(kaplan_meier(seen, over))[1] == pytest.approx(np.var(means), rel=0.15)


def test_coverage_compares_the_same_window(lived: Cast) -> None:
    _sql("UPDATE deals_deal SET closed_at = '2026-02-01' WHERE status = 'won'")
    newest = "SELECT max(id) FROM deals_deal WHERE status = 'open' AND amount IS NOT NULL"
    _sql(f"UPDATE deals_deal SET expected_close = '2026-05-31' WHERE id = ({newest})")
    _sql("UPDATE deals_deal SET expected_close = '2026-06-01' WHERE status = 'open' AND expected_close IS NULL")
    won = sum(way.amount or 0 for way in WAYS if way.outcome == "won" and way.currency == "EUR")
    result = _figure("coverage")
    assert result.finding.value == pytest.approx(200 / won)
    (row,) = [row for row in result.finding.rows if row["currency"] == "EUR"]
    assert (row["due"], row["due_amount"], row["won"]) == (1, "100.0000", 12)
    assert result.finding.left_out == {"without_amount": 1}
    assert _figure("coverage", as_of=date(2026, 1, 31)).finding.value is None


def test_time_not_won_is_that_of_plain_python(lived: Cast) -> None:
    timed = [
        (way.end - way.stays[0][1], way.outcome) for way in WAYS if way.end is not None and way.stays[-1][0] != "found"
    ]
    found = _figure("time_not_won").finding
    (row,) = found.rows
    assert (row["decided"], row["days"], row["open"]) == (
        len(timed),
        sum(days for days, _end in timed),
        found.n - len(timed),
    )
    assert row["days"] - row["won_days"] == sum(days for days, end in timed if end != "won")
    half = found.extra["half_won"]
    assert found.extra["late"] == sum(days > half for days, end in timed if end != "won")


def _went(begun: str, outcome: str, product: str, went_on: bool, days: int) -> NewDeal:
    """A deal of a past time: ten days in the first stage, then in `agreed`, and maybe beyond."""
    start = datetime.fromisoformat(f"{begun}T09:00:00+00:00")
    stays = [("found", "open", start), ("agreed", "open", start + timedelta(days=10))]
    if went_on:
        stays.append(("ordered", "open", start + timedelta(days=10 + days)))
    end = (start + timedelta(days=20 + days)).isoformat()
    values = {
        "name": "Past", "process_version_id": get_version("plain").id, "stage": stays[-1][0], "status": outcome,
        "closed_at": end, "entry_stage": "found", "currency": "EUR", "amount": "1000.0000", "product": product,
        "leave_reason": "" if outcome == "won" else "price", "data_as_of": "2026-03-01",
    }  # fmt: skip
    return NewDeal(values, end, start.isoformat(), [(stage, status, at.isoformat()) for stage, status, at in stays])


def _a_stage_got_worse() -> None:
    company()
    rows = [_went("2024-03-01", "won", "A", True, 5) for _ in range(60)]
    rows += [_went("2024-03-01", "lost", "B", False, 5) for _ in range(20)]
    rows += [_went("2025-06-01", "won", "A", True, 30) for _ in range(24)]
    rows += [_went("2025-06-01", "lost", "B", True, 30) for _ in range(6)]
    rows += [_went("2025-06-01", "lost", "B", False, 30) for _ in range(30)]
    create_deals(rows, actor=SYSTEM, at=NOW)


def test_a_stage_that_got_worse_is_named_with_what_mending_is_worth() -> None:
    _a_stage_got_worse()
    result = _figure("bottlenecks")
    row = result.finding.rows[0]
    assert (row["stage"], row["verdict"], row["value"], row["before"]) == ("agreed", "worse", 0.5, 0.75)
    after = 60 / 60  # won of those who went on from there more than a year ago; of later ones more may still be won
    assert result.finding.value == row["worth"] == pytest.approx(60 * 0.25 * after)
    assert float(row["amount"]) == pytest.approx(15 * after * 1000)
    low, high = row["worth_interval"]
    assert 0 < low < row["worth"] < high
    alone = [-60 * after * bound for bound in row["difference_interval"]]
    assert low < alone[1] and high == pytest.approx(alone[0]), "what follows is not known exactly; at best all are won"
    assert (row["half"], row["half_before"], row["n"]) == (30, 5, 140)
    verdicts = {line["stage"]: line["verdict"] for line in result.finding.rows}
    assert verdicts == {"found": "alike", "agreed": "worse", "ordered": "worse"}


def test_where_all_came_within_a_year_there_is_nothing_before_to_compare_with() -> None:
    """It is the earlier ones that are missing; parts of the year can be compared, where they are two times enough."""
    company()
    rows = [_went("2025-06-01", "won", "A", True, 30) for _ in range(30)]
    late = [_went("2025-06-01", "lost", "B", False, 30) for _ in range(25)]
    create_deals([*rows, *late[:9]], actor=SYSTEM, at=NOW)
    assert not _figure("bottlenecks").finding.extra["is_young"], "39 are not 20 and 20"
    create_deals([*late[9:], _went("2024-03-01", "won", "A", True, 5)], actor=SYSTEM, at=NOW)
    young = _figure("bottlenecks")
    assert (young.finding.value, young.finding.cases, young.is_enough) == (None, 1, False)
    line = young.finding.rows[0]
    assert (line["verdict"], line["stage"], line["value"], line["decided"]) == ("too_few", "agreed", 30 / 55, 55)
    assert line["value_interval"] == pytest.approx(wilson(30, 55))
    low, high = line["stake_interval"]
    assert line["stake"] == pytest.approx(25) and 25 - 8 < low < 25 < high < 25 + 8, "all that went on were won"
    shown = card(young, Asked(None, None, NOW.date()))
    assert "more than a year ago (1 of 20)" in shown.note and shown.instead == "/figures/bottlenecks/?by=team"
    split = _figure("bottlenecks", by="product")
    assert split.is_enough and not card(split, Asked("product", None, NOW.date())).instead


def test_teams_and_others_are_compared_with_the_rest() -> None:
    _a_stage_got_worse()
    rows = {(row["segment"], row["stage"]): row for row in _figure("bottlenecks", by="product").finding.rows}
    assert rows["A", "agreed"]["verdict"] == "better"
    assert (rows["B", "agreed"]["verdict"], rows["B", "agreed"]["value"]) == ("worse", pytest.approx(6 / 36))
    assert rows["B", "agreed"]["before"] == 1.0


def test_too_little_is_no_bottleneck(lived: Cast) -> None:
    result = _figure("bottlenecks")
    assert {row["verdict"] for row in result.finding.rows} == {"too_few"}
    assert {row["stake"] for row in result.finding.rows} == {None}
    assert not result.is_enough
    assert result.finding.value is None


def test_what_waits_for_data_says_so_and_gives_no_number() -> None:
    company()
    for key in waiting():
        result = report(key, viewer=SYSTEM, now=NOW)
        assert result.needs
        assert (result.finding.value, result.finding.n, result.sql, result.is_enough) == (None, 0, "", False)
        assert result.as_json()["needs"] == result.needs
