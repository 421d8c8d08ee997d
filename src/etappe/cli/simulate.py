"""`etappe simulate`: a company whose truth is known, in a database of its own."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from etappe.cli.edge import plainly

if TYPE_CHECKING:
    from etappe.demo.order import Order


@click.command("simulate", short_help="Make a company whose truth is known.")
@click.option("--params", type=click.Path(allow_dash=True), help='File of parameters; "-" reads standard input.')
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="The chance.")
@click.option("--deals", type=click.IntRange(1, 5_000_000), default=500, show_default=True, help="How many deals.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The history ends before this day; today if left out.")
@click.option("--name", default="company", show_default=True, help="What the company, and its database, is called.")
@click.option("--dry-run", is_flag=True, help="Only say what is true of the company, and how it would look today.")
@click.option("--enter", is_flag=True, help="Begin in this company from the next start on.")
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--example", is_flag=True, help="Print a file of parameters to begin with.")
@plainly
def command(**given: Any) -> None:
    """Make a company's history from parameters, with known truth, in a database of its own.

    The same parameters, seed, number and day give the same company. What is true of it (win rate, times, conversion of
    each stage) is printed and kept beside the database, so that figures can be compared with it. An interrupted run
    goes on where it was. Without --params the example's parameters are taken. `etappe demo leave` goes back to the
    real workspace.
    """
    from etappe.demo.order import shipped

    if given["example"]:
        click.echo(shipped("example"), nl=False)
        return
    source = _read(given["params"]) if given["params"] else shipped("example")
    order = _ordered(source, given)
    truth = order.truth()
    if not given["dry_run"]:
        _make(order, truth)
    click.echo(_as_json(order, truth) if given["shape"] == "json" else _table(order, truth))
    if given["enter"] and not given["dry_run"]:
        _enter(order)


def _read(file: str) -> str:
    from etappe.core.process_yaml import LARGEST

    try:
        with click.open_file(file, "rb") as stream:
            return bytes(stream.read(LARGEST + 1)).decode("utf-8-sig")
    except OSError as error:
        raise click.ClickException(f"{click.format_filename(file)}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{click.format_filename(file)} is no text in UTF-8.") from None


def _ordered(source: str, given: dict[str, Any]) -> Order:
    """The order, checked; a file that cannot be used is told with all its places."""
    from etappe.cli.process import speaking
    from etappe.core.errors import Refusal
    from etappe.demo.order import Order

    if not re.fullmatch("[a-z][a-z0-9_]{0,29}", given["name"]):
        raise click.ClickException(
            f"“{given['name']}” cannot be a name: small letters, digits and underscores, beginning with a letter."
        )
    order = Order(given["name"], source, given["seed"], given["deals"], _until(given["until"]))
    try:
        order.company  # noqa: B018 - reads the parameters, and refuses what is nonsense
    except Refusal as refusal:
        with speaking("en"):
            raise click.ClickException(_told(refusal, given["params"] or "example")) from None
    return order


def _told(refusal: Any, file: str) -> str:
    from etappe.demo.texts import said
    from etappe.journal.refusals import text

    words = text(refusal)
    places = (f"{file}:{line}:{column}: {reason}" for line, column, reason in said(refusal.params["problems"]))
    return "\n".join([words.what, *places, words.way_out])


def _until(given: datetime | None) -> date:
    from etappe.journal.clock import now

    today = now().date()
    if given and given.date() > today:
        raise click.ClickException(f"{given.date()} lies ahead; a history ends at the latest today.")
    return given.date() if given else today


def _make(order: Order, truth: dict[str, Any]) -> None:
    """Fill the company's database; what it was ordered with, and what is true of it, lie in the home."""
    from etappe.cli.demo import fill_database
    from etappe.config.home import find, replace

    folder = find().made().path / "simulated"
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = folder / f"{order.name}.json"
    if kept.exists() and kept.read_text("utf-8") != order.as_text():
        raise click.ClickException(
            f"There is a company “{order.name}” already, made with other parameters, seed, number or day ({kept}). "
            "Choose another --name."
        )
    replace(kept, order.as_text())
    replace(folder / f"{order.name}.truth.json", _as_json(order, truth))
    fill_database(database(order.name), "--order", str(kept))


def database(name: str) -> str:
    """The database of the company of this name."""
    return f"etappe_simulated_{name}"


def _enter(order: Order) -> None:
    from etappe.cli.demo import use_database

    use_database(database(order.name))
    click.echo("The next start of etappe serve --demo begins in this company.", err=True)


def _as_json(order: Order, truth: dict[str, Any]) -> str:
    said = {"name": order.name, "seed": order.seed, "deals": order.deals, "today": _today(order), "truth": truth}
    return json.dumps(said, ensure_ascii=False, indent=2)


def _today(order: Order) -> dict[str, int]:
    """How many deals stand how on the last day."""
    from etappe.demo.order import standing

    return standing(order)


def _table(order: Order, truth: dict[str, Any]) -> str:
    return "\n".join([*_stands(order), "", *_rates(truth), "", *_stages(truth), "", *_times(truth), *_waits(truth)])


def _stands(order: Order) -> list[str]:
    counts = ", ".join(f"{name} {count:,}" for name, count in _today(order).items() if count)
    return [f"{order.name}: {order.deals:,} deals, seed {order.seed}, until {order.until}", f"as they stand: {counts}"]


def _rates(truth: dict[str, Any]) -> list[str]:
    rates = truth["win_rate"]
    lines = [f"true win rate: {rates['all']:.2%} (won of won, lost and declined, once all are decided)"]
    parts = ((split, name, rate) for split, found in rates.items() if split != "all" for name, rate in found.items())
    return lines + [f"  {split:<10}{name:<24}{rate:>9.2%}" for split, name, rate in parts]


def _stages(truth: dict[str, Any]) -> list[str]:
    return [
        "of those that enter a stage, go on:",
        *(f"  {key:<34}{share:>9.2%}" for key, share in truth["stages"].items()),
    ]


def _times(truth: dict[str, Any]) -> list[str]:
    lines = [f"days until{'':<26}{'1 in 10':>9}{'half':>9}{'9 in 10':>9}"]
    for end, splits in truth["days"].items():
        for split, parts in splits.items():
            for name, days in {"": parts}.items() if split == "all" else parts.items():
                label = f"{end} {split if split != 'all' else ''} {name}".rstrip()
                lines.append(f"  {label:<34}" + "".join(f"{_day(day):>9}" for day in days.values()))
    return lines


def _waits(truth: dict[str, Any]) -> list[str]:
    """How long leads wait for our first answer, where contacts are simulated."""
    hours = truth.get("contacts", {}).get("hours")
    said = [f"{'-' if each is None else f'{each:.1f}':>9}" for each in hours.values()] if hours else []
    return (
        ["", f"working hours to our first answer{'half':>11}{'9 in 10':>9}", f"{'':<35}{''.join(said)}"] if said else []
    )


def _day(day: float | None) -> str:
    return "-" if day is None else f"{day:,.0f}"
