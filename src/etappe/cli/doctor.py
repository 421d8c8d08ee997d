"""`etappe doctor`."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etappe.cli.edge import plainly

if TYPE_CHECKING:
    from etappe.config.doctor import Finding, InForce

MARKS = {"fine": "ok   ", "look": "look ", "wrong": "WRONG"}
COLOURS = {"fine": "green", "look": "yellow", "wrong": "red"}


@click.command("doctor", short_help="Say what is in force, and what is wrong.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--home", type=click.Path(path_type=Path), help="Where everything is kept (ETAPPE_HOME).")
@plainly
def command(as_json: bool, home: Path | None) -> None:
    """Say what is in force, what is wrong, and the way out of it. Exit code 1 if anything is wrong."""
    from etappe.config.doctor import Level, examine, settings_in_force
    from etappe.config.home import find
    from etappe.config.start import database

    place = find(home).made()
    settings = settings_in_force()  # before the application forgets the owner's login
    with ExitStack() as stack:
        found = list(examine(place, lambda: stack.enter_context(database(place))))
    if as_json:
        report = {"settings": list(map(asdict, settings)), "findings": list(map(asdict, found))}
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        _print(settings, found)
    raise SystemExit(any(finding.level is Level.WRONG for finding in found))


def _print(settings: list[InForce], found: list[Finding]) -> None:
    for item in settings:
        click.echo(f"{item.name:<24} {item.value:<40} {item.source}")
    click.echo()
    for finding in found:
        mark = click.style(MARKS[finding.level], fg=COLOURS[finding.level])
        click.echo(f"{mark} {finding.topic}: {finding.said}")
        if finding.way_out:
            click.echo(f"      {finding.way_out}")
