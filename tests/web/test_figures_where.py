"""Figures of some of the deals, by the same filter text as lists: on pages, as files, in the API, on the terminal."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.urls import reverse

from etappe.cli import main
from etappe.core.errors import Refusal
from etappe.deals.actions import edit
from etappe.insights.queries import keys, records, report
from etappe.journal.clock import now as present
from etappe.team.actions import create_token
from tests.api.conftest import Caller
from tests.cast import Cast, email
from tests.insights.history import NOW, tell
from tests.scenery import kept
from tests.web.signed import client_of

ENGLISH = {"Accept-Language": "en"}


told = kept(tell)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    return iter(())


def counts(found: Any) -> Any:
    """What of a figure does not depend on how it was split."""
    return found.finding.value, found.finding.interval, found.finding.n, dict(found.finding.left_out)


def test_a_filter_counts_what_a_split_counts(told: Cast) -> None:
    """The filter and the split are two ways to the same deals: by either, each figure says the same, then and now."""
    for day in (None, (NOW - timedelta(days=120)).date()):
        split = report("win_rate", viewer=told.dot, by="source", as_of=day, now=NOW).finding.rows
        assert len(split) == 3
        for row in split:
            where = f'source = "{row["segment"]}"' if row["segment"] else "source is empty"
            found = report("win_rate", viewer=told.dot, as_of=day, where=where, now=NOW)
            assert (found.finding.value, found.finding.n) == (row["value"], row["n"])
    assert report("stage_now", viewer=told.dot, where="status = won", now=NOW).finding.n == 0


def test_every_figure_takes_a_filter_and_keeps_to_what_one_sees(told: Cast) -> None:
    for key in keys():
        whole = counts(report(key, viewer=told.cem, now=NOW))
        assert counts(report(key, viewer=told.cem, where="amount < 1000", now=NOW)) == whole
        hers = report(key, viewer=told.cem, where=f'owner = "{email("ada")}"', now=NOW).finding
        assert hers.n == 0 and not hers.left_out, key
        # A condition that no row can meet is no statement at all to Django.
        assert report(key, viewer=told.cem, where="last_move is empty", now=NOW).finding.n == 0
    mine = records({"outcomes": "won"}, viewer=told.cem, where="owner = me and name ~ won", now=NOW)
    assert {record.owner.name for record in mine.records if record.owner} == {told.cem.label}
    assert mine.found == records({"outcomes": "won"}, viewer=told.cem, now=NOW).found


EVIL = ("100%", "%s %(viewer)s %%", "'; DROP TABLE deals_deal; --", "\u27e6day\u27e7", "{0}")


def test_values_are_never_sql(told: Cast) -> None:
    deal = records({"outcomes": "open"}, viewer=told.dot, now=NOW).records[0]
    for evil in EVIL:
        edit(deal.uid, {"source": evil}, actor=told.dot, at=NOW)
        where = f'source = "{evil}" and not product ~ "{evil}"'
        assert report("stage_now", viewer=told.dot, where=where, now=NOW).finding.n == 1, evil


@pytest.mark.usefixtures("now")
def test_pages_say_what_they_are_narrowed_to_and_the_way_off(told: Cast) -> None:
    client, where = client_of("dot"), {"where": 'source = "fair" and product = "A"'}
    page = client.get(reverse("figures"), where, headers=ENGLISH)
    chips = page.context["page"].bar.chips
    assert [chip.said for chip in chips] == ["Lead source is fair", "Product is A"]
    off = client.get(reverse("figures") + chips[0].off).context["page"]
    assert off.asked.where == "product = A" and off.cards[0].n > page.context["page"].cards[0].n
    for address in _links(page.content.decode()):
        inner = client.get(address, headers=ENGLISH)
        assert inner.status_code == 200, address
        of_all_deals = address in (reverse("forecast"), reverse("goals"))
        if address.startswith("/figures/") and "where=" not in address and not of_all_deals:
            pytest.fail(f"{address} forgets the filter")
    csv = client.get(reverse("figure_export", args=["win_rate", "csv"]), where).content.decode()
    assert "source = fair and product = A" in csv.replace('"', "")
    behind = client.get(reverse("figure_records", args=["win_rate"]), where | {"outcomes": "won"}, headers=ENGLISH)
    assert "Product is A" in behind.content.decode()


def _links(text: str) -> set[str]:
    main = text[text.index("<main") : text.index("</main>")]
    found = {html.unescape(link) for link in re.findall(r'href="(/(?:figures|deals)/[^"#]*)"', main)}
    return {link for link in found if not link.endswith((".csv", ".json"))}


@pytest.mark.usefixtures("now")
def test_from_a_list_to_its_figures_and_back(told: Cast) -> None:
    client = client_of("dot")
    page = client.get(reverse("deals"), {"where": 'source = "fair"', "owner": "me"}, headers=ENGLISH)
    there = client.get(page.context["page"].figures, headers=ENGLISH).context["page"]
    assert there.asked.where == "owner = me and source = fair"
    everything = client.get(reverse("deals"), {"where": "product = A"}).context["page"].figures
    figures = client.get(everything).context["page"]
    back = client.get(figures.bar.figures).context["page"].list
    rate = next(card for card in figures.cards if card.key == "win_rate")
    assert rate.n + rate.left_out == back.count.number == 30
    won = client.get(reverse("deals"), {"status": "won"}).context["page"].figures
    assert client.get(won).context["page"].asked.where == "status = won"


@pytest.mark.usefixtures("now")
def test_a_filter_that_makes_no_sense_is_told_in_its_place(told: Cast) -> None:
    client = client_of("dot")
    for where in ("custom.gone = 1", "shoe = 1", "amount > lots", "((", "x" * 9000):
        for address in ("/figures/", "/figures/win_rate/", "/figures/win_rate/records/"):
            answer = client.get(address, {"where": where}, headers=ENGLISH)
            assert answer.status_code == 422 and "Mend the filter" in answer.content.decode(), (address, where)
        assert client.get("/figures/win_rate.json", {"where": where}).status_code == 422
    mended = client.get(
        reverse("list_filter", args=["deals"]), {"where": "product = A", "as": "figures/win_rate", "apply": "1"}
    )
    assert mended["Location"] == "/figures/win_rate/?where=product+%3D+A"


def test_programs_and_the_terminal_take_the_same_text(told: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)
    caller = Caller(create_token("x", ["read"], actor=told.ada, at=present())[1])
    where = "owner = me and product = A"
    said = caller.get(f"/figures/win_rate?where={where}").json()
    ours = report("win_rate", viewer=told.ada, where=where, now=present()).as_json()
    assert said["n"] == ours["n"] > 0 and said["where"] == where
    assert caller.get("/figures/win_rate?where=shoe+%3D+1").json()["error"]["code"] == "filter_unknown_field"
    run = CliRunner().invoke(main, ["report", "win_rate", "--where", where, "--as", email("ada")])
    assert f"n {ours['n']}, as of" in run.stdout and f"only deals where {where}" in run.stdout, run.output
    wrong = CliRunner().invoke(main, ["report", "win_rate", "--where", "((", "--as", email("ada")])
    assert wrong.exit_code == 1 and "Traceback" not in wrong.output
    for mine in ("owner = me", "owner in (me, my_team)", "team = my_team"):
        nobody = CliRunner().invoke(main, ["report", "win_rate", "--where", mine])
        assert nobody.exit_code == 1 and "--as EMAIL" in nobody.stderr, nobody.output
    with pytest.raises(Refusal):
        report("win_rate", viewer=told.ada, where="shoe = 1", now=present())
