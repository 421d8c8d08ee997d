"""New leads beside what a goal needs: what it is reckoned from, how sure it is, who sees it, when nothing is said."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Missing
from etappe.core.goals import leads_needed
from etappe.core.proportion import wilson
from etappe.insights.actions_goals import set_goal
from etappe.insights.goal_leads import GoalLeads, as_json, goal_leads
from etappe.insights.queries import report
from etappe.team.queries import team_names, user_names
from tests.api.conftest import caller
from tests.cast import Cast
from tests.insights.history import BEGIN, NOW, Past, company, live, receive, receive_all
from tests.scenery import kept
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db
AGE = (NOW - BEGIN).days
AMOUNTS = (1000, 3000, 2000, 8000, 1000, 5000, 2000, 2000, 4000, 2000, 6000, 12000)


def _tell() -> Cast:
    """Leads of two colleagues; twelve of Ada's with an amount are won, and a deal that never was a lead."""
    cast = company()
    receive_all(cast)
    for place, amount in enumerate(AMOUNTS):
        began = AGE - 120 + 3 * place - (AGE - 120) % 3
        receive(began, "accepted", 1, {"amount": amount, "currency": "EUR"}, actor=cast.ada)
    live(Past(AGE - 40, 30, "won", {"amount": 90_000}), actor=cast.ada)
    return cast


told = kept(_tell)


def _goal(cast: Cast, target: int, measure: str = "won_amount", period: str = "2026-Q1", **whose: Any) -> Any:
    given = whose or {"team": str(cast.house)}
    return set_goal({**given, "measure": measure, "period": period, "target": Decimal(target)}, actor=cast.dot, at=NOW)


def _of(actor: Actor) -> dict[str, str]:
    return {"user": str(user_names([actor.id])[actor.id or 0].uid)}


def _leads(cast: Cast, *goal: Any, **whose: Any) -> GoalLeads:
    return goal_leads(SYSTEM, _goal(cast, *goal, **whose).uid, at=NOW)


def test_the_share_is_that_of_the_figure_and_the_mean_that_of_won_leads(told: Cast) -> None:
    found = _leads(told, 90_000)
    figure = report("lead_conversion", viewer=SYSTEM, now=NOW).finding
    assert found.share
    assert found.share.value == pytest.approx(figure.extra["won_share"])
    assert found.leads == figure.n
    assert (found.share.low, found.share.high) == pytest.approx(figure.extra["won_share_interval"])
    mean, error = float(np.mean(AMOUNTS)), float(np.std(AMOUNTS, ddof=1) / np.sqrt(len(AMOUNTS)))
    assert found.worth == pytest.approx((mean, mean - 1.96 * error, mean + 1.96 * error), rel=1e-4)
    assert found.worth_n == len(AMOUNTS), "the other was no lead"
    assert found.won - found.won_leads == 1
    assert found.wanted == 30_000
    assert found.needed
    assert found.needed.value == pytest.approx(30_000 / (found.share.value * np.mean(AMOUNTS)))
    assert found.needed.low < found.needed.value < found.needed.high


def test_leads_that_came_are_counted_over_three_months(told: Cast) -> None:
    inflow = report("lead_inflow", viewer=SYSTEM, now=NOW - timedelta(days=91)).finding.n
    found = _leads(told, 12, "won_deals")
    assert 0 < found.came_n < found.leads
    assert found.came[0] == pytest.approx(found.came_n * 365 / 12 / 91)
    assert found.came[1] < found.came[0] < found.came[2]
    assert inflow >= found.leads - found.came_n


@pytest.mark.parametrize(("target", "verdict"), [(1, "more"), (6, "alike"), (900, "fewer")])
def test_the_verdict_says_only_what_the_ranges_tell_apart(told: Cast, target: int, verdict: str) -> None:
    found = _leads(told, target, "won_deals")
    assert found.worth is None
    assert found.verdict == verdict


def test_where_too_little_is_known_it_says_so(told: Cast) -> None:
    few = _leads(told, 90_000, **_of(told.cem))
    assert (few.needed, few.unknown, few.verdict) == (None, "few_ended", "")
    francs = set_goal(
        {"team": str(told.house), "measure": "won_amount", "period": "2026", "target": Decimal(5), "currency": "CHF"},
        actor=told.dot,
        at=NOW,
    )
    assert goal_leads(SYSTEM, francs.uid, at=NOW).unknown == "none_won"
    receive(AGE - 120, "accepted", 1, {"amount": 5_000, "currency": "CHF"}, actor=told.ada)
    assert goal_leads(SYSTEM, francs.uid, at=NOW).unknown == "few_amounts"
    nobody = _leads(told, 5, **_of(told.sam))
    assert (nobody.came_n, nobody.leads, nobody.won, nobody.unknown) == (0, 0, 0, "few_ended")
    assert nobody.came[0] == nobody.came[1] == 0 < nobody.came[2]


def test_leads_won_in_another_currency_bring_a_goal_nothing(told: Cast) -> None:
    """Else the share would count what the mean amount leaves out, and too few leads would seem enough."""
    before = _leads(told, 90_000)
    for place in range(6):
        began = AGE - 100 + 3 * place - (AGE - 100) % 3
        receive(began, "accepted", 1, {"amount": 5_000, "currency": "CHF"}, actor=told.ada)
    after, of_deals = _leads(told, 90_001), _leads(told, 6, "won_deals")
    assert before.needed and after.needed and before.share and after.share and of_deals.share
    assert after.share.value < before.share.value
    assert after.needed.value > before.needed.value
    assert of_deals.share.value > after.share.value, "a goal of deals counts them all"


def test_leads_of_a_team_are_those_of_its_colleagues(told: Cast) -> None:
    north, south = ({"team": str(team_names([each.team])[each.team or 0].uid)} for each in (told.ada, told.cem))
    whole = _leads(told, 5, "won_deals")
    parts = [_leads(told, 5, "won_deals", **each) for each in (north, south)]
    assert sum(part.leads for part in parts) == whole.leads
    assert _leads(told, 5, "won_deals", **_of(told.ada)).leads == parts[0].leads


def test_only_who_sees_the_goal_sees_it_and_only_goals_that_leads_can_bring(told: Cast) -> None:
    mine = _goal(told, 5, **_of(told.cem))
    for viewer, sees in ((told.cem, True), (told.dot, True), (told.oda, True), (told.ada, False), (told.ben, False)):
        if sees:
            assert goal_leads(viewer, mine.uid, at=NOW).goal.uid == mine.uid
        else:
            with pytest.raises(Missing):
                goal_leads(viewer, mine.uid, at=NOW)
    for measure in ("new_deals", "proven_moves"):
        with pytest.raises(Missing):
            _leads(told, 5, measure)
    with pytest.raises(Missing):
        goal_leads(SYSTEM, "no-uid", at=NOW)


def test_page_and_api_tell_the_same(told: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    monkeypatch.setattr("etappe.api.signin.now", lambda: NOW)
    goal = _goal(told, 90_000, period="2026-03")
    address = f"/figures/goals/{goal.uid}/leads/"
    dot = client_of("dot")
    assert address in dot.get("/figures/goals/?period=2026-03").content.decode()
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", dot.get(address).content.decode()))
    assert "Fewer new leads come than the goal needs." in said
    for words in ("€90,000 a month", "€4,000 €2,131 to €5,869, n = 12", "won deals of a year"):
        assert words in said, said
    german = dot.get(address, headers={"Accept-Language": "de"}).content.decode()
    assert "Es kommen weniger neue Leads, als das Ziel braucht." in german
    few = dot.get(f"/figures/goals/{_goal(told, 5, **_of(told.cem)).uid}/leads/")
    assert "fewer than 20 of a year have ended" in few.content.decode()
    found = caller(told.dot).get(f"/goals/{goal.uid}/leads").json()
    assert found["verdict"] == "fewer" and found["needed"]["low"] < found["needed"]["value"]


def test_a_bound_that_nobody_knows_is_no_number(told: Cast) -> None:
    found = _leads(told, 90_000)
    assert found.needed
    unbound = leads_needed(10, (0.1, 0.0, 0.4))
    assert unbound.value == pytest.approx(100)
    assert unbound.high == float("inf")
    plain = as_json(GoalLeads(**{**vars(found), "needed": unbound}))
    assert plain["needed"]["high"] is None


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Leads of which a fifth is won, with amounts of log-normal spread; the goal needs so many of them a month."""
    chance = np.random.default_rng(11)
    truth, held = 50_000 / (0.2 * 10_000 * np.exp(0.8**2 / 2)), 0
    for _run in range(1500):
        won = chance.binomial(400, 0.2)
        amounts = chance.lognormal(np.log(10_000), 0.8, won)
        found = leads_needed(
            50_000, (won / 400, *wilson(won, 400)), (float(amounts.mean()), float(amounts.std(ddof=1) / np.sqrt(won)))
        )
        held += found.low <= truth <= found.high
    assert 0.93 <= held / 1500 <= 0.97
