"""What a colleague changed between the preview of a bulk edit and its run is not overwritten, and is told by name."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, connections, transaction

from etappe.deals import actions as deals
from etappe.deals.models import Deal
from etappe.people.actions import edit_account
from etappe.people.actions_fields import define_field
from etappe.people.models import Account
from etappe.records import bulk
from etappe.records.bulk_queries import get_bulk, refused
from etappe.records.bulk_rooms import Chosen
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.make import make_account
from tests.replay import assert_replays
from tests.scenery import kept_apart
from tests.web.signed import client_of

LATER = AT + timedelta(days=3)

scene = kept_apart(set_scene)
"""Committed: what a preview saw is told by transactions."""


def previewed(scene: Scene, wanted: dict[str, Any], subject: str = "deal") -> uuid.UUID:
    uid = bulk.choose(subject, Chosen(everything=True), actor=scene.cast.ada, at=LATER)
    bulk.want(uid, wanted, actor=scene.cast.ada, at=LATER)
    return uid


def run(scene: Scene, uid: uuid.UUID) -> dict[str, int]:
    bulk.start(uid, then=lambda _uid: None, actor=scene.cast.ada, at=LATER)
    bulk.carry_on(str(uid), clock=clock)
    return dict(get_bulk(scene.cast.ada, uid).counts)


def clock() -> datetime:
    return LATER


def left(scene: Scene, uid: uuid.UUID) -> dict[str, tuple[str, str]]:
    """The records that were refused: code and words."""
    rows = refused(scene.cast.ada, uid)
    return {row.name: (row.reason.code, row.reason.what) if row.reason else ("", "") for row in rows}


def test_what_a_colleague_changed_after_the_preview_stays(scene: Scene) -> None:
    cast = scene.cast
    for name in ("Frei", "Eigenes Feld", "Schlagwort", "Anderes", "So schon"):
        scene.another(name=name)
    define_field("deal", {"name": "Region", "kind": "text"}, actor=cast.dot, at=AT)
    define_field("deal", {"name": "Größe", "kind": "text"}, actor=cast.dot, at=AT)
    uids = dict(Deal.objects.values_list("name", "uid"))
    # Changed before the preview: it saw that.
    deals.edit(uids["Frei"], {"source": "vorher"}, actor=cast.ben, at=scene.later())
    wanted = {"set": {"source": "Messe"}, "custom": {"region": "Nord"}, "add_tags": ["VIP"]}
    uid = previewed(scene, wanted)
    for name, change in (
        (scene.row.name, {"source": "Empfehlung"}),
        ("Eigenes Feld", {"custom": {"region": "Süd"}}),
        ("Schlagwort", {"tags": ["vip", "Gast"]}),
        ("Anderes", {"product": "X", "tags": ["Gast"], "custom": {"grosse": "5"}}),
        ("So schon", {"source": "Messe", "custom": {"region": "Nord"}, "tags": ["VIP"]}),
    ):
        deals.edit(uids[name], change, actor=cast.ben, at=scene.later())
    assert run(scene, uid) == {"changed": 2, "refused": 3, "same": 1}
    said = ("changed_meanwhile", "Ben Brandt changed this after the preview; it stays as it is.")
    assert left(scene, uid) == dict.fromkeys((scene.row.name, "Eigenes Feld", "Schlagwort"), said)
    assert (scene.row.source, scene.row.tags) == ("Empfehlung", []), "nothing at all of what was wanted is written"
    other = Deal.objects.get(uid=uids["Anderes"])
    assert (other.source, other.tags, other.custom) == ("Messe", ["Gast", "vip"], {"grosse": "5", "region": "Nord"})
    for deal in Deal.objects.all():
        assert_replays(deal)
    page = client_of("ada").get(f"/bulk/{uid}/").content.decode()
    assert f"/deals/{scene.uid}/" in page and "Ben Brandt" in page
    again = previewed(scene, wanted)
    assert run(scene, again) == {"changed": 3, "same": 3}, "who looked again may change it"


def test_moves_and_rests_give_way_to_what_they_would_overwrite(scene: Scene) -> None:
    scene.prove("need_confirmed")
    scene.prove("requirements_agreed")
    moved, rested = (previewed(scene, wanted) for wanted in (
        {"act": "move", "to": "product_evaluated"}, {"act": "rest", "until": "2026-05-01"},
    ))  # fmt: skip
    scene.move("requirements_agreed")
    assert run(scene, moved) == {"refused": 1}
    assert (scene.row.stage, run(scene, rested)) == ("requirements_agreed", {"changed": 1})
    assert left(scene, moved)[scene.row.name][0] == "changed_meanwhile"


def test_accounts_keep_what_was_changed_and_are_not_deleted(scene: Scene) -> None:
    make_account(scene.cast.ada, name="Frei")
    made = make_account(scene.cast.ada, name="Geändert")
    city = previewed(scene, {"set": {"city": "Köln"}}, "account")
    edit_account(made.uid, {"phone": "+49 221 1"}, seen=1, actor=scene.cast.ben, at=LATER)
    number = Account.objects.count()
    assert run(scene, city) == {"changed": number}, "the phone is no city"
    gone = previewed(scene, {"act": "archive"}, "account")
    edit_account(made.uid, {"phone": ""}, seen=3, actor=scene.cast.ben, at=LATER)
    run(scene, gone)
    reasons = {name: code for name, (code, _what) in left(scene, gone).items()}
    assert (reasons["Geändert"], "Frei" in reasons) == ("changed_meanwhile", False)
    assert Account.objects.get(uid=made.uid).archived_at is None


def test_a_change_that_is_being_written_when_the_run_begins_is_seen(scene: Scene) -> None:
    """Ben's edit is open, and uncommitted, when the run comes to the deal: the run waits, and gives way."""
    uid = previewed(scene, {"set": {"source": "Messe"}})
    written, go_on = threading.Event(), threading.Event()

    def ben() -> None:
        with transaction.atomic():
            deals.edit(scene.uid, {"source": "Empfehlung"}, actor=scene.cast.ben, at=LATER)
            written.set()
            go_on.wait(60)
        connections.close_all()

    def let_go_when_the_run_waits() -> None:
        with connection.cursor() as cursor:
            for _ in range(600):
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    break
                threading.Event().wait(0.05)
        go_on.set()
        connections.close_all()

    colleague, watcher = threading.Thread(target=ben), threading.Thread(target=let_go_when_the_run_waits)
    colleague.start()
    assert written.wait(60)
    watcher.start()
    counts = run(scene, uid)
    colleague.join(60)
    watcher.join(60)
    assert (counts, scene.row.source) == ({"refused": 1}, "Empfehlung")
    assert left(scene, uid)[scene.row.name][0] == "changed_meanwhile"
