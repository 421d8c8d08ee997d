"""Lists of the API carry what the single record carries of tags and own values, for whom they are meant, at once."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from etappe.core.actor import Actor
from etappe.deals import actions
from etappe.people.actions_fields import define_field
from etappe.team.models import User
from tests.api.conftest import Caller
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.make import make_account, make_person


def define(scene: Scene, subject: str, name: str, **given: Any) -> None:
    define_field(subject, {"name": name, "kind": "text", **given}, actor=scene.cast.dot, at=AT)


def colleague(actor: Actor) -> uuid.UUID:
    return User.objects.values_list("uid", flat=True).get(id=actor.id or 0)


def rows(caller: Caller, address: str) -> dict[str, tuple[list[str], dict[str, Any]]]:
    return {row["name"]: (row["tags"], row["custom"]) for row in caller.get(address).json()["rows"]}


def asked(caller: Caller, address: str) -> int:
    caller.get(address)
    with CaptureQueriesContext(connection) as queries:
        caller.get(address)
    return len(queries)


def test_accounts_and_people_carry_tags_and_own_values(scene: Scene, ada: Caller, cem: Caller) -> None:
    define(scene, "account", "Kunde Nr")
    define(scene, "account", "Nord", team=str(scene.cast.north))
    define(scene, "person", "Anrede")
    make_account(scene.cast.ada, name="Voll", tags=["Messe"], custom={"kunde_nr": "7", "nord": "geheim"})
    make_person(scene.cast.ada, name="Volle Person", tags=["Gast"], custom={"anrede": "Frau"})
    assert rows(ada, "/accounts?search=Voll") == {"Voll": (["Messe"], {"kunde_nr": "7", "nord": "geheim"})}
    assert rows(cem, "/accounts?search=Voll") == {"Voll": (["Messe"], {"kunde_nr": "7"})}, "meant for another team"
    assert rows(ada, "/people?search=Volle") == {"Volle Person": (["Gast"], {"anrede": "Frau"})}


def test_deals_carry_tags_and_the_values_meant_for_the_caller(scene: Scene, ada: Caller, cem: Caller) -> None:
    for name, team in (("Alle", None), ("Nord", scene.cast.north), ("Süd", scene.cast.south)):
        define(scene, "deal", name, team=str(team) if team else None)
    values = {"alle": "a", "nord": "n"}
    actions.edit(scene.uid, {"custom": values, "tags": ["Messe"]}, actor=scene.cast.ada, at=scene.later())
    name = scene.row.name
    assert rows(ada, "/deals")[name] == (["Messe"], values)
    actions.add_member(scene.uid, colleague(scene.cast.cem), "am", actor=scene.cast.ada, at=scene.later())
    assert rows(cem, "/deals")[name] == (["Messe"], values), "who is of the deal's team reads what is meant for it"
    assert ada.get(f"/deals/{scene.uid}").json()["custom"] == values


def test_own_values_cost_no_query_per_row(scene: Scene, ada: Caller) -> None:
    lists = {"account": "/accounts", "person": "/people", "deal": "/deals"}
    for subject in lists:
        define(scene, subject, "Alle")
        define(scene, subject, "Nord", team=str(scene.cast.north))
    own: dict[str, Any] = {"custom": {"alle": "a", "nord": "n"}}

    def fill(number: int) -> None:
        make_account(scene.cast.ada, name=f"Firma {number}", **own)
        make_person(scene.cast.ada, name=f"Person {number}", **own)
        scene.another(name=f"Deal {number}", **own)

    fill(0)
    few = {subject: asked(ada, address) for subject, address in lists.items()}
    for number in range(1, 13):
        fill(number)
    assert {subject: asked(ada, address) for subject, address in lists.items()} == few
