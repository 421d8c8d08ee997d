"""`etappe find`: any record by name, domain, e-mail address or phone number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from etappe.cli.edge import actor_named, plainly, said_plainly
from etappe.core.actor import Actor


@click.command("find", short_help="Find accounts, people and deals.")
@click.argument("text")
@click.option("--as", "email", required=True, metavar="EMAIL", help="Who looks; nothing else is found.")
@click.option("--limit", type=click.IntRange(1, 50), default=12, show_default=True, help="How many of the best.")
@click.option("--texts", is_flag=True, help="Look into notes, activities and evidence instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@plainly
def command(text: str, email: str, limit: int, texts: bool, as_json: bool) -> None:
    """Find TEXT: a part of a name, a domain, an e-mail address, a phone number. Umlauts may be written either way."""
    from etappe.config.start import application

    with application(), said_plainly():
        plain = [*(_said if texts else _called)(actor_named(email), text, limit)]
    if as_json:
        click.echo(json.dumps(plain, ensure_ascii=False))
        return
    for each in plain:
        click.echo("  ".join((each["uid"], f"{each['kind']:<7}", each["name"], *each["details"])))
    if not plain:
        raise click.ClickException("Nothing is called that, nor anything similar.")


def _called(viewer: Actor, text: str, limit: int) -> Iterator[dict[str, Any]]:
    from etappe.records.search import search

    for hit in search(viewer, text, limit):
        yield {"kind": hit.subject, "uid": str(hit.uid), "name": hit.name, "details": hit.details}


def _said(viewer: Actor, text: str, limit: int) -> Iterator[dict[str, Any]]:
    from etappe.records.mentions import mentions

    for each in mentions(viewer, text, limit):
        details = (each.what, each.at.date().isoformat(), each.text)
        yield {"kind": each.subject, "uid": str(each.uid), "name": each.name, "details": details}
