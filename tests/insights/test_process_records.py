"""What the records say against a process, through page, API and terminal, over the deals that one sees."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from etappe.cli import main
from etappe.core.actor import Actor
from etappe.deals import actions
from etappe.journal.clock import now
from etappe.playbook.actions import make_default, publish
from etappe.playbook.actions_drafts import start_draft
from etappe.team.actions import create_token
from tests.cast import AT, Cast, assemble, email
from tests.core.courses import source
from tests.scenery import kept
from tests.unchanged import unchanged
from tests.web.counting import counted
from tests.web.signed import client_of

FREE = source().replace("[reply]}", "[reply], required: false}")
"""Nothing is required, so that deals can be moved by the dozen."""


def live(actor: Actor, name: str, to: str) -> None:
    began = now() - timedelta(days=200)
    made = actions.create({"name": name}, process="small", actor=actor, at=began).uid
    actions.move(made, to, actor=actor, at=began + timedelta(days=1))


def set_company() -> Cast:
    cast = assemble(AT)
    publish(FREE, actor=cast.dot, at=AT)
    make_default("small", actor=cast.dot, at=AT)
    for number in range(70):
        live(cast.ada, f"Steht {number}", "tried")
    live(cast.ada, "Ging durch", "ordered")
    live(cast.cem, "Süds Deal", "tried")
    return cast


company = kept(set_company)


def test_the_page_finds_what_stands_still_and_leads_to_its_deals(company: Cast) -> None:
    client = client_of("ben")
    page = client.get("/playbook/small/records/").content.decode()
    assert "E802" in page[: page.index("All checks")], "nobody leaves the second stage"
    assert re.search(r"of 70 deals that came at least 90 days ago, 0% have left \(interval 0% to \d%\)", page)
    still, on = (behind(client, page, *asked) for asked in (("E802", "tried"), ("E801", "agreed")))
    assert "Steht 3<" in still
    assert "Ging durch" not in still
    assert "Ging durch" in on
    assert "Süds Deal" not in still + on


def behind(client: Client, page: str, rule: str, stage: str) -> str:
    (link,) = set(re.findall(rf'href="([^"]*rule={rule}&amp;stage={stage}#deals)"', page))
    deals = client.get(link.replace("&amp;", "&")).content.decode()
    following = re.findall(r'href="([^"]*)" rel="next"', deals)
    rest = client.get(following[0].replace("&amp;", "&")).content.decode() if following else ""
    return deals[deals.index('id="deals"') :] + rest


def test_the_editor_and_the_page_of_the_process_load_it_and_link_it(company: Cast) -> None:
    client, draft = client_of("ben"), start_draft("small", actor=company.ben, at=now()).uid
    for page, part in (
        ("/playbook/small/", "/playbook/small/records/"),
        (f"/drafts/{draft}/", f"/drafts/{draft}/records/"),
    ):
        assert f'hx-get="{part}"' in client.get(page).content.decode()
        said = client.get(part, headers={"HX-Request": "true"}).content.decode()
        assert "E802" in said
        assert "<html" not in said
    assert "records/" not in client_of("ada").get("/playbook/small/").content.decode(), "who may not is not asked"


def test_a_draft_is_told_only_what_it_shares_with_what_was_in_force(company: Cast) -> None:
    client = client_of("ben")
    other = FREE.replace("key: tried\n", "key: checked\n")
    draft = start_draft("small", source=other, actor=company.ben, at=now()).uid
    assert "E802 ·" not in client.get(f"/drafts/{draft}/records/").content.decode()
    broken = start_draft(source="stages: [", actor=company.ben, at=now()).uid
    assert "no process yet" in client.get(f"/drafts/{broken}/records/").content.decode()
    unknown = start_draft(source=FREE.replace("key: small", "key: fresh"), actor=company.ben, at=now()).uid
    assert "Too little data" in client.get(f"/drafts/{unknown}/records/").content.decode()


@pytest.mark.parametrize("asked", ["rule=E9", "rule=E802&stage=none", "rule=E804&stage=tried&criterion=x"])
def test_a_check_that_is_not_there_is_not_found(company: Cast, asked: str) -> None:
    assert client_of("ben").get(f"/playbook/small/records/?{asked}").status_code == 404


def test_terminal_and_api_say_the_same(company: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)
    path = tmp_path / "small.yaml"
    path.write_text(FREE, "utf-8")
    arguments = ["process", "lint", str(path), "--data", "--lang", "en", "--format", "json", "--as", email("ben")]
    with unchanged():
        told = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert told.exit_code == 1
    found = {each["id"]: each for each in json.loads(told.stdout)["findings"]}
    assert found["E802"]["figure"]["n"] == 70
    assert found["E802"]["path"] == "stages[1]"
    assert "n 71 deals" in told.stderr
    plain = json.loads(CliRunner().invoke(main, [*arguments[:3], *arguments[4:8]], catch_exceptions=False).stdout)
    assert not any(each["id"].startswith("E8") for each in plain["findings"]), "records are asked only with --data"
    token = create_token("Test", ("read", "write"), actor=company.ben, at=AT)[1]
    api = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "1"})
    body = {"source": FREE, "data": True}
    sent = api.post("/api/v1/lint", body, content_type="application/json").json()
    assert [each["figure"] for each in sent if each["id"] == "E802"] == [found["E802"]["figure"]]
    checks = api.get("/api/v1/processes/small/records").json()["checks"]
    (held,) = (each for each in checks if (each["id"], each["stage"]) == ("E802", "tried"))
    assert (held["hits"], held["n"], held["state"]) == (0, 70, "found")


def test_time_that_waited_for_us_leads_to_its_deals(company: Cast) -> None:
    client = client_of("ben")
    page = client.get("/playbook/small/records/").content.decode()
    assert "Whose turn it was" in page
    assert client.get("/playbook/small/records/?waited=tried").status_code == 200
    assert client.get("/playbook/small/records/?waited=none").status_code == 404
    token = create_token("Test", ("read",), actor=company.ben, at=AT)[1]
    api = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/processes/small/records").json()
    (turn,) = (each for each in api["turns"] if each["stage"] == "tried")
    assert (turn["n"], turn["share"], turn["unmoved"]) == (70, 0.0, 0.0), "nothing is required, so nothing was ready"
    assert turn["days"] == pytest.approx(199, abs=0.1)


def test_more_deals_ask_no_more_of_the_database(company: Cast) -> None:
    client, address = client_of("ben"), "/playbook/small/records/?rule=E802&stage=tried"
    counted(client, address, "what the records say")
    live(company.ada, "Noch einer", "ordered")
    counted(client, address, "what the records say")
