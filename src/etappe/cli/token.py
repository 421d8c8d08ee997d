"""`etappe token`: make, list and revoke tokens for the API."""

from __future__ import annotations

import json
import uuid

import click

from etappe.cli.edge import actor_named, plainly

AS = click.option("--as", "as_email", required=True, help="Whose tokens, by e-mail address.")


@click.group("token", short_help="Make and revoke tokens for the API.")
def command() -> None:
    """Make, list and revoke tokens for the API."""


@command.command("add")
@click.argument("label")
@click.option(
    "--scope", "scopes", type=click.Choice(["read", "write"]), multiple=True, default=["read"], show_default=True
)
@AS
@plainly
def add(label: str, scopes: tuple[str, ...], as_email: str) -> None:
    """Make a token called LABEL and print it. It is shown this once."""
    from etappe.config.start import application

    with application():
        from etappe.journal.clock import now
        from etappe.team.actions import create_token

        _, secret = create_token(label, scopes, actor=actor_named(as_email), at=now())
        click.echo(secret)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")
@AS
@plainly
def list_(as_json: bool, as_email: str) -> None:
    """List the tokens of a colleague; of all colleagues for an administrator."""
    from etappe.config.start import application

    with application():
        from etappe.team.queries import tokens

        rows = [
            {
                "uid": str(token.uid),
                "user": token.user.name,
                "label": token.label,
                "prefix": token.prefix,
                "scopes": list(token.scopes),
                "last_used_at": token.last_used_at.isoformat() if token.last_used_at else None,
                "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
            }
            for token in tokens(actor_named(as_email))
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        state = "  (revoked)" if row["revoked_at"] else ""
        click.echo(f"{row['uid']}  {row['prefix']}  {row['label']:<28} {row['user']}{state}")


@command.command("revoke")
@click.argument("uid", type=click.UUID)
@AS
@plainly
def revoke(uid: uuid.UUID, as_email: str) -> None:
    """Revoke the token with this UID. It is worth nothing from then on."""
    from etappe.config.start import application

    with application():
        from etappe.journal.clock import now
        from etappe.team.actions import revoke_token

        revoke_token(uid, actor=actor_named(as_email), at=now())
