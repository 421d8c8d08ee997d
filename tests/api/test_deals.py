"""The API moves deals through the same gate, answers a no in words, and acts once per key."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.test.client import encode_multipart

from etappe.deals.models import Deal
from etappe.journal.models import Entry
from etappe.team.models import Idempotency
from tests.api.conftest import Caller, caller
from tests.deals.conftest import Scene, set_scene
from tests.papers import acceptance, mail
from tests.unchanged import unchanged


def error(answer: Any) -> dict[str, Any]:
    return dict(answer.json()["error"])


def give_file(ada: Caller, uid: uuid.UUID, criterion: str, kind: str, name: str, raw: bytes) -> Any:
    return Client().post(
        f"/api/v1/deals/{uid}/evidence/file",
        {"criterion": criterion, "kind": kind, "file": SimpleUploadedFile(name, raw)},
        headers={"Authorization": f"Bearer {ada.token}"},
    )


def test_the_whole_way_over_the_api(scene: Scene, ada: Caller, ben: Caller) -> None:
    made = ada.post(
        "/deals", {"name": "Über die API", "process": "inbound", "account": scene.account, "amount": "1200.50"}
    )
    assert made.status_code == 201, made.content
    uid = made.json()["uid"]
    refused = ada.post(f"/deals/{uid}/move", {"to": "requirements_agreed"}, Accept_Language="de")
    assert refused.status_code == 422
    said = error(refused)
    assert said["code"] == "criteria_missing"
    assert [item["criterion"] for item in said["params"]["missing"]] == ["need_in_own_words", "next_meeting_accepted"]
    assert "Der Deal bleibt in dieser Stufe" in said["message"]
    assert give_file(ada, uid, "need_in_own_words", "reply", "a.eml", mail()).status_code == 201
    assert give_file(ada, uid, "next_meeting_accepted", "invite_accepted", "a.ics", acceptance()).status_code == 201
    moved = ada.post(f"/deals/{uid}/move", {"to": "requirements_agreed", "seen": 1})
    assert moved.json()["stage"] == "requirements_agreed"
    record = ada.get(f"/deals/{uid}").json()
    assert [stage["key"] for stage in record["stages"] if stage["here"]] == ["requirements_agreed"]
    evidence = record["stages"][0]["criteria"][0]["evidence"][0]
    assert (evidence["kind"], evidence["person"]["name"]) == ("reply", "Eva Ernst")
    assert ben.post(f"/evidence/{evidence['uid']}/judge", {"accepted": False, "reason": "falsch"}).status_code == 204
    assert ada.get(f"/deals/{uid}").json()["proof"] == "unproven"
    queue = ben.get("/inspection").json()
    assert queue["rows"][0]["stage"] == "need_confirmed"
    timeline = ada.get(f"/deals/{uid}/timeline").json()
    assert timeline[-1]["kind"] == "deal.created"


def test_stale_missing_forbidden_and_unknown(scene: Scene, ada: Caller, cem: Caller) -> None:
    stale = ada.patch(f"/deals/{scene.uid}", {"name": "Neu", "seen": 99})
    assert (stale.status_code, error(stale)["code"]) == (409, "stale")
    with unchanged():
        for answer in (
            cem.get(f"/deals/{scene.uid}"),
            cem.post(f"/deals/{scene.uid}/move", {"to": "requirements_agreed"}),
            cem.patch(f"/deals/{scene.uid}", {"name": "Meins"}),
            ada.get(f"/deals/{uuid.uuid4()}"),
        ):
            assert answer.status_code == 404
            assert error(answer) == {"code": "missing", "message": "Not found."}
    oda = caller(scene.cast.oda)
    with unchanged():
        assert oda.post(f"/deals/{scene.uid}/move", {"to": "requirements_agreed"}).status_code == 403
    assert ada.patch(f"/deals/{scene.uid}", {"stage": "won"}).status_code in (200, 400, 422)
    assert scene.row.stage == "need_confirmed"


def test_a_field_that_there_is_not_is_refused_by_name(scene: Scene, ada: Caller) -> None:
    deal = f"/deals/{scene.uid}"
    with unchanged():
        for send, address, body, field in (
            (ada.patch, deal, {"stage": "requirements_agreed"}, "stage"),
            (ada.patch, deal, {"name": "Neu", "actor": 1}, "actor"),
            (ada.post, "/deals", {"name": "Neu", "closed_at": None}, "closed_at"),
            (ada.post, "/accounts", {"name": "Neu", "vat": "DE1"}, "vat"),
            (ada.post, "/people", {"name": "Neu", "uid": str(scene.uid)}, "uid"),
        ):
            answer = send(address, body)
            assert (answer.status_code, error(answer)["code"]) == (422, "unknown_field"), (body, answer.content)
            assert f"“{field}”" in error(answer)["message"] and "name" in error(answer)["way_out"]


def test_a_token_can_read_only_what_it_is_for(scene: Scene) -> None:
    reader = caller(scene.cast.ada, "read")
    assert reader.get(f"/deals/{scene.uid}").status_code == 200
    with unchanged():
        assert reader.patch(f"/deals/{scene.uid}", {"name": "x"}).status_code == 403
    assert Caller("falsch").get("/deals").status_code == 401
    assert Client().get("/api/v1/deals").status_code == 401


def test_a_token_that_reads_may_look_at_the_inspection_but_not_judge(scene: Scene) -> None:
    evidence = scene.prove("need_confirmed")[0]
    reader = caller(scene.cast.ben, "read")
    assert reader.get("/inspection").status_code == 200
    with unchanged():
        answer = reader.post(f"/evidence/{evidence}/judge", {"accepted": True})
    assert (answer.status_code, error(answer)["code"]) == (403, "forbidden")


def test_reading_pages_of_deals(scene: Scene, ada: Caller) -> None:
    for number in range(60):
        scene.another(name=f"Deal {number:02}")
    first = ada.get("/deals?sort=name&status=open").json()
    assert (len(first["rows"]), first["count"], first["more_than"]) == (50, 61, False)
    rest = ada.get(f"/deals?sort=name&status=open&after={first['after']}").json()
    names = [row["name"] for row in first["rows"] + rest["rows"]]
    assert len(set(names)) == 61
    assert ada.get("/deals?sort=passwords").status_code == 422
    assert ada.get("/deals?sort=name&after=kaputt").status_code == 422


def test_unreadable_requests_name_the_place(scene: Scene, ada: Caller) -> None:
    answer = ada.post("/deals", {"name": 5, "amount": "viel"})
    assert answer.status_code == 400
    assert {item["where"] for item in error(answer)["problems"]} >= {"body.body.name", "body.body.amount"} or error(
        answer
    )
    broken = Client().post(
        "/api/v1/deals", data="{", content_type="application/json", headers={"Authorization": f"Bearer {ada.token}"}
    )
    assert broken.status_code == 400


def test_the_same_key_acts_once_and_gets_the_same_answer(scene: Scene, ada: Caller) -> None:
    body = {"name": "Einmal", "process": "inbound"}
    first = ada.post("/deals", body, Idempotency_Key="eins")
    again = ada.post("/deals", body, Idempotency_Key="eins")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert Deal.objects.filter(name="Einmal").count() == 1
    other = ada.post("/deals", {"name": "Anderes", "process": "inbound"}, Idempotency_Key="eins")
    assert (other.status_code, error(other)["code"]) == (422, "idempotency_key_reused")


def test_a_refused_request_may_be_tried_again_with_its_key(scene: Scene, ada: Caller) -> None:
    path, body = f"/deals/{scene.uid}/move", {"to": "requirements_agreed"}
    assert ada.post(path, body, Idempotency_Key="zwei").status_code == 422
    assert not Idempotency.objects.exists()
    scene.prove("need_confirmed")
    assert ada.post(path, body, Idempotency_Key="zwei").status_code == 200


def test_a_file_sent_again_with_its_key_is_the_same_request(scene: Scene, ada: Caller) -> None:
    def send(boundary: str, raw: bytes) -> Any:
        form = {"criterion": "need_in_own_words", "kind": "reply", "file": SimpleUploadedFile("antwort.eml", raw)}
        return Client().post(
            f"/api/v1/deals/{scene.uid}/evidence/file",
            encode_multipart(boundary, form),
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={"Authorization": f"Bearer {ada.token}", "Idempotency-Key": "drei"},
        )

    first, again = send("----first-try", mail()), send("----second-try", mail())
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.content, again["Idempotency-Replayed"]) == (again.content, "true")
    assert error(send("----third-try", mail(subject="Etwas anderes")))["code"] == "idempotency_key_reused"


def test_twenty_at_once_with_one_key_have_one_effect(fresh_database: str) -> None:
    scene = set_scene()
    ada = caller(scene.cast.ada)
    answers: list[bytes] = []

    def post() -> None:
        answers.append(ada.post("/deals", {"name": "Zugleich", "process": "inbound"}, Idempotency_Key="k").content)
        connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(set(answers)) == 1
    assert Deal.objects.filter(name="Zugleich").count() == 1
    assert Entry.objects.filter(kind="deal.created").count() == 2


def test_the_description_names_every_path_and_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may ask for it, and putting it together takes the processor a good while."""
    first = Client().get("/api/v1/openapi.json")
    assert "/api/v1/deals/{uid}/move" in first.json()["paths"]
    monkeypatch.delattr("etappe.api.v1.get_schema")
    assert Client().get("/api/v1/openapi.json").content == first.content


def test_nobody_learns_keys_of_the_database(scene: Scene, ada: Caller) -> None:
    for path in ("/deals", f"/deals/{scene.uid}", "/accounts", f"/accounts/{scene.account}", "/people", "/users"):
        assert '"id":' not in ada.get(path).content.decode().replace(" ", "")
