"""Many at once is the same as one by one: rows, visits, spans and entries, for every change and every actor."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from etappe.core.actor import Actor
from etappe.core.bulk import Act, Changes, Decided, Fate, Subject
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.deals import actions as deals
from etappe.deals import load_edits
from etappe.deals.load_bin import BIN
from etappe.deals.models import Deal
from etappe.people import actions as people
from etappe.people import load_edits as people_edits
from etappe.people.actions_fields import define_field
from etappe.people.load_bin import BINS, Wish, bin_many
from etappe.people.models import Account
from etappe.records import bin as recycle
from etappe.records.bin import kept_out
from etappe.team.models import Team
from etappe.team.queries import user_by_id
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.make import make_account, make_deal
from tests.replay import assert_replays
from tests.scenery import kept
from tests.unchanged import refused

LATER = AT + timedelta(days=3)


def uid_of(actor: Actor) -> Any:
    return user_by_id(actor.id or 0).uid


@dataclass
class Zoo:
    """Deals of all sorts: proven, bare, late, lost, won, resting, of other teams, moved in the future."""

    scene: Scene
    uids: list[Any]

    @property
    def keys(self) -> list[int]:
        found = dict(Deal.objects.values_list("uid", "id"))
        return [found[uid] for uid in self.uids]


def set_zoo() -> Zoo:
    scene = set_scene()
    cast = scene.cast
    scene.bring_to("requirements_agreed")
    proven = scene.another(name="Bewiesen")
    scene.prove("need_confirmed", proven)
    lost, resting = scene.another(name="Verloren"), scene.another(name="Ruht")
    deals.leave(lost, scene.process.leave[0].key, actor=cast.ada, at=scene.later())
    deals.rest(resting, (AT + timedelta(days=40)).date(), actor=cast.ada, at=scene.later())
    ahead = scene.another(name="Aus der Zukunft")
    Deal.objects.filter(uid=ahead).update(stage_since=LATER + timedelta(hours=5))
    late = make_deal(cast.ada, stage="quote_reviewed", source="Messe").uid
    others = make_deal(cast.cem, name="Von Cem").uid
    team = make_deal(cast.ben, name="Von Ben", next_step="Anrufen").uid
    joined = make_deal(cast.sam, name="Mit Ada im Team").uid
    deals.add_member(joined, uid_of(cast.ada), actor=cast.sam, at=AT)
    with_own_fields(cast)
    deals.edit(team, {"custom": {"size": 7, "areas": ["nord"]}}, actor=cast.dot, at=AT)
    return Zoo(scene, [scene.uid, proven, lost, resting, ahead, late, others, team, joined])


zoo = kept(set_zoo)


def with_own_fields(cast: Any) -> None:
    """Fields of deals: a number, several choices, and a text that is only for the southern team."""
    south = str(team_of(cast.cem))
    for given in (
        {"key": "size", "name": "Größe", "kind": "number"},
        {"key": "areas", "name": "Gebiete", "kind": "choices", "choices": ["Nord", "Süd"]},
        {"key": "secret", "name": "Nur Süd", "kind": "text", "team": south},
    ):
        define_field("deal", given, actor=cast.dot, at=AT)


def team_of(actor: Actor) -> Any:
    return Team.objects.get(id=actor.team or 0).uid


def standing() -> list[list[tuple[Any, ...]]]:
    """All that a change of deals, accounts or people leaves behind, but keys of rows and the moment of recording."""
    statements = (
        "SELECT (to_jsonb(deal) - 'created_at') FROM deals_deal AS deal ORDER BY id",
        "SELECT to_jsonb(span) - 'id' FROM deals_dealspan AS span ORDER BY deal_id, lower(valid)",
        "SELECT to_jsonb(visit) - 'id' - 'xid' FROM deals_stagevisit AS visit ORDER BY deal_id, entered_at, left_at",
        "SELECT to_jsonb(value) - 'id' FROM people_fieldvalue AS value ORDER BY field_id, record, text",
        "SELECT to_jsonb(account) FROM people_account AS account ORDER BY id",
        "SELECT to_jsonb(entry) - 'id' - 'xid' - 'change_id' - 'recorded_at' FROM journal_entry AS entry "
        "ORDER BY deal_id, account_id, kind, data::text",
    )
    found = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            found.append(cursor.fetchall())
    return found


def left_by(act: Any) -> list[list[tuple[Any, ...]]]:
    """What is there after the act, which is taken back."""
    with transaction.atomic():
        act()
        found = standing()
        transaction.set_rollback(True)
    return found


def fates(decided: Iterable[Decided]) -> dict[int, tuple[Any, ...]]:
    return {each.key: (each.fate, each.changed, each.refusal and each.refusal.code) for each in decided}


def one_by_one(uids: list[Any], changes: Changes, actor: Actor) -> None:
    for uid in uids:
        with suppress(Refusal, Missing), transaction.atomic():
            single(uid, changes, actor)


def single(uid: Any, changes: Changes, actor: Actor) -> None:
    if changes.act is Act.MOVE:
        deals.move(uid, changes.to, actor=actor, at=LATER)
    elif changes.act is Act.LEAVE:
        deals.leave(uid, changes.reason, lost_to=changes.lost_to, note=changes.note, actor=actor, at=LATER)
    elif changes.act is Act.REST:
        row = Deal.objects.get(uid=uid)
        if row.rests_until != changes.until:  # resting until the same day again is no change where many are meant
            deals.rest(uid, changes.until, actor=actor, at=LATER)
    elif changes.act is Act.ARCHIVE:
        recycle.archive("deal", uid, actor=actor, at=LATER)
    else:
        deals.edit(uid, {**changes.fields, "custom": changes.custom}, actor=actor, at=LATER)


CHANGES = {
    "owner": lambda zoo: Changes(fields={"owner": str(uid_of(zoo.scene.cast.ben))}),
    "texts": lambda _zoo: Changes(fields={"source": "Messe", "next_step": "", "product": "Ünïcode 🎈"}),
    "days": lambda _zoo: Changes(fields={"expected_close": date(2026, 9, 1), "next_step_on": None}),
    "own": lambda _zoo: Changes(custom={"size": "12.50", "areas": ["sud", "nord"]}),
    "emptied": lambda _zoo: Changes(custom={"size": None}, fields={"source": "Messe"}),
    "given away": lambda zoo: Changes(fields={"owner": str(uid_of(zoo.scene.cast.cem))}, custom={"secret": "x"}),
    "forward": lambda _zoo: Changes(act=Act.MOVE, to="requirements_agreed"),
    "back": lambda _zoo: Changes(act=Act.MOVE, to="need_confirmed"),
    "won": lambda _zoo: Changes(act=Act.MOVE, to="won"),
    "nowhere": lambda _zoo: Changes(act=Act.MOVE, to="no such stage"),
    "left": lambda zoo: Changes(
        act=Act.LEAVE, reason=zoo.scene.process.leave[0].key, lost_to="Mitbewerb", note="Messe ausgefallen"
    ),
    "left for nothing": lambda _zoo: Changes(act=Act.LEAVE, reason="no such reason"),
    "rest": lambda _zoo: Changes(act=Act.REST, until=(AT + timedelta(days=40)).date()),
    "awake": lambda _zoo: Changes(act=Act.REST),
}


@pytest.mark.parametrize("actor", ["ada", "ben", "dot", "mia"])
def test_many_deals_at_once_are_as_one_by_one(zoo: Zoo, actor: str) -> None:
    who, keys, before = getattr(zoo.scene.cast, actor), zoo.keys, standing()
    became: set[Fate] = set()
    for name, changes_of in CHANGES.items():
        changes = changes_of(zoo)
        decided: list[Decided] = []
        told = load_edits.decide_many(keys, changes, actor=who, at=LATER)
        wanted = left_by(lambda changes=changes: one_by_one(zoo.uids, changes, who))
        left = left_by(
            lambda changes=changes, decided=decided: decided.extend(
                load_edits.edit_many(keys, changes, actor=who, at=LATER)
            )
        )
        assert left == wanted, name
        assert fates(each for each in decided if each.fate is not Fate.GONE) == fates(told), name
        assert (left == before) == (Fate.CHANGED not in {each.fate for each in decided}), name
        became |= {each.fate for each in decided}
    assert standing() == before, "a preview writes nothing"
    assert (Fate.CHANGED in became) == (actor != "mia"), "marketing changes no deal"
    assert Fate.REFUSED in became


def test_what_was_written_replays(zoo: Zoo) -> None:
    cast = zoo.scene.cast
    changes = Changes(fields={"owner": str(uid_of(cast.ben))}, add_tags=("Messe", "VIP"))
    decided = load_edits.edit_many(zoo.keys, changes, actor=cast.dot, at=LATER)
    assert {each.fate for each in decided} == {Fate.CHANGED}
    for deal in Deal.objects.all():
        assert deal.tags == ["Messe", "VIP"]
        assert_replays(deal)


def test_many_accounts_at_once_are_as_one_by_one(db: None) -> None:
    scene = set_scene()
    cast = scene.cast
    mine = make_account(cast.ada, industry="Chemie")
    hidden = people.create_account({"name": "Geheim", "is_private": True}, actor=cast.ada, at=AT)
    foreign = people.create_account({"name": "Fremd", "is_private": True}, actor=cast.cem, at=AT)
    keys = [scene_account.id for scene_account in Account.objects.order_by("id")]
    for fields in ({"industry": "Chemie", "country": "de"}, {"owner": str(uid_of(cast.ben))}, {"owner": None}):
        wanted = left_by(lambda fields=fields: _accounts_one_by_one([mine, hidden, foreign], scene, fields))
        decided = people_edits.edit_many(Subject.ACCOUNT, keys, Changes(fields=fields), actor=cast.ada, at=LATER)
        assert standing() == wanted
        became = {Account.objects.get(id=each.key).name: each.fate for each in decided}
        assert became["Fremd"] is Fate.GONE, "what one does not see is not there"
        assert ("owner" in fields) == (became["Geheim"] is Fate.REFUSED), "nobody gives away what only they see"


def _accounts_one_by_one(views: list[Any], scene: Scene, fields: dict[str, Any]) -> None:
    for account in Account.objects.order_by("id"):
        with suppress(Refusal, Missing), transaction.atomic():
            people.edit_account(account.uid, fields, seen=account.version, actor=scene.cast.ada, at=LATER)


@pytest.mark.parametrize("actor", ["ada", "ben", "dot", "mia"])
def test_many_are_deleted_and_brought_back_as_one_by_one(zoo: Zoo, actor: str) -> None:
    who, keys = getattr(zoo.scene.cast, actor), zoo.keys
    wanted = left_by(lambda: one_by_one(zoo.uids, Changes(act=Act.ARCHIVE), who))
    if actor == "mia":
        with refused("forbidden", Forbidden):
            bin_many(BIN, keys, Wish(Act.ARCHIVE), actor=who, at=LATER)
        return
    decided = bin_many(BIN, keys, Wish(Act.ARCHIVE), actor=who, at=LATER)
    assert standing() == wanted
    gone = {each.key for each in decided if each.fate is Fate.CHANGED}
    assert gone
    wanted = left_by(lambda: _restored_one_by_one(zoo.uids, who))
    back = bin_many(BIN, keys, Wish(Act.RESTORE), actor=who, at=LATER)
    assert standing() == wanted
    assert {each.key for each in back if each.fate is Fate.CHANGED} == gone
    for deal in Deal.objects.all():
        assert_replays(deal)


def _restored_one_by_one(uids: list[Any], actor: Actor) -> None:
    for uid in uids:
        with suppress(Refusal, Missing), transaction.atomic():
            recycle.restore("deal", uid, actor=actor, at=LATER)


def test_accounts_with_open_deals_stay(db: None) -> None:
    scene = set_scene()
    ada = scene.cast.ada
    free = make_account(ada)
    keys = list(Account.objects.order_by("id").values_list("id", flat=True))
    decided = bin_many(BINS[Subject.ACCOUNT], keys, Wish(Act.ARCHIVE), kept_out, actor=ada, at=LATER)
    by_key = {each.key: (each.fate, each.refusal and each.refusal.code) for each in decided}
    assert by_key[Account.objects.get(uid=free.uid).id] == (Fate.CHANGED, None)
    assert by_key[Account.objects.get(uid=scene.account).id] == (Fate.REFUSED, "open_deals_remain")
    old = bin_many(BINS[Subject.ACCOUNT], keys, Wish(Act.RESTORE), actor=ada, at=LATER + timedelta(days=91))
    assert {each.refusal.code for each in old if each.refusal} == {"bin_is_over"}
