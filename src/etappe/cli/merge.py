"""`etappe merge`: make one of several accounts or people from the terminal, and take it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from etappe.cli.edge import actor_named, plainly, said_plainly

if TYPE_CHECKING:
    from etappe.core.actor import Actor

AS = click.option("--as", "as_email", required=True, metavar="EMAIL", help="Who acts, by e-mail address.")


@click.group("merge", short_help="Merge accounts or people, and undo it.")
def command() -> None:
    """Merge accounts or people, and undo it for 90 days."""


@contextmanager
def _acting(as_email: str) -> Iterator[tuple[Actor, datetime]]:
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.journal.clock import now

        yield actor_named(as_email), now()


def _merge(subject: str, uids: tuple[str, ...], as_email: str) -> None:
    with _acting(as_email) as (actor, at):
        from etappe.records.merge import merge

        done = merge(subject, uids, actor=actor, at=at)
        moved = ", ".join(f"{name} {count}" for name, count in done.moved.items())
        click.echo(f"{done.survivor}  merged {len(set(uids))} records{f' ({moved})' if moved else ''}")
        click.echo(f"Stays: {done.name}. Went into it: {', '.join(done.others)}.")
        click.echo(f"Undo: etappe merge undo {done.uid} --as {as_email}")


@command.command("accounts")
@click.argument("uids", nargs=-1, required=True, metavar="UID UID...")
@AS
@plainly
def accounts(uids: tuple[str, ...], as_email: str) -> None:
    """Merge accounts into the first one named."""
    _merge("account", uids, as_email)


@command.command("people")
@click.argument("uids", nargs=-1, required=True, metavar="UID UID...")
@AS
@plainly
def people(uids: tuple[str, ...], as_email: str) -> None:
    """Merge people into the first one named."""
    _merge("person", uids, as_email)


@command.command("undo")
@click.argument("merge_uid", metavar="MERGE")
@AS
@plainly
def undo(merge_uid: str, as_email: str) -> None:
    """Take the merge MERGE back."""
    with _acting(as_email) as (actor, at):
        from etappe.records.merge import undo as take_back

        undone = take_back(merge_uid, actor=actor, at=at)
        click.echo(f"{undone.survivor}  undone")
        if undone.kept:
            click.echo(f"Edited since, so it stays: {', '.join(undone.kept)}")
        if undone.stay:
            click.echo(f"Moved on since, so it stays there: {undone.stay}")
