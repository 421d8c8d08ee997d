"""`etappe import`: bring in what another program holds, as the system, from the terminal."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etappe.cli.edge import plainly, said_plainly
from etappe.cli.export import is_archive, load_archive

if TYPE_CHECKING:
    from etappe.imports.look import Given, Look, Looked
    from etappe.imports.plan import FileMap, Plan
    from etappe.imports.queries import RunView
    from etappe.imports.run import Progress


@click.command("import", short_help="Bring in accounts, people and deals from files.")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A saved map.")
@click.option("--preset", metavar="NAME", help="A map that is saved in the workspace by this name.")
@click.option("--save-preset", metavar="NAME", help="Save the map in use in the workspace by this name.")
@click.option(
    "--duplicates",
    type=click.Choice(["fill", "update", "skip", "ask"]),
    help="If a row matches an account or person here: fill empty fields, set all, leave it, or hold the row back.",
)
@click.option("--dry-run", is_flag=True, help="Do everything, take it all back, and say what would have happened.")
@click.option("--save-map", type=click.Path(dir_okay=False, path_type=Path), help="Write the map in use to this file.")
@click.option("--source", help="The program the files come from; rows are known again by their keys within it.")
@click.option("--rejected", type=click.Path(dir_okay=False, path_type=Path), help="Write rejected rows to this file.")
@click.option("--encoding", help="How the files are written, where it is made out wrongly: utf-8, cp1252 ...")
@click.option("--delimiter", help="What stands between cells: a comma, semicolon, bar or tab (write: tab).")
@click.option("--header-row", type=int, help="The line of the header, from 1; 0 where there is none.")
@click.option("--resume", metavar="ID", help="Take up an import that was interrupted, where it was.")
@click.option("--undo", metavar="ID", help="Take back a whole import, within 90 days.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@plainly
def command(files: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Bring in FILES (CSV or XLSX) that belong together: deals, accounts, people, owners, products.

    Without --map the map is proposed from headers and values, and said. Importing the same files again changes nothing;
    a newer copy changes what changed. A deal that was moved here is never moved by an import. Each import says its ID
    at the beginning: with it an interrupted one is taken up again, and a whole one taken back.

    An archive that `etappe export` wrote goes into an empty workspace, which becomes equal to the one it was taken of.
    """
    from etappe.config.start import application

    resumed, undone = options.pop("resume"), options.pop("undo")
    if sum(bool(each) for each in (files, resumed, undone)) != 1:
        raise click.UsageError("Give files to import, or --resume ID, or --undo ID.")
    with application(lambda text: click.echo(text, err=True)), said_plainly():
        if undone:
            _undo(undone, as_json=as_json)
        elif resumed:
            _resume(resumed, as_json=as_json)
        elif is_archive(files):
            load_archive(files[0], as_json=as_json)
        else:
            _import(files, as_json, **options)


def _resume(uid: str, *, as_json: bool) -> None:
    from etappe.core.actor import SYSTEM
    from etappe.imports import actions
    from etappe.journal.clock import now

    view = actions.resume(uid, actor=SYSTEM, at=now(), clock=now, report=_reporter(quiet=as_json))
    click.echo(json.dumps(_counts(view), default=str)) if as_json else _tell_result(view)


def _undo(uid: str, *, as_json: bool) -> None:
    from etappe.core.actor import SYSTEM
    from etappe.core.errors import Refusal
    from etappe.imports.background import carry_undo
    from etappe.imports.queries import get_run
    from etappe.imports.undo import begin_undo
    from etappe.journal.clock import now

    if not carry_undo(begin_undo(uid, actor=SYSTEM, at=now()), clock=now):
        raise Refusal("import_is_busy", state="running")
    view = get_run(SYSTEM, uid)
    if as_json:
        click.echo(json.dumps({"run": str(view.uid), "state": view.state, "undone": view.undone}, default=str))
        return
    _tell_undone(view)


def _tell_undone(view: RunView) -> None:
    archived = view.undone.get("archived", {})
    for kind, count in archived.items():
        click.echo(f"{kind}: {count:,} put into the recycle bin")
    click.echo(f"{view.undone.get('restored', 0):,} records are as they were before")
    if view.undone.get("parted"):
        click.echo(f"{view.undone['parted']:,} people taken out of buying centres again")
    for what, why in _STAYS.items():
        told = view.undone.get(what, {})
        for kind, _uid, name, *fields in told.get("records", ()):
            beside = f" ({', '.join(fields[0])})" if fields else ""
            click.echo(f"  {why}: {kind} {name}{beside}")
        if told.get("count", 0) > len(told.get("records", ())):
            click.echo(f"  {why}: {told['count']:,} in all")
    click.echo(f"Import {view.uid} is {view.state}.")


_STAYS = {
    "kept": "stays, edited since",
    "stays": "stays, other records or imports need it",
    "merged": "stays, merged with another since",
    "joined": "stays in a buying centre, used there since",
    "edited": "in the recycle bin, though edited since",
}


def _import(
    files: tuple[Path, ...],
    as_json: bool,
    *,
    dry_run: bool,
    save_map: Path | None,
    save_preset: str | None,
    rejected: Path | None,
    **planning: Any,
) -> None:
    from etappe.core.actor import SYSTEM
    from etappe.imports import actions, actions_presets
    from etappe.imports.plan import as_yaml
    from etappe.journal.clock import now

    at = now()
    found, plan = _looked(files, at, **planning)
    if not as_json:
        _tell_plan(found, plan, is_own=not (planning["map_file"] or planning["preset"]))
    if save_preset:
        actions_presets.save_preset(save_preset, plan, actor=SYSTEM, at=at)
    if save_map:
        save_map.write_text(as_yaml(plan), encoding="utf-8")
    view = actions.run_now(found, plan, dry=dry_run, actor=SYSTEM, at=at, clock=now, report=_reporter(quiet=as_json))
    if rejected and view.totals["rejected"] and not dry_run:
        _write_rejected(view, rejected)
    click.echo(json.dumps(_as_json(view, plan), default=str)) if as_json else _tell_result(view)


def _looked(
    files: tuple[Path, ...],
    at: Any,
    *,
    map_file: Path | None,
    preset: str | None,
    source: str | None,
    duplicates: str | None,
    **reading: Any,
) -> tuple[Look, Plan]:
    """The files looked at, and the map: a saved one or the one proposed, with what the options say."""
    from etappe.imports.look import look
    from etappe.imports.plan import MATCHES, Duplicates

    found = look(_given(files, **reading), at=at)
    plan = _mapped(found, map_file, preset)
    if duplicates:
        rules = {kind: Duplicates(duplicates, plan.duplicates_of(kind).match) for kind in MATCHES}
        plan = replace(plan, duplicates=rules)
    return found, replace(plan, source=source) if source else plan


def _mapped(found: Look, map_file: Path | None, preset: str | None) -> Plan:
    from etappe.core.actor import SYSTEM
    from etappe.imports.actions_presets import with_preset
    from etappe.imports.plan import fitted, from_yaml

    headers = {file.given.name: file.profile.header for file in found.readable if file.profile}
    if preset:
        return with_preset(SYSTEM, preset, found.plan, headers)
    if map_file is None:
        return found.plan
    plan = fitted(from_yaml(map_file.read_text(encoding="utf-8")), headers)
    return replace(plan, as_of=plan.as_of or found.plan.as_of, source=plan.source or found.plan.source)


def _given(
    files: tuple[Path, ...], *, encoding: str | None, delimiter: str | None, header_row: int | None
) -> list[Given]:
    """The files by name; two of one name are told apart by their folder."""
    from etappe.foreign.tables import wish_of
    from etappe.imports.look import Given

    wish = wish_of(encoding or "", "\t" if delimiter == "tab" else delimiter or "", header_row)
    names = [path.name for path in files]
    return [Given(path.name if names.count(path.name) == 1 else str(path), path, wish=wish) for path in files]


def _tell_plan(found: Look, plan: Plan, *, is_own: bool) -> None:
    from etappe.imports.plan import NEW
    from etappe.imports.texts import KINDS, left_out

    click.echo("Map: proposed from headers and values." if is_own else "Map: as given.")
    click.echo(f"Source: {plan.source}{' (known)' if found.known else ''}; data as of {plan.as_of or 'today'}.")
    for file in found.files:
        mapped = plan.file(file.given.name)
        if file.refusal is not None:
            why = file.refusal.params.get("reason") or left_out(file.refusal.code, file.refusal.params)
            click.echo(f"  {file.given.name}: not read ({why})")
        elif mapped is None or mapped.kind is None:
            click.echo(f"  {file.given.name}: left out, no kind of record was recognised")
        else:
            click.echo(f"  {file.given.name}: {str(KINDS[mapped.kind]).lower()}")
            _tell_columns(file, mapped)
    if plan.stages:
        click.echo(f"Process: {'a new one, from these stages' if plan.process == NEW else plan.process}")
    for value, target in plan.stages.items():
        click.echo(f"  stage {value!r} -> {target}")


def _reporter(*, quiet: bool) -> Callable[[Progress], None]:
    """A line of progress on the terminal, at most five times a second."""
    began, last = time.monotonic(), [0.0]

    def report(progress: Progress) -> None:
        passed = time.monotonic() - began
        if progress.run:
            click.echo(f"Import {progress.run} begins.", err=True)
            return
        if quiet or not sys.stderr.isatty() or passed - last[0] < 0.2:
            return
        last[0] = passed
        left = passed * (1 - progress.share) / progress.share if progress.share else 0
        click.echo(
            f"\r{progress.share:.0%} done, {progress.done:,} of {progress.total:,} rows, about {left:.0f} s left   ",
            nl=False,
            err=True,
        )

    return report


def _tell_columns(file: Looked, mapped: FileMap) -> None:
    """What each column becomes, and which files are joined by it."""
    from etappe.core.mapping_links import JOINED, JOINS
    from etappe.imports.texts import why

    found = file.found.columns if file.found else ()
    joined = {each.name: f": {why(each.reason, each.detail)}" for each in found if each.reason in (JOINS, JOINED)}
    for column in mapped.columns:
        style = f" ({column.style})" if column.style else ""
        click.echo(f"    {column.column} -> {column.field}{style}{joined.get(column.column, '')}")


def _tell_result(view: RunView) -> None:
    from etappe.imports.texts import left_out, reason

    if sys.stderr.isatty():
        click.echo(err=True)
    for file in view.files:
        click.echo(
            f"{file.name}: {file.rows:,} rows = {file.created:,} created + {file.changed:,} changed + "
            f"{file.unchanged:,} unchanged + {file.rejected:,} rejected"
        )
    for left in view.left_out:
        click.echo(f"{left.name}: left out. {left_out(left.code, left.params)}")
    for note in view.notes:
        first = note.examples[0] if note.examples else {}
        where = f" (line {first['line']} of {first.get('file', '')})" if "line" in first else ""
        click.echo(f"  {'rejected' if note.rejects else 'note'}: {note.count:,} x {reason(note.code, first)}{where}")
    if not view.is_dry:
        _tell_likely(view)
    click.echo("Nothing was kept: this was a dry run." if view.is_dry else f"Import {view.uid} is {view.state}.")


def _tell_likely(view: RunView) -> None:
    likely = _likely(view)
    if likely["found"]:
        more = " or more" if likely["or_more"] else ""
        click.echo(f"  {likely['found']:,}{more} likely duplicates found since it began")
    if likely["is_looking"]:
        click.echo("  The server goes on looking for likely duplicates in the background: see its page of duplicates.")


def _likely(view: RunView) -> dict[str, Any]:
    """Likely duplicates that were found since the import began."""
    from dataclasses import asdict

    from etappe.core.actor import SYSTEM
    from etappe.records.duplicates import likely_since

    began = view.started_at or view.created_at
    return asdict(likely_since(SYSTEM, began, first=view.first_entry, last=view.last_entry))


def _write_rejected(view: RunView, path: Path) -> None:
    """One file per source file; the name of the first is the one given."""
    from etappe.core.actor import SYSTEM
    from etappe.imports.export import rejected_file

    broken = [file.name for file in view.files if file.rejected]
    for number, name in enumerate(broken):
        target = path if not number else path.with_name(f"{path.stem}-{number + 1}{path.suffix}")
        with target.open("w", encoding="utf-8", newline="") as out:
            out.writelines(rejected_file(SYSTEM, view.uid, name))
        click.echo(f"Rejected rows of {name}: {target}", err=True)


def _as_json(view: RunView, plan: Plan) -> dict[str, Any]:
    from etappe.imports.plan import as_data

    return _counts(view) | {
        "data_as_of": plan.as_of,
        "process": view.process,
        "map": as_data(plan),
    }


def _counts(view: RunView) -> dict[str, Any]:
    from dataclasses import asdict

    from etappe.imports.texts import left_out

    return {
        "run": str(view.uid),
        "state": view.state,
        "dry_run": view.is_dry,
        "source": view.source,
        "totals": dict(view.totals),
        "files": [asdict(file) for file in view.files],
        "notes": [asdict(note) for note in view.notes],
        "left_out": [
            {"file": each.name, "why": each.code, "text": left_out(each.code, each.params)} for each in view.left_out
        ],
        "likely_duplicates": None if view.is_dry else _likely(view),
    }
