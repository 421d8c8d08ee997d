"""New leads beside what a goal needs: how many come in a month, and how many a month would bring what it asks for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from math import sqrt
from typing import Any, Final

import numpy as np

from etappe.core.actor import Actor
from etappe.core.counts import expected
from etappe.core.errors import Missing
from etappe.core.goals import Z95, Needed, leads_needed, period_of
from etappe.core.periods import local_day
from etappe.core.survival import Eventual, share_in_the_end
from etappe.insights.forecast.changed import asked
from etappe.insights.goal_deals import MINE, plain_goal, seen_goal
from etappe.insights.goals import GoalView, views, whose_each
from etappe.team.access import require
from etappe.team.queries import workspace

MEASURES: Final = ("won_amount", "won_deals")
"""Goals that leads can bring."""
FEWEST_ENDED: Final = 20
"""Leads of a year that must have ended before anything is said of how many are won."""
FEWEST_WON: Final = 10
"""Won leads with an amount before anything is said of what one brings."""
YEAR: Final = 365
LATELY: Final = 91
"""Days whose leads are counted as those that come at present."""
MONTH: Final = YEAR / 12

_ENDS: Final = f"""
SELECT CASE WHEN outcome = 'won' AND %(currency)s <> '' AND currency <> %(currency)s THEN 'elsewhere' ELSE outcome END
        AS outcome,
    greatest(0, coalesce(decided_on, %(day)s) - DATE '1970-01-01' - received_number) AS days,
    count(*) AS leads, count(*) FILTER (WHERE received_number > %(number)s - %(lately)s) AS lately
FROM fact_deal JOIN (SELECT lead_id, received_number FROM fact_lead) AS lead ON lead_id = deal_id
WHERE received_number BETWEEN %(number)s - %(year)s + 1 AND %(number)s AND {MINE}
GROUP BY 1, 2
"""  # noqa: S608 - nothing of a user's is in it
_WORTH: Final = f"""
SELECT count(*) AS won, count(lead_id) AS leads,
    count(amount) FILTER (WHERE lead_id IS NOT NULL) AS known,
    coalesce(avg(amount) FILTER (WHERE lead_id IS NOT NULL), 0)::float8 AS mean,
    coalesce(stddev_samp(amount) FILTER (WHERE lead_id IS NOT NULL), 0)::float8 AS spread
FROM fact_deal LEFT JOIN (SELECT lead_id FROM fact_lead) AS lead ON lead_id = deal_id
WHERE outcome = 'won' AND decided_on > %(day)s - %(year)s AND decided_on <= %(day)s
    AND (%(currency)s = '' OR currency = %(currency)s) AND {MINE}
"""  # noqa: S608 - the same


@dataclass(frozen=True)
class GoalLeads:
    """What a goal asks for in a month, and the leads that would bring it beside those that come.

    `wanted` is in the goal's unit. `needed` is None where `unknown` says why: fewer than 20 leads of a year have ended
    (`few_ended`), none of them was won (`none_won`), fewer than 10 won ones have an amount (`few_amounts`). `came` is
    leads a month over the last 91 days with its 95 % interval, from `came_n`; `share` of them is won in the end, by
    `leads` received within a year; won ones bring `worth` on average, with its 95 % interval, by `worth_n`. Of `won`
    deals of the last year `won_leads` had begun as leads.
    """

    goal: GoalView
    as_of: date
    wanted: float
    came: tuple[float, float, float]
    came_n: int
    leads: int
    share: Eventual | None
    worth: tuple[float, float, float] | None
    worth_n: int
    won: int
    won_leads: int
    needed: Needed | None
    unknown: str = ""

    @property
    def verdict(self) -> str:
        """`fewer`, `more`, or `alike` where nobody can tell; nothing where what is needed is not known."""
        if self.needed is None:
            return ""
        _came, low, high = self.came
        return "fewer" if high < self.needed.low else "more" if low > self.needed.high else "alike"


def goal_leads(viewer: Actor, uid: uuid.UUID | str, *, at: datetime) -> GoalLeads:
    """New leads beside what the goal needs; `Missing` where the viewer does not see it, or leads cannot bring it."""
    require(viewer, "figures.see")
    row = seen_goal(viewer, uid)
    if row.measure not in MEASURES:
        raise Missing
    day = local_day(at, workspace().zone)
    whose = whose_each([row])[row.id]
    given = {
        "users": [] if whose.user is None else [whose.user],
        "teams": sorted(whose.teams),
        "currency": row.currency,
        "day": day,
        "number": day.toordinal() - date(1970, 1, 1).toordinal(),
        "year": YEAR,
        "lately": LATELY,
    }
    ends, (worth,) = asked(_ENDS, given), asked(_WORTH, given)
    return _told(views([row])[0], day, ends, worth)


def _told(goal: GoalView, day: date, ends: Sequence[Mapping[str, Any]], worth: Mapping[str, Any]) -> GoalLeads:
    wanted = float(goal.target or 0) / period_of(goal.period).months
    share, lately = _share(ends), sum(row["lately"] for row in ends)
    is_amount = goal.measure == "won_amount"
    unknown = _unknown(share, worth["known"] if is_amount else FEWEST_WON)
    brings = (worth["mean"], worth["spread"] / sqrt(max(1, worth["known"]))) if is_amount else (1.0, 0.0)
    return GoalLeads(
        goal=goal,
        as_of=day,
        wanted=wanted,
        came=tuple(count * MONTH / LATELY for count in (lately, *expected(lately))),  # type: ignore[arg-type]  # three
        came_n=lately,
        leads=sum(row["leads"] for row in ends),
        share=share,
        worth=_mean(*brings) if is_amount and worth["known"] >= FEWEST_WON else None,
        worth_n=worth["known"],
        won=worth["won"],
        won_leads=worth["leads"],
        needed=leads_needed(wanted, (share.value, share.low, share.high), brings) if share and not unknown else None,
        unknown=unknown,
    )


def _share(ends: Sequence[Mapping[str, Any]]) -> Eventual | None:
    """The share of leads won in the end in the goal's currency, if it has one; None where too few have ended.

    Those still open count as open, those won in another currency as ended without a win for this goal.
    """
    if sum(row["leads"] for row in ends if row["outcome"] != "open") < FEWEST_ENDED:
        return None
    days, leads = (np.array([row[name] for row in ends], dtype=np.float64) for name in ("days", "leads"))
    codes = np.array([{"open": 0, "won": 1}.get(row["outcome"], 2) for row in ends], dtype=np.int64)
    return share_in_the_end(days, codes, 1, (1, 2), leads)


def _mean(mean: float, error: float) -> tuple[float, float, float]:
    """A mean with its 95 % interval, which does not go below 0."""
    return mean, max(0.0, mean - Z95 * error), mean + Z95 * error


def _unknown(share: Eventual | None, known: int) -> str:
    if share is None:
        return "few_ended"
    if share.value <= 0:
        return "none_won"
    return "few_amounts" if known < FEWEST_WON else ""


PLAIN: Final = ("wanted", "came_n", "leads", "worth_n", "won", "won_leads")


def as_json(found: GoalLeads) -> dict[str, Any]:
    """As plain values; a bound that nobody knows is null."""
    needed = found.needed
    high = needed.high if needed and needed.high < float("inf") else None
    return {
        **plain_goal(found.goal, found.as_of),
        **{
            name: getattr(found, name) for name in ("wanted", "came_n", "leads", "worth", "worth_n", "won", "won_leads")
        },
        "came": _between(found.came),
        "worth": _between(found.worth) if found.worth else None,
        "share": asdict(found.share) if found.share else None,
        "needed": {"value": needed.value, "low": needed.low, "high": high} if needed else None,
        "unknown": found.unknown,
        "verdict": found.verdict,
    }


def _between(value: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip(("value", "low", "high"), value, strict=True))
