"""The measured sales model through page, API and terminal, beside what was said."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from etappe.cli import main
from etappe.deals import actions
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.people.actions import create_account, create_person
from etappe.playbook.actions import make_default, publish
from etappe.team.actions import answer_questions, create_token
from etappe.team.queries import workspace
from tests.cast import AT, Cast, assemble, email
from tests.core.courses import source
from tests.scenery import kept
from tests.unchanged import unchanged
from tests.web.counting import counted
from tests.web.everything import QUESTIONS
from tests.web.signed import client_of

FREE = source().replace("[reply]}", "[reply], required: false}")
ADDRESS = "/setup/model/measured/"


def sell(cast: Cast, name: str, source: str, *, again: bool = False) -> None:
    """A deal of Ada's that Ben wins, with one person of the buyer's; `again`: the account orders a second time."""
    at = now() - timedelta(days=40)
    account = create_account({"name": f"{name} GmbH"}, actor=cast.ada, at=at).uid
    person = create_person({"name": f"Eva {name}", "account": account}, actor=cast.ada, at=at).uid
    for number in range(1 + again):
        fields = {"name": f"{name} {number}", "account": account, "source": source, "amount": 100}
        began = at + timedelta(days=number)
        made = actions.create(fields, process="small", stakeholders=(person,), actor=cast.ada, at=began).uid
        actions.move(made, "tried", actor=cast.ada, at=began + timedelta(hours=1))
        actions.win(made, actor=cast.ben, at=began + timedelta(hours=2))


def set_company() -> Cast:
    cast = assemble(AT)
    publish(FREE, actor=cast.dot, at=AT)
    make_default("small", actor=cast.dot, at=AT)
    for number in range(24):
        sell(cast, f"Kunde {number}", "Kaltanruf", again=number == 0)
    return cast


company = kept(set_company)


def test_said_and_measured_stand_beside_each_other_with_their_deals(company: Cast) -> None:
    client = client_of("ben")
    assert "speaks for" in client.get(ADDRESS).content.decode(), "nothing was said yet"
    answer_questions(QUESTIONS, actor=company.dot, at=now())
    page = client.get(ADDRESS).content.decode()
    assert "You said “They come to us" in page
    assert "The records speak for “We go to them" in page
    assert "0% came to you (n 25 deals, 95% interval 0% to 13%)" in page
    assert "earlier ones are not seen" in page
    (link,) = re.findall(r'href="([^"]*question=existing&amp;group=existing[^"]*)"', page)
    link = link.replace("&amp;", "&")
    deals = client.get(link).content.decode()
    deals = deals[deals.index('id="deals"') :]
    assert "Kunde 0 1" in deals
    assert "Kunde 0 0" not in deals
    assert "Kunde 0 1" not in client_of("cem").get(ADDRESS).content.decode()
    assert client_of("cem").get(link).status_code == 404


def test_terminal_and_api_say_the_same(company: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)
    with unchanged():
        ran = CliRunner().invoke(main, ["report", "sales_model", "--format", "json", "--as", email("ben")])
    said = json.loads(ran.stdout)
    states = {each["question"]: each["state"] for each in said["questions"]}
    assert states == {"contacts": "unsaid", "existing": "unsaid", "together": "unsaid", "people": "unsaid"}
    by_question = {each["question"]: each for each in said["questions"]}
    assert by_question["together"]["groups"] == {"2": 25}, "owner, and whoever won it"
    assert by_question["people"]["possible"] == ["one_or_two"]
    assert by_question["existing"]["share"] == pytest.approx(1 / 25)
    token = create_token("Test", ("read",), actor=company.ben, at=AT)[1]
    api = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/sales-model").json()
    assert api == {name: value for name, value in said.items() if name != "verdict"}
    table = CliRunner().invoke(main, ["report", "sales_model"], catch_exceptions=False).stdout
    assert "0% came to you" in table
    assert CliRunner().invoke(main, ["report", "sales_model", "--by", "owner"]).exit_code != 0


def test_what_words_mean_is_said_and_taken_back(company: Cast) -> None:
    for number, told in enumerate(["Tag der offenen Tür 2026", "tag der offenen tür", "Kaltanruf Messe", "<b>x</b>"]):
        sell(company, f"Neu {number}", told)
    client, words = client_of("dot"), f"{ADDRESS}words/"
    page = client.get(ADDRESS).content.decode()
    assert "Tag der offenen Tür 2026 (1)" in page and "Kaltanruf Messe (1)" in page and "n 25 deals" in page
    assert "&lt;b&gt;x&lt;/b&gt; (1)" in page
    assert words not in client_of("ben").get(ADDRESS).content.decode()
    chosen = {"word": ["Tag der offenen Tür 2026", "Kaltanruf Messe"], "meaning": ["inbound", ""]}
    assert client.post(words, chosen).status_code == 303
    assert workspace().source_words == {"tag der offenen tur": "inbound"}
    assert "n 27 deals" in client.get(ADDRESS).content.decode()
    assert client.post(words, {"word": "Messe", "meaning": "nothing"}).status_code == 303
    assert "n 28 deals" in client.get(ADDRESS).content.decode(), "the other word of the source tells"
    assert "tag der offenen tur" in client.get(words).content.decode()
    client.post(words, {"word": "tag der offenen tur", "meaning": "usual"})
    assert workspace().source_words == {"messe": "nothing"}
    for word, meaning in (("4711", "inbound"), ("Messe", "nonsense"), ("x" * 5000, "inbound")):
        with unchanged():
            assert client.post(words, {"word": word, "meaning": meaning}).status_code == 422
    assert Entry.objects.filter(kind="workspace.edited").count() >= 3


def test_what_words_mean_over_the_api(company: Cast) -> None:
    token = create_token("Test", ("read", "write"), actor=company.dot, at=AT)[1]
    api = Client(headers={"Authorization": f"Bearer {token}"})

    def post(given: dict[str, str | None]) -> Any:
        return api.post(
            "/api/v1/sales-model/words", {"words": given}, "application/json", headers={"Idempotency-Key": str(given)}
        )

    assert post({"Kaltanruf": "partners"}).json() == {"kaltanruf": "partners"}
    measured = api.get("/api/v1/sales-model").json()
    assert measured["questions"][0]["groups"] == {"partners": 25} and measured["unplaced"] == []
    assert post({"kaltanruf": "nothing"}).status_code == 200
    measured = api.get("/api/v1/sales-model").json()
    assert measured["questions"][0]["left_out"] == 25 and measured["unplaced"] == []
    assert post({"Kaltanruf": None}).json() == api.get("/api/v1/sales-model/words").json() == {}
    assert post({"Kaltanruf": "nonsense"}).status_code == 422


def test_nothing_recorded_is_said(cast: Cast) -> None:
    page = client_of("oda").get(ADDRESS).content.decode()
    assert "Too little data to measure how you sell." in page
    assert "(0 of 20)" in page


@pytest.mark.parametrize("asked", ["question=x&group=y", "question=people&group=99", "question=contacts"])
def test_a_group_that_is_not_there_is_not_found(company: Cast, asked: str) -> None:
    assert client_of("ben").get(f"{ADDRESS}?{asked}").status_code == 404


def test_more_deals_ask_no_more_of_the_database(company: Cast) -> None:
    client, address = client_of("ben"), f"{ADDRESS}?question=together&group=2"
    counted(client, address, "the sales model measured")
    sell(company, "Noch einer", "Website")
    counted(client, address, "the sales model measured")
