"""`etappe serve`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import click

from etappe.cli.edge import plainly


@click.command("serve", short_help="Run database, web and jobs until stopped.")
@click.option("--demo", is_flag=True, help="Also keep a simulated company to look around in, and begin there.")
@click.option("--host", help="What to listen on (ETAPPE_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on (ETAPPE_PORT).")
@click.option("--home", type=click.Path(path_type=Path), help="Where everything is kept (ETAPPE_HOME).")
@plainly
def command(demo: bool, host: str | None, port: int | None, home: Path | None) -> None:
    """Run database, web and jobs until stopped by Ctrl-C or SIGTERM.

    The first start makes the database and prints a link that creates the first administrator.
    """
    from etappe.config import env
    from etappe.config.home import find
    from etappe.config.supervisor import Options, Unservable, serve

    has_demo = importlib.util.find_spec("etappe.demo") is not None
    fill = [sys.executable, "-m", "etappe.demo"] if demo and has_demo else []
    options = Options(find(home), host or env.HOST.value(), port or env.PORT.value(), demo, fill)
    try:
        serve(options, lambda line: click.echo(line, err=True))
    except Unservable as error:
        raise click.ClickException(str(error)) from None
