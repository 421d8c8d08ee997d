"""Tags: put on records, suggested, spelled in one way, renamed and joined everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.conftest import ada, caller
from tests.cast import AT
from tests.deals.conftest import Scene, scene
from tests.make import make_account, make_person
from tests.replay import assert_replays
from tests.unchanged import refused, unchanged
from tests.web.signed import client_of

from etappe.core.errors import Forbidden, Missing
from etappe.deals.actions.tags import tag as tag_deal
from etappe.deals.models import Deal
from etappe.journal.models import Entry
from etappe.people.actions_tags import tag
from etappe.people.models import Account, Person
from etappe.people.tags import tag_names
from etappe.records.actions_tags import remove_tag, rename_tag

__all__ = ["ada", "scene"]


def tags_of(model: Any, uid: Any) -> list[str]:
    return list(model.objects.get(uid=uid).tags)


def test_tags_are_put_on_and_taken_off(scene: Scene) -> None:
    actor = scene.cast.ada
    tag("account", scene.account, add=["  Messe  Hannover", "VIP"], actor=actor, at=AT)
    tag("person", scene.eva, add=["vip", "VIP"], actor=actor, at=AT)
    tag_deal(scene.uid, add=["messe hannover"], actor=actor, at=AT)
    assert tags_of(Account, scene.account) == ["Messe Hannover", "VIP"]
    assert tags_of(Person, scene.eva) == ["VIP"], "spelled as the one in use"
    assert tags_of(Deal, scene.uid) == ["Messe Hannover"]
    with unchanged():
        tag("account", scene.account, add=["vip"], remove=["Neu"], actor=actor, at=AT)
    tag("account", scene.account, remove=["messe hannover"], actor=actor, at=AT)
    assert tags_of(Account, scene.account) == ["VIP"]
    for model, uid in ((Account, scene.account), (Person, scene.eva), (Deal, scene.uid)):
        assert_replays(model.objects.get(uid=uid))
    assert tag_names() == ["Messe Hannover", "VIP"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["a,b"], "tag_unfit"),
        (["#"], "tag_unfit"),
        (["  "], "field_required"),
        (["x" * 61], "too_long"),
        (["a\x00"], "control_characters"),
        ([f"t{number}" for number in range(51)], "not_a_list"),
    ],
)
def test_what_is_no_tag_is_refused(scene: Scene, given: list[str], code: str) -> None:
    with refused(code):
        tag("account", scene.account, add=given, actor=scene.cast.ada, at=AT)


def test_who_may_not_edit_may_not_tag(scene: Scene) -> None:
    with refused("forbidden", Forbidden):
        tag("account", scene.account, add=["x"], actor=scene.cast.oda, at=AT)
    with refused("forbidden", Forbidden):
        tag_deal(scene.uid, add=["x"], actor=scene.cast.mia, at=AT)
    with pytest.raises(Missing):
        tag_deal(scene.uid, add=["x"], actor=scene.cast.cem, at=AT)
    with refused("forbidden", Forbidden):
        rename_tag("x", "y", actor=scene.cast.ben, at=AT)


def test_two_tags_become_one_everywhere(scene: Scene) -> None:
    cast = scene.cast
    tag_deal(scene.uid, add=["Messe", "Fair", "VIP"], actor=cast.ada, at=AT)
    other, person = make_account(cast.ada, tags=["Fair"]), make_person(cast.ada, tags=["fair"])
    assert rename_tag("fair", "messe", actor=cast.dot, at=AT) == 3
    assert tags_of(Deal, scene.uid) == ["Messe", "VIP"]
    assert tags_of(Account, other.uid) == tags_of(Person, person.uid) == ["Messe"]
    for row in (scene.row, Account.objects.get(uid=other.uid), Person.objects.get(uid=person.uid)):
        assert_replays(row)
    assert tag_names() == ["Messe", "VIP"]
    assert Entry.objects.get(kind="tag.renamed").data == {"was": "Fair", "called": "Messe", "records": 3}
    assert rename_tag("Messe", "MESSE", actor=cast.dot, at=AT) == 3
    assert tags_of(Deal, scene.uid) == ["MESSE", "VIP"]
    assert remove_tag("vip", actor=cast.dot, at=AT) == 1
    assert tag_names() == ["MESSE"]
    with refused("unknown_tag"):
        remove_tag("VIP", actor=cast.dot, at=AT)


def test_on_pages_and_over_the_api(scene: Scene) -> None:
    ada, dot = client_of("ada"), client_of("dot")
    nasty = '<img src=x onerror="alert(1)">'
    assert ada.post(f"/deals/{scene.uid}/tags/", {"add": f"Messe; {nasty}"}).status_code == 303
    page = ada.get(f"/deals/{scene.uid}/").content.decode()
    assert "Messe" in page
    assert nasty not in page
    assert ada.post(f"/deals/{scene.uid}/tags/", {"remove": nasty}).status_code == 303
    assert tags_of(Deal, scene.uid) == ["Messe"]
    assert client_of("cem").post(f"/deals/{scene.uid}/tags/", {"add": "x"}).status_code == 404
    given = {"name": "Neu GmbH", "owner": "", "tags": "Messe, Neu"}
    assert ada.post("/accounts/new/", given).status_code == 303
    assert Account.objects.get(name="Neu GmbH").tags == ["Messe", "Neu"]
    assert "Neu" in dot.get("/settings/tags/").content.decode()
    assert dot.post("/settings/tags/rename/", {"name": "Neu", "called": "Alt"}).status_code == 303
    program = caller(scene.cast.dot)
    assert program.get("/tags").json() == [{"name": nasty}, {"name": "Alt"}, {"name": "Messe"}]
    assert program.post("/tags/remove", {"name": "Alt"}).json() == {"records": 1}
    assert caller(scene.cast.ada).post("/tags/remove", {"name": "Messe"}).status_code == 403
