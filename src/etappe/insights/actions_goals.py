"""Setting goals, and keeping watch over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from etappe.core.actor import Actor
from etappe.core.contact import clean_line, clean_reference
from etappe.core.deal_fields import clean_amount, clean_currency
from etappe.core.errors import Refusal
from etappe.core.goals import DANGER, MEASURES, period_of
from etappe.core.kinds.insights import GoalChanged, GoalSet
from etappe.core.periods import local_day
from etappe.insights.goals import GoalView, plain_standing, standings, views
from etappe.insights.models import Goal
from etappe.journal.record import action, record
from etappe.journal.values import changes as differing
from etappe.journal.values import columns_of
from etappe.team.access import Holder, require
from etappe.team.fields import Cleaner, one_of
from etappe.team.queries import teams, user_by_uid, workspace

GIVEN: Final[Mapping[str, Cleaner]] = {
    "user": clean_reference,
    "team": clean_reference,
    "measure": one_of(MEASURES),
    "period": clean_line,
    "target": clean_amount,
    "currency": clean_currency,
}


@dataclass(frozen=True)
class _Whose:
    """Whose goal it is: keys, and the name."""

    user: int | None
    team: int | None
    name: str
    holder: Holder


@action
def set_goal(given: Mapping[str, Any], *, actor: Actor, at: datetime) -> GoalView:
    """Set, change or take away the goal of a colleague or a team for a measure in a period.

    `given`: `user` or `team` (a uid), `measure` (one of `MEASURES`), `period` (`2026-11`, `2026-Q4`, `2026`), `target`
    (above 0; None takes the goal away) and for amounts a `currency` (the workspace's where it is left out).
    Managers set those of their teams and the colleagues in them, administrators all.
    """
    require(actor, "goals.set")
    wanted = _cleaned(given)
    whose = _whose(wanted, actor)
    require(actor, "goals.set", whose.holder)
    period = period_of(wanted["period"])
    row, is_new = _locked(whose, wanted, period.key)
    row.begins, row.ends = period.begins, period.ends
    if is_new:
        row.target = wanted["target"]
        if row.target is None:
            raise Refusal("goal_of_nothing", field="target")
        row.save(force_insert=True)
        record(GoalSet(columns_of(row, Goal.JOURNALED), goal=str(row.uid), whose=whose.name), actor=actor, at=at)
    elif changed := differing(row, {"target": wanted["target"]}):
        row.target, row.version = wanted["target"], row.version + 1
        row.save(update_fields=["target", "version"])
        record(GoalChanged(changed, goal=str(row.uid), whose=whose.name), actor=actor, at=at)
    _store([row], at)
    return views([row])[0]


def _cleaned(given: Mapping[str, Any]) -> dict[str, Any]:
    for field in given:
        if field not in GIVEN:
            raise Refusal("unknown_field", field=field, fields=tuple(GIVEN))
    wanted = {"user": None, "team": None, "target": None, "measure": "", "period": "", **given}
    amount = wanted["measure"] == "won_amount"
    wanted["currency"] = (wanted.get("currency") or workspace().currency) if amount else None
    cleaned = {field: GIVEN[field](field, value) for field, value in wanted.items() if field != "currency"}
    cleaned["currency"] = clean_currency("currency", wanted["currency"]) if amount else ""
    if cleaned["target"] is not None and cleaned["target"] <= 0:
        raise Refusal("goal_of_nothing", field="target")
    return cleaned


def _whose(wanted: Mapping[str, Any], actor: Actor) -> _Whose:
    user, team = wanted["user"], wanted["team"]
    if bool(user) == bool(team):
        raise Refusal("goal_of_nobody", field="user")
    if user:
        row = user_by_uid(user)
        return _Whose(row.id, None, row.name, Holder(None, row.team_id))
    for each in teams(actor):
        if str(each.uid) == str(team):
            return _Whose(None, each.id, each.name, Holder(None, each.id))
    raise Refusal("goal_of_nobody", field="team")


def _locked(whose: _Whose, wanted: Mapping[str, Any], period: str) -> tuple[Goal, bool]:
    place = {
        "user_id": whose.user,
        "team_id": whose.team,
        "measure": wanted["measure"],
        "period": period,
        "currency": wanted["currency"],
    }
    found = Goal.objects.select_for_update().filter(**place).first()
    return (found, False) if found else (Goal(**place), True)


@action
def watch(*, actor: Actor, at: datetime) -> int:
    """Find anew where all running goals stand, and which are in danger since when; returns how many are.

    Where they stand is derived and no act of anybody, so the journal tells of none of it.
    """
    require(actor, "workspace.edit")
    day = local_day(at, workspace().zone)
    running = list(
        Goal.objects.select_for_update().filter(begins__lte=day, ends__gte=day, target__isnull=False).order_by("id")
    )
    _store(running, at)
    return sum(row.warned_on is not None for row in running)


def _store(rows: list[Goal], at: datetime) -> None:
    day = local_day(at, workspace().zone)
    for row, stands in zip(rows, standings(rows, at), strict=True):
        is_running = row.target is not None and row.begins <= day <= row.ends
        chance = stands.outlook.chance if stands.outlook else None
        # What open deals bring alone is the least that comes: a low chance of it warns of nothing.
        in_danger = is_running and chance is not None and chance < DANGER and not stands.only_open
        row.chance, row.reached, row.stood_on = chance, stands.reached, day
        row.standing = plain_standing(stands, at)
        row.warned_on = (row.warned_on or day) if in_danger else None
    Goal.objects.bulk_update(rows, ["chance", "reached", "stood_on", "warned_on", "standing"])
