"""`etappe export`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etappe.cli.edge import plainly, said_plainly

if TYPE_CHECKING:
    from etappe.exports.write import Progress, Report


@click.command("export", short_help="Write everything into one archive of CSV files.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@plainly
def command(file: Path) -> None:
    """Write everything into FILE, a ZIP archive of CSV files with a schema that other programs can read.

    It holds one moment, while others work on. `etappe import FILE` brings it into an empty workspace. Passwords, second
    factors and tokens are not in it; for a copy of the whole database, see `etappe backup`.
    """
    from etappe.config.start import application

    if file.suffix.lower() != ".zip":
        raise click.ClickException(f"{file} is no name for an archive; end it with .zip.")
    if file.exists():
        raise click.ClickException(f"{file} exists already; an export overwrites nothing.")
    with application(lambda text: click.echo(text, err=True)), said_plainly():
        _export(file.absolute())


def _export(target: Path) -> None:
    from etappe.core.actor import SYSTEM
    from etappe.exports.actions import write_now
    from etappe.journal.clock import now

    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".etappe-export-") as folder:
        draft = Path(folder) / "export.zip"
        summary = write_now(draft, report=reporter(), actor=SYSTEM, at=now())
        os.link(draft, target)
    if sys.stderr.isatty():
        click.echo(err=True)
    size = target.stat().st_size / 1e6
    click.echo(
        f"{target.name}: {summary.rows:,} rows of {len(summary.tables)} tables, {summary.files:,} files, {size:.1f} MB"
    )


def reporter() -> Report:
    """A line of progress on the terminal, at most five times a second."""
    last = [0.0]

    def report(progress: Progress) -> None:
        if not sys.stderr.isatty() or time.monotonic() - last[0] < 0.2:
            return
        last[0] = time.monotonic()
        click.echo(f"\r{progress.done:,} of {progress.total:,} rows   ", nl=False, err=True)

    return report


def is_archive(files: Sequence[Path]) -> bool:
    """Whether what is to be imported is one of our own archives."""
    from etappe.foreign.archives import is_archive as is_ours

    return len(files) == 1 and files[0].suffix.lower() == ".zip" and is_ours(files[0])


def load_archive(path: Path, *, as_json: bool) -> None:
    """Bring an archive into the workspace, and say what came."""
    from etappe.core.actor import SYSTEM
    from etappe.exports.actions import digest_of
    from etappe.exports.load import load
    from etappe.journal.clock import now
    from etappe.journal.load import renew_statistics

    loaded = load(path, digest_of(path), report=reporter(), actor=SYSTEM, at=now())
    renew_statistics()
    if sys.stderr.isatty():
        click.echo(err=True)
    if as_json:
        click.echo(json.dumps({"rows": loaded.rows, "files": loaded.files, "tables": dict(loaded.tables)}))
        return
    for name, rows in loaded.tables.items():
        click.echo(f"{name}: {rows:,} rows")
    click.echo(f"Loaded {loaded.rows:,} rows and {loaded.files:,} files, as of {loaded.taken_at}.")
    click.echo(
        "Passwords were not in the archive: `etappe user link EMAIL --as ADMINISTRATOR` prints a link to choose one."
    )
