"""`etappe commitment`: say what one will win in a month, and list what was said beside what came."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from etappe.cli.edge import actor_named, plainly, said_plainly


@click.group("commitment", short_help="Say what one will win in a month, and list what was said.")
def command() -> None:
    """Say what one will win in a month, and list what was said beside what came of it."""


@command.command("list")
@click.argument("month", required=False)
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--as", "email", metavar="EMAIL", help="As this colleague sees them; without it, all.")
@plainly
def list_(month: str | None, shape: str, email: str | None) -> None:
    """List what was last said for MONTH (2026-11; this month if left out), beside what was won in it so far."""
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.core.actor import SYSTEM
        from etappe.core.periods import local_day
        from etappe.insights.commitments import commitments, month_of
        from etappe.journal.clock import now
        from etappe.team.queries import workspace

        day = local_day(now(), workspace().zone)
        wanted = month_of(month or f"{day:%Y-%m}")
        viewer = actor_named(email) if email else SYSTEM
        rows = [_plain(each) for each in commitments(viewer, [wanted.key], day)]
    if shape == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(_line(row, day.isoformat()))
    if not rows:
        click.echo(f"Nobody committed to anything for {wanted.key}.")


@command.command("make")
@click.argument("month")
@click.argument("amount")
@click.option("--as", "email", metavar="EMAIL", required=True, help="Who says it, for themselves.")
@plainly
def make(month: str, amount: str, email: str) -> None:
    """Say that one will win AMOUNT in MONTH (2026-11); an AMOUNT of - takes back what was said."""
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.insights.commitments import commit
        from etappe.journal.clock import now

        said = commit({"period": month, "amount": _number(amount)}, actor=actor_named(email), at=now())
        told = "taken back" if said.amount is None else f"{said.amount:,.0f} {said.currency}"
        click.echo(f"{said.user.name}  {said.period}: {told}")


def _number(text: str) -> Decimal | None:
    if text == "-":
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise click.ClickException(f"{text!r} is no number. Write it like 120000 or 1234.50.") from None


def _plain(each: Any) -> dict[str, Any]:
    return {
        "user": each.user.name,
        "period": each.period,
        "said_on": each.said_on.isoformat(),
        "amount": str(each.amount),
        "currency": each.currency,
        "won": None if each.won is None else str(each.won),
    }


def _line(row: dict[str, Any], day: str) -> str:
    said = f"{row['user']}  {Decimal(row['amount']):,.0f} {row['currency']}, said on {row['said_on']}"
    return said if row["won"] is None else f"{said}; won by {day}: {Decimal(row['won']):,.0f}"
