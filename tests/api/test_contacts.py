"""Contacts over the API: one, many, twice, wrong ones, page by page, withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from etappe.people.actions import create_account
from etappe.people.models import Touchpoint
from tests.api.conftest import Caller, ada, caller
from tests.cast import AT
from tests.deals.conftest import Scene, scene
from tests.unchanged import unchanged

__all__ = ["ada", "scene"]

OPENED = {"happened_at": "2026-03-01T08:00:00+01:00", "direction": "in", "channel": "mail", "act": "opened"}


def error(answer: Any, status: int = 422) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()["error"]
    return found


def test_a_contact_is_recorded_read_withdrawn_and_brought_back(scene: Scene, ada: Caller) -> None:
    sent = OPENED | {"person": str(scene.eva), "about": "Angebot", "source": "Frühling", "key": "m1:open"}
    answer = ada.post("/touchpoints", sent)
    made = answer.json()
    assert answer.status_code == 201
    assert {name: made[name] for name in ("about", "source", "key", "user")} == {
        "about": "Angebot", "source": "Frühling", "key": "m1:open", "user": None,
    }  # fmt: skip
    assert made["account"]["uid"] == str(scene.account)
    assert made["happened_at"] == "2026-03-01T07:00:00Z"
    assert ada.get(f"/touchpoints/{made['uid']}").json() == made
    assert ada("delete", f"/touchpoints/{made['uid']}").status_code == 204
    assert ada.get(f"/touchpoints/{made['uid']}").status_code == 404
    assert ada("delete", f"/touchpoints/{made['uid']}").status_code == 404
    assert ada.get("/touchpoints").json()["rows"] == []
    assert ada.post("/touchpoints", sent).json()["uid"] == made["uid"], "known, though it was withdrawn"
    assert ada.post(f"/touchpoints/{made['uid']}/restore").json() == made
    assert ada.get("/touchpoints").json() == {"rows": [made], "count": 1, "more_than": False, "after": None}


def test_twice_is_once_by_key_and_by_the_key_of_the_request(scene: Scene, ada: Caller) -> None:
    sent = OPENED | {"person": str(scene.eva), "key": "m1"}
    assert ada.post("/touchpoints", sent).json() == ada.post("/touchpoints", sent).json()
    plain = OPENED | {"person": str(scene.eva)}
    answers = [ada.post("/touchpoints", plain, Idempotency_Key="k1").json() for _time in range(2)]
    assert answers[0] == answers[1]
    rows = {"rows": [plain, sent, sent | {"key": "m2"}]}
    for _time in range(2):
        assert ada.post("/touchpoints/batch", rows, Idempotency_Key="k2").json() == {"written": 2, "known": 1}
    assert Touchpoint.objects.count() == 4


def test_a_wrong_row_is_named_with_the_way_out(scene: Scene, ada: Caller) -> None:
    good = OPENED | {"person": str(scene.eva)}
    with unchanged():
        said = error(ada.post("/touchpoints/batch", {"rows": [good, good, good | {"direction": "out"}]}))
        assert (said["code"], said["params"]["row"], said["params"]["refused"]) == (
            "contact_row_refused", 3, "act_of_other_side",
        )  # fmt: skip
        assert "Row 3" in said["message"]
        assert "wrote, called, met" in said["missing"][0]
        assert error(ada.post("/touchpoints/batch", {"rows": [good] * 1001}))["code"] == "contacts_too_many"
        unreadable = error(ada.post("/touchpoints/batch", {"rows": [good, good | {"happened_at": "soon"}]}), 400)
        assert unreadable["problems"][0]["where"] == "body.body.rows.1.happened_at"
        for change, code in (
            ({"happened_at": "2126-03-01T08:00:00Z"}, "moment_in_future"),
            ({"happened_at": "1989-12-31T23:59:59Z"}, "moment_too_early"),
            ({"channel": "pigeon"}, "contact_unknown_word"),
            ({"person": str(uuid4())}, "unknown_reference"),
            ({"person": None}, "contact_with_nobody"),
            ({"mood": "good"}, "unknown_field"),
            ({"about": "\x00"}, "control_characters"),
        ):
            assert error(ada.post("/touchpoints", good | change))["code"] == code
        assert ada.post("/touchpoints", good | {"happened_at": "2026-03-01T08:00:00"}).status_code == 400


def test_lists_go_page_by_page_and_are_narrowed(scene: Scene, ada: Caller) -> None:
    rows = [
        {
            **OPENED,
            "happened_at": f"2026-0{1 + number % 2}-{1 + number // 2:02}T10:00:00Z",
            "person" if number % 3 else "account": str(scene.eva if number % 3 else scene.account),
            "channel": "web" if number % 5 == 0 else "mail",
            "key": str(number),
        }
        for number in range(56)
    ]
    ada.post("/touchpoints/batch", {"rows": rows})
    ada.post("/touchpoints", rows[0] | {"direction": "out", "act": "sent", "key": "out"})

    def read(query: str = "") -> list[dict[str, Any]]:
        found, after = [], ""
        while True:
            page = ada.get(f"/touchpoints?{query}{after}").json()
            found += page["rows"]
            if page["after"] is None:
                return found
            after = f"&after={page['after']}"

    every = read()
    assert [row["happened_at"] for row in every] == sorted((row["happened_at"] for row in every), reverse=True)
    assert len({row["uid"] for row in every}) == 57
    assert len(read(f"person={scene.eva}")) == 37
    assert len(read(f"account={scene.account}")) == 57
    assert len(read("channel=web")) == 13
    assert [row["act"] for row in read("direction=out")] == ["sent"]
    assert len(read("since=2026-02-01T00:00:00Z&until=2026-02-03T10:00:00Z")) == 2
    assert ada.get("/touchpoints?channel=pigeon").status_code == 400
    assert error(ada.get("/touchpoints?after=nonsense"))["code"] == "bad_mark"
    assert ada.get(f"/touchpoints?account={uuid4()}").status_code == 404


@pytest.mark.parametrize("viewer", ["cem", "ben", "oda"])
def test_contacts_with_hidden_accounts_are_not_there(scene: Scene, ada: Caller, viewer: str) -> None:
    hidden = create_account({"name": "Hidden", "is_private": True}, actor=scene.cast.ada, at=AT)
    made = ada.post("/touchpoints", OPENED | {"account": str(hidden.uid)}).json()
    assert ada.get("/touchpoints").json()["count"] == 1
    other = caller(getattr(scene.cast, viewer))
    assert other.get("/touchpoints").json()["rows"] == []
    for path in (f"/touchpoints/{made['uid']}", f"/touchpoints?account={hidden.uid}"):
        assert other.get(path).status_code == 404
