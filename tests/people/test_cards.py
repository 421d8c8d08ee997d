"""People leave as vCards and come in as such: of whom one sees, each card a row of an import."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from tests.cast import AT, Cast
from tests.make import make_account, make_person
from tests.unchanged import refused
from tests.web.signed import client_of

from etappe.core.actor import SYSTEM
from etappe.core.errors import Missing
from etappe.imports import actions
from etappe.imports.look import Given, look
from etappe.journal.clock import now
from etappe.people.cards import card_of, cards
from etappe.people.models import Account, Person
from etappe.team.actions import create_token

TODAY = AT.date()


def said(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    assert answer["Content-Type"] == "text/vcard; charset=utf-8"
    return b"".join(answer).decode()


def test_pages_and_programs_get_the_same_cards(cast: Cast) -> None:
    account = make_account(name="Söder & Kamm; Köln")
    eva = make_person(name="Eva Ernst", account=account.uid, email="eva@soeder.example")
    make_person(name="Udo Unger")
    ada = client_of("ada")
    one = said(ada, f"/people/{eva.uid}/card.vcf")
    assert "ORG:Söder & Kamm\\; Köln\r\n" in one
    assert said(ada, f"/accounts/{account.uid}/people.vcf") == one
    assert said(ada, f"/people/cards.vcf?account={account.uid}&q=ernst") == one
    assert said(ada, "/people/cards.vcf").count("BEGIN:VCARD") == 2
    assert "VERSION:3.0" in said(ada, "/people/cards.vcf?version=3.0")
    token = create_token("Test", ["read"], actor=cast.ada, at=AT)[1]
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert said(program, f"/api/v1/people/{eva.uid}/card.vcf") == one
    assert said(program, f"/api/v1/accounts/{account.uid}/people.vcf") == one
    assert said(program, f"/api/v1/people.vcf?where=account+%3D+{account.uid}") == one


def test_cards_are_of_whom_one_sees(cast: Cast) -> None:
    account = make_account()
    hidden = make_person(name="Heimlich", account=account.uid, is_private=True)
    assert "Heimlich" not in "".join(cards(cast.ada, today=TODAY))
    assert "Heimlich" not in said(client_of("ada"), f"/accounts/{account.uid}/people.vcf")
    with pytest.raises(Missing):
        card_of(cast.ada, hidden.uid)
    with refused("card_version_unknown"):
        card_of(SYSTEM, hidden.uid, "2.1")


def test_cards_are_imported_and_known_again(cast: Cast, tmp_path: Path) -> None:
    known = make_person(name="Eva Ernst", email="eva@soeder.example")
    path = tmp_path / "leute.vcf"
    path.write_text(
        "BEGIN:VCARD\nVERSION:3.0\nUID:1\nFN:Eva Ernst\nEMAIL:eva@soeder.example\nTITLE:Leiterin Einkauf\n"
        "PHOTO;ENCODING=b:QUJD\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nUID:2\nN:Unger;Udo\nORG:Söder & Kamm;Technik\nTEL;TYPE=CELL:+49 170 1\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nTEL:+49 30 1\nEND:VCARD\n"
    )
    found = look([Given("leute.vcf", path)], at=now())
    view = actions.run_now(found, found.plan, dry=False, actor=SYSTEM, at=now(), clock=now)
    assert dict(view.totals) | {"rows": 3} == {"created": 1, "changed": 1, "unchanged": 0, "rejected": 1, "rows": 3}
    eva, udo = Person.objects.get(id=known.id), Person.objects.get(name="Udo Unger")
    assert (eva.job_title, eva.data["Not taken over"]) == ("Leiterin Einkauf", "photo")
    assert (udo.mobile, udo.department, udo.account) == ("+49 170 1", "Technik", Account.objects.get())
    again = look([Given("leute.vcf", path)], at=now())
    assert (
        dict(actions.run_now(again, again.plan, dry=False, actor=SYSTEM, at=now(), clock=now).totals)["unchanged"] == 2
    )
    assert Account.objects.get().name == "Söder & Kamm"


def test_cards_that_say_little_are_people_too(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "namen.vcf"
    path.write_text("".join(f"BEGIN:VCARD\nFN:Name {number}\nEND:VCARD\n" for number in range(3)))
    found = look([Given("namen.vcf", path)], at=now())
    actions.run_now(found, found.plan, dry=False, actor=SYSTEM, at=now(), clock=now)
    assert Person.objects.filter(name__startswith="Name ").count() == 3
