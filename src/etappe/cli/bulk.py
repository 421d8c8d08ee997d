"""`etappe bulk`: change many records alike, and take it back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etappe.cli.edge import actor_named, plainly, said_plainly

if TYPE_CHECKING:
    from etappe.core.actor import Actor
    from etappe.records.bulk_queries import BulkView

SUBJECTS = {"deals": "deal", "accounts": "account", "people": "person"}
AS = click.option("--as", "as_email", required=True, metavar="EMAIL", help="Who acts, by e-mail address.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("bulk", short_help="Change many records alike, and undo it.")
def command() -> None:
    """Change many records alike, and undo it. Each record is decided by itself, as if it were changed alone."""


@contextmanager
def _acting(as_email: str) -> Iterator[tuple[Actor, datetime]]:
    from etappe.config.start import application

    with application(lambda text: click.echo(text, err=True)), said_plainly():
        from etappe.journal.clock import now

        yield actor_named(as_email), now()


@command.command("edit")
@click.argument("records", type=click.Choice(list(SUBJECTS)))
@click.option("--where", help="All records that this filter leaves; empty for all.")
@click.option("--uid", "uids", multiple=True, help="A record by its uid; may be given several times.")
@click.option(
    "--set",
    "fields",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Set a field, or an own one as custom.KEY=VALUE; an empty value empties it.",
)
@click.option("--add-tag", "add_tags", multiple=True, help="Put a tag on.")
@click.option("--remove-tag", "remove_tags", multiple=True, help="Take a tag off.")
@click.option("--move", "to", metavar="STAGE", help="Move deals to this stage, or 'won', as far as the gate lets them.")
@click.option("--leave", "reason", metavar="REASON", help="Let deals leave their process early, for this reason's key.")
@click.option("--lost-to", default="", help="With --leave: who was chosen instead.")
@click.option("--note", default="", help="With --leave: what else there is to say.")
@click.option("--rest", "until", metavar="DAY", help="Let deals rest until this day; 'none' takes them up again.")
@click.option("--delete", "archive", is_flag=True, help="Put them into the recycle bin.")
@click.option("--restore", is_flag=True, help="Bring records back from the recycle bin.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of them.")
@click.option("--refused", type=FILE, help="Write the refused records to this file (CSV).")
@AS
@JSON
@plainly
def edit(records: str, as_email: str, dry_run: bool, refused: Path | None, as_json: bool, **given: Any) -> None:
    """Change RECORDS alike: those of a filter, or those named by uid.

    The owner is named by e-mail address: --set owner=EMAIL.
    """
    if (given["where"] is None) == (not given["uids"]):
        raise click.UsageError("Say which records: with --where FILTER, or with --uid UID.")
    with _acting(as_email) as (actor, at):
        from etappe.records import bulk
        from etappe.records.bulk_queries import get_bulk
        from etappe.records.bulk_rooms import Chosen

        wanted = _wanted(SUBJECTS[records], given)
        is_all = given["where"] is not None
        chosen = Chosen(_uids(given["uids"]), is_all, given["where"] or "", binned=given["restore"])
        uid = bulk.choose(SUBJECTS[records], chosen, actor=actor, at=at)
        bulk.want(uid, wanted, actor=actor, at=at)
        if not dry_run:
            bulk.start(uid, then=lambda _uid: None, actor=actor, at=at)
            _carry_on(str(uid), quiet=as_json)
        _tell(get_bulk(actor, uid), as_json)
        if refused:
            _write_refused(actor, uid, refused)


def _uids(texts: tuple[str, ...]) -> list[Any]:
    from uuid import UUID

    try:
        return [UUID(each) for each in texts]
    except ValueError:
        raise click.UsageError("A --uid is no uid.") from None


def _wanted(subject: str, given: dict[str, Any]) -> dict[str, Any]:
    acts = [name for name in ("to", "reason", "until", "archive", "restore") if given[name]]
    if (given["lost_to"] or given["note"]) and not given["reason"]:
        raise click.UsageError("--lost-to and --note say more about --leave REASON.")
    edits = given["fields"] or given["add_tags"] or given["remove_tags"]
    if len(acts) + bool(edits) > 1:
        raise click.UsageError("Move, let leave, let rest, delete, restore, or change fields and tags: one at a time.")
    if given["restore"] and given["where"]:
        raise click.UsageError("No filter knows the recycle bin: --restore takes --uid UID, or --where '' for all.")
    return _edit_wanted(subject, given) if not acts else _act_wanted(given)


def _act_wanted(given: dict[str, Any]) -> dict[str, Any]:
    if given["to"]:
        return {"act": "move", "to": given["to"]}
    if given["reason"]:
        return {"act": "leave", **{name: given[name] for name in ("reason", "lost_to", "note")}}
    if given["until"]:
        return {"act": "rest", "until": None if given["until"] == "none" else given["until"]}
    return {"act": "archive" if given["archive"] else "restore"}


def _edit_wanted(subject: str, given: dict[str, Any]) -> dict[str, Any]:
    fields = dict(_pair(each) for each in given["fields"])
    own = {name.removeprefix("custom."): value for name, value in fields.items() if name.startswith("custom.")}
    return {
        "act": "edit",
        "set": {name: value for name, value in fields.items() if not name.startswith("custom.")},
        "custom": _own(subject, own),
        "add_tags": list(given["add_tags"]),
        "remove_tags": list(given["remove_tags"]),
    }


def _own(subject: str, texts: dict[str, str | None]) -> dict[str, Any]:
    """Values of own fields of texts as the cells of a table have them; a field that nobody knows is refused later."""
    from etappe.core.own_fields import read_text
    from etappe.people.fields import fields
    from etappe.team.queries import workspace

    if not texts:
        return {}
    known, currency = {own.key: own for own in fields(subject)}, workspace().currency
    return {
        key: read_text(known[key], text, currency=currency) if text and key in known else None
        for key, text in texts.items()
    }


def _pair(text: str) -> tuple[str, str | None]:
    from etappe.core.bulk import DAYS
    from etappe.team.queries import find_user

    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set {text}: write it as FIELD=VALUE.")
    if name == "owner" and value:
        user = find_user(value)
        if user is None:
            raise click.UsageError(f"There is no colleague with the address {value}.")
        return name, str(user.uid)
    return name, None if not value and (name in DAYS or name == "owner") else value


@command.command("undo")
@click.argument("uid")
@AS
@JSON
@plainly
def undo(uid: str, as_email: str, as_json: bool) -> None:
    """Take the bulk edit UID back, within 90 days. What somebody changed since stays as it is."""
    _again(uid, as_email, as_json, "undo")


@command.command("resume")
@click.argument("uid")
@AS
@JSON
@plainly
def resume(uid: str, as_email: str, as_json: bool) -> None:
    """Go on with the bulk edit UID where it was cancelled or killed."""
    _again(uid, as_email, as_json, "resume")


def _again(uid: str, as_email: str, as_json: bool, way: str) -> None:
    with _acting(as_email) as (actor, at):
        from etappe.records import bulk
        from etappe.records.bulk_queries import get_bulk

        run = get_bulk(actor, uid)
        if way == "undo":
            bulk.undo(uid, then=lambda _uid: None, actor=actor, at=at)
        elif not run.is_at_work:
            bulk.start(uid, then=lambda _uid: None, actor=actor, at=at)
        _carry_on(uid, quiet=as_json)
        _tell(get_bulk(actor, uid), as_json)


@command.command("show")
@click.argument("uid")
@click.option("--refused", type=FILE, help="Write the refused records to this file (CSV).")
@AS
@JSON
@plainly
def show(uid: str, refused: Path | None, as_email: str, as_json: bool) -> None:
    """Say how far the bulk edit UID is, and what came of it."""
    with _acting(as_email) as (actor, _at):
        from etappe.records.bulk_queries import get_bulk

        _tell(get_bulk(actor, uid), as_json)
        if refused:
            _write_refused(actor, uid, refused)


def _carry_on(uid: str, *, quiet: bool) -> None:
    from etappe.journal.clock import now
    from etappe.records import bulk

    bulk.carry_on(uid, clock=now, report=_reporter(quiet))


def _reporter(quiet: bool) -> Callable[[Any], None]:
    def report(run: Any) -> None:
        if not quiet:
            done = sum(run.undo_counts.values()) if run.state == "undoing" else run.rows_done
            click.echo(f"  {done} of {run.rows_total}", err=True)

    return report


def _write_refused(actor: Actor, uid: Any, path: Path) -> None:
    from etappe.records.bulk_queries import refused_file

    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(refused_file(actor, uid))
    click.echo(f"Refused records: {path}", err=True)


def _tell(run: BulkView, as_json: bool) -> None:
    counts = run.counts or (run.preview.counts if run.preview else {})
    reasons = run.reasons or (run.preview.reasons if run.preview else ())
    if as_json:
        told = {"uid": str(run.uid), "state": run.state, "rows": run.rows_total, "counts": dict(counts)}
        why = [{"code": each.code, "count": each.count, "what": each.what} for each in reasons]
        click.echo(json.dumps({**told, "undo_counts": dict(run.undo_counts), "reasons": why}))
        return
    says = ", ".join(f"{counts.get(fate, 0)} {fate}" for fate in ("changed", "same", "refused", "gone"))
    click.echo(f"{run.uid}  {run.state}: {run.rows_total} records, {says}")
    if run.undo_counts:
        put_back, left = run.undo_counts.get("changed", 0), sum(run.undo_counts.values())
        click.echo(f"  undone: {put_back} put back, {left - put_back} left as they are")
    for reason in reasons:
        click.echo(f"  {reason.count} x {reason.what} {'; '.join(reason.missing)}")
