"""`etappe goal`: list and set goals."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from etappe.cli.edge import actor_named, plainly, said_plainly

MEASURES = ("won_amount", "won_deals", "new_deals", "proven_moves")


@click.group("goal", short_help="List and set goals of colleagues and teams.")
def command() -> None:
    """List and set goals of colleagues and teams."""


@command.command("list")
@click.argument("period", required=False)
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--as", "email", metavar="EMAIL", help="As this colleague sees them; without it, all goals.")
@plainly
def list_(period: str | None, shape: str, email: str | None) -> None:
    """List the goals of PERIOD (2026-11, 2026-Q4, 2026; this month if left out) with where they stand."""
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.core.actor import SYSTEM
        from etappe.core.goals import period_of
        from etappe.core.periods import local_day
        from etappe.insights.goals import goals
        from etappe.journal.clock import now
        from etappe.team.queries import workspace

        at = now()
        wanted = period_of(period or f"{local_day(at, workspace().zone):%Y-%m}")
        rows = [_plain(goal) for goal in goals(actor_named(email) if email else SYSTEM, [wanted.key], at)]
    if shape == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows or ({},):
        click.echo(_line(row) if row else f"No goals for {wanted.key}.")


@command.command("deals")
@click.argument("goal")
@click.option("--due", is_flag=True, help="Open deals whose order is due by the end of its period instead.")
@click.option("--skip", type=click.IntRange(min=0), default=0, help="Deals to leave out at the beginning.")
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--as", "email", metavar="EMAIL", help="As this colleague sees them; without it, all deals.")
@plainly
def deals(goal: str, due: bool, skip: int, shape: str, email: str | None) -> None:
    """List the deals behind what was reached of GOAL (its uid, as `list --format json` says it)."""
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.core.actor import SYSTEM
        from etappe.insights.goal_deals import as_json, goal_deals
        from etappe.journal.clock import now

        viewer = actor_named(email) if email else SYSTEM
        found = as_json(goal_deals(viewer, goal, due=due, skip=skip, at=now()))
    if shape == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for deal in found["deals"]:
        amount = "" if deal["amount"] is None else f"{Decimal(deal['amount']):,.0f} {deal['currency']}"
        times = f"  {deal['times']} times" if deal["times"] > 1 else ""
        click.echo(f"{deal['day']}  {deal['name']}  {amount}  {deal['owner'] or ''}{times}")
    reached = f"{Decimal(found['reached']):,.0f} {found['currency']}".strip()
    what = "in open deals" if due else "reached"
    shown = f"{skip + len(found['deals'])} of {found['found']} deals"
    click.echo(f"{reached} {what} with {found['deals_in_all']} deals as of {found['as_of']}; shown: {shown}")


@command.command("set")
@click.argument("measure", type=click.Choice(MEASURES))
@click.argument("period")
@click.argument("target")
@click.option("--user", metavar="EMAIL", help="The colleague whose goal it is.")
@click.option("--team", metavar="NAME", help="The team whose goal it is.")
@click.option("--currency", metavar="CODE", help="For amounts; the workspace's if left out.")
@click.option("--as", "email", metavar="EMAIL", required=True, help="Who sets it.")
@plainly
def set_(measure: str, period: str, target: str, user: str | None, team: str | None, **more: str | None) -> None:
    """Set the goal TARGET for MEASURE in PERIOD (2026-11, 2026-Q4, 2026); a TARGET of - takes it away."""
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.insights.actions_goals import set_goal
        from etappe.journal.clock import now

        actor = actor_named(more["email"] or "")
        given: dict[str, Any] = {"measure": measure, "period": period, "target": _number(target)}
        given |= {"currency": more["currency"]} if more["currency"] else {}
        set_goal(given | _whose(user, team), actor=actor, at=now())
        click.echo(f"{measure} {period}: {target}")


def _number(text: str) -> Decimal | None:
    if text == "-":
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise click.ClickException(f"{text!r} is no number. Write it like 120000 or 1234.50.") from None


def _whose(user: str | None, team: str | None) -> dict[str, str]:
    from etappe.core.actor import SYSTEM
    from etappe.team.queries import teams, users

    people = [str(each.uid) for each in users(SYSTEM) if user and each.email.casefold() == user.casefold()]
    named = [str(each.uid) for each in teams(SYSTEM) if team and each.name.casefold() == team.casefold()]
    return {name: found[0] for name, found in (("user", people), ("team", named)) if found}


def _plain(goal: Any) -> dict[str, Any]:
    stands, ahead = goal.stands, goal.stands.outlook
    return {
        "uid": str(goal.uid),
        "whose": goal.user.name if goal.user else goal.team.name,
        "measure": goal.measure,
        "period": goal.period,
        "target": str(goal.target),
        "currency": goal.currency,
        "reached": str(stands.reached),
        "n": stands.n,
        "chance": ahead.chance if ahead else None,
        "low": ahead.low if ahead else None,
        "high": ahead.high if ahead else None,
        "coverage": stands.covered.times if stands.covered else None,
        "due": stands.covered.n if stands.covered else None,
        "unknown": stands.unknown,
        "only_open": stands.only_open,
        "as_of": goal.counted_on.isoformat(),
        "counted_at": goal.counted_at.isoformat(),
    }


def _line(row: dict[str, Any]) -> str:
    target, reached = (f"{Decimal(row[name]):,.0f}" for name in ("target", "reached"))
    stands = f"{row['whose']}  {row['measure']}  {reached} of {target} {row['currency']} (n {row['n']}, {row['as_of']})"
    if row["coverage"] is not None:
        stands += f"; covered {row['coverage']:.1f} times by {row['due']} open deals"
    if row["chance"] is None:
        return f"{stands}; chance not known ({row['unknown']})"
    return f"{stands}; likely {row['low']:,.0f} to {row['high']:,.0f} (80 %), chance {_chance(row)}"


def _chance(row: dict[str, Any]) -> str:
    """Before the end nothing is certain but what was reached."""
    is_reached = Decimal(row["reached"]) >= Decimal(row["target"])
    if row["chance"] < 0.01 and not is_reached:
        return "below 1 %"
    if row["chance"] > 0.99 and not is_reached:
        return "above 99 %"
    return f"{row['chance']:.0%}"
