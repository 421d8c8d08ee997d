"""`etappe deal`: create, move and show deals from the terminal, through the same gate as everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etappe.cli.edge import actor_named, plainly, said_plainly

if TYPE_CHECKING:
    from etappe.core.actor import Actor
    from etappe.deals.shapes import DealState

AS = click.option("--as", "as_email", required=True, metavar="EMAIL", help="Who acts, by e-mail address.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
SEEN = click.option("--seen", type=int, help="The version you saw; refused if somebody was quicker.")


@click.group("deal", short_help="Create, move and show deals.")
def command() -> None:
    """Create, move and show deals. Whatever is refused in the browser is refused here."""


@contextmanager
def _acting(as_email: str) -> Iterator[tuple[Actor, datetime]]:
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.journal.clock import now

        yield actor_named(as_email), now()


def _tell(state: DealState, as_json: bool) -> None:
    plain = {name: getattr(state, name) for name in ("version", "stage", "status", "basis", "proof")}
    if as_json:
        click.echo(json.dumps({"uid": str(state.uid), **plain}))
        return
    click.echo(f"{state.uid}  {state.stage}  {state.status}  ({state.basis}, {state.proof}, version {state.version})")


@command.command("create")
@click.argument("name")
@click.option("--process", help="The process's key; the default process if left out.")
@click.option("--stage", help="A later stage, only together with --late-entry.")
@click.option("--late-entry", is_flag=True, help="The buyer came informed: what is skipped stays visibly unproven.")
@click.option("--account", help="The account's uid.")
@click.option("--amount", help="The expected amount, such as 12000.50.")
@click.option("--currency", help="ISO code, such as EUR.")
@AS
@JSON
@plainly
def create(name: str, as_email: str, as_json: bool, **options: Any) -> None:
    """Create a deal called NAME."""
    from decimal import Decimal, InvalidOperation

    start = {key: options.pop(key) for key in ("process", "stage", "late_entry")}
    fields = {"name": name, **{key: value for key, value in options.items() if value is not None}}
    try:
        fields |= {"amount": Decimal(fields["amount"])} if "amount" in fields else {}
    except InvalidOperation:
        raise click.UsageError(f"--amount {fields['amount']} is no number; write it as 12000.50.") from None
    with _acting(as_email) as (actor, at):
        from etappe.deals import actions

        _tell(actions.create(fields, **start, actor=actor, at=at), as_json)


@command.command("move")
@click.argument("uid")
@click.argument("stage")
@SEEN
@AS
@JSON
@plainly
def move(uid: str, stage: str, seen: int | None, as_email: str, as_json: bool) -> None:
    """Move the deal UID to STAGE (a stage's key, or `won`)."""
    with _acting(as_email) as (actor, at):
        from etappe.deals import actions

        _tell(actions.move(uid, stage, seen=seen, actor=actor, at=at), as_json)


@command.command("prove")
@click.argument("uid")
@click.argument("criterion")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--add-sender", is_flag=True, help="An unknown sender does belong to the buyer's side.")
@click.option("--happened-at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="When the buyer did it (UTC).")
@AS
@plainly
def prove(uid: str, criterion: str, kind: str, file: Path, as_email: str, **told: Any) -> None:
    """Give FILE (a mail, an accepted invitation, a document) as evidence of KIND for a criterion."""
    from datetime import UTC

    happened_at = told["happened_at"].replace(tzinfo=UTC) if told["happened_at"] else None
    with _acting(as_email) as (actor, at):
        from etappe.deals import actions, queries
        from etappe.deals.reading import Given, read_file

        queries.deal_id(actor, uid)
        read = read_file(file.name, file.read_bytes())
        given = Given(kind=kind, file=read, happened_at=happened_at, add_sender=told["add_sender"])
        click.echo(actions.confirm(uid, criterion, given, actor=actor, at=at))


@command.command("leave")
@click.argument("uid")
@click.argument("reason")
@click.option("--lost-to", default="", help="Who won it.")
@click.option("--note", default="")
@SEEN
@AS
@JSON
@plainly
def leave(uid: str, reason: str, seen: int | None, as_email: str, as_json: bool, **why: Any) -> None:
    """Let the deal UID leave its process early, with one of the process's reasons."""
    with _acting(as_email) as (actor, at):
        from etappe.deals import actions

        _tell(actions.leave(uid, reason, **why, seen=seen, actor=actor, at=at), as_json)


@command.command("reopen")
@click.argument("uid")
@click.option("--to", help="A stage; going forward passes the gate.")
@SEEN
@AS
@JSON
@plainly
def reopen(uid: str, to: str | None, seen: int | None, as_email: str, as_json: bool) -> None:
    """Open the closed deal UID again."""
    with _acting(as_email) as (actor, at):
        from etappe.deals import actions

        _tell(actions.reopen(uid, to=to, seen=seen, actor=actor, at=at), as_json)


@command.command("undo")
@click.argument("uid")
@SEEN
@AS
@JSON
@plainly
def undo(uid: str, seen: int | None, as_email: str, as_json: bool) -> None:
    """Take back the last move of the deal UID."""
    with _acting(as_email) as (actor, at):
        from etappe.deals import actions

        _tell(actions.undo(uid, seen=seen, actor=actor, at=at), as_json)


@command.command("show")
@click.argument("uid")
@AS
@JSON
@plainly
def show(uid: str, as_email: str, as_json: bool) -> None:
    """Show where the deal UID stands, and what its stage still asks for."""
    with _acting(as_email) as (actor, _):
        from etappe.deals.queries import get_deal

        deal = get_deal(actor, uid)
        here = next(stage for stage in deal.stages if stage.here)
        if as_json:
            missing = [item.criterion.key for item in here.criteria if item.criterion.required and not item.met]
            row = {name: str(getattr(deal.row, name)) for name in ("uid", "name", "stage", "status", "proof")}
            click.echo(json.dumps({**row, "version": deal.version, "missing": missing}, ensure_ascii=False))
            return
        click.echo(f"{deal.row.name}: {deal.row.stage} ({deal.row.status}, {deal.row.proof}, version {deal.version})")
        for item in here.criteria:
            mark = "x" if item.met else "!" if item.criterion.required else " "
            kinds = ", ".join(item.criterion.kinds)
            click.echo(f"  [{mark}] {item.criterion.key}: {item.criterion.text['en']}  ({kinds})")
