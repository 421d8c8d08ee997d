"""The playbook in the browser: both sides of a process, checking a file, publishing it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from etappe.playbook.models import ProcessVersion
from etappe.playbook.queries import library_item
from etappe.team.queries import workspace
from tests.deals.conftest import Scene, scene
from tests.unchanged import unchanged
from tests.web.test_people_pages import signed_in

__all__ = ["scene"]


@pytest.fixture
def ben(scene: Scene) -> Client:
    return signed_in(scene.cast.ben)


def test_a_process_is_read_from_both_sides(ben: Client) -> None:
    page = ben.get("/playbook/inbound/").content.decode()
    for text in ("Was wir tun", "Was der Käufer getan hat", "Produkt bewertet", "Demo", "Angenommene Einladung"):
        assert text in page


def test_a_stage_called_demo_is_found_and_told_what_to_call_it(ben: Client) -> None:
    source = library_item("inbound").source.replace("de: Produkt bewertet", "de: Demo")
    page = ben.post("/playbook/check/", {"source": source}).content.decode()
    assert "Produkt bewertet" in page
    assert "Zeile" in page
    assert "name: {" in page or "de: Demo" in page, "what was typed is still there"


def test_a_clean_file_says_so_and_is_published_as_the_next_version(ben: Client) -> None:
    source = library_item("inbound").source.replace("Bedarfsgespräch führen", "Ein Bedarfsgespräch führen")
    file = SimpleUploadedFile("inbound.yaml", source.encode())
    assert "Nichts gefunden." in ben.post("/playbook/check/", {"file": file}).content.decode()
    published = ben.post("/playbook/check/", {"source": source, "publish": "1"})
    assert published["Location"] == "/playbook/inbound/"
    assert ProcessVersion.objects.filter(process__key="inbound").count() == 2
    assert ben.get("/playbook/inbound/1/").status_code == 200
    assert "Ein Bedarfsgespräch" not in ben.get("/playbook/inbound/1/").content.decode()


@pytest.mark.parametrize("source", ["x: 1", "- [", "\x07", "a: &b [*b]", "etappe: 1\nkey: x\nstages: 5"])
def test_an_unusable_file_is_refused_and_stays_in_the_form(ben: Client, source: str) -> None:
    with unchanged():
        answer = ben.post("/playbook/check/", {"source": source, "publish": "1"})
    assert answer.status_code == 422


def test_taking_a_process_of_the_library_over(ben: Client) -> None:
    assert "Kanalvertrieb" in ben.get("/playbook/").content.decode()
    assert ben.get("/playbook/library/channel/").status_code == 200
    ben.post("/playbook/library/channel/take/")
    assert workspace().default_process == "channel"
    ben.post("/playbook/inbound/default/")
    assert workspace().default_process == "inbound"


def test_reps_read_and_managers_publish(scene: Scene) -> None:
    ada = signed_in(scene.cast.ada)
    assert ada.get("/playbook/inbound/").status_code == 200
    with unchanged():
        assert ada.post("/playbook/library/channel/take/").status_code == 403
        source = library_item("channel").source
        assert ada.post("/playbook/check/", {"source": source, "publish": "1"}).status_code == 403
    assert ada.get("/playbook/nothing/").status_code == 404


def test_the_file_of_a_version_is_what_was_published(ben: Client) -> None:
    answer = ben.get("/playbook/inbound/1/source/")
    assert answer.content.decode() == library_item("inbound").source
    assert answer["Content-Disposition"] == 'attachment; filename="inbound-1.yaml"'
