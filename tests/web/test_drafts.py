"""The process editor: drafts that hold any text, findings with their mend, comparison, publishing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from etappe.playbook.models import Draft, ProcessVersion
from etappe.playbook.queries import library_item
from tests.deals.conftest import Scene, scene
from tests.replay import assert_replays
from tests.unchanged import unchanged
from tests.web.test_people_pages import signed_in

__all__ = ["scene"]

INBOUND = library_item("inbound").source
DEMO = INBOUND.replace("de: Produkt bewertet", "de: Demo")


@pytest.fixture
def ben(scene: Scene) -> Client:
    return signed_in(scene.cast.ben)


def begun(client: Client, key: str = "inbound") -> str:
    return str(client.post(f"/playbook/{key}/write/")["Location"])


def text_in(page: str) -> str:
    found = re.search(r'<textarea name="source"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1]


def test_the_walk_from_demo_to_a_published_version(ben: Client) -> None:
    desk = begun(ben)
    checked = ben.post(desk, {"source": DEMO, "seen": 1, "check": "1"}).content.decode()
    assert "Demo" in text_in(checked), "what was typed is still there"
    assert "stages[2].name.de" in checked
    accepted = ben.post(desk, {"source": DEMO, "seen": 1, "accept": "stages[2].name.de"}).content.decode()
    assert "Nichts gefunden." in accepted
    assert "de: Produkt bewertet" in text_in(accepted)
    assert Draft.objects.get().version == 1, "taken over, not saved"
    renamed = INBOUND.replace("de: Produkt bewertet", "de: Produkt erprobt")
    assert ben.post(desk, {"source": renamed, "seen": 1, "publish": "1"})["Location"] == f"{desk}publish/"
    before = ben.get(f"{desk}publish/").content.decode()
    assert "Stufe „Produkt bewertet“ heißt jetzt „Produkt erprobt“." in before
    assert ben.post(f"{desk}publish/", {"reason": "Klarer so", "seen": 2})["Location"] == "/playbook/inbound/"
    page = ben.get("/playbook/inbound/").content.decode()
    assert "Klarer so" in page
    assert "Ben Brandt" in page
    assert "heißt jetzt „Produkt erprobt“" in ben.get("/playbook/inbound/compare/").content.decode()
    assert_replays(Draft.objects.get())
    assert Draft.objects.get().ended_at is not None


@pytest.mark.parametrize("source", ["", "x: 1", "- [", "a: &b [*b]", "stages: [", "\x07", "<script>alert(1)</script>"])
def test_any_text_is_kept_and_none_of_it_published_that_is_no_process(ben: Client, source: str) -> None:
    desk = begun(ben)
    assert ben.post(desk, {"source": source, "seen": 1, "save": "1"}).status_code == 303
    page = ben.get(desk)
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
    assert ben.get(f"{desk}publish/").status_code == 200
    with unchanged():
        assert ben.post(f"{desk}publish/", {"seen": 2}).status_code == 422
    assert ProcessVersion.objects.count() == 1


def test_a_text_that_is_too_large_or_cannot_be_kept_is_refused(ben: Client) -> None:
    desk = begun(ben)
    with unchanged():
        for source in ("ä" * 140_000, "x" * 262_145, "a\x00b"):
            answer = ben.post(desk, {"source": source, "seen": 1, "save": "1"})
            assert answer.status_code == 422


def test_of_two_who_write_the_second_is_told_and_loses_nothing(ben: Client, scene: Scene) -> None:
    dot = signed_in(scene.cast.dot)
    desk = begun(ben)
    assert begun(dot) == desk, "one draft per process, shared"
    dot.post(desk, {"source": f"# Dots\n{INBOUND}", "seen": 1, "save": "1"})
    with unchanged():
        late = ben.post(desk, {"source": f"# Bens\n{INBOUND}", "seen": 1, "save": "1"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Dot Dörfler" in page
    assert "# Bens" in text_in(page)
    assert "# Dots" in page
    with unchanged():
        assert ben.post(f"{desk}publish/", {"seen": 1}).status_code == 409
    assert ben.post(desk, {"source": f"# Bens\n{INBOUND}", "seen": 2, "save": "1"}).status_code == 303


def test_putting_aside_and_taking_up_again(ben: Client) -> None:
    desk = begun(ben)
    ben.post(desk, {"source": DEMO, "seen": 1, "save": "1"})
    ben.post(f"{desk}discard/")
    assert f'href="{desk}"' not in ben.get("/playbook/").content.decode()
    with unchanged():
        assert ben.post(desk, {"source": INBOUND, "save": "1"}).status_code == 422
    other = begun(ben)
    assert other != desk
    with unchanged():
        assert ben.post(f"{desk}resume/").status_code == 422
    ben.post(f"{other}discard/")
    assert ben.post(f"{desk}resume/")["Location"] == desk
    assert "Demo" in text_in(ben.get(desk).content.decode())
    for draft in Draft.objects.all():
        assert_replays(draft)


def test_a_new_process_begins_with_one_that_is_clean(ben: Client) -> None:
    desk = str(ben.post("/drafts/")["Location"])
    page = ben.get(desk).content.decode()
    assert "Nichts gefunden." in page
    assert "Was der Käufer getan hat" in page
    assert ben.post(f"{desk}publish/", {"seen": 1})["Location"] == "/playbook/our_process/"


def test_reps_do_not_write_processes(scene: Scene, ben: Client) -> None:
    desk = begun(ben)
    ada = signed_in(scene.cast.ada)
    with unchanged():
        assert ada.get(desk).status_code == 403
        assert ada.post(desk, {"source": INBOUND, "seen": 1}).status_code == 403
        assert ada.post("/playbook/inbound/write/").status_code == 403
    assert ada.get("/playbook/inbound/compare/").status_code == 200
    assert ada.get("/playbook/inbound/compare/?old=7").status_code == 404
    assert ada.get("/playbook/nothing/compare/").status_code == 404
