"""`etappe demo`: the simulated company, in a database of its own beside the real one."""

from __future__ import annotations

import click

from etappe.cli.edge import plainly


@click.group("demo", short_help="Fill, enter and leave the simulated company.")
def command() -> None:
    """Fill, enter and leave the simulated company. Nothing is ever deleted: both databases stay."""


@command.command("fill")
@plainly
def fill() -> None:
    """Make the simulated company, unless it is there."""
    import os
    import subprocess
    import sys

    from etappe.config.home import find
    from etappe.config.start import database, environment
    from etappe.config.supervisor import DEMO

    home = find()
    with database(home, click.echo) as logins:
        if logins.embedded is None:
            raise click.ClickException("The simulated company needs the embedded database: unset DATABASE_URL.")
        demo = logins.on(DEMO)
        demo.bring_up_to_date(click.echo)
        told = {**os.environ, **environment(home, demo)}
        done = subprocess.run([sys.executable, "-m", "etappe.demo"], env=told, check=False)
    if done.returncode:
        raise click.ClickException("The simulated company could not be made; the reason stands above.")
    click.echo("The simulated company is there; etappe demo enter goes to it.")


@command.command("enter")
@plainly
def enter() -> None:
    """Begin in the simulated company from the next start on."""
    from etappe.config.supervisor import DEMO

    _use(DEMO)
    click.echo("The next start of etappe serve --demo begins in the simulated company.")


@command.command("leave")
@plainly
def leave() -> None:
    """Begin in the real workspace from the next start on."""
    from etappe.config.supervisor import MAIN

    _use(MAIN)
    click.echo("The next start of etappe serve begins in the real workspace.")


def _use(database: str) -> None:
    from etappe.config.home import find
    from etappe.config.locks import FileLock

    home = find().made()
    lock = FileLock(home.path / "serve.lock")
    try:
        if not lock.try_own():
            raise click.ClickException("Etappe is being served from this home; stop it first.")
        home.use(database)
    finally:
        lock.close()
