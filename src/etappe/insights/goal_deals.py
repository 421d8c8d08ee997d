"""The deals behind a goal, as far as the viewer may see them: those that count for it, or open ones due by its end."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.periods import local_day
from etappe.insights.forecast.changed import asked
from etappe.insights.goals import OF_WON, GoalView, first_due, views, visible_goals, whose_each
from etappe.insights.models import Goal
from etappe.team.access import require
from etappe.team.queries import UserRef, user_names, workspace

PER_PAGE: Final = 50

MINE: Final = "(owner_id = ANY(%(users)s) OR team_id = ANY(%(teams)s))"
"""The deals of a colleague, or of the teams of a goal."""
_WON: Final = f"""
SELECT deal_id, uid, name, owner_id, team_id, amount, currency, decided_on AS day, 1 AS times FROM fact_deal
WHERE outcome = 'won' AND decided_on BETWEEN %(begins)s AND %(ends)s AND {MINE}
    AND (%(currency)s = '' OR currency = %(currency)s)
"""  # noqa: S608 - nothing of a user's is in it
_NEW: Final = f"""
SELECT deal_id, uid, name, owner_id, team_id, amount, currency, DATE '1970-01-01' + first.day AS day, 1 AS times
FROM fact_deal JOIN LATERAL (
    SELECT min(entered_number) AS day FROM fact_stage_visit AS visit WHERE visit.deal_id = fact_deal.deal_id
) AS first ON true
WHERE first.day BETWEEN %(begins)s - DATE '1970-01-01' AND %(ends)s - DATE '1970-01-01' AND {MINE}
"""  # noqa: S608 - the same
_MOVED: Final = f"""
SELECT deal_id, uid, name, owner_id, team_id, amount, currency, DATE '1970-01-01' + moves.day AS day, moves.times
FROM fact_deal JOIN (
    SELECT deal_id, max(entered_number) AS day, count(*) AS times FROM fact_stage_visit
    WHERE basis = 'evidence'
        AND entered_number BETWEEN %(begins)s - DATE '1970-01-01' AND %(ends)s - DATE '1970-01-01'
    GROUP BY 1
) AS moves USING (deal_id)
WHERE {MINE}
"""  # noqa: S608 - the same
_DUE: Final = f"""
SELECT deal_id, uid, name, owner_id, team_id, amount, currency, expected_close AS day, 1 AS times
FROM fact_deal LEFT JOIN fact_process_stage USING (process_version_id, stage)
WHERE outcome = 'open' AND (phase IS DISTINCT FROM 'find' OR basis = 'imported')
    AND expected_close BETWEEN %(first)s AND %(by)s AND {MINE}
    AND (%(currency)s = '' OR currency = %(currency)s)
"""  # noqa: S608 - the same
_COUNTED: Final = {"won_amount": _WON, "won_deals": _WON, "new_deals": _NEW, "proven_moves": _MOVED}
_SEEN: Final = """
%(all)s OR owner_id = %(viewer)s OR team_id = ANY(%(scope)s)
    OR deal_id IN (SELECT deal_id FROM fact_deal_member WHERE user_id = %(viewer)s)
"""
_SUMS: Final = """
SELECT count(*) AS deals, coalesce(sum(times), 0)::bigint AS times, coalesce(sum(amount), 0) AS amount,
    count(*) FILTER (WHERE {seen}) AS seen
FROM ({counted}) AS counted
"""
_PAGE: Final = """
SELECT uid, name, owner_id, amount, currency, day, times FROM ({counted}) AS counted WHERE {seen}
ORDER BY day {order}, deal_id {order} LIMIT %(limit)s OFFSET %(skip)s
"""


@dataclass(frozen=True)
class GoalDeal:
    """A deal that counts: on which day (the last one, of several moves), and how often."""

    uid: str
    name: str
    owner: UserRef | None
    amount: Decimal | None
    currency: str
    day: date
    times: int


@dataclass(frozen=True)
class GoalDeals:
    """A page of the deals behind a goal: those that counted last first, or with `due` open ones, due first ones first.

    `reached` is what all of them come to (or would, if won) and `n` how many count; `deals_in_all` of them are deals,
    and `found` of these the viewer may see.
    """

    goal: GoalView
    as_of: date
    reached: Decimal
    n: int
    deals_in_all: int
    found: int
    skip: int
    deals: tuple[GoalDeal, ...]
    due: bool

    @property
    def next(self) -> int | None:
        """What to skip for the next page; None on the last one."""
        after = self.skip + len(self.deals)
        return after if self.deals and after < self.found else None


def goal_deals(viewer: Actor, uid: uuid.UUID | str, *, due: bool = False, skip: int = 0, at: datetime) -> GoalDeals:
    """The deals that make up what was reached of a goal by now, or with `due` the open ones that could still add to it.

    `Missing` for a goal that the viewer does not see, and for open deals where the goal is not about won ones.
    """
    require(viewer, "figures.see")
    row = seen_goal(viewer, uid)
    if due and row.measure not in OF_WON:
        raise Missing
    day = local_day(at, workspace().zone)
    whose, scope = whose_each([row])[row.id], viewer.scope
    given = {
        "users": [] if whose.user is None else [whose.user],
        "teams": sorted(whose.teams),
        "begins": row.begins,
        "ends": min(row.ends, day),
        "first": first_due(row, day),
        "by": row.ends,
        "currency": row.currency,
        "all": scope.all,
        "viewer": scope.user,
        "scope": sorted(scope.teams),
        "limit": PER_PAGE,
        "skip": skip,
    }
    counted = {"counted": _DUE if due else _COUNTED[row.measure], "seen": _SEEN, "order": "ASC" if due else "DESC"}
    (sums,) = asked(_SUMS.format(**counted), given)
    listed = asked(_PAGE.format(**counted), given)
    return GoalDeals(
        goal=views([row])[0],
        as_of=day,
        reached=sums["amount"] if row.measure == "won_amount" else Decimal(sums["times"]),
        n=sums["times"],
        deals_in_all=sums["deals"],
        found=sums["seen"],
        skip=skip,
        deals=_deals(listed),
        due=due,
    )


def seen_goal(viewer: Actor, uid: uuid.UUID | str) -> Goal:
    """The goal, as far as the viewer may see it and it was not taken away; otherwise `Missing`."""
    try:
        wanted = uuid.UUID(str(uid))
    except ValueError:
        raise Missing from None
    row = visible_goals(viewer).filter(uid=wanted, target__isnull=False).first()
    if row is None:
        raise Missing
    return row


def _deals(rows: list[dict[str, Any]]) -> tuple[GoalDeal, ...]:
    names = user_names(row["owner_id"] for row in rows)
    copied = ("uid", "name", "amount", "currency", "day", "times")
    return tuple(GoalDeal(**{name: row[name] for name in copied}, owner=names.get(row["owner_id"])) for row in rows)


def plain_goal(goal: GoalView, as_of: date) -> dict[str, str]:
    """Which goal something is about, and as of which day, as plain values."""
    return {
        "goal": str(goal.uid),
        "measure": goal.measure,
        "period": goal.period,
        "currency": goal.currency,
        "as_of": as_of.isoformat(),
    }


def as_json(found: GoalDeals) -> Mapping[str, Any]:
    """The page as plain values: days as ISO text, amounts as text."""
    return {
        **plain_goal(found.goal, found.as_of),
        "reached": str(found.reached),
        "n": found.n,
        "deals_in_all": found.deals_in_all,
        "found": found.found,
        "due": found.due,
        "next": found.next,
        "deals": [_plain(each) for each in found.deals],
    }


def _plain(each: GoalDeal) -> Mapping[str, Any]:
    return {
        "uid": each.uid,
        "name": each.name,
        "owner": each.owner.name if each.owner else None,
        "amount": None if each.amount is None else str(each.amount),
        "currency": each.currency,
        "day": each.day.isoformat(),
        "times": each.times,
    }
