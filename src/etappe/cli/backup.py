"""`etappe backup`."""

from __future__ import annotations

from pathlib import Path

import click

from etappe.cli.edge import plainly


@click.command("backup", short_help="Write everything into one file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@plainly
def command(file: Path) -> None:
    """Write everything into FILE: all records, the journal, files and accounts. Others may work on meanwhile.

    The secret key is not in it: sessions and links that are out end with it.
    """
    from etappe.config.backup import Unrestorable, backup
    from etappe.config.home import find
    from etappe.config.start import database
    from etappe.journal.clock import now

    try:
        with database(find()) as logins:
            logins.bring_up_to_date()
            done = backup(logins, file.absolute(), now())
    except Unrestorable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{file}: {done.rows} rows of {done.tables} tables, {done.size / 1e6:.1f} MB")
