"""Publishing with a map, through its doors: the page with its preview, the terminal."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from etappe.cli import main
from etappe.deals.actions.remap import carry_on
from etappe.deals.models import Remap
from etappe.journal.clock import now
from etappe.playbook.models import ProcessVersion
from tests.cast import email
from tests.deals.conftest import Scene, scene
from tests.unchanged import unchanged
from tests.web.test_drafts import INBOUND, begun
from tests.web.test_people_pages import signed_in

__all__ = ["scene"]

RENAMED = INBOUND.replace("key: need_confirmed", "key: need_named").replace(
    "de: Bedarf bestätigt", "de: Bedarf benannt"
)


@pytest.fixture(autouse=True)
def _on_the_tests_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)


@pytest.fixture
def ben(scene: Scene) -> Client:
    return signed_in(scene.cast.ben)


def done() -> str:
    """What the job process does; gives the address of the move."""
    run = Remap.objects.latest("id")
    carry_on(str(run.uid), clock=now)
    return f"/playbook/inbound/deals/{run.uid}/"


def test_publishing_with_a_map_and_taking_it_back(ben: Client, scene: Scene) -> None:
    desk = begun(ben)
    ben.post(desk, {"source": RENAMED, "seen": 1, "save": "1"})
    page = ben.get(f"{desk}publish/").content.decode()
    assert '<option value="need_named" selected>Bedarf benannt</option>' in page
    assert "Neue Anlage" in page
    assert "Veröffentlichen und 1 Deal umstellen" in page
    with unchanged():
        stays = ben.post(f"{desk}publish/", {"seen": 2, "to_need_confirmed": "", "preview": "1"}).content.decode()
    assert "Nach dieser Zuordnung wechselt kein Deal." in stays
    sent = ben.post(f"{desk}publish/", {"seen": 2, "to_need_confirmed": "need_named", "move": "1"})
    address = done()
    assert sent["Location"] == address
    assert "1 Deal ist jetzt auf Fassung 2." in ben.get(address).content.decode()
    assert scene.row.stage == "need_named"
    assert ben.post(f"{address}back/")["Location"] == address
    done()
    assert "1 Deal steht wieder wie vor Fassung 2." in ben.get(address).content.decode()
    assert scene.row.stage == "need_confirmed"
    assert ben.get(f"/playbook/outbound{address.removeprefix('/playbook/inbound')}").status_code == 404


def process(*words: str) -> Result:
    return CliRunner().invoke(main, ["process", *words])


def test_publishing_with_a_map_from_the_terminal(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "neu.yaml"
    file.write_text(RENAMED, "utf-8")
    told = process("diff", "inbound", str(file))
    assert (told.exit_code, "“Need confirmed”" in told.output or "„Bedarf bestätigt“" in told.output) == (1, True)
    words = ("publish", str(file), "--map", "need_confirmed=need_named", "--as", email("ben"))
    with unchanged():
        tried = process(*words, "--dry-run")
        assert tried.exit_code == 0, tried.output
        assert "Neue Anlage" in tried.output
        for wrong in ("need_confirmed=in_use", "need_confirmed=nowhere", "nonsense"):
            refused = process("publish", str(file), "--map", wrong, "--as", email("ben"))
            assert refused.exit_code == 1
            assert "Traceback" not in refused.output
        assert process("diff", "inbound:9", str(file)).exit_code == 1
        assert process(*words[:-1], email("ada")).exit_code == 1
    assert "deals moved: 1" in process(*words).output
    assert scene.row.stage == "need_named"
    assert ProcessVersion.objects.count() == 2
    assert process("diff", "inbound:1", "inbound:1").exit_code == 0
