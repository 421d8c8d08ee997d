"""`etappe facts`: the Parquet files that the engine `duckdb` reads."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import click

from etappe.cli.edge import plainly, said_plainly


@click.group("facts", short_help="Keep the Parquet files that figures may be computed from.")
def command() -> None:
    """Keep the Parquet files that figures may be computed from (ETAPPE_ENGINE=duckdb)."""


@command.command("sync")
@click.option("--all", "whole", is_flag=True, help="Compare every part with the database, not only what changed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@plainly
def sync(whole: bool, as_json: bool) -> None:
    """Bring the files up to the present: only what changed is written, and every file is compared with the database.

    May be stopped at any time and run again: figures see the state before until the new one is whole.
    """
    from etappe.config.start import application

    with application(lambda text: click.echo(text, err=True)), said_plainly():
        from etappe.insights import sync as facts
        from etappe.journal.clock import now

        begun = time.perf_counter()
        done = facts.sync(at=now(), whole=whole)
        seconds = time.perf_counter() - begun
    if as_json:
        click.echo(json.dumps({**asdict(done), "taken_at": done.taken_at.isoformat(), "seconds": round(seconds, 3)}))
        return
    click.echo(
        f"{done.rows:,} rows in force; {done.compared} parts compared, {done.written} written "
        f"({done.rows_written:,} rows) in {seconds:.1f} s"
    )
