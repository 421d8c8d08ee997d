"""A draft tried on the past, through page, API and terminal: the same numbers, over the deals that one sees."""

from __future__ import annotations

import json
import re
import uuid
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from etappe.cli import main
from etappe.core.actor import Actor
from etappe.core.process import WON
from etappe.deals import actions
from etappe.deals.reading import Given, read_file
from etappe.journal.clock import now
from etappe.playbook.actions import make_default, publish
from etappe.playbook.actions_drafts import start_draft
from etappe.team.actions import create_token
from tests.cast import AT, Cast, assemble, email
from tests.core.courses import LEAVE, source
from tests.papers import pdf
from tests.scenery import kept
from tests.unchanged import unchanged
from tests.web.counting import counted
from tests.web.signed import client_of

OLD = source().replace("[reply]", "[document]")
DRAFT = source("tried").replace("[reply]", "[document]")
BEGAN = now() - timedelta(days=60)


def live(actor: Actor, name: str, end: str, *, more: float | None = None) -> None:
    """A deal through all stages with what they required; `tried_more` after so many days, or never."""
    made = actions.create({"name": name}, process="small", actor=actor, at=BEGAN).uid
    acts = [("agreed_need", 1.0), ("tried_need", 2.0), ("ordered_need", 3.0)]
    acts += [("tried_more", more)] if more is not None else []
    acts += [("tried", 1.1), ("ordered", 2.1)]
    for what, day in sorted(acts, key=lambda act: act[1]):
        _act(actor, made, what, day)
    at = BEGAN + timedelta(days=9)
    if end == WON:
        actions.win(made, actor=actor, at=at)
    else:
        actions.leave(made, "price", actor=actor, at=at)


def _act(actor: Actor, uid: uuid.UUID, what: str, day: float) -> None:
    at = BEGAN + timedelta(days=day)
    if "_" in what:
        given = Given("document", file=read_file("beleg.pdf", pdf(what)), happened_at=at)
        actions.confirm(uid, what, given, actor=actor, at=at)
    else:
        actions.move(uid, what, actor=actor, at=at)


def set_company() -> Cast:
    cast = assemble(AT)
    publish(OLD, actor=cast.dot, at=AT)
    make_default("small", actor=cast.dot, at=AT)
    live(cast.ada, "Hatte alles", WON, more=1.5)
    live(cast.ada, "Kam danach", WON, more=4.1)
    live(cast.ada, "Kam nie", "lost")
    live(cast.cem, "Süds Deal", "lost")
    return cast


company = kept(set_company)


@pytest.fixture
def draft(company: Cast) -> uuid.UUID:
    return start_draft("small", source=DRAFT, actor=company.ben, at=now()).uid


def rows_of(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return page[page.index('id="deals"') :]


def test_the_page_leads_from_each_number_to_its_deals(company: Cast, draft: uuid.UUID) -> None:
    client = client_of("ben")
    page = client.get(f"/drafts/{draft}/backtest/").content.decode()
    assert "Too little data" in page
    assert "Süds Deal" not in page
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*show=[^"]*)"', page)}
    listed = {link.split("show=")[1].split("#")[0]: rows_of(client, link) for link in links}
    assert "Kam danach" in listed["later"]
    assert "Kam nie" not in listed["later"]
    assert "Kam nie" in listed["stopped"]
    assert "Hatte alles" in listed["as_it_did"]
    assert not any("Süds Deal" in rows for rows in listed.values())
    by_criterion = next(rows for asked, rows in listed.items() if "criterion=tried_more" in asked)
    assert "Kam danach" in by_criterion
    assert "Kam nie" in by_criterion


def test_the_editor_saves_what_it_tries(company: Cast, draft: uuid.UUID) -> None:
    client = client_of("ben")
    answer = client.post(f"/drafts/{draft}/", {"source": DRAFT + "# fertig\n", "seen": 1, "backtest": "1"})
    assert answer["Location"] == f"/drafts/{draft}/backtest/"
    assert "# fertig" in client.get(f"/drafts/{draft}/").content.decode()
    assert client.get("/playbook/small/backtest/").status_code == 200


@pytest.mark.parametrize("asked", ["days=1", "days=x", "of=none", "show=all", "show=held&end=x", "show=&skip=-1"])
def test_what_cannot_be_asked_is_refused(company: Cast, draft: uuid.UUID, asked: str) -> None:
    assert client_of("ben").get(f"/drafts/{draft}/backtest/?{asked}").status_code == 422


def test_a_text_that_is_no_process_is_said_to_be_none(company: Cast) -> None:
    broken = start_draft(source="stages: [", actor=company.ben, at=now()).uid
    page = client_of("ben").get(f"/drafts/{broken}/backtest/")
    assert page.status_code == 200
    assert "no process yet" in page.content.decode()


def test_nothing_in_the_window_is_said_and_a_process_without_deals_borrows_the_default_ones(company: Cast) -> None:
    client = client_of("ben")
    other = start_draft(source=DRAFT.replace("key: small", "key: other"), actor=company.ben, at=now()).uid
    assert "Hatte alles" in rows_of(client, f"/drafts/{other}/backtest/?show=")
    mia = client_of("mia").get(f"/drafts/{other}/backtest/")
    assert mia.status_code == 403


def test_terminal_and_api_say_the_same(company: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)
    path = tmp_path / "draft.yaml"
    path.write_text(DRAFT, "utf-8")
    arguments = ["process", "backtest", str(path), "--format", "json", "--lang", "de"]
    with unchanged():
        told = CliRunner().invoke(main, [*arguments, "--as", email("ben")], catch_exceptions=False)
    said = json.loads(told.output)
    fates = {fate: each["deals"] for fate, each in said["fates"].items() if each["deals"]}
    assert fates == {"as_it_did": 1, "later": 1, "stopped": 1}
    assert said["criteria"][0] | {"days": None} == {
        "stage": "tried", "criterion": "tried_more", "held": 2, "lost": 1, "lost_interval": None, "later": 1,
        "days": None, "unknown": 0,
    }  # fmt: skip
    assert said["criteria"][0]["days"] == pytest.approx(2.0)
    everybody = json.loads(CliRunner().invoke(main, arguments, catch_exceptions=False).output)
    assert everybody["n"] == 4
    text = CliRunner().invoke(main, arguments[:3], catch_exceptions=False).output
    assert "tried / tried_more: held 3" in text
    body = {"source": DRAFT, "show": "stopped"}
    token = create_token("Test", ("read", "write"), actor=company.ben, at=AT)[1]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "1"}
    api = Client(headers=headers).post("/api/v1/backtest", body, content_type="application/json").json()
    assert api["fates"] == said["fates"]
    assert [each["name"] for each in api["deals"]] == ["Kam nie"]


def test_a_file_that_is_no_process_is_refused_in_words(company: Cast, tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text(LEAVE, "utf-8")
    told = CliRunner().invoke(main, ["process", "backtest", str(path)])
    assert told.exit_code == 1
    assert "Traceback" not in told.output


def test_more_deals_ask_no_more_of_the_database(company: Cast, draft: uuid.UUID) -> None:
    client, address = client_of("ben"), f"/drafts/{draft}/backtest/?show="
    counted(client, address, "a draft tried on the past")
    for name in ("Eins", "Zwei"):
        live(company.ada, name, "lost")
    counted(client, address, "a draft tried on the past")
