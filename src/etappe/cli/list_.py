"""`etappe list`: deals, accounts or people as a colleague sees them, filtered by the same text as in the browser."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from etappe.cli.edge import actor_named, plainly, said_plainly

if TYPE_CHECKING:
    from etappe.records.list_values import Column
    from etappe.records.lists import Line, Wanted

SUBJECTS = ("deals", "accounts", "people")
WIDTH = 40


@click.command("list", short_help="List deals, accounts or people, filtered.")
@click.argument("subject", type=click.Choice(SUBJECTS))
@click.option("--where", default="", metavar="FILTER", help="For example: owner = me and amount > 10000")
@click.option(
    "--view", default="", metavar="NAME", help="A saved view, by its name or uid; other options go before it."
)
@click.option("--columns", default="", metavar="A,B", help="Fields to show; --fields tells their names.")
@click.option("--sort", default="", metavar="FIELD", help="A field; with a minus in front the other way round.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many rows.")
@click.option("--format", "shape", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@click.option("--fields", "tell", is_flag=True, help="Tell the fields there are instead of rows.")
@click.option("--as", "email", required=True, metavar="EMAIL", help="As this colleague sees it.")
@plainly
def command(subject: str, where: str, shape: str, tell: bool, email: str, **options: Any) -> None:
    """List the SUBJECT that a filter leaves. JSON is one record per line; CSV goes into a spreadsheet."""
    from etappe.config.start import application

    with application(), said_plainly():
        wanted = _wanted(subject, where, email, **options)
        lines = _fields(wanted, email) if tell else _rows(wanted, email, shape, options["limit"])
        for line in lines:
            click.echo(line)


def _wanted(subject: str, where: str, email: str, *, view: str, columns: str, sort: str, **_more: Any) -> Wanted:
    from etappe.core.filters import parse
    from etappe.records.lists import SINGULAR, Wanted, subject_of
    from etappe.team.views import view_called

    keys = tuple(key.strip() for key in columns.split(",") if key.strip())
    if view:
        saved = view_called(actor_named(email), SINGULAR[subject], view)
        where, keys, sort = where or saved.where, keys or saved.columns, sort or saved.sort
    return Wanted(subject_of(subject), parse(where), columns=keys, sort=sort)


def _fields(wanted: Wanted, email: str) -> Iterator[str]:
    from etappe.records.lists import registry_of

    for field in registry_of(wanted.subject, actor_named(email)):
        compared = " ".join(op.value for op in field.ops)
        yield f"{field.key:<28}{field.kind:<9}{field.name!s:<28}{compared}"


def _rows(wanted: Wanted, email: str, shape: str, limit: int | None) -> Iterator[str]:
    from etappe.core.periods import local_day
    from etappe.journal.clock import now
    from etappe.records.list_values import Column, in_files
    from etappe.records.lists import every, registry_of, shown_fields
    from etappe.team.queries import workspace

    viewer, zone = actor_named(email), workspace().zone
    fields = shown_fields(registry_of(wanted.subject, viewer), wanted)
    rows = islice(every(viewer, wanted, today=local_day(now(), zone)), limit)
    if shape == "json":
        yield from _json(rows)
        return
    if shape == "csv":
        columns = in_files(fields, workspace().currency)
        yield from _csv([column.key for column in columns], _texts(rows, columns, zone))
        return
    columns = tuple(Column(field.key, field, lambda value: value) for field in fields)
    yield from _table([column.key for column in columns], _texts(rows, columns, zone))


def _json(rows: Iterable[Line]) -> Iterator[str]:
    from etappe.records.list_values import as_json

    for row in rows:
        values = {key: as_json(value) for key, value in row.values.items()}
        yield json.dumps({"uid": str(row.uid), **values}, ensure_ascii=False)


def _texts(rows: Iterable[Line], columns: Sequence[Column], zone: str) -> Iterator[list[str]]:
    from zoneinfo import ZoneInfo

    from etappe.records.list_values import as_text

    at = ZoneInfo(zone)
    for row in rows:
        yield [as_text(column.read(row.values[column.field.key]), at) for column in columns]


def _csv(keys: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    from etappe.core.values import formula_safe

    for row in (keys, *rows):
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow([formula_safe(cell) for cell in row])
        yield line.getvalue()


def _table(keys: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    lines = [keys, *([" ".join(cell.split())[:WIDTH] for cell in row] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(keys))]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
