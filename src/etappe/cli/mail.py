"""`etappe mail`: be mailed figures or what waits on a working morning, and see what is mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from etappe.cli.edge import actor_named, plainly, said_plainly

if TYPE_CHECKING:
    from etappe.insights.subscriptions import SubscriptionView

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@click.group("mail", short_help="Be mailed figures every week or month, and see what is mailed.")
def command() -> None:
    """Be mailed figures every week or month, or what waits on a working morning; see what is mailed."""


@command.command("list")
@click.option("--as", "email", metavar="EMAIL", required=True, help="Whose mails.")
@plainly
def list_(email: str) -> None:
    """List what a colleague is mailed, when it is next due, and what became of the last mail."""
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.insights.subscriptions import subscriptions

        found = subscriptions(actor_named(email))
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("Nothing is mailed.")


@command.command("figure")
@click.argument("key")
@click.option("--weekly", type=click.Choice(WEEK), help="On this day of every week.")
@click.option("--monthly", type=click.IntRange(1, 31), metavar="DAY", help="On this day, or the month's last one.")
@click.option("--hour", type=click.IntRange(0, 23), default=7, show_default=True, help="In the workspace's time zone.")
@click.option("--by", default="", metavar="FIELD", help="Split by owner, team, source, ...")
@click.option("--where", default="", metavar="FILTER", help="Only of the deals that this filter of lists leaves.")
@click.option("--stage", default="", metavar="KEY", help="Which stage deals passed, for passed_and_won.")
@click.option("--within", default="", metavar="DAYS", help="Days from there until they were won, such as 30d.")
@click.option("--window", default="", metavar="DAYS", help="Days back in which they passed it, such as 365d.")
@click.option("--as", "email", metavar="EMAIL", required=True, help="Who is mailed it, as they may see it.")
@plainly
def figure(email: str, weekly: str | None, monthly: int | None, **asked: Any) -> None:
    """Mail the figure KEY to a colleague; who is mailed it already gets it at the new time."""
    from etappe.config.start import application

    if (weekly is None) == (monthly is None):
        raise click.UsageError("Give either --weekly or --monthly.")
    when = {"rhythm": "weekly", "day": WEEK.index(weekly) + 1} if weekly else {"rhythm": "monthly", "day": monthly}
    given = {("figure" if name == "key" else name): value for name, value in asked.items()}
    with application(), said_plainly():
        _ask(email, {**given, **when})


@command.command("morning")
@click.option("--hour", type=click.IntRange(0, 23), default=7, show_default=True, help="In the workspace's time zone.")
@click.option("--as", "email", metavar="EMAIL", required=True, help="Who is mailed it, as they may see it.")
@plainly
def morning(email: str, hour: int) -> None:
    """Mail a colleague what waits for them, every working morning; who is mailed it already gets it at the new hour."""
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.insights.subscriptions import MORNING

        _ask(email, {"figure": MORNING, "rhythm": "workdays", "day": 1, "hour": hour})


def _ask(email: str, given: dict[str, Any]) -> None:
    from etappe.insights.actions_mail import subscribe
    from etappe.journal.clock import now

    click.echo(_line(subscribe(given, actor=actor_named(email), at=now())))


@command.command("end")
@click.argument("uid")
@click.option("--as", "email", metavar="EMAIL", required=True, help="Whose mail it is.")
@plainly
def end(uid: str, email: str) -> None:
    """Mail UID no longer."""
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.insights.actions_mail import unsubscribe
        from etappe.journal.clock import now

        ended = unsubscribe(uid, actor=actor_named(email), at=now())
        click.echo(f"{ended.figure} is mailed no longer.")


def _line(each: SubscriptionView) -> str:
    of_month = "Monday to Friday" if each.rhythm == "workdays" else f"day {each.on_day}"
    day = WEEK[each.on_day - 1] if each.rhythm == "weekly" else of_month
    narrowed = "".join(f", {name} {value}" for name, value in (("by", each.split), ("where", each.where)) if value)
    last = f"; last {each.due_at:%Y-%m-%d}: {each.state}" if each.due_at else ""
    problem = f" ({each.problem})" if each.problem else ""
    due = f"next {each.next_at:%Y-%m-%d %H:%M} UTC"
    return f"{each.uid}  {each.figure}{narrowed}, {each.rhythm} ({day}, {each.hour:02}:00), {due}{last}{problem}"
