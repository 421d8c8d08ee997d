"""The form view of the process editor: it edits the same text, and loses nothing of it."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from etappe.core.process_file import compile_process, read
from etappe.core.process_write import plain, rewrite, written
from etappe.playbook.drafts import get_draft
from etappe.playbook.queries import library
from tests.deals.conftest import Scene, scene
from tests.unchanged import unchanged
from tests.web.test_drafts import INBOUND, begun
from tests.web.test_people_pages import signed_in

__all__ = ["scene"]

Fields = dict[str, str | list[str]]


@pytest.fixture
def ben(scene: Scene) -> Client:
    return signed_in(scene.cast.ben)


def fields(page: str) -> Fields:
    """What the browser would send of the form, but for its buttons."""
    form = page[page.index('<form class="editor"') :]
    found: Fields = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        value = html.unescape((re.search(r'value="([^"]*)"', tag) or ["", ""])[1])
        if name and ('type="checkbox"' not in tag or " checked" in tag) and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = [*found.get(name[1], []), value] if 'type="checkbox"' in tag else value
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = html.unescape(text)
    for name, inner in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', inner)[0]
    return found


def text_of(scene: Scene, desk: str) -> str:
    return get_draft(scene.cast.ben, desk.split("/")[2]).source


def test_every_shipped_process_survives_being_written_anew() -> None:
    for item in library():
        data = plain(item.source)
        assert data is not None
        assert compile_process(read(written(data))) == item.spec
        assert rewrite(item.source, data) == item.source


def test_saving_what_the_form_shows_changes_nothing(ben: Client, scene: Scene) -> None:
    desk = begun(ben)
    shown = fields(ben.get(f"{desk}form/").content.decode())
    with unchanged():
        assert ben.post(f"{desk}form/", {**shown, "save": "1"}).status_code == 303
    assert text_of(scene, desk) == INBOUND


def test_fields_that_a_stage_needs_are_ticked_and_shown(ben: Client, scene: Scene) -> None:
    desk = begun(ben)
    form = f"{desk}form/"
    shown = fields(ben.get(form).content.decode())
    ticked = {"stage-0-fields": ["next_step", "amount", "stage", "amount"]}
    assert ben.post(form, {**shown, **ticked, "save": "1"}).status_code == 303
    assert compile_process(read(text_of(scene, desk))).first.fields == ("amount", "next_step")
    again = fields(ben.get(form).content.decode())
    assert again["stage-0-fields"] == ["amount", "next_step"] and "stage-1-fields" not in again
    del again["stage-0-fields"]
    assert ben.post(form, {**again, "seen": again["seen"], "save": "1"}).status_code == 303
    assert "fields:" not in text_of(scene, desk)


def test_changed_words_leave_comments_and_order_alone(ben: Client, scene: Scene) -> None:
    desk = begun(ben)
    stage = "  - key: product_evaluated"
    commented = "# Unser Weg\n" + INBOUND.replace(stage, f"  # die Demo\n{stage}")
    ben.post(desk, {"source": commented, "seen": 1, "save": "1"})
    shown = fields(ben.get(f"{desk}form/").content.decode())
    shown |= {"stage-2-name-de": "Produkt: erprobt", "stage-1-fact-0-evidence": ["reply", "document"]}
    assert ben.post(f"{desk}form/", {**shown, "save": "1"}).status_code == 303
    assert text_of(scene, desk) == commented.replace("de: Produkt bewertet", 'de: "Produkt: erprobt"').replace(
        "evidence: [reply, plan_tick, document]", "evidence: [reply, document]", 1
    )


def test_findings_lead_to_the_fields_they_speak_of(ben: Client, scene: Scene) -> None:
    desk = begun(ben)
    wrong = INBOUND.replace("de: Produkt bewertet", "de: Demo gehalten").replace(
        "evidence: [reply, form, note_confirmed]", "evidence: []"
    )
    ben.post(desk, {"source": wrong, "seen": 1, "save": "1"})
    page = ben.get(f"{desk}form/").content.decode()
    led = set(re.findall(r'<a href="#((?:stage|leave)-[^"]+)"', page))
    assert "stage-2-name-de" in led
    assert all(f'id="{name}"' in page for name in led)
    assert "stage-0-fact-0-text-de" in led


def test_stages_come_go_and_move(ben: Client, scene: Scene) -> None:
    desk = begun(ben)
    page = ben.get(f"{desk}form/").content.decode()
    for change in ("add:stages", "up:stages:7", "up:stages:6", "remove:stages:0", "add:stages:0:criteria", "add:leave"):
        page = ben.post(f"{desk}form/", {**fields(page), "change": change}).content.decode()
    shown = fields(page)
    new = next(name for name, value in shown.items() if re.fullmatch(r"stage-\d+-name-de", name) and not value)
    stage = new.removesuffix("-name-de")
    shown |= {new: "Vertrag geprüft", f"{stage}-name-en": "Contract reviewed", f"{stage}-phase": "win"}
    ben.post(f"{desk}form/", {**shown, "save": "1"})
    spec = read(text_of(scene, desk))
    keys = [stage.key.value for stage in spec.stages if stage.key]
    assert keys[0] == "requirements_agreed"
    assert "contract_reviewed" in keys
    assert keys.index("contract_reviewed") < keys.index("promises_confirmed")
    assert "need_confirmed" not in keys


@pytest.mark.parametrize("source", ["- [", "", "stages: 5", "stages: [x]", "name: {fr: Bonjour}\nstages: []"])
def test_what_the_form_cannot_show_it_does_not_touch(ben: Client, scene: Scene, source: str) -> None:
    desk = begun(ben)
    ben.post(desk, {"source": source, "seen": 1, "save": "1"})
    assert 'name="stage-0-key"' not in ben.get(f"{desk}form/").content.decode()
    with unchanged():
        assert ben.post(f"{desk}form/", {"source": source, "seen": 2, "save": "1", "name-de": "x"}).status_code == 200
    assert text_of(scene, desk) == source


@pytest.mark.parametrize("change", ["", "add", "up:stages:99", "remove:stages:x", "remove:key:0", "add:stages:0:key"])
def test_a_button_that_nobody_drew_does_nothing(ben: Client, scene: Scene, change: str) -> None:
    desk = begun(ben)
    shown = fields(ben.get(f"{desk}form/").content.decode())
    with unchanged():
        answer = ben.post(f"{desk}form/", {**shown, "change": change})
    assert answer.status_code == 200
    assert fields(answer.content.decode()) == shown
