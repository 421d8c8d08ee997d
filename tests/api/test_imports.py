"""Imports over the API: the same actions as on the page, for administrators, each POST once per key."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from etappe.deals.models import Deal
from etappe.imports import background
from etappe.imports.models import Run
from etappe.journal.clock import now
from etappe.people.models import Account
from tests.api.conftest import Caller, caller
from tests.deals.conftest import Scene
from tests.imports import twin
from tests.web.signed import client_of


@pytest.fixture
def dot(scene: Scene, settings: Any, tmp_path: Path) -> Caller:
    settings.UPLOADS = tmp_path / "uploads"
    return caller(scene.cast.dot)


def give(who: Caller, paths: list[Path], **headers: str) -> Any:
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
    given = {"Authorization": f"Bearer {who.token}"} | {name.replace("_", "-"): text for name, text in headers.items()}
    return Client().post("/api/v1/imports", {"files": files}, headers=given)


def looked(who: Caller, paths: list[Path]) -> str:
    answer = give(who, paths)
    assert (answer.status_code, answer.json()["state"]) == (201, "looking"), answer.content
    uid = str(answer.json()["uid"])
    background.examine(uid, at=now())
    return uid


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_from_files_to_undone(dot: Caller, tmp_path: Path) -> None:
    paths = twin.four(tmp_path)
    rows = twin.pipeline()
    rows[1][6] = "2016-13-45"
    twin.write(paths[0], rows)
    before = Account.objects.count()
    uid = looked(dot, paths)
    ready = dot.get(f"/imports/{uid}").json()
    assert ready["state"] == "ready"
    assert [problem["code"] for problem in ready["problems"] if problem["rejects"]] == ["not_a_date"]
    assert "2016-13-45" in ready["problems"][0]["text"]
    assert ready["map"]["stages"]["Won"] == "won"
    assert ready["likely_duplicates"] is None

    ready["map"] |= {"source": "Altes CRM", "currency": "CHF"}
    assert dot.post(f"/imports/{uid}/map", {"map": ready["map"]}).status_code == 202
    assert code(dot.post(f"/imports/{uid}/start")) == (422, "import_is_busy")
    background.examine(uid, at=now())
    assert dot.post(f"/imports/{uid}/start", {"dry": True}).status_code == 202
    background.carry_on(uid, clock=now)
    tried = dot.get(f"/imports/{uid}").json()
    assert (tried["state"], tried["tried"]["totals"]["created"]) == ("ready", 70)
    assert not Deal.objects.filter(currency="CHF").exists()

    assert dot.post(f"/imports/{uid}/start").json()["state"] == "queued"
    background.carry_on(uid, clock=now)
    done = dot.get(f"/imports/{uid}").json()
    assert (done["state"], done["source"], done["rows_done"]) == ("done", "Altes CRM", 71)
    assert done["totals"] == {"created": 70, "changed": 0, "unchanged": 0, "rejected": 1, "rows": 71}
    assert done["likely_duplicates"]["is_looking"] is True
    file = next(each for each in done["files"] if each["rejected"])
    answer = dot.get(f"/imports/{uid}/rejected/{file['number']}.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [row["opportunity_id"] for row in csv.DictReader(io.StringIO(text))] == ["OP00000"]
    assert dot.get(f"/imports/{uid}/rejected/99.csv").status_code == 404

    assert code(dot.post(f"/imports/{uid}/resume")) == (422, "import_not_resumable")
    assert dot.post(f"/imports/{uid}/undo").json()["state"] == "undoing"
    background.carry_undo(uid, clock=now)
    undone = dot.get(f"/imports/{uid}").json()
    assert undone["undone"]["archived"]["deal"] == 59
    assert Account.objects.filter(archived_at=None).count() == before
    assert code(dot.post(f"/imports/{uid}/undo")) == (422, "import_not_undoable")
    assert [each["state"] for each in dot.get("/imports").json()] == ["undone"]


def test_what_was_left_out_is_told_to_the_end(dot: Caller, tmp_path: Path) -> None:
    broken, odd = tmp_path / "bild.xlsx", tmp_path / "<b>odd.csv"
    broken.write_bytes(b"PK\x03\x04" + bytes(60))
    odd.write_text("rot;grün\n1;2\n3;4\n", encoding="utf-8")
    uid = looked(dot, [*twin.four(tmp_path), broken, odd])
    before = dot.get(f"/imports/{uid}").json()["left_out"]
    assert [(each["name"], each["code"]) for each in before] == [
        ("bild.xlsx", "file_unreadable"), ("<b>odd.csv", "no_kind"),
    ]  # fmt: skip
    dot.post(f"/imports/{uid}/start")
    background.carry_on(uid, clock=now)
    whole = dot.get(f"/imports/{uid}").json()
    assert (whole["state"], whole["left_out"]) == ("done", before)
    page = client_of("dot").get(f"/import/{uid}/", headers={"Accept-Language": "de"}).content.decode()
    assert "Ausgelassen" in page and all(each["text"] for each in before)
    assert "bild.xlsx" in page and "&lt;b&gt;odd.csv" in page and "<b>odd.csv" not in page


def test_cancelled_and_taken_up_again(dot: Caller, tmp_path: Path) -> None:
    uid = looked(dot, twin.four(tmp_path))
    dot.post(f"/imports/{uid}/start")
    assert dot.post(f"/imports/{uid}/cancel").status_code == 202
    background.carry_on(uid, clock=now)
    assert dot.get(f"/imports/{uid}").json()["state"] == "cancelled"
    assert dot.post(f"/imports/{uid}/resume").json()["state"] == "queued"
    background.carry_on(uid, clock=now)
    assert dot.get(f"/imports/{uid}").json()["state"] == "done"
    assert dot.post(f"/imports/{uid}/cancel").status_code == 404
    assert dot.post(f"/imports/{uid}/discard").status_code == 404


def test_what_is_sent_twice_with_a_key_is_done_once(dot: Caller, tmp_path: Path) -> None:
    paths = twin.four(tmp_path)
    first, again = (give(dot, paths, Idempotency_Key="k1") for _ in range(2))
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Run.objects.count() == 1
    assert code(give(dot, paths[:1], Idempotency_Key="k1"))[0] == 422
    uid = first.json()["uid"]
    background.examine(uid, at=now())
    assert dot.post(f"/imports/{uid}/discard").status_code == 204
    assert not Run.objects.exists()


def test_only_administrators_and_a_token_to_read_only_reads(dot: Caller, scene: Scene, tmp_path: Path) -> None:
    uid, cast = looked(dot, twin.four(tmp_path)), scene.cast
    for somebody in (caller(cast.ben), caller(cast.oda)):
        assert somebody.get("/imports").status_code == 403
        assert give(somebody, twin.four(tmp_path)).status_code == 403
    reader = caller(cast.dot, "read")
    assert reader.get(f"/imports/{uid}").status_code == 200
    for act in ("map", "start", "resume", "cancel", "undo", "discard"):
        assert reader.post(f"/imports/{uid}/{act}").status_code == 403, act
    assert give(reader, twin.four(tmp_path)).status_code == 403
    assert Run.objects.get().state == "ready"


GONE = {"Gone": "name", "account": "data"}
"""A column that is not there any more, and one that is."""


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"map": {}}, "import_map_unusable"),
        ({"map": {"files": [{"file": "x.csv", "kind": "deals", "columns": {"a": "b"}}]}}, "import_map_unusable"),
        ({"map": {"files": [{"file": "accounts.csv", "kind": "accounts", "columns": GONE}]}}, "import_map_unfit"),
        ({"readings": {"accounts.csv": {"encoding": "rot13"}}}, "reading_unknown"),
        ({"readings": {"else.csv": {}}}, "unknown_reference"),
    ],
)  # fmt: skip
def test_a_map_that_does_not_hold_or_fit_is_refused(dot: Caller, tmp_path: Path, body: Any, wanted: str) -> None:
    uid = looked(dot, twin.four(tmp_path))
    assert code(dot.post(f"/imports/{uid}/map", body)) == (422, wanted)
    assert dot.post(f"/imports/{uid}/map", {"preset": "nothing"}).status_code == 404
    assert Run.objects.get().state == "ready"
    assert dot.post(f"/imports/{uid}/map", {"readings": {"accounts.csv": {"header_row": 2}}}).status_code == 202
