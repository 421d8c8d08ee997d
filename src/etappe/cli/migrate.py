"""`etappe migrate`."""

from __future__ import annotations

import click

from etappe.cli.edge import plainly


@click.command("migrate", short_help="Bring the database to this version.")
@plainly
def command() -> None:
    """Bring the database to this version: tables, fact views, what the application may do.

    Uses the owner's login (DATABASE_OWNER_URL, or that of the embedded database). Does nothing harmful when run twice.
    """
    from etappe.config.home import find
    from etappe.config.migrate import migrate_apart
    from etappe.config.start import database

    with database(find(), click.echo) as logins:
        if logins.owner is None:
            raise click.ClickException(
                "Migrations need the owner's login: set DATABASE_OWNER_URL (or DATABASE_OWNER_URL_FILE)."
            )
        migrate_apart(logins.owner, logins.application_login)
    click.echo("The database is at this version.")
