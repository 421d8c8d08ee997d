"""Administrators export from the page and the API: asked for, followed, cancelled, fetched, gone."""

from __future__ import annotations

import io
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from etappe.core.actor import SYSTEM
from etappe.core.errors import Missing
from etappe.exports import actions, background, jobs, queries
from etappe.exports.models import Export
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.team.actions import create_token
from tests.cast import AT, Cast, assemble
from tests.make import make_account
from tests.unchanged import refused
from tests.web.signed import client_of


@pytest.fixture
def cast(fresh_database: str, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.EXPORTS = tmp_path / "exports"
    monkeypatch.setattr(jobs.write_export, "defer", lambda export: None)
    cast = assemble()
    make_account(name="Öst & Söhne")
    return cast


def page(client: Client) -> str:
    return client.get("/settings/export/").content.decode()


def latest() -> uuid.UUID:
    return uuid.UUID(str(Export.objects.latest("id").uid))


def test_an_administrator_exports_on_the_page(cast: Cast, settings: Any) -> None:
    dot = client_of("dot")
    assert "Export everything" in page(dot)
    assert dot.post("/settings/export/").status_code == 303
    assert "about to begin" in page(dot)
    assert dot.post("/settings/export/").status_code == 422  # one at a time
    background.carry_out(str(latest()), clock=now)
    uid = latest()
    assert f"/settings/export/{uid}/archive.zip" in page(dot)
    answer = dot.get(f"/settings/export/{uid}/archive.zip")
    content = b"".join(answer)
    assert answer["Cache-Control"] == "no-store"
    assert len(content) == int(answer["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "Öst & Söhne" in archive.read("accounts.csv").decode()
    told = Entry.objects.get(kind="workspace.exported")
    assert (told.actor_id, told.data["sha256"]) == (cast.dot.id, Export.objects.get().sha256)
    assert actions.file_of(uid).stat().st_mode & 0o077 == 0
    assert dot.post(f"/settings/export/{uid}/cancel/").status_code == 303
    assert dot.get(f"/settings/export/{uid}/archive.zip").status_code == 404
    assert not actions.file_of(uid).exists()


def test_an_archive_is_gone_after_a_day(cast: Cast) -> None:
    uid = actions.ask(then=lambda uid: None, actor=cast.dot, at=now())
    background.carry_out(str(uid), clock=now)
    tomorrow = now() + timedelta(hours=25)
    queries.fetch(cast.dot, uid, now())
    with pytest.raises(Missing):
        queries.fetch(cast.dot, uid, tomorrow)
    assert actions.drop_expired(actor=SYSTEM, at=now()) == 0
    assert actions.drop_expired(actor=SYSTEM, at=tomorrow) == 1
    assert queries.get_export(cast.dot, uid).state == "gone"


def test_a_cancelled_and_an_interrupted_export_leave_nothing(cast: Cast) -> None:
    uid = actions.ask(then=lambda uid: None, actor=cast.dot, at=now())
    Export.objects.update(state="running")
    actions.cancel(uid, actor=cast.dot, at=now())
    background.carry_out(str(uid), clock=now)
    assert queries.get_export(cast.dot, uid).state == "cancelled"
    assert not actions.file_of(uid).exists()
    actions.ask(then=lambda uid: None, actor=cast.dot, at=now())
    Export.objects.filter(state="queued").update(state="running", moved_at=now() - timedelta(minutes=3))
    again = actions.ask(then=lambda uid: None, actor=cast.dot, at=now())  # the one before was killed
    with refused("export_is_busy"):
        actions.ask(then=lambda uid: None, actor=cast.dot, at=now())
    assert sorted(Export.objects.values_list("state", flat=True)) == ["cancelled", "failed", "queued"]
    assert again == latest()


def test_a_program_exports_over_the_api(cast: Cast) -> None:
    keys = {name: create_token("Test", scopes, actor=cast.dot, at=AT)[1] for name, scopes in
            (("reads", ["read"]), ("writes", ["read", "write"]))}  # fmt: skip

    def headers(key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {keys[key]}"}

    client = Client()
    assert client.post("/api/v1/exports", headers=headers("reads")).status_code == 403
    asked = client.post("/api/v1/exports", headers=headers("writes"))
    assert (asked.status_code, asked.json()["state"]) == (201, "queued")
    uid = asked.json()["uid"]
    assert client.get(f"/api/v1/exports/{uid}/archive.zip", headers=headers("reads")).status_code == 404
    background.carry_out(uid, clock=now)
    found = client.get(f"/api/v1/exports/{uid}", headers=headers("reads")).json()
    assert (found["state"], found["asked_by"], found["rows_done"]) == ("done", "Dot Dörfler", found["rows_total"])
    content = b"".join(client.get(f"/api/v1/exports/{uid}/archive.zip", headers=headers("reads")))
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert client.get("/api/v1/exports", headers=headers("writes")).json()[0]["uid"] == uid
    assert client.post(f"/api/v1/exports/{uid}/cancel", headers=headers("writes")).json()["state"] == "gone"
