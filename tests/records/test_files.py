"""Files on records: checked when they come, safe when they go, taken off and brought back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from etappe.core.errors import Forbidden, Missing
from etappe.foreign.files import check_upload
from etappe.journal.models import Artefact, Entry
from etappe.records.actions_files import add_file, remove_file, restore_file
from etappe.records.files import files_of, get_file
from etappe.records.models import File
from tests.api.conftest import ada, caller
from tests.cast import AT
from tests.deals.conftest import Scene, scene
from tests.papers import pdf
from tests.unchanged import refused, unchanged
from tests.web.signed import client_of

__all__ = ["ada", "scene"]

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


def put(scene: Scene, subject: str = "deal", name: str = "angebot.pdf", content: bytes = b"") -> uuid.UUID:
    record = {"deal": scene.uid, "account": scene.account, "person": scene.eva}[subject]
    raw = content or pdf("Angebot")
    return add_file(subject, record, check_upload(name, raw), raw, actor=scene.cast.ada, at=AT)


def upload(client: Client, address: str, name: str, content: bytes) -> Any:
    return client.post(address, {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_put_on_taken_off_and_brought_back(scene: Scene) -> None:
    uid = put(scene)
    again = put(scene, "account")
    assert Artefact.objects.count() == 1, "the same bytes are kept once"
    found = get_file(scene.cast.ben, uid)
    assert (found.name, found.media_type, found.added_by and found.added_by.name) == (
        "angebot.pdf", "application/pdf", "Ada Ahrens",
    )  # fmt: skip
    remove_file(uid, actor=scene.cast.ada, at=AT)
    with unchanged():
        remove_file(uid, actor=scene.cast.ada, at=AT)
    assert files_of("deal", scene.row.id)[0].removed_at == AT
    restore_file(uid, actor=scene.cast.ada, at=AT)
    told = Entry.objects.filter(kind__startswith="file.", deal_id=scene.row.id).order_by("id")
    assert [entry.kind for entry in told] == ["file.added", "file.removed", "file.restored"]
    assert get_file(scene.cast.cem, again).subject == "account"


def test_whoever_does_not_see_the_record_sees_no_file(scene: Scene) -> None:
    uid = put(scene)
    with pytest.raises(Missing):
        get_file(scene.cast.cem, uid)
    with pytest.raises(Missing):
        remove_file(uid, actor=scene.cast.cem, at=AT)
    with refused("forbidden", Forbidden):
        remove_file(uid, actor=scene.cast.mia, at=AT)
    assert client_of("cem").get(f"/files/{uid}/").status_code == 404
    assert upload(client_of("cem"), f"/records/deal/{scene.uid}/files/", "a.pdf", pdf("x")).status_code == 404
    assert upload(client_of("oda"), f"/records/account/{scene.account}/files/", "a.pdf", pdf("x")).status_code == 403


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.pdf", b"<html><script>alert(1)</script>", 422),
        ("a.html", b"<html><script>alert(1)</script>", 422),
        ("a.svg", b"<svg onload='alert(1)'>", 422),
        ("a.exe", b"MZ", 422),
        ("a.png", b"GIF89a", 422),
        ("a.pdf", b"", 422),
        ("bild.png", PNG, 303),
        ("../../etc/pass\u202ewd.txt", b"Notizen", 303),
        ('a"; filename="evil.html.txt', b"<script>alert(1)</script>", 303),
        ("CON.txt", b"x", 303),
    ],
)
def test_only_what_a_file_says_it_is_comes_in(scene: Scene, name: str, content: bytes, status: int) -> None:
    answer = upload(client_of("ada"), f"/records/account/{scene.account}/files/", name, content)
    assert answer.status_code == status
    if status == 422:
        assert not File.objects.exists()
        return
    found = File.objects.get()
    assert not set('/\\":\u202e') & set(found.name)
    sent = client_of("ada").get(f"/files/{found.uid}/")
    assert sent["Content-Disposition"].startswith("attachment")
    assert sent["Content-Type"] == "application/octet-stream"
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert sent.content == content
    shown = client_of("ada").get(f"/files/{found.uid}/?show=1")
    is_picture = found.media_type == "image/png"
    assert (shown["Content-Type"], shown["Content-Disposition"][:6]) == (
        ("image/png", "inline") if is_picture else ("application/octet-stream", "attach")
    )


def test_a_file_that_is_too_large_is_refused_before_it_is_read(scene: Scene, monkeypatch: Any) -> None:
    monkeypatch.setattr("etappe.journal.artefacts.LIMIT", 1000)
    answer = upload(client_of("ada"), f"/records/deal/{scene.uid}/files/", "a.txt", b"x" * 2000)
    assert answer.status_code == 422
    assert upload(client_of("ada"), f"/records/lead/{scene.uid}/files/", "a.txt", b"x").status_code == 404
    assert client_of("ada").post(f"/records/deal/{scene.uid}/files/").status_code == 422


def test_a_removed_file_is_not_delivered(scene: Scene) -> None:
    uid, client = put(scene, "person"), client_of("ada")
    page = client.get(f"/people/{scene.eva}/").content.decode()
    assert "angebot.pdf" in page
    assert client.post(f"/files/{uid}/remove/").status_code == 303
    assert client.get(f"/files/{uid}/").status_code == 404
    assert client.post(f"/files/{uid}/restore/").status_code == 303
    assert client.get(f"/files/{uid}/").status_code == 200


def test_over_the_api(scene: Scene, ada: Any) -> None:
    head = {"Authorization": f"Bearer {ada.token}"}
    given = {"subject": "deal", "record": str(scene.uid), "file": SimpleUploadedFile("a.pdf", pdf("x"))}
    made = Client().post("/api/v1/files", given, headers=head)
    assert made.status_code == 201, made.content
    uid = made.json()["uid"]
    listed = ada.get(f"/files?subject=deal&record={scene.uid}").json()
    assert [(each["name"], each["removed_at"]) for each in listed] == [("a.pdf", None)]
    assert ada.get(f"/files/{uid}").content == pdf("x")
    assert caller(scene.cast.cem).get(f"/files/{uid}").status_code == 404
    assert ada.post(f"/files/{uid}/remove").status_code == 204
    assert ada.get(f"/files/{uid}").status_code == 404
