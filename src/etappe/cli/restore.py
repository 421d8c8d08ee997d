"""`etappe restore`."""

from __future__ import annotations

from pathlib import Path

import click

from etappe.cli.edge import plainly


@click.command("restore", short_help="Bring back what a backup holds.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@plainly
def command(file: Path) -> None:
    """Bring back what FILE holds, and use it from now on. What was in use before stays, in its own database."""
    from etappe.config.backup import Unrestorable, restore
    from etappe.config.home import find
    from etappe.config.start import database
    from etappe.journal.clock import now

    home = find().made()
    try:
        with database(home) as logins:
            done = restore(home, logins, file, now())
    except Unrestorable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{done.rows} rows of {done.tables} tables are back and in use.")
