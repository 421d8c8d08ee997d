"""Addresses of records that were merged away, over API and pages: led to the survivor, if one may see it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from etappe.core.actor import Actor
from etappe.people import actions as people
from etappe.people.models import Account, Person
from etappe.records import bin as recycle
from etappe.records.merge import merge, undo
from etappe.team.actions import create_token
from tests.cast import AT, Cast
from tests.make import make_account, make_person
from tests.unchanged import unchanged
from tests.web.signed import client_of

MAKE: dict[str, tuple[str, Any, Any]] = {
    "accounts": ("account", make_account, Account),
    "people": ("person", make_person, Person),
}


def api(actor: Actor) -> Any:
    _token, secret = create_token("Test", ("read", "write"), actor=actor, at=AT)

    def sent(path: str, method: str = "get", body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        content = json.dumps(body or {})
        return (
            getattr(Client(), method)(f"/api/v1{path}", content, "application/json", headers=headers)
            if (method != "get")
            else Client().get(f"/api/v1{path}", headers=headers)
        )

    return sent


@pytest.mark.parametrize("word", list(MAKE))
def test_reading_is_led_there_and_writing_is_told(cast: Cast, word: str) -> None:
    subject, make, model = MAKE[word]
    first, second, third = (make(cast.ada, name=name) for name in ("Eins <b>", "Zwei", "Drei"))
    merge(subject, [second.uid, third.uid], actor=cast.ada, at=AT)
    merge(subject, [first.uid, second.uid], actor=cast.ada, at=AT + timedelta(1))
    ada = api(cast.ada)
    for gone in (second, third):
        answer = ada(f"/{word}/{gone.uid}?before=5")
        assert (answer.status_code, answer["Location"]) == (307, f"/api/v1/{word}/{first.uid}?before=5")
        error = answer.json()["error"]
        assert (error["code"], error["params"]["survivor"]) == ("merged_away", str(first.uid))
    assert ada(answer["Location"].removeprefix("/api/v1")).json()["name"] == "Eins <b>"
    with unchanged():
        for method, path, body in (
            ("patch", "", {"seen": 1, "name": "Neu"}), ("post", "/notes", {"text": "Hallo"}), ("post", "/delete", {}),
        ):  # fmt: skip
            answer = ada(f"/{word}/{third.uid}{path}", method, body)
            assert (answer.status_code, answer.json()["error"]["params"]["survivor"]) == (409, str(first.uid))
    browser = client_of("ada")
    assert browser.get(f"/{word}/{third.uid}/")["Location"] == f"/{word}/{first.uid}/"
    for page in ("edit/", "history/", "merge/?with=1"):
        led = browser.get(f"/{word}/{third.uid}/{page}")
        assert (led.status_code, led["Location"]) == (302, f"/{word}/{first.uid}/{page}")
    part = browser.get(f"/{word}/{third.uid}/edit/", headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == f"/{word}/{first.uid}/edit/"
    told = browser.post(f"/{word}/{third.uid}/note/", {"text": "Hallo"})
    assert (told.status_code, "Eins &lt;b&gt;" in told.content.decode()) == (409, True)
    assert model.objects.get(uid=first.uid).version == 2


def test_nobody_learns_of_what_they_do_not_see(cast: Cast) -> None:
    hidden, plain = make_account(cast.ada, name="Geheim", is_private=True), make_account(cast.ada, name="Offen")
    merge("account", [hidden.uid, plain.uid], actor=cast.ada, at=AT)
    for path in (f"/accounts/{plain.uid}", f"/accounts/{plain.uid}/timeline"):
        answer = api(cast.cem)(path)
        assert (answer.status_code, "Geheim" in answer.content.decode()) == (404, False)
    assert client_of("cem").get(f"/accounts/{plain.uid}/edit/").status_code == 404
    assert api(cast.ada)(f"/accounts/{plain.uid}").status_code == 307
    assert Client().get(f"/api/v1/accounts/{plain.uid}").status_code == 401
    recycle.archive("account", hidden.uid, actor=cast.ada, at=AT)
    assert api(cast.ada)(f"/accounts/{plain.uid}").status_code == 404, "what stands for it lies in the recycle bin"


def test_after_the_merge_is_undone_the_record_answers_for_itself(cast: Cast) -> None:
    one, other = make_account(cast.ada), make_account(cast.ada)
    done = merge("account", [one.uid, other.uid], actor=cast.ada, at=AT)
    undo(done.uid, actor=cast.ada, at=AT)
    assert api(cast.ada)(f"/accounts/{other.uid}").status_code == 200
    people.edit_account(other.uid, {"city": "Ulm"}, seen=3, actor=cast.ada, at=AT)
    binned = make_person(cast.ada)
    recycle.archive("person", binned.uid, actor=cast.ada, at=AT)
    assert api(cast.ada)(f"/people/{binned.uid}").status_code == 404, "deleted is not merged"
