"""`etappe user`: add, list and link colleagues."""

from __future__ import annotations

import json
import uuid

import click

from etappe.cli.edge import actor_named, plainly
from etappe.core.actor import Actor, Role


@click.group("user", short_help="Add, list and link colleagues.")
def command() -> None:
    """Add, list and link colleagues."""


@command.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The name colleagues see.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.REP.value, show_default=True)
@click.option("--team", "team_name", help="The team's name.")
@click.option("--as", "as_email", required=True, help="The administrator who adds them, by e-mail address.")
@plainly
def add(email: str, name: str, role: str, team_name: str | None, as_email: str) -> None:
    """Add a colleague and print the link by which they choose a password, good for 7 days."""
    from etappe.config.start import application

    with application():
        from etappe.journal.clock import now
        from etappe.team.actions import invite

        actor = actor_named(as_email)
        _, token = invite(email, name, role, _team(team_name, actor), actor=actor, at=now())
        click.echo(_address("join", token))


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")
@plainly
def list_(as_json: bool) -> None:
    """List all colleagues."""
    from etappe.config.start import application

    with application():
        from etappe.core.actor import SYSTEM
        from etappe.team.queries import users

        rows = [
            {
                "uid": str(user.uid),
                "email": user.email,
                "name": user.name,
                "role": user.role.value,
                "team": user.team.name if user.team else None,
                "active": user.is_active,
                "can_sign_in": user.can_sign_in,
            }
            for user in users(SYSTEM)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        state = "" if row["active"] else "  (left)"
        click.echo(f"{row['email']:<36} {row['name']:<28} {row['role']:<14} {row['team'] or '-'}{state}")


@command.command("link")
@click.argument("email", required=False)
@click.option("--as", "as_email", help="The administrator who invites, by e-mail address.")
@plainly
def link(email: str | None, as_email: str | None) -> None:
    """Print a new link: for EMAIL to choose a password, or without EMAIL to create the first administrator."""
    from etappe.config.start import application

    if email and not as_email:
        raise click.UsageError("An invitation needs --as ADMINISTRATOR.")
    with application():
        from etappe.config.announce import setup_link
        from etappe.journal.clock import now
        from etappe.team.actions import invite_again

        if email is None or as_email is None:
            found = setup_link()
            if found is None:
                raise click.ClickException("There is an administrator already; they can invite others.")
            click.echo(found)
            return
        click.echo(_address("join", invite_again(_uid(email), actor=actor_named(as_email), at=now())))


def _uid(email: str) -> uuid.UUID:
    from etappe.team.queries import find_user

    found = find_user(email)
    if found is None:
        raise click.ClickException(f"There is no colleague with the address {email}.")
    return found.uid


def _team(name: str | None, actor: Actor) -> uuid.UUID | None:
    from etappe.team.queries import teams

    if name is None:
        return None
    known = {team.name: team.uid for team in teams(actor)}
    if name not in known:
        raise click.ClickException(f"There is no team {name!r}. There are: {', '.join(known) or 'none yet'}.")
    return known[name]


def _address(route: str, token: str) -> str:
    from django.conf import settings
    from django.urls import reverse

    return str(settings.ADDRESS) + reverse(route, args=[token])
