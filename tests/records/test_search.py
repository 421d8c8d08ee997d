"""Finding records by what one remembers: writings, ranks, who sees what, and texts that mean harm."""

from __future__ import annotations

import html
import json
import re
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser, expect

from etappe.cli import main
from etappe.core.actor import Actor
from etappe.core.search import Rank
from etappe.deals import actions as deals
from etappe.deals.models import Deal, Evidence
from etappe.journal.models import Entry
from etappe.people.actions import write_note
from etappe.people.models import Account, Person
from etappe.records.actions_notes import delete_note
from etappe.records.bin import archive
from etappe.records.mentions import mentions
from etappe.records.search import MOST, search
from etappe.team.actions import create_token
from etappe.team.actions_views import save_view
from tests.browser.conftest import built, visiting
from tests.cast import AT, Cast, assemble, email
from tests.deals.conftest import Scene, scene
from tests.hostile.naughty import naughty
from tests.make import make_account, make_deal, make_person, make_process
from tests.web.counting import counted
from tests.web.pages import Reading
from tests.web.signed import client_of

__all__ = ["built", "scene"]


def names(viewer: Actor, text: str, **how: Any) -> list[str]:
    return [hit.name for hit in search(viewer, text, **how)]


@pytest.fixture
def full(cast: Cast) -> Cast:
    """Names with umlauts in every writing, numbers and addresses in several, deals of two teams."""
    make_process()
    for name in ("Müller", "Mueller", "Schröder", "Groß & Söhne", "Strauß Straßenbau", "100 % Bio", "a_b", "axb"):
        make_account(cast.ada, name=f"{name} GmbH")
    kunde = make_account(cast.ada, name="Kunde AG", domain="kunde-ag.example", phone="+49 (0)30 / 4455-66")
    people = (("Eva Ernst", "0049 171 2233445"), ("Jörg Käthner", "0171/998877"), ("Anna Mueller", ""))
    for name, mobile in people:
        mail = f"{name.split()[0].lower().replace('ö', 'oe')}@kunde-ag.example"
        make_person(cast.ada, name=name, email=mail, mobile=mobile, account=kunde.uid, job_title="Einkauf")
    make_deal(cast.ada, name="Neue Förderanlage", account=kunde.uid)
    make_deal(cast.cem, name="Förderband Süd")
    return cast


def test_a_whole_number_stands_before_those_that_hold_it(cast: Cast) -> None:
    """Whichever way it is written and stored, and however many newer numbers hold its digits."""
    for number, phone in enumerate(("+49 30 123456", "030/123456", "0049 (0)30 1234-56")):
        make_account(cast.ada, name=f"Genau {number}", phone=phone)
    make_person(cast.ada, name="Genau Mobil", phone="0221 99", mobile="030 123456")
    for number in range(9):
        make_account(cast.ada, name=f"Länger {number}", phone=f"030 123456{number}")
        make_person(cast.ada, name=f"Davor {number}", mobile=f"0{number + 1}777 30123456")
    for text in ("030 123456", "+49 (0)30 123456", "0049 30 / 123456", "30123456"):
        found = search(cast.ada, text)
        assert {hit.name for hit in found[:4]} == {"Genau 0", "Genau 1", "Genau 2", "Genau Mobil"}, text
        assert {hit.rank for hit in found[:4]} == {Rank.EXACT} and found[4].rank is not Rank.EXACT
    assert search(cast.ada, "030 12345")[0].rank is not Rank.EXACT, "while one types, none is whole"


WRITINGS: tuple[tuple[str, set[str]], ...] = (
    ("Mueller", {"Müller GmbH", "Mueller GmbH", "Anna Mueller"}),
    ("müller", {"Müller GmbH", "Mueller GmbH", "Anna Mueller"}),
    ("MÜLLER GMBH", {"Müller GmbH", "Mueller GmbH"}),
    ("schroder", {"Schröder GmbH"}),
    ("schroeder", {"Schröder GmbH"}),
    ("Schro\u0308der", {"Schröder GmbH"}),
    ("strasse", {"Strauß Straßenbau GmbH"}),
    ("straße", {"Strauß Straßenbau GmbH"}),
    ("gross soehne", {"Groß & Söhne GmbH"}),
    ("ernst eva", {"Eva Ernst"}),
    ("jörg k", {"Jörg Käthner"}),
    ("schrader", {"Schröder GmbH"}),
    ("fördrelage", {"Neue Förderanlage"}),
    ("kunde-ag.example", {"Kunde AG"}),
    ("https://www.kunde-ag.example/de", {"Kunde AG"}),
    ("EVA@kunde-ag.example", {"Eva Ernst", "Kunde AG"}),
    ("030 445566", {"Kunde AG"}),
    ("+49 30 44 55 66", {"Kunde AG"}),
    ("0171 2233445", {"Eva Ernst"}),
    ("+49 (0)171 998877", {"Jörg Käthner"}),
    ("00491719988", {"Jörg Käthner"}),
    ("100 %", {"100 % Bio GmbH"}),
    ("a_b", {"a_b GmbH"}),
    ("foerder", {"Neue Förderanlage"}),
    ("nothing at all like this", set()),
)


def test_whatever_the_writing(full: Cast) -> None:
    for text, expected in WRITINGS:
        assert set(names(full.ada, text)) == expected, text


def test_the_best_stand_first(cast: Cast) -> None:
    make_process()
    for name in ("Vorlanda", "Lange Landa", "Landau", "Landa"):
        make_account(cast.cem, name=name)
    assert names(cast.ada, "landa") == ["Landa", "Landau", "Lange Landa", "Vorlanda"]
    assert [hit.rank for hit in search(cast.ada, "landa")] == list(Rank)[:4]


def test_ones_own_then_the_recent_then_the_open_stand_first_among_equals(cast: Cast) -> None:
    make_process()
    for days, actor in enumerate((cast.cem, cast.ada, cast.cem)):
        Account.objects.filter(uid=make_account(actor, name=f"Gleich {days}", owner=None).uid).update(
            created_at=AT + timedelta(days=days)
        )
    Account.objects.filter(name="Gleich 0").update(owner=cast.ada.id)
    assert names(cast.ada, "gleich") == ["Gleich 0", "Gleich 2", "Gleich 1"]
    made = [make_deal(cast.ada, name=f"Ebenso {number}").uid for number in range(2)]
    deals.leave(made[1], "no_need", lost_to="", note="", actor=cast.ada, at=AT + timedelta(days=1))
    assert names(cast.ada, "ebenso") == ["Ebenso 0", "Ebenso 1"]


def test_ones_own_stands_first_however_many_others_begin_so(cast: Cast) -> None:
    """A search looks at some of those that begin so, in the order of their names; one's own may be behind them."""
    own = Account.objects.get(uid=make_account(cast.ada, name="Ventile Zwickau").uid)
    Account.objects.bulk_create(Account(name=f"Ventile {number:03}", owner_id=cast.cem.id) for number in range(50))
    Person.objects.bulk_create(Person(name=f"Vera Ventile {number}", family_name="Ventile") for number in range(50))
    assert own.owner_id == cast.ada.id
    assert names(cast.ada, "ventile")[0] == "Ventile Zwickau"
    assert {hit.rank for hit in search(cast.ada, "ventile")} == {Rank.PREFIX}


def test_names_that_hold_the_text_fill_up_where_few_begin_so(cast: Cast) -> None:
    """In whichever kind of record the few are, and each record once."""
    make_process()
    make_deal(cast.ada, name="Dichtung Ost")
    for number in range(15):
        make_account(cast.cem, name=f"Nord {number} Dichtung")
    found = names(cast.ada, "dichtung")
    assert found[0] == "Dichtung Ost" and len(found) == len(set(found)) == 12
    assert len(names(cast.ada, "dichtung", limit=50)) == 16


def test_nobody_finds_what_they_may_not_see(full: Cast) -> None:
    hidden = make_account(full.ada, name="Geheim KG", domain="geheim.example", phone="040 998899", is_private=True)
    Account.objects.filter(uid=hidden.uid).update(owner=full.ada.id)
    make_person(full.ada, name="Vera Geheim", email="vera@geheim.example", account=hidden.uid)
    make_account(full.ada, name="Weggelegt Geheim")
    Account.objects.filter(name="Weggelegt Geheim").update(archived_at=AT)
    assert set(names(full.ada, "geheim")) == {"Geheim KG", "Vera Geheim"}
    for text in ("geheim", "geheim.example", "vera@geheim.example", "040998899", "gehiem", "vera"):
        assert not {"Geheim KG", "Vera Geheim", "Weggelegt Geheim"} & set(names(full.cem, text)), text
    assert names(full.cem, "förder") == ["Förderband Süd"]
    assert names(full.ben, "förder") == ["Neue Förderanlage"]
    assert set(names(full.oda, "förder")) == {"Förderband Süd", "Neue Förderanlage"}
    assert names(Actor(full.ada.kind), "müller") == [], "somebody without a role sees nothing"


def test_a_text_that_means_harm_is_only_a_text(full: Cast) -> None:
    harm = (
        "\x00",
        "M\x00üller",
        "%",
        "_",
        "%%%",
        "\\",
        "'; DROP TABLE people_account; --",
        "{0}",
        "%s",
        "%(x)s",
        "\ud800",
    )
    for text in (
        *harm,
        "x" * 10_000,
        "a " * 5_000,
        "(" * 500,
        "+" * 50,
        "0" * 5_000,
        "٣٣٣٣٣",
        "🙂🙂🙂🙂",
        *naughty()[::12],
    ):
        search(full.ada, text)
    assert names(full.ada, "%") == []
    assert names(full.ada, "") == names(full.ada, " \t\n") == []
    client = client_of("ada")
    for text in (*harm[:-1], "<script>alert(1)</script>", "x" * 10_000):
        answer = client.get("/search/", {"q": text})
        assert answer.status_code == 200, text
        assert Reading(answer.content.decode()).problems == []
    assert len(search(full.dot, "gmbh", 10**9)) <= MOST


def test_the_page_offers_places_records_and_things_to_make(full: Cast) -> None:
    page = client_of("ada").get("/search/", {"q": "team"}).content.decode()
    assert "/settings/team/" not in page.partition('id="found"')[2].partition("</main>")[0], "not hers to administer"
    assert "/settings/team/" in client_of("dot").get("/search/?q=team").content.decode().partition('id="found"')[2]
    found = client_of("ada").get("/search/", {"q": "müller"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in found
    assert found.index("Anna Mueller") > found.index("Müller GmbH") > 0
    choices = client_of("ada").get("/search/?q=&choices=", headers={"HX-Request": "true"}).content.decode()
    for url in ("/deals/", "/accounts/new/", "/people/new/", "/deals/new/", "/settings/"):
        assert f'data-url="{url}"' in choices
    oda = client_of("oda").get("/search/?q=&choices=", headers={"HX-Request": "true"}).content.decode()
    assert "/new/" not in oda
    assert Client().get("/search/?q=x").status_code == 302


def test_a_saved_view_is_found_by_its_name(full: Cast) -> None:
    own = save_view("deal", {"name": "Größere Chancen", "where": "amount > 1"}, actor=full.ada, at=AT)
    for who, text, found in (("ada", "groessere", True), ("ada", "xyz", False), ("ben", "groessere", False)):
        page = client_of(who).get("/search/", {"q": text, "choices": ""}, headers={"HX-Request": "true"})
        assert (f"/deals/?view={own.uid}" in page.content.decode()) is found, (who, text)


def test_what_it_costs(full: Cast) -> None:
    counted(client_of("ada"), "/search/?q=förder", "search")
    counted(client_of("ada"), "/search/?q=förder&choices=1", "palette")
    counted(client_of("ada"), "/search/?q=schrader", "search_similar")


def test_each_way_goes_by_an_index(full: Cast) -> None:
    """In tables of some size, with reading all of a table made dear."""
    number = [f"Firma {each} GmbH" for each in range(2000)]
    Account.objects.bulk_create(Account(name=name, domain=f"{each}.example", phone=f"030 {each:06}")
        for each, name in enumerate(number))  # fmt: skip
    Person.objects.bulk_create(Person(name=name, email=f"p{each}@x.example", mobile=f"0171 {each:06}")
        for each, name in enumerate(number))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as asked:
        for text in ("kunde", "eva@kunde-ag.example"):
            search(full.dot, text)
    plans = []
    for query in [
        query["sql"] for query in asked if "etappe_fold" in query["sql"] and "deals_deal" not in query["sql"]
    ]:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + query)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    together = "\n".join(plans)
    for index in ("account_name_trgm", "person_name_trgm", "account_domain", "person_email"):
        assert index in together, together


def test_the_interface_for_programs(full: Cast) -> None:
    token = create_token("Test", ("read",), actor=full.ada, at=AT)[1]
    answer = Client().get("/api/v1/search?q=foerder", headers={"Authorization": f"Bearer {token}"})
    (hit,) = answer.json()
    assert (hit["kind"], hit["name"], hit["status"], hit["own"]) == ("deal", "Neue Förderanlage", "open", True)
    assert Client().get("/api/v1/search?limit=0", headers={"Authorization": f"Bearer {token}"}).status_code == 400


def test_from_the_terminal(full: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)
    found = CliRunner().invoke(main, ["find", "foerder", "--as", email("cem"), "--json"])
    assert [(hit["kind"], hit["name"]) for hit in json.loads(found.output)] == [("deal", "Förderband Süd")]
    lines = CliRunner().invoke(main, ["find", "mueller", "--as", email("ada"), "--limit", "2"]).output.splitlines()
    assert len(lines) == 2
    nothing = CliRunner().invoke(main, ["find", "xqzzy", "--as", email("ada")])
    assert (nothing.exit_code, "Traceback" in nothing.output) == (1, False)
    assert CliRunner().invoke(main, ["find", "x", "--as", "nobody@etappe.example"]).exit_code == 1


@pytest.mark.browser
def test_the_palette_by_keyboard(built: object, site: str, browser: Browser) -> None:
    cast = assemble()
    make_process()
    uid = make_account(cast.ada, name="Müller Maschinenbau").uid
    make_account(cast.ada, name="Mueller Möbel")
    with visiting(browser, site, "ada", viewport={"width": 1280, "height": 800}, locale="en-GB") as (page, heard):
        page.goto(f"{site}/accounts/{uid}/")
        page.goto(f"{site}/people/")
        page.wait_for_selector("html[data-ready]")
        page.locator(".rail .seek").focus()
        page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Name, domain")
        expect(box).to_be_focused()
        expect(page.get_by_role("option", name="Müller Maschinenbau")).to_be_visible()
        page.keyboard.insert_text("mueller")  # at once, so that one list comes
        expect(page.get_by_role("option", name="Mueller Möbel")).to_be_visible()
        expect(page.get_by_role("option")).to_have_count(3)
        first = page.get_by_role("option").first
        expect(first).to_have_attribute("aria-selected", "true")
        assert not Axe().run(page).response["violations"]
        page.keyboard.press("ArrowUp")
        expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Escape")
        expect(page.locator("dialog#palette")).to_be_hidden()
        expect(page.locator(".rail .seek")).to_be_focused()
        page.keyboard.press("Enter")
        box.fill("maschinen")
        expect(page.get_by_role("option")).to_have_count(2)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}/accounts/{uid}/")
        assert heard.of(page) == []


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("deal anlegen", "de", "/deals/new/"),
        ("neue firma", "de", "/accounts/new/"),
        ("new deal", "en", "/deals/new/"),
        ("create company", "en", "/accounts/new/"),
        ("create person", "en", "/people/new/"),
        ("contacts", "en", "/people/"),
        ("Verkaufschancen", "de", "/deals/"),
    ],
)
def test_enter_does_what_was_typed_in_ones_own_words(full: Cast, text: str, language: str, first: str) -> None:
    answer = client_of("ada").get(
        "/search/", {"q": text, "choices": ""}, headers={"HX-Request": "true", "Accept-Language": language}
    )
    assert re.findall(r'data-url="([^"]*)"', answer.content.decode())[0] == first


def test_a_note_is_begun_where_one_looks_for_its_record(full: Cast) -> None:
    def choices(name: str, text: str) -> str:
        answer = client_of(name).get(
            "/search/", {"q": text, "choices": ""}, headers={"HX-Request": "true", "Accept-Language": "en"}
        )
        return html.unescape(answer.content.decode())

    uid = next(hit.uid for hit in search(full.ada, "müller gmbh") if hit.name == "Müller GmbH")
    for text in ("note mueller", "Notiz zu Müller", "NOTE  on müller gmbh"):
        assert f'data-url="/accounts/{uid}/#note"' in choices("ada", text), text
    assert 'data-fill="note "' in choices("ada", "") and 'data-fill="note "' in choices("ada", "note")
    for text in ("notebook müller", "müller note", "note"):
        assert "#note" not in choices("ada", text).replace("icons.svg#note", ""), text
    assert "Similar names" not in choices("ada", "note mueller")
    reader = choices("oda", "note müller") + choices("oda", "")
    assert "data-fill" not in reader and "/#note" not in reader
    assert 'id="note"' in client_of("ada").get(f"/accounts/{uid}/").content.decode()


def test_what_was_found_before_is_not_once_it_is_hidden(full: Cast) -> None:
    """The way to a viewer's rows is kept between searches; what they hold is not."""
    account = next(hit for hit in search(full.ada, "müller gmbh") if hit.name == "Müller GmbH")
    assert account.uid in {hit.uid for hit in search(full.cem, "müller gmbh")}
    Account.objects.filter(uid=account.uid).update(is_private=True, owner=full.ada.id)
    assert account.uid in {hit.uid for hit in search(full.ada, "müller gmbh")}
    assert account.uid not in {hit.uid for hit in search(full.cem, "müller gmbh")}


# --- Texts ---


def said(viewer: Actor, text: str, **how: Any) -> list[tuple[str, str]]:
    return [(each.what, each.name) for each in mentions(viewer, text, **how)]


@pytest.fixture
def told(full: Cast) -> Cast:
    """Notes of two teams, one private, one written anew, and evidence with its text."""
    ada, cem = full.ada, full.cem
    own = make_account(ada, name="Privat GmbH", is_private=True)
    kunde = Account.objects.get(name="Kunde AG")
    person = Person.objects.get(name="Jörg Käthner")
    deal = Deal.objects.get(name="Neue Förderanlage")
    write_note("Frau Schröder prüft das *Angebot* bis Mai, Budget 40.000", account=kunde.uid, actor=ada, at=AT)
    write_note("Angebot nur mündlich", account=own.uid, actor=ada, at=AT + timedelta(minutes=1))
    deals.write_note(deal.uid, "Angebot vertraulich", actor=ada, at=AT + timedelta(minutes=2))
    write_note("Kennt das Angebot", person=person.uid, actor=cem, at=AT + timedelta(minutes=3))
    return full


def test_words_are_found_in_what_was_written(told: Cast) -> None:
    assert said(told.ada, "angebot") == [
        ("note", "Jörg Käthner"), ("note", "Neue Förderanlage"), ("note", "Privat GmbH"), ("note", "Kunde AG"),
    ]  # fmt: skip
    assert said(told.cem, "ANGEB") == [("note", "Jörg Käthner"), ("note", "Kunde AG")], "only of what one sees"
    assert said(told.ada, "mai schroeder") == said(told.ada, "schroder 40") == [("note", "Kunde AG")]
    assert said(told.ada, "angebot", limit=1) == [("note", "Jörg Käthner")]
    assert [said(told.ada, text) for text in ("", "a", "&|!:*()'\\", "angebot juni")] == [[], [], [], []]
    (found,) = mentions(told.ada, "schroder")
    assert "Frau Schröder prüft" in found.text
    for text in naughty():
        assert isinstance(mentions(told.ada, text), tuple)


def test_words_go_by_indexes(told: Cast) -> None:
    """With reading all of a table made dear."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as asked:
        mentions(told.ada, "angebot mai")
    wordy = [query["sql"] for query in asked if "to_tsquery" in query["sql"]]
    plans = []
    with connection.cursor() as cursor:
        for sql in wordy:
            cursor.execute("EXPLAIN " + sql)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    assert ["entry_words" in plans[0], "evidence_words" in plans[1]] == [True, True], plans


def test_a_note_that_is_gone_is_not_found(told: Cast) -> None:
    client = client_of("ada")
    entry = Entry.objects.get(kind="note.written", deal_id__isnull=False)
    delete_note(entry.id, actor=told.ada, at=AT + timedelta(hours=1))
    assert ("note", "Neue Förderanlage") not in said(told.ada, "angebot")
    archive("person", Person.objects.get(name="Jörg Käthner").uid, actor=told.ada, at=AT + timedelta(hours=2))
    assert ("note", "Jörg Käthner") not in said(told.ada, "angebot"), "what lies in the bin is not found"
    page = client.get("/search/", {"q": "mündlich"}, headers={"Accept-Language": "en"}).content.decode()
    assert "In texts" in page and "Privat GmbH" in page and "Angebot nur <mark>mündlich</mark>" in page
    palette = client.get(
        "/search/", {"q": "mündlich", "choices": "1"}, headers={"Accept-Language": "en"}
    ).content.decode()
    assert "Angebot nur" not in palette and "Look into notes and evidence" in palette


def test_the_words_that_were_asked_for_are_marked(told: Cast) -> None:
    kunde = Account.objects.get(name="Kunde AG")
    write_note("<b>Pumpe</b> & pumpen, <mark>x</mark>", account=kunde.uid, actor=told.ada, at=AT)
    page = client_of("ada").get("/search/", {"q": "PUMPE"}).content.decode()
    shown = "&lt;b&gt;<mark>Pumpe</mark>&lt;/b&gt; &amp; <mark>pumpen</mark>, &lt;mark&gt;x&lt;/mark&gt;"
    assert shown in page, "found words stand out; what somebody wrote is never markup"
    umlauts = client_of("ada").get("/search/", {"q": "schroeder"}).content.decode()
    assert "<mark>Schröder</mark>" in umlauts


def test_evidence_is_found_by_what_the_buyer_wrote(scene: Scene) -> None:
    scene.prove("need_confirmed")
    uid, text = Evidence.objects.exclude(excerpt="").values_list("uid", "excerpt")[0]
    word = max(text.split(), key=len).strip(".,:!?")
    assert ("evidence", "Neue Anlage") in said(scene.cast.ada, word)
    assert ("evidence", "Neue Anlage") not in said(scene.cast.cem, word)
    before = len(mentions(scene.cast.ada, word))
    deals.withdraw(uid, "Falsch", actor=scene.cast.ada, at=scene.later())
    assert len(mentions(scene.cast.ada, word)) == before - 1, "what was taken back is evidence no more"
