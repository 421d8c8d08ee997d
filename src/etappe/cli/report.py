"""`etappe report`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from etappe.cli import sales_model
from etappe.cli.edge import actor_named, plainly, said_plainly
from etappe.cli.forecast import FORECASTS, refuse, told

if TYPE_CHECKING:
    from etappe.core.figures import Result


@click.command("report", short_help="Print a figure as the pages show it.")
@click.argument("key", required=False)
@click.option("--by", metavar="FIELD", help="Split by owner, team, source, product, industry, country, size, ...")
@click.option("--of", metavar="KEY", help="The forecast of one segment alone: its key, as --format json tells them.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As it stood at the end of this day.")
@click.option("--where", default="", metavar="FILTER", help="Only of the deals that this filter of lists leaves today.")
@click.option("--stage", default="", metavar="KEY", help="Which stage deals passed, for passed_and_won.")
@click.option("--within", default="", metavar="DAYS", help="Days from there until they were won, such as 30d.")
@click.option("--window", default="", metavar="DAYS", help="Days back in which they passed it, such as 365d.")
@click.option("--format", "shape", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@click.option("--as", "email", metavar="EMAIL", help="As this colleague sees it; without it, over all deals.")
@plainly
def command(key: str | None, shape: str, email: str | None, **asked: Any) -> None:
    """Print the figure KEY: its value, how sure it is, what it rests on. Without KEY, list the figures there are.

    The keys `forecast` and `forecast_backtest` print what open deals will likely bring, and how that turned out before;
    `sales_model` how you sell, measured beside the answers to the four questions.
    """
    from etappe.config.start import application

    with application(), said_plainly():
        click.echo(_said(key, shape, email, **asked), nl=shape != "csv")


def _said(
    key: str | None,
    shape: str,
    email: str | None,
    *,
    by: str | None,
    of: str | None,
    as_of: datetime | None,
    where: str,
    **options: str,
) -> str:
    from etappe.core.actor import SYSTEM
    from etappe.insights.export import as_csv
    from etappe.insights.queries import keys, report, waiting
    from etappe.journal.clock import now

    if key is None:
        return listed()
    if key in FORECASTS:
        refuse(as_of=as_of, where=where, **options)
        return told(key, by, of, shape, actor_named(email) if email else SYSTEM, now())
    refuse(of=of)
    if key == sales_model.KEY:
        refuse(by=by, as_of=as_of, where=where, **options)
        return sales_model.told(shape, actor_named(email) if email else SYSTEM)
    if key not in (*keys(), *waiting()):
        raise click.ClickException(f"There is no figure {key!r}. There are: {', '.join(keys())}.")
    viewer = actor_named(email) if email else SYSTEM
    printed = {"json": _json, "csv": as_csv, "table": table}[shape]
    day = as_of.date() if as_of else None
    return printed(report(key, viewer=viewer, by=by, as_of=day, where=where, options=options, now=now()))


def _json(result: Result) -> str:
    return json.dumps(result.as_json(), ensure_ascii=False, indent=2)


def listed() -> str:
    """The figures there are, a line each."""
    from etappe.insights.catalogue import CATALOGUE
    from etappe.insights.catalogue.waiting import WAITING

    found = [f"{key:<20}{metric.title}" for key, metric in CATALOGUE.items()]
    found += [f"{key:<20}{title}" for key, title in FORECASTS.items()]
    found.append(f"{sales_model.KEY:<20}{sales_model.TITLE}")
    return "\n".join([*found, *(f"{key:<20}{metric.title} (needs {metric.needs})" for key, metric in WAITING.items())])


def table(result: Result) -> str:
    """The figure for a terminal: headline, what it rests on, its rows in columns."""
    from etappe.insights.export import flat

    rows = [{name: _cell(value) for name, value in flat(row).items()} for row in result.finding.rows]
    return "\n".join([*_head(result), "", *_columns(rows), "", result.definition])


def _head(result: Result) -> list[str]:
    found = result.finding
    out = ", ".join(f"{reason} {count}" for reason, count in found.left_out.items())
    lines = [f"{result.title}: {_value(result)}", f"n {found.n}, as of {result.as_of.isoformat()}"]
    if result.beside:
        lines.append(f"{result.beside.title}: {_value(result.beside)}, n {result.beside.finding.n}")
    if result.where:
        lines.append(f"only deals where {result.where}")
    if result.seen_since:
        lines.append(f"some deals were last seen on {result.seen_since.isoformat()}")
    return [*lines, f"left out: {out}"] if out else lines


def _value(result: Result) -> str:
    found = result.finding
    if result.needs:
        return f"needs {result.needs}"
    if not result.is_enough:
        return f"too few cases ({found.cases} of {result.minimum})"
    if found.value is None:
        return "not reached by the longest duration seen" if result.unit == "days" else "cannot be said"
    low, high = (_cell(bound) or "beyond what was seen" for bound in found.interval or (None, None))
    sure = f" (95 % interval: {low} to {high})" if found.interval else ""
    return f"{_cell(found.value)} {result.unit}{sure}"


def _columns(rows: list[dict[str, str]]) -> list[str]:
    if not rows:
        return ["(no deals)"]
    names = [name for name in rows[0] if any(row[name] for row in rows)]
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in names}
    lines = [{name: name for name in names}, *rows]
    return ["  ".join(line[name].ljust(widths[name]) for name in names).rstrip() for line in lines]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
