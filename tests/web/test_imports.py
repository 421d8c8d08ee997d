"""Importing in the browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile

from etappe.imports import background
from etappe.imports.models import Run
from etappe.journal.clock import now
from tests import cast
from tests.imports import twin
from tests.web.signed import Signed, client_of


@pytest.fixture
def uploads(settings: Any, tmp_path: Path) -> Path:
    settings.UPLOADS = tmp_path / "uploads"
    return tmp_path


def upload(client: Signed, folder: Path) -> str:
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in twin.four(folder)]
    answer = client.post("/import/", {"files": files})
    assert answer.status_code == 303
    return str(answer["Location"])


def uid_of(address: str) -> str:
    found = re.search(r"/import/([0-9a-f-]+)/", address)
    assert found
    return found[1]


def test_the_way_from_upload_to_result(db, uploads):
    cast.assemble()
    ben = client_of("ben")
    address = upload(ben, uploads)
    uid = uid_of(address)
    assert b"being read" in ben.get(address).content
    background.examine(uid, at=now())

    page = ben.get(address).content.decode()
    assert "Prospecting" in page
    assert 'value="2016-10-2' in page
    assert "Try it without writing" in page

    ben.post(f"{address}start/", {"dry": "1"})
    background.carry_on(uid, clock=now)
    page = ben.get(address).content.decode()
    assert "What would come of it" in page
    assert "71" in page

    ben.post(f"{address}start/")
    background.carry_on(uid, clock=now)
    page = ben.get(address).content.decode()
    assert "See what the data say" in page
    run = Run.objects.get(uid=uid)
    assert run.state == "done"
    assert not (Path(django_settings.UPLOADS) / uid).exists()


def test_a_changed_map_is_looked_at_again(db, uploads):
    cast.assemble()
    ben = client_of("ben")
    address = upload(ben, uploads)
    uid = uid_of(address)
    background.examine(uid, at=now())
    answer = ben.post(
        f"{address}map/", {"source": "Altes CRM", "currency": "CHF", "as_of": "2016-12-31", "kind-products.csv": ""}
    )
    assert answer.status_code == 303
    background.examine(uid, at=now())
    page = ben.get(address).content.decode()
    assert 'value="Altes CRM"' in page
    assert 'value="CHF"' in page
    assert "products.csv" in page
    ben.post(f"{address}start/")
    background.carry_on(uid, clock=now)
    counts = Run.objects.get(uid=uid).counts
    assert set(counts) == {"sales_pipeline.csv", "accounts.csv", "sales_teams.csv"}


def test_a_rep_may_not_import(db, uploads):
    cast.assemble()
    ada = client_of("ada")
    assert ada.get("/import/").status_code == 403
    files = [SimpleUploadedFile("deals.csv", b"a,b\n1,2\n")]
    assert ada.post("/import/", {"files": files}).status_code == 403
    assert not Run.objects.exists()


def test_a_broken_file_is_named(db, uploads):
    cast.assemble()
    ben = client_of("ben")
    answer = ben.post("/import/", {"files": [SimpleUploadedFile("x.xlsx", b"PK\x03\x04 no workbook")]})
    uid = uid_of(answer["Location"])
    background.examine(uid, at=now())
    page = ben.get(answer["Location"]).content.decode()
    assert "The file cannot be read." in page
