"""Goals over the API."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Router, Schema

from etappe.api.signin import Caller
from etappe.core.goals import period_of
from etappe.core.periods import local_day
from etappe.insights import goals as queries
from etappe.insights.actions_goals import set_goal
from etappe.insights.goal_deals import as_json, goal_deals
from etappe.insights.goal_leads import as_json as leads_as_json
from etappe.insights.goal_leads import goal_leads
from etappe.team.queries import workspace

router = Router(tags=["figures"])


class GoalNamed(Schema):
    """A colleague or a team."""

    uid: uuid.UUID
    name: str


class CoverOut(Schema):
    """Open deals of the pipeline due by the end of a goal's period: `n` of them worth `amount`, `undated` more undated.

    `times` is what they would bring if all were won, as a multiple of what the goal still lacks.
    """

    times: float
    n: int
    amount: Decimal
    undated: int


class GoalOut(Schema):
    """A goal and where it stands.

    `low` and `high` bound what it comes to with 80 %; `chance` is null where `unknown` says why (`no_forecast`,
    `no_basis`, `too_far`, `too_slow`). `only_open`: deals still to come are not in it. `n` deals or moves make up what
    was reached. Where a running goal about won deals lacks something, `covered` says how the open deals due by its end
    compare with that.
    """

    uid: uuid.UUID
    user: GoalNamed | None
    team: GoalNamed | None
    measure: str
    period: str
    begins: date
    ends: date
    target: Decimal | None
    currency: str
    as_of: date | None
    counted_at: datetime | None = None
    reached: Decimal | None
    n: int | None = None
    chance: float | None
    low: float | None = None
    high: float | None = None
    unknown: str = ""
    only_open: bool = False
    is_warned: bool = False
    covered: CoverOut | None = None


class GoalGiven(Schema):
    """A goal to set: of a `user` or a `team` (a uid). Without a `target` it is taken away."""

    user: uuid.UUID | None = None
    team: uuid.UUID | None = None
    measure: str
    period: str
    target: Decimal | None = None
    currency: str | None = None


@router.get("/goals", response=list[GoalOut])
def list_goals(request: Caller, period: str = "") -> list[dict[str, Any]]:
    """The goals of a period (`2026-11`, `2026-Q4`, `2026`; this month if left out) that the caller may see."""
    wanted = period_of(period or f"{local_day(request.at, workspace().zone):%Y-%m}")
    return [as_plain(goal) for goal in queries.goals(request.actor, [wanted.key], request.at)]


class GoalDealOut(Schema):
    """A deal that counts for a goal: on which `day` (of several moves the last one), and how often (`times`)."""

    uid: uuid.UUID
    name: str
    owner: str | None
    amount: Decimal | None
    currency: str
    day: date
    times: int


class GoalDealsOut(Schema):
    """The deals behind a goal, a page of them: those that counted last first, or with `due` open ones, soonest first.

    `reached` and `n` are over all of them; of the `deals_in_all` the caller may see `found`. `next` is the `skip`
    of the page after this one.
    """

    goal: uuid.UUID
    measure: str
    period: str
    currency: str
    as_of: date
    reached: Decimal
    n: int
    deals_in_all: int
    found: int
    due: bool
    next: int | None
    deals: list[GoalDealOut]


@router.get("/goals/{uid}/deals", response=GoalDealsOut)
def list_goal_deals(request: Caller, uid: uuid.UUID, skip: int = 0, due: bool = False) -> Mapping[str, Any]:
    """The deals that make up what was reached of a goal; with `due` the open ones whose order is due by its end."""
    return as_json(goal_deals(request.actor, uid, due=due, skip=max(0, skip), at=request.at))


class Between(Schema):
    """A value with its interval; a bound that nobody knows is null."""

    value: float
    low: float
    high: float | None


class ShareOut(Between):
    """A share in the end; `undecided` is the share of those that last longer than any was watched until its end."""

    undecided: float


class GoalLeadsOut(Schema):
    """What a goal asks for in a month (`wanted`), and new leads beside it.

    `came` is leads a month over the last 91 days with its 95 % interval, from `came_n`; `needed` those that would bring
    what is wanted, null where `unknown` says why (`few_ended`, `none_won`, `few_amounts`). `share` of the `leads`
    received within a year is won in the end; a won one brings `worth` on average, with 95 %, by `worth_n`. Of `won`
    deals of the last year `won_leads` began as leads. `verdict`: `fewer`, `more` or `alike`, empty where unknown.
    """

    goal: uuid.UUID
    measure: str
    period: str
    currency: str
    as_of: date
    wanted: float
    came: Between
    came_n: int
    needed: Between | None
    unknown: str
    verdict: str
    leads: int
    share: ShareOut | None
    worth: Between | None
    worth_n: int
    won: int
    won_leads: int


@router.get("/goals/{uid}/leads", response=GoalLeadsOut)
def list_goal_leads(request: Caller, uid: uuid.UUID) -> Mapping[str, Any]:
    """New leads beside what a goal needs: an amount won or deals won; 404 for the other measures."""
    return leads_as_json(goal_leads(request.actor, uid, at=request.at))


@router.post("/goals", response=GoalOut)
def save_goal(request: Caller, body: GoalGiven) -> dict[str, Any]:
    """Set, change or take away a goal."""
    given = {name: value for name, value in body.dict().items() if value is not None}
    given |= {name: str(given[name]) for name in ("user", "team") if name in given}
    return as_plain(set_goal(given, actor=request.actor, at=request.at))


def as_plain(goal: queries.GoalView) -> dict[str, Any]:
    """The goal as plain values."""
    copied = ("uid", "measure", "period", "begins", "ends", "target", "currency", "reached", "chance", "is_warned")
    found: dict[str, Any] = {name: getattr(goal, name) for name in copied}
    for name, ref in (("user", goal.user), ("team", goal.team)):
        found[name] = {"uid": ref.uid, "name": ref.name} if ref else None
    found["as_of"] = goal.stood_on
    if goal.stands is None:
        return found
    stands, ahead = goal.stands, goal.stands.outlook
    told = {"reached": stands.reached, "n": stands.n, "unknown": stands.unknown, "only_open": stands.only_open}
    told["covered"] = vars(stands.covered) if stands.covered else None
    sure = {"chance": ahead.chance, "low": ahead.low, "high": ahead.high} if ahead else {"chance": None}
    return {**found, **told, **sure, "as_of": goal.counted_on, "counted_at": goal.counted_at}
