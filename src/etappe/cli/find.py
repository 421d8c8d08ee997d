"""`etappe find`: any record by name, domain, e-mail address or phone number."""

from __future__ import annotations

import json

import click

from etappe.cli.edge import actor_named, plainly, said_plainly


@click.command("find", short_help="Find accounts, people and deals.")
@click.argument("text")
@click.option("--as", "email", required=True, metavar="EMAIL", help="Who looks; nothing else is found.")
@click.option("--limit", type=click.IntRange(1, 50), default=12, show_default=True, help="How many of the best.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@plainly
def command(text: str, email: str, limit: int, as_json: bool) -> None:
    """Find TEXT: a part of a name, a domain, an e-mail address, a phone number. Umlauts may be written either way."""
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.records.search import search

        hits = search(actor_named(email), text, limit)
        plain = [{"kind": hit.subject, "uid": str(hit.uid), "name": hit.name, "details": hit.details} for hit in hits]
    if as_json:
        click.echo(json.dumps(plain, ensure_ascii=False))
        return
    for hit in hits:
        click.echo("  ".join((str(hit.uid), f"{hit.subject:<7}", hit.name, *hit.details)))
    if not hits:
        raise click.ClickException("Nothing is called that, nor anything similar.")
