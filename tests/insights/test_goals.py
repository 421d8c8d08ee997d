"""Goals: who sets and sees them, what they count, how likely they are, who is warned first; and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from django.db import transaction
from django.test import Client

from etappe.cli import main
from etappe.core.actor import SYSTEM, Actor, Role
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.goals import FIRST_ALONE, MEASURES, outlook, period_of, still_by_pace
from etappe.insights import actions
from etappe.insights.actions_goals import set_goal, watch
from etappe.insights.forecast import backtest
from etappe.insights.goal_deals import goal_deals
from etappe.insights.goals import Cover, goals, warnings
from etappe.insights.models import Goal
from etappe.team.actions import add_user
from etappe.team.models import User
from etappe.team.queries import team_names, user_names
from tests.cast import Cast
from tests.insights.history import BEGIN, NOW, Past, company, live, live_all, story
from tests.replay import assert_replays
from tests.unchanged import refused
from tests.web.signed import client_of

MONTH = "2026-03"


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The story, some wins of this month, and a forecast."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = company()
        live_all(story(), cast)
        age = (NOW - BEGIN).days
        for place, amount in enumerate((1000, 2000, 4000)):
            live(Past(age - 30 - place, 29 + place, "won", {"amount": amount}), actor=cast.ada)
        live(Past(age - 20, 19, "won", {"amount": 500, "currency": "CHF"}), actor=cast.ada)
        live(Past(age - 20, 19, "won", {"amount": 9000}), actor=cast.cem)
        actions.forecast(actor=SYSTEM, at=NOW)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def told(lived: Cast) -> Iterator[Cast]:
    """What a test does to the goals is taken back."""
    point = transaction.savepoint()
    yield lived
    transaction.savepoint_rollback(point)


def _of(actor: Actor) -> dict[str, Any]:
    return {"user": str(user_names([actor.id])[actor.id or 0].uid)}


def _team(actor: Actor) -> dict[str, Any]:
    return {"team": str(team_names([actor.team])[actor.team or 0].uid)}


def _goal(whose: dict[str, Any], target: Any, measure: str = "won_amount", actor: Any = None, **more: Any) -> Any:
    wanted = None if target is None else Decimal(target)
    given = {**whose, "measure": measure, "period": MONTH, "target": wanted, **more}
    return set_goal(given, actor=actor, at=NOW)


def _seen(viewer: Actor, period: str = MONTH, at: Any = NOW) -> list[Any]:
    return goals(viewer, [period], at)


def test_what_is_reached_is_what_was_won_in_the_period_in_its_currency(told: Cast) -> None:
    _goal(_of(told.ada), 8000, actor=told.dot)
    _goal(_of(told.ada), 900, actor=told.dot, currency="CHF")
    _goal(_of(told.ada), 9, "won_deals", told.dot)
    _goal(_team(told.ada), 9, "won_deals", told.dot)
    _goal(_team(told.cem), 9000, actor=told.dot)
    found = _seen(told.dot)
    assert [goal.stands.reached for goal in found] == [7000, 500, 4, 4, 9000]
    assert [goal.stands.n for goal in found] == [3, 1, 4, 4, 1]
    assert found[1].stands.unknown == "no_basis", "no open deals in francs, and one won one is too few"
    assert found[-1].stands.outlook.chance == 1
    assert all(goal.stands.outlook is None or 0 <= goal.stands.outlook.chance <= 1 for goal in found)
    assert _seen(told.dot, at=NOW + timedelta(days=60))[0].stands.outlook.chance == 0, "the month is over"


def test_pages_read_what_the_watch_found_and_find_it_anew_when_it_is_old(
    told: Cast, django_assert_max_num_queries: Any
) -> None:
    for measure in MEASURES:
        _goal(_of(told.ada), 9000, measure, told.dot)
    watch(actor=SYSTEM, at=NOW)
    live(Past((NOW - BEGIN).days - 9, 8, "won", {"amount": 640}), actor=told.ada)
    soon, later = NOW + timedelta(minutes=14), NOW + timedelta(minutes=15)
    with django_assert_max_num_queries(6):
        kept = _seen(told.dot, at=soon)
    assert {goal.counted_at for goal in kept} == {NOW}
    found = {goal.measure: goal for goal in kept}
    assert [found[measure].stands.reached for measure in MEASURES[:2]] == [7000, 4]
    assert found["won_amount"].stands.outlook == _seen(told.dot, at=NOW)[0].stands.outlook
    anew = {goal.measure: goal for goal in _seen(told.dot, at=later)}
    assert [anew[measure].stands.reached for measure in MEASURES[:2]] == [7640, 5]
    assert {goal.counted_at for goal in anew.values()} == {later}
    watch(actor=SYSTEM, at=NOW + timedelta(minutes=1))
    assert _seen(told.dot, at=soon)[0].stands == anew["won_amount"].stands


def test_moves_on_evidence_and_new_deals_are_counted(told: Cast) -> None:
    _goal(_of(told.ada), 50, "new_deals", told.dot, period="2025")
    _goal(_of(told.ada), 3, "proven_moves", told.dot, period="2025")
    new, moves = _seen(told.dot, "2025")
    assert new.stands.reached == 40, "two of three of the story, all begun in 2025"
    assert moves.stands.reached > 0
    assert moves.stands.outlook.chance == 1


def test_behind_what_is_reached_are_the_deals_that_count(told: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)
    monkeypatch.setattr("etappe.journal.clock.now", lambda: NOW)
    for whose in (_of(told.ada), _team(told.ada)):
        for measure in ("won_amount", "won_deals", "new_deals", "proven_moves"):
            _goal(whose, 10**6, measure, told.dot, period="2026" if "won" in measure else "2025")
    for goal in [*_seen(told.dot, "2026"), *_seen(told.dot, "2025")]:
        pages = [goal_deals(told.dot, goal.uid, at=NOW)]
        while pages[-1].next:
            pages.append(goal_deals(told.dot, goal.uid, skip=pages[-1].next, at=NOW))
        deals = [deal for page in pages for deal in page.deals]
        assert (pages[0].n, pages[0].reached) == (goal.stands.n, goal.stands.reached) and pages[0].n > 0
        assert len({deal.uid for deal in deals}) == len(deals) == pages[0].found == pages[0].deals_in_all
        assert sum(deal.times for deal in deals) == pages[0].n
        assert [deal.day for deal in deals] == sorted((deal.day for deal in deals), reverse=True)
        if goal.measure == "won_amount":
            assert sum(deal.amount or 0 for deal in deals) == goal.stands.reached
    run = CliRunner().invoke(main, ["goal", "deals", str(_seen(told.dot, "2026")[1].uid)])
    assert "4 reached with 4 deals as of 2026-03-" in run.stdout and run.exit_code == 0, run.output
    for nothing in ("no-uid", "00000000-0000-4000-8000-000000000000"):
        assert CliRunner().invoke(main, ["goal", "deals", nothing]).exit_code == 1


def test_open_deals_due_by_the_end_cover_what_is_missing(told: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)
    monkeypatch.setattr("etappe.journal.clock.now", lambda: NOW)
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    age, last = (NOW - BEGIN).days, date(2026, 3, 31)
    _goal(_of(told.cem), 99_000, actor=told.dot)
    before = _seen(told.dot)[0].stands.covered.undated
    assert before > 0, "deals of the story"
    due = (last, NOW.date() - timedelta(days=3), last + timedelta(days=1), None)
    for amount, day in zip((300, 500, 800, 1600), due, strict=True):
        live(Past(age - 40, 0, "open", {"amount": amount, "expected_close": day}), actor=told.cem)
    live(Past(age - 40, 0, "open", {"amount": 50, "currency": "CHF", "expected_close": last}), actor=told.cem)
    _goal(_of(told.cem), 11_000, actor=told.dot)
    _goal(_of(told.cem), 5, "won_deals", told.dot)
    _goal(_of(told.cem), 9, "new_deals", told.dot)
    _goal(_of(told.cem), 1, "won_deals", told.dot, period="2026-Q1")
    _goal(_of(told.cem), 10_000, actor=told.dot, period="2026-04")
    amount, count, new = _seen(told.dot)
    assert amount.stands.covered == Cover(0.4, 2, Decimal(800), 1 + before), "2,000 are missing"
    assert (count.stands.covered.times, count.stands.covered.n) == (0.75, 3), "3 of 4, one of them in francs"
    assert new.stands.covered is None, "deals that begin are not in the pipeline yet"
    assert _seen(told.dot, "2026-Q1")[0].stands.covered is None, "nothing is missing"
    assert _seen(told.dot, "2026-04")[0].stands.covered.amount == 800, "late ones count for the running month alone"
    watch(actor=SYSTEM, at=NOW)
    assert _seen(told.dot)[0].stands.covered == amount.stands.covered, "as it is kept"
    found = goal_deals(told.dot, amount.uid, due=True, at=NOW)
    assert [deal.day for deal in found.deals] == sorted(due[:2]) and found.reached == 800
    with pytest.raises(Missing):
        goal_deals(told.dot, new.uid, due=True, at=NOW)
    address = f"/figures/goals/{amount.uid}/deals/?of=due"
    page = _text(client_of("dot"), "/figures/goals/?period=2026-03")
    assert "0.4 times" in page and f"2 open deals · {1 + before} more without a date" in page
    assert "€800 in open deals of the pipeline whose order is expected by" in _text(client_of("dot"), address)
    run = CliRunner().invoke(main, ["goal", "deals", "--due", str(amount.uid)])
    assert "800 EUR in open deals with 2 deals" in run.stdout, run.output
    assert "covered 0.4 times by 2 open deals" in CliRunner().invoke(main, ["goal", "list", MONTH]).stdout


def test_deals_behind_a_goal_are_shown_as_far_as_one_may_see_them(told: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    add_user("hal@etappe.example", "Hal Hofer", Role.REP, told.house, actor=told.dot, at=NOW)
    User.objects.filter(email="hal@etappe.example").update(
        password=User.objects.get(email="dot@etappe.example").password
    )
    whole = _goal({"team": str(told.house)}, 5, "won_deals", told.dot)
    _goal(_team(told.ada), 500, "won_deals", told.dot)
    address = f"/figures/goals/{whole.uid}/deals/"
    assert address in client_of("dot").get("/figures/goals/").content.decode()
    assert "5 of 5 as of" in _text(client_of("dot"), address)
    for name in ("dot", "oda"):
        assert "may not see" not in _text(client_of(name), address)
    hal = _text(client_of("hal"), address)
    assert "5 more deals count that you may not see." in hal and "No deals here." in hal
    mine = _goal(_team(told.cem), 5, "won_deals", told.dot)
    for name, status in (("cem", 200), ("dot", 200), ("ada", 404), ("ben", 404)):
        assert client_of(name).get(f"/figures/goals/{mine.uid}/deals/").status_code == status
    assert client_of("ada").get(address).status_code == 404, "the goal of a team above"
    assert client_of("dot").get(f"{address}?skip=x").status_code == 422


def test_more_to_reach_is_less_likely(told: Cast) -> None:
    chances = []
    for target in (7001, 7200, 7500, 9000, 10**9):
        _goal(_of(told.ada), target, actor=told.dot)
        (found,) = _seen(told.dot)
        chances.append(found.stands.outlook.chance)
        assert found.stands.outlook.low >= 7000
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] == 0
    _goal(_of(told.ada), 9, "won_deals", told.dot, period="2028")
    assert _seen(told.dot, "2028")[0].stands.unknown == "too_far"


def test_out_of_nothing_no_chance_is_drawn(told: Cast) -> None:
    _goal(_of(told.dot), 100, actor=told.dot)
    (found,) = _seen(told.dot)
    assert (found.stands.outlook, found.stands.unknown) == (None, "no_basis")


def test_who_may_set_and_see_them(told: Cast) -> None:
    _goal(_of(told.ada), 8000, actor=told.ben)
    _goal(_team(told.ada), 80000, actor=told.ben)
    _goal(_of(told.cem), 8000, actor=told.dot)
    for viewer, people in ((told.ada, 2), (told.ben, 2), (told.cem, 1), (told.mia, 1), (told.oda, 3), (told.dot, 3)):
        assert len(_seen(viewer)) == people, viewer.role
    assert [goal.may_change for goal in _seen(told.ben)] == [True, True]
    assert [goal.may_change for goal in _seen(told.ada)] == [False, False]
    for actor, whose in ((told.ada, told.ada), (told.ben, told.cem), (told.oda, told.ada), (told.sam, told.sam)):
        with pytest.raises(Forbidden), transaction.atomic():
            _goal(_of(whose), 5, actor=actor)


def test_setting_changing_and_taking_away_is_in_the_journal(told: Cast) -> None:
    _goal(_of(told.ada), 8000, actor=told.ben)
    row = Goal.objects.get()
    assert_replays(row)
    _goal(_of(told.ada), 9000, actor=told.ben)
    _goal(_of(told.ada), 9000, actor=told.ben)
    row.refresh_from_db()
    assert (row.target, row.version) == (9000, 2), "the same again is no change"
    assert_replays(row)
    _goal(_of(told.ada), None, actor=told.ben)
    assert _seen(told.ben) == []
    assert_replays(row)
    _goal(_of(told.ada), 100, actor=told.ben)
    assert Goal.objects.count() == 1
    assert_replays(row)


def test_what_is_no_goal_is_refused(told: Cast) -> None:
    mine, both = _of(told.ada), {**_of(told.ada), **_team(told.ada)}
    for code, whose, more in (
        ("bad_period", mine, {"period": "2026-13"}),
        ("bad_period", mine, {"period": "2026-Q5"}),
        ("bad_period", mine, {"period": "٢٠٢٦"}),
        ("goal_of_nobody", {}, {}),
        ("goal_of_nobody", both, {}),
        ("goal_of_nothing", mine, {"target": Decimal(0)}),
        ("goal_of_nothing", mine, {"target": None}),
        ("not_an_amount", mine, {"target": Decimal(-5)}),
        ("not_an_amount", mine, {"target": Decimal("NaN")}),
        ("unknown_choice", mine, {"measure": "smiles"}),
        ("not_a_currency", mine, {"currency": "euro"}),
        ("unknown_field", mine, {"shoe": 1}),
    ):
        with refused(code):
            set_goal(
                {**whose, "measure": "won_amount", "period": MONTH, "target": Decimal(5), **more},
                actor=told.dot,
                at=NOW,
            )
    with pytest.raises(Missing):
        _goal({"user": "00000000-0000-4000-8000-000000000000"}, 5, actor=told.dot)


def test_whoever_has_the_goal_is_warned_first(told: Cast) -> None:
    _goal(_of(told.ada), 10**6, actor=told.ben)
    _goal(_team(told.ada), 10**7, actor=told.dot)
    watch(actor=SYSTEM, at=NOW)

    def names(viewer: Actor, at: Any) -> list[str]:
        return [goal.user.name if goal.user else goal.team.name for goal in warnings(viewer, at)]  # type: ignore[union-attr]

    assert len(names(told.ada, NOW)) == 1
    assert len(names(told.ben, NOW)) == 1, "that of the team, whose manager he is"
    assert names(told.dot, NOW) == names(told.mia, NOW) == names(told.oda, NOW) == []
    assert [goal.is_warned for goal in _seen(told.ben)] == [False, True]
    later = NOW + FIRST_ALONE
    assert len(names(told.ben, later)) == len(names(told.dot, later)) == 2
    assert len(names(told.ada, later)) == 1
    since = Goal.objects.values_list("warned_on", flat=True)
    watch(actor=SYSTEM, at=later)
    assert set(since) == {NOW.date()}, "it lasts since the first day"
    _goal(_of(told.ada), 10, actor=told.ben)
    assert names(told.ada, NOW) == [], "reached"
    with pytest.raises(Forbidden):
        watch(actor=told.ben, at=NOW)


def test_a_newcomer_is_not_warned_by_a_part_that_nobody_knows(told: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has hardly won anything yet has no part of the team's; taken for zero it would say that nothing will come."""
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    live(Past((NOW - BEGIN).days - 20, 20, "open", {"amount": 500}), actor=told.sam)
    actions.forecast(actor=SYSTEM, at=NOW)
    _goal(_of(told.sam), 10**6, actor=told.dot)
    _goal(_of(told.ada), 10**6, actor=told.dot)
    watch(actor=SYSTEM, at=NOW)
    stands = {goal.user.name: (goal.stands.only_open, goal.warned_on) for goal in _seen(told.dot)}
    assert stands == {told.sam.label: (True, None), told.ada.label: (False, NOW.date())}
    assert "below 1% open deals alone, at least" in _text(client_of("dot"), "/figures/goals/")


def test_intervals_that_failed_are_said_where_chances_lean_on_them(told: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    _goal(_of(told.ada), 10**6, "new_deals", told.dot)
    summary = backtest.summary
    failed = {"wanted": 0.8, "n": 40, "months": 10, "share": 0.5, "low": 0.35, "high": 0.65, "holds": False}
    monkeypatch.setattr(backtest, "summary", lambda found: {**summary(found), "coverage": [failed]})
    actions.forecast(actor=SYSTEM, at=NOW)
    assert "intervals failed" not in _text(client_of("dot"), "/figures/goals/"), "the pace needs no forecast"
    _goal(_of(told.ada), 10**6, actor=told.dot)
    said = _text(client_of("dot"), "/figures/goals/")
    assert "These intervals failed on your past: those for 80% held 50% of 40 forecasts of 10 months." in said


def test_pages(told: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any) -> None:
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    ben, ada = client_of("ben"), client_of("ada")
    assert "No goals for this period." in _text(ada, "/figures/goals/")
    uid = _of(told.ada)["user"]
    form = {"whose": f"user:{uid}", "measure": "won_amount", "period": MONTH, "target": "1,000,000", "currency": "EUR"}
    saved = ben.post("/figures/goals/set/", form, headers={"Accept-Language": "en"})
    assert (saved.status_code, saved["Location"]) == (303, f"/figures/goals/?period={MONTH}")
    said = _text(ben, "/figures/goals/")
    assert "Amount won New leads for it €1,000,000 €7,000 1% · 3 deals" in said
    assert re.search(r"3 deals 0.0 times 0 open deals · 9 more without a date €7,\d+ to €\d+,\d+ below 1%", said), said
    assert 'class="badge warn"' not in _page(ben), "not before the one whose goal it is"
    assert 'class="badge warn"' in _page(ada)
    assert "Goals in danger" in _text(ada, "/")
    assert "Goals in danger" not in _text(ben, "/")
    for measure in ("won_deals", "new_deals", "proven_moves"):
        _goal(_team(told.ada), 70, measure, told.dot)
    with django_assert_max_num_queries(18):
        assert _page(ben).count('data-label="Chance"') == 4
    assert ada.get("/figures/goals/set/").status_code == 403
    assert ben.get("/figures/goals/?period=soon").status_code == 422
    wrong = ben.post("/figures/goals/set/", {**form, "period": "soon"}, headers={"Accept-Language": "en"})
    assert wrong.status_code == 422
    assert "is no period" in wrong.content.decode()


def _page(client: Client) -> str:
    return client.get("/figures/goals/").content.decode()


def _text(client: Client, address: str) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_terminal_refuses_plainly() -> None:
    wrong = CliRunner().invoke(main, ["goal", "set", "smiles", "2026", "5", "--as", "x@y.z"])
    assert wrong.exit_code == 2
    assert "won_amount" in wrong.output


# --- Maths -----------------------------------------------------------------------------------------------------------


def test_periods() -> None:
    assert (period_of("2024-02").begins, period_of("2024-02").ends) == (date(2024, 2, 1), date(2024, 2, 29))
    assert [period_of(key).months for key in ("2026-11", "2026-Q1", "2026")] == [1, 3, 12]
    for key in ("", "26-11", "2026-00", "2026-1", "2026-Q0", "2026-11-01", "2026 ", "1999"):
        with pytest.raises(Refusal):
            period_of(key)


def test_the_pace_says_what_comes_as_often_as_it_says() -> None:
    chance = np.random.default_rng(4)
    held, below = [], []
    for run in range(400):
        weekly = chance.gamma(4, 1.0) if run % 2 else 3.0
        weeks, came = chance.poisson(weekly, 26), chance.poisson(weekly * 6)
        drawn = still_by_pace(weeks.tolist(), 42, chance)
        if drawn is None:
            continue
        found = outlook(0.0, drawn, 15)
        held.append(found.low <= came <= found.high)
        below.append((found.chance, came >= 15))
    assert 0.76 <= np.mean(held) <= 0.93, "whole numbers make the interval a little wide"
    said, was = np.array(below, dtype=float).T
    assert abs(said.mean() - was.mean()) < 0.05


def test_stretching_leaves_what_is_reached() -> None:
    found = outlook(100.0, np.array([0.0, 10, 20, 30, 40]), 150, widen=3.0)
    assert found.low == 100
    assert outlook(100.0, np.zeros(3), 100).chance == 1
    assert outlook(99.0, np.zeros(3), 100).chance == 0
