"""`etappe demo`: the simulated company, in a database of its own beside the real one."""

from __future__ import annotations

import click

from etappe.cli.edge import plainly

SIZE = click.option(
    "--size", type=click.IntRange(100, 5_000_000), help="The workspace for measuring with so many deals."
)


@click.group("demo", short_help="Fill, enter and leave the simulated company.", invoke_without_command=True)
@SIZE
@click.pass_context
@plainly
def command(context: click.Context, size: int | None) -> None:
    """Fill, enter and leave the simulated company. Nothing is ever deleted: all databases stay.

    With --size a workspace for measuring is made instead, in a database of its own: so many simulated deals with their
    past, and accounts and people to go with them. An interrupted fill goes on where it was.
    """
    if context.invoked_subcommand is not None:
        return
    if size is None:
        raise click.UsageError("Say fill, enter or leave, or --size NUMBER.")
    fill_database(sized(size), str(size))
    click.echo(f"It is there; etappe demo enter --size {size} goes to it.")


def sized(size: int) -> str:
    """The database of the workspace for measuring."""
    return f"etappe_demo_{size}"


@command.command("fill")
@plainly
def fill() -> None:
    """Make the simulated company, unless it is there."""
    from etappe.config.supervisor import DEMO

    fill_database(DEMO)
    click.echo("The simulated company is there; etappe demo enter goes to it.")


def fill_database(name: str, *words: str) -> None:
    """Bring a database of this name to this version and fill it, in a process of its own that is told these words."""
    import os
    import subprocess
    import sys

    from etappe.config.home import find
    from etappe.config.start import database, environment

    home = find()
    with database(home, click.echo) as logins:
        if logins.embedded is None:
            raise click.ClickException("The simulated company needs the embedded database: unset DATABASE_URL.")
        demo = logins.on(name)
        demo.bring_up_to_date(click.echo)
        told = {**os.environ, **environment(home, demo)}
        done = subprocess.run([sys.executable, "-m", "etappe.demo", *words], env=told, check=False)
    if done.returncode:
        raise click.ClickException("The simulated company could not be made; the reason stands above.")


@command.command("enter")
@SIZE
@plainly
def enter(size: int | None) -> None:
    """Begin in the simulated company from the next start on."""
    from etappe.config.supervisor import DEMO

    use_database(sized(size) if size else DEMO)
    click.echo("The next start of etappe serve --demo begins in the simulated company.")


@command.command("leave")
@plainly
def leave() -> None:
    """Begin in the real workspace from the next start on."""
    from etappe.config.supervisor import MAIN

    use_database(MAIN)
    click.echo("The next start of etappe serve begins in the real workspace.")


def use_database(database: str) -> None:
    """Make this database the one in use from the next start on."""
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
