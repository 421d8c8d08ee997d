"""Importing in the browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from etappe.core.actor import SYSTEM
from etappe.imports import background
from etappe.imports import run as running
from etappe.imports.models import Run
from etappe.journal.clock import now
from etappe.people import actions as people_actions
from etappe.people.models import Account
from etappe.records import duplicates
from etappe.records.models import Pair
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


def test_the_way_from_upload_to_result(cast, uploads):
    dot = client_of("dot")
    address = upload(dot, uploads)
    uid = uid_of(address)
    assert b"being read" in dot.get(address).content
    background.examine(uid, at=now())

    page = dot.get(address).content.decode()
    assert "Prospecting" in page
    assert 'value="2016-10-2' in page
    assert "Try it without writing" in page

    dot.post(f"{address}start/", {"dry": "1"})
    background.carry_on(uid, clock=now)
    page = dot.get(address).content.decode()
    assert "What would come of it" in page
    assert "71" in page

    dot.post(f"{address}start/")
    background.carry_on(uid, clock=now)
    page = dot.get(address).content.decode()
    assert "See what the data say" in page
    run = Run.objects.get(uid=uid)
    assert run.state == "done"
    assert not (Path(django_settings.UPLOADS) / uid).exists()


def test_the_result_says_how_many_likely_duplicates_were_found_since(cast, uploads):
    people_actions.create_account({"name": "Nordlicht", "city": "Kiel"}, actor=SYSTEM, at=now())
    dot = client_of("dot")
    address = upload(dot, uploads)
    uid = uid_of(address)
    background.examine(uid, at=now())
    assert "Likely duplicates" not in dot.get(address).content.decode()
    dot.post(f"{address}start/")
    background.carry_on(uid, clock=now)
    page = dot.get(address).content.decode()
    assert "has not yet seen all records" in page, "nobody has looked yet"
    assert "None was found" not in page
    duplicates.look("account", Account.objects.values_list("id", flat=True), at=now())
    with connection.cursor() as cursor:  # as the search leaves its mark once this transaction has ended
        cursor.execute("INSERT INTO records_sweep VALUES (1, pg_current_xact_id()::text::bigint + 1, 0)")
    for pair in (1, 0):
        page = dot.get(address).content.decode()
        assert "has not yet seen all records" not in page
        assert ("None was found" in page) is not pair
        Pair.objects.all().delete()
    dot.post(f"{address}undo/")
    assert "Likely duplicates" not in dot.get(address).content.decode()


class Filled(HTMLParser):
    """What the form of the map would post as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.posted or "selected" in given):
            self.posted[self.select] = given.get("value") or ""
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.posted[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select


def filled(page: str) -> dict[str, str]:
    form = Filled()
    form.feed(page[page.index('class="form map"') : page.index("row acts")])
    return form.posted


def test_an_import_never_starts_with_another_map_than_the_one_shown(cast, uploads):
    dot = client_of("dot")
    address = upload(dot, uploads)
    uid = uid_of(address)
    background.examine(uid, at=now())
    posted = filled(dot.get(address).content.decode())
    assert posted["currency"] == "EUR"
    assert dot.post(f"{address}start/", {**posted, "currency": "CHF"}).status_code == 303
    assert Run.objects.get(uid=uid).state == "looking", "the changed map is looked at first"
    background.examine(uid, at=now())
    page = dot.get(address).content.decode()
    assert "The map was changed." in page
    assert "The map was changed." not in dot.get(address).content.decode()
    assert dot.post(f"{address}start/", {**filled(page), "as_of": "gestern"}).status_code == 422
    dot.post(f"{address}start/", {**filled(page), "dry": "1"})
    background.carry_on(uid, clock=now)
    dot.post(f"{address}start/", filled(dot.get(address).content.decode()))
    run = Run.objects.get(uid=uid)
    assert (run.state, run.is_dry, run.rows_done) == ("queued", False, 0), "what was tried is not counted again"


def test_a_changed_map_is_looked_at_again(cast, uploads):
    dot = client_of("dot")
    address = upload(dot, uploads)
    uid = uid_of(address)
    background.examine(uid, at=now())
    answer = dot.post(
        f"{address}map/", {"source": "Altes CRM", "currency": "CHF", "as_of": "2016-12-31", "kind-products.csv": ""}
    )
    assert answer.status_code == 303
    background.examine(uid, at=now())
    page = dot.get(address).content.decode()
    assert 'value="Altes CRM"' in page
    assert 'value="CHF"' in page
    assert "products.csv" in page
    dot.post(f"{address}start/")
    background.carry_on(uid, clock=now)
    counts = Run.objects.get(uid=uid).counts
    assert set(counts) == {"sales_pipeline.csv", "accounts.csv", "sales_teams.csv"}


def test_a_rep_may_not_import(cast, uploads):
    ada = client_of("ada")
    assert ada.get("/import/").status_code == 403
    files = [SimpleUploadedFile("deals.csv", b"a,b\n1,2\n")]
    assert ada.post("/import/", {"files": files}).status_code == 403
    assert not Run.objects.exists()


def test_a_broken_file_is_named(cast, uploads):
    dot = client_of("dot")
    answer = dot.post("/import/", {"files": [SimpleUploadedFile("x.xlsx", b"PK\x03\x04 no workbook")]})
    uid = uid_of(answer["Location"])
    background.examine(uid, at=now())
    page = dot.get(answer["Location"]).content.decode()
    assert "The file cannot be read: " in page and "upload it again." in page
    assert "No file can be read" in page and "Give up" in page


def test_an_interrupted_import_goes_on_where_its_ledger_ends(cast, uploads, monkeypatch):
    dot = client_of("dot")
    address = upload(dot, uploads)
    uid = uid_of(address)
    background.examine(uid, at=now())
    dot.post(f"{address}start/")
    written = running._write
    calls = []

    def broken(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 4:
            raise RuntimeError("the power went out")
        written(*given)

    monkeypatch.setattr(running, "_write", broken)
    with pytest.raises(RuntimeError):
        background.carry_on(uid, clock=now)
    assert Run.objects.get(uid=uid).state == "running"
    monkeypatch.setattr(running, "_write", written)
    dot.post(f"{address}resume/")
    background.carry_on(uid, clock=now)
    run = Run.objects.get(uid=uid)
    assert run.state == "done"
    assert {name: counts["created"] for name, counts in run.counts.items()} == {
        "products.csv": 2, "sales_teams.csv": 4, "accounts.csv": 5, "sales_pipeline.csv": 60,
    }  # fmt: skip


def test_two_files_of_one_name_are_told_apart(cast, uploads):
    dot = client_of("dot")
    files = [SimpleUploadedFile("deals.csv", b"Deal ID,Stage\n1,Won\n") for _again in range(2)]
    answer = dot.post("/import/", {"files": files})
    run = Run.objects.get(uid=uid_of(answer["Location"]))
    assert [each["name"] for each in run.files] == ["deals.csv", "deals (2).csv"]


def test_giving_up_deletes_the_files(cast, uploads):
    dot = client_of("dot")
    address = upload(dot, uploads)
    uid = uid_of(address)
    background.examine(uid, at=now())
    assert (Path(django_settings.UPLOADS) / uid).is_dir()
    assert (Path(django_settings.UPLOADS) / uid).stat().st_mode & 0o077 == 0
    dot.post(f"{address}discard/")
    assert not (Path(django_settings.UPLOADS) / uid).exists()
    assert not Run.objects.exists()


def test_rows_to_ask_about_are_decided_before_anything_is_written(cast, uploads):
    dot = client_of("dot")
    twin.run(twin.write(uploads / "accounts.csv", [["Account Name", "Industry"], ["Nord GmbH", "Bau"]]))
    path = twin.write(uploads / "neu.csv", [["Firma", "Branche", "Ort"], ["Nord GmbH", "Bau", "Kiel"]])
    answer = dot.post("/import/", {"files": [SimpleUploadedFile(path.name, path.read_bytes())]})
    address = str(answer["Location"])
    uid = uid_of(address)
    background.examine(uid, at=now())
    form = {"duplicates-accounts": "ask", "match-accounts-name": "on", "currency": "EUR", "source": "Neu"}
    assert dot.post(f"{address}map/", form).status_code == 303
    background.examine(uid, at=now())
    assert "not decided yet" in dot.get(address).content.decode()
    refused = dot.post(f"{address}start/")
    assert refused.status_code == 422
    assert "nobody has decided" in refused.content.decode()
    form |= {"decision-accounts-~nordgmbh": "fill"}
    dot.post(f"{address}map/", form)
    background.examine(uid, at=now())
    assert dot.post(f"{address}start/").status_code == 303
    background.carry_on(uid, clock=now)
    assert Account.objects.get(name="Nord GmbH").city == "Kiel"
    assert "Undo the whole import" in dot.get(address).content.decode()


def test_a_map_is_saved_by_name_and_offered_again(cast, uploads):
    dot = client_of("dot")
    first = upload(dot, uploads)
    background.examine(uid_of(first), at=now())
    assert dot.post(f"{first}preset/", {"name": "Old CRM"}).status_code == 303
    assert dot.post(f"{first}preset/", {"name": " "}).status_code == 422
    page = dot.get(first).content.decode()
    assert "fits these files" in page
    preset = re.search(r'<option value="([0-9a-f-]{36})">Old CRM', page)
    assert preset
    assert dot.post(f"{first}preset/", {"preset": preset[1]}).status_code == 303
    background.examine(uid_of(first), at=now())
    assert dot.post(f"{first}preset/", {"preset": preset[1], "forget": "1"}).status_code == 303
    assert dot.post(f"{first}preset/", {"preset": preset[1]}).status_code == 404
    assert dot.post(f"{first}preset/", {"preset": "x"}).status_code == 404


def test_sheets_that_nobody_looks_at_are_named(cast, uploads):
    path = uploads / "Alle.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for number in range(1, 24):
            book.add_worksheet(f"Blatt {number}").write_column(0, 0, ["Firma", f"Nord {number} AG"])
    dot = client_of("dot")
    address = dot.post("/import/", {"files": [SimpleUploadedFile("Liste #3.xlsx", path.read_bytes())]})["Location"]
    background.examine(uid_of(address), at=now())
    page = dot.get(address).content.decode()
    assert "left out are 3: Blatt 21, Blatt 22, Blatt 23. Save them as a workbook of their own" in page
    assert page.count('name="encoding-Liste _3.xlsx"') == 1, "a workbook is read in one way"
    kinds = {f"kind-Liste _3.xlsx#Blatt {number}": "accounts" for number in range(1, 21)}
    dot.post(address + "map/", kinds)
    background.examine(uid_of(address), at=now())
    dot.post(address + "start/", {})
    background.carry_on(uid_of(address), clock=now)
    assert Account.objects.filter(name__startswith="Nord").count() == 20
    done = dot.get(address).content.decode()
    assert "Blatt 21, Blatt 22, Blatt 23" in done
