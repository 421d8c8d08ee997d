"""Contacts: recorded one by one and many at once, withdrawn, and kept in months that the database makes."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Literal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.cast import AT, assemble
from tests.deals.conftest import Scene, scene
from tests.make import make_account, make_person
from tests.unchanged import refused, unchanged

from etappe.core.actor import SYSTEM
from etappe.core.errors import Forbidden, Missing
from etappe.core.touchpoint import ACTS, EARLIEST, SKEW
from etappe.people import load_touchpoints
from etappe.people.actions import edit_person
from etappe.people.actions_bin import archive, restore
from etappe.people.actions_touchpoints import bring_back, record, record_many, withdraw
from etappe.people.models import Touchpoint
from etappe.people.queries import account_id, get_person, person_id
from etappe.people.scope import visible_touchpoints
from etappe.people.touchpoints import Wanted, get_touchpoint, newest, touchpoints
from etappe.records.merge import merge

__all__ = ["scene"]

CALL = {"happened_at": AT - timedelta(hours=1), "direction": "out", "channel": "call", "act": "called"}


def told() -> list[str]:
    return [kind for (kind,) in _rows("SELECT kind FROM journal_entry WHERE kind LIKE 'contact%' ORDER BY id")]


def months() -> list[str]:
    found = _rows("SELECT tableoid::regclass::text FROM people_touchpoint ORDER BY happened_at, id")
    return [name.removeprefix("people_touchpoint_") for (name,) in found]


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


# --- One ---


def test_a_contact_with_a_person_is_one_with_their_account_and_of_whoever_logs_it(scene: Scene) -> None:
    made = record({**CALL, "person": scene.eva, "about": " Price\n list "}, actor=scene.cast.ada, at=AT)
    assert (made.account and made.account.uid, made.person and made.person.uid) == (scene.account, scene.eva)
    assert (made.about, made.user and made.user.name, made.may_withdraw) == ("Price list", scene.cast.ada.label, True)
    assert get_touchpoint(scene.cast.ada, made.uid) == made
    assert told() == ["contact.logged"]


def test_a_person_who_moves_takes_no_contact_along(scene: Scene) -> None:
    made = record({**CALL, "person": scene.eva}, actor=scene.cast.ada, at=AT)
    other = make_account(scene.cast.ada, name="Elsewhere")
    seen = get_person(scene.cast.ada, scene.eva).version
    edit_person(scene.eva, {"account": other.uid}, seen=seen, actor=scene.cast.ada, at=AT)
    later = record({**CALL, "person": scene.eva}, actor=scene.cast.ada, at=AT)
    found = [get_touchpoint(scene.cast.ada, uid).account for uid in (made.uid, later.uid)]
    assert [account and account.uid for account in found] == [scene.account, other.uid]


def test_what_another_system_sends_twice_counts_once_and_nobody_is_told(scene: Scene) -> None:
    opened = {**CALL, "direction": "in", "channel": "mail", "act": "opened", "person": scene.eva, "key": "m-1"}
    first = record(opened, actor=scene.cast.ada, at=AT)
    with unchanged():
        assert record(opened, actor=scene.cast.ada, at=AT) == first
    record({**opened, "happened_at": AT}, actor=scene.cast.ada, at=AT)
    assert (Touchpoint.objects.count(), first.user, told()) == (2, None, [])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"happened_at": AT + SKEW + timedelta(seconds=1)}, "moment_in_future"),
        ({"happened_at": EARLIEST - timedelta(microseconds=1)}, "moment_too_early"),
        ({"happened_at": AT.replace(tzinfo=None)}, "not_a_moment"),
        ({"happened_at": "yesterday"}, "not_a_moment"),
        ({"act": "opened"}, "act_of_other_side"),
        ({"direction": "in", "act": "sent"}, "act_of_other_side"),
        ({"direction": "both"}, "contact_unknown_word"),
        ({"channel": ["mail"]}, "contact_unknown_word"),
        ({"act": "'; DROP TABLE people_touchpoint; --"}, "contact_unknown_word"),
        ({"about": "x" * 201}, "too_long"),
        ({"about": "a\x00b"}, "control_characters"),
        ({"key": "\ud800"}, "control_characters"),
        ({"person": uuid.uuid4()}, "unknown_reference"),
        ({"person": "no uid"}, "unknown_reference"),
        ({"user": uuid.uuid4()}, "unknown_reference"),
        ({"person": None}, "contact_with_nobody"),
        ({"mood": "good"}, "unknown_field"),
    ],
)
def test_what_no_contact_is(scene: Scene, change: dict[str, Any], code: str) -> None:
    with refused(code):
        record({**CALL, "person": scene.eva, **change}, actor=scene.cast.ada, at=AT)


def test_nothing_may_be_left_out_that_says_what_happened(scene: Scene) -> None:
    for field in CALL:
        given = {name: value for name, value in CALL.items() if name != field}
        with refused("field_required"):
            record({**given, "account": scene.account}, actor=scene.cast.ada, at=AT)


def test_the_database_itself_knows_which_act_is_whose(scene: Scene) -> None:
    key = account_id(SYSTEM, scene.account)
    for side, other in (("in", "out"), ("out", "in")):
        for act in set(ACTS[other]) - set(ACTS[side]):
            with pytest.raises(DatabaseError, match="touchpoint_act"), transaction.atomic():
                Touchpoint.objects.create(happened_at=AT, account_id=key, direction=side, channel="mail", act=act)


def test_who_may_record_and_with_whom(scene: Scene) -> None:
    cast = scene.cast
    with refused("forbidden", Forbidden):
        record({**CALL, "person": scene.eva}, actor=cast.oda, at=AT)
    hidden = make_account(cast.ada, name="Hidden", is_private=True)
    somebody = make_person(cast.ada, name="Somebody", account=hidden.uid)
    for whom in ({"account": hidden.uid}, {"person": somebody.uid}):
        with refused("unknown_reference"):
            record({**CALL, **whom}, actor=cast.cem, at=AT)
    made = record({**CALL, "person": somebody.uid}, actor=cast.ada, at=AT)
    for viewer in (cast.cem, cast.ben):
        with pytest.raises(Missing):
            get_touchpoint(viewer, made.uid)
    assert get_touchpoint(cast.dot, made.uid) == made


# --- Withdrawn ---


def test_a_wrong_one_is_withdrawn_and_comes_back(scene: Scene) -> None:
    made = record({**CALL, "person": scene.eva}, actor=scene.cast.ada, at=AT)
    gone = withdraw(made.uid, actor=scene.cast.ada, at=AT)
    assert gone.withdrawn_at == AT
    assert _rows("SELECT count(*) FROM fact_touchpoint") == [(0,)]
    for act in (
        lambda: get_touchpoint(scene.cast.ada, made.uid),
        lambda: withdraw(made.uid, actor=scene.cast.ada, at=AT),
    ):
        with pytest.raises(Missing):
            act()
    assert bring_back(made.uid, actor=scene.cast.ada, at=AT) == made
    assert _rows("SELECT count(*) FROM fact_touchpoint") == [(1,)]
    assert told() == ["contact.logged", "contact.withdrawn", "contact.brought_back"]


def test_who_may_withdraw(scene: Scene) -> None:
    cast = scene.cast
    made = record({**CALL, "person": scene.eva}, actor=cast.ada, at=AT)
    for actor in (cast.cem, cast.mia, cast.oda):
        with refused("forbidden", Forbidden):
            withdraw(made.uid, actor=actor, at=AT)
    withdraw(made.uid, actor=cast.ben, at=AT)
    bring_back(made.uid, actor=cast.dot, at=AT)
    sent = record({**CALL, "person": scene.eva, "key": "7"}, actor=cast.ada, at=AT)
    assert withdraw(sent.uid, actor=cast.cem, at=AT).withdrawn_at == AT, "nobody's contact"


def test_what_lies_in_the_recycle_bin_takes_its_contacts_along(scene: Scene) -> None:
    ada = scene.cast.ada
    alone = make_person(ada, name="Alone")
    made = [record({**CALL, **whom}, actor=ada, at=AT) for whom in ({"person": scene.eva}, {"person": alone.uid})]
    archive("person", alone.uid, actor=ada, at=AT)
    archive("person", scene.eva, actor=ada, at=AT)
    assert get_touchpoint(ada, made[0].uid) == made[0], "the account is still there"
    with pytest.raises(Missing):
        get_touchpoint(ada, made[1].uid)
    restore("person", alone.uid, actor=ada, at=AT)
    assert get_touchpoint(ada, made[1].uid) == made[1]


# --- Many ---


def many(scene: Scene, count: int) -> list[dict[str, Any]]:
    return [
        {**CALL, "happened_at": AT - timedelta(hours=number), "person": scene.eva, "key": f"call {number}"}
        for number in range(count)
    ]


def test_many_at_once_are_told_in_one_entry(scene: Scene, django_assert_max_num_queries: Any) -> None:
    rows = many(scene, 1000)
    with django_assert_max_num_queries(14):
        done = record_many(rows, actor=scene.cast.ada, at=AT)
    assert done == (1000, 0)
    with unchanged():
        assert record_many([*rows[:999], rows[0]], actor=scene.cast.ada, at=AT) == (0, 1000)
    single = {**CALL, "person": scene.eva}
    assert record_many([single, single], actor=scene.cast.ada, at=AT) == (2, 0), "without a key each is one"
    assert set(Touchpoint.objects.values_list("account_id", flat=True)) == {account_id(SYSTEM, scene.account)}
    assert told() == ["contacts.recorded"] * 2


def test_one_bad_row_of_a_thousand_is_named_and_nothing_is_written(scene: Scene) -> None:
    rows = many(scene, 1000)
    for bad, code in (
        ({"act": "opened"}, "act_of_other_side"),
        ({"person": uuid.uuid4()}, "unknown_reference"),
        ({"person": ""}, "contact_with_nobody"),
    ):
        with refused("contact_row_refused") as no:
            record_many([*rows[:516], {**rows[516], **bad}, *rows[517:]], actor=scene.cast.ada, at=AT)
        assert (no.value.params["row"], no.value.params["refused"]) == (517, code)
    with refused("contacts_too_many"):
        record_many([*rows, rows[0]], actor=scene.cast.ada, at=AT)
    with unchanged():
        assert record_many([], actor=scene.cast.ada, at=AT) == (0, 0)


def test_both_ways_leave_the_same_behind(scene: Scene) -> None:
    fields = {**CALL, "person": scene.eva, "about": '\\N\t\r\n"x" 🙂 \'; --', "source": "Messe", "key": "\\."}
    rows = [fields, {**fields, "key": "other"}]
    record(rows[0], actor=scene.cast.ada, at=AT)
    keys = {"person_id": person_id(SYSTEM, scene.eva), "account_id": account_id(SYSTEM, scene.account)}
    plain = {name: value for name, value in rows[1].items() if name != "person"}
    load_touchpoints.record_many([{**plain, **keys}], actor=scene.cast.ada, at=AT)
    one, other = (vars(row) for row in Touchpoint.objects.order_by("id"))
    differ = {name for name in one if one[name] != other[name]}
    assert differ <= {"_state", "id", "uid", "key", "recorded_at"}
    assert one["about"] == '\\N "x" 🙂 \'; --'


def test_who_is_merged_at_the_same_moment_leaves_no_contact_behind(fresh_database: str) -> None:
    cast = assemble()
    stays, goes = (make_account(cast.ada, name=name) for name in ("Stays", "Goes"))
    people = [make_person(cast.ada, name=f"P{number}", account=goes.uid) for number in range(8)]

    def act(number: int) -> None:
        try:
            if number == 4:
                merge("account", [stays.uid, goes.uid], actor=cast.ada, at=AT)
            record({**CALL, "person": people[number].uid}, actor=cast.ada, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(act, range(8)))
    kept = Touchpoint.objects.values_list("account__uid", flat=True)
    assert list(kept) == [stays.uid] * 8


# --- Months ---


def test_a_month_is_made_when_something_happened_in_it(scene: Scene) -> None:
    berlin_march = datetime(2025, 3, 31, 22, 30, tzinfo=UTC)  # half past midnight of 1 April there, in summer time
    for moment in (EARLIEST, berlin_march, AT - timedelta(days=2), AT):
        record({**CALL, "happened_at": moment, "account": scene.account}, actor=scene.cast.ada, at=AT)
    assert months() == ["1990_01", "2025_03", "2026_02", "2026_03"]
    days = _rows("SELECT DATE '1970-01-01' + happened_number FROM fact_touchpoint ORDER BY happened_at")
    assert [str(day) for (day,) in days] == ["1990-01-01", "2025-04-01", "2026-02-28", "2026-03-02"]


def test_what_came_before_its_month_moves_there(scene: Scene) -> None:
    key = account_id(SYSTEM, scene.account)
    for moment in (AT, AT + timedelta(days=31)):
        Touchpoint.objects.create(happened_at=moment, account_id=key, direction="in", channel="web", act="viewed")
    assert months() == ["rest", "rest"]
    record({**CALL, "account": scene.account}, actor=scene.cast.ada, at=AT)
    assert months() == ["2026_03", "2026_03", "rest"]


def test_a_month_is_made_once_however_many_want_it(fresh_database: str) -> None:
    key = account_id(SYSTEM, make_account().uid)

    def log(number: int) -> None:
        try:
            row = {**CALL, "happened_at": AT - timedelta(days=31 * (number % 3)), "account_id": key}
            load_touchpoints.record_many([{**row, "key": str(number % 4)}], actor=SYSTEM, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(log, range(24)))
    assert sorted(set(months())) == ["2025_12", "2026_01", "2026_03"]
    assert Touchpoint.objects.count() == 12, "each key once per moment"


def test_a_page_of_contacts_walks_an_index(scene: Scene) -> None:
    record_many(many(scene, 3), actor=scene.cast.ada, at=AT)
    account, person = account_id(SYSTEM, scene.account), person_id(SYSTEM, scene.eva)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
    with CaptureQueriesContext(connection) as captured:
        assert len(touchpoints(scene.cast.ada, Wanted()).rows) == 3
        for key, subject in ((account, "account"), (person, "person")):
            assert len(newest(scene.cast.ada, subject, key, 5, at=AT)[0]) == 3  # type: ignore[arg-type]
    reads = [each["sql"] for each in captured if "ORDER BY" in each["sql"]]
    assert len(reads) == 5, "the newest months, and the older ones"
    for read in reads:
        plan = explained(read)
        assert "Sort  (" not in plan, plan


def explained(read: str) -> str:
    return "\n".join(row for (row,) in _rows("EXPLAIN " + read.replace("%", "%%")))


def test_where_the_newest_months_are_enough_older_ones_are_not_even_planned_for(scene: Scene) -> None:
    """However many months there are: what is in the plan is counted, not the time it takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT etappe_touchpoint_months(array_agg(day::date)) "
            "FROM generate_series(timestamp '2022-03-01', '2026-03-01', '1 month') AS day"
        )
        assert cursor.fetchone() == (49,)
    record_many(many(scene, 6), actor=scene.cast.ada, at=AT)
    key = account_id(SYSTEM, scene.account)
    with CaptureQueriesContext(connection) as captured:
        found, more = newest(scene.cast.ada, "account", key, 5, at=AT)
    (read,) = (each["sql"] for each in captured)
    assert (len(found), more) == (5, True)
    assert set(re.findall(r"on people_touchpoint_(\w+) ", explained(read))) == {"2026_01", "2026_02", "2026_03", "rest"}


def test_the_newest_are_the_same_in_whatever_months_they_lie(scene: Scene) -> None:
    """Old ones alone, ties at and around the month that is looked at first, the rest, the future, withdrawn, hidden."""
    other = make_account(scene.cast.ada, name="Old friends")
    hidden = make_person(scene.cast.cem, account=scene.account, name="Secret", is_private=True)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    tick = timedelta(microseconds=1)
    near = [first - tick, first - tick, first, first, first + tick, AT, AT, AT + timedelta(days=40)]
    keys = {"account": account_id(SYSTEM, scene.account), "person": person_id(SYSTEM, scene.eva)}
    for at, moment in enumerate([*near, *(first - timedelta(days=200 * back) for back in range(6))]):
        person = person_id(SYSTEM, hidden.uid) if at % 5 == 2 else keys["person"]
        gone = AT if at % 7 == 3 else None
        Touchpoint.objects.create(
            happened_at=moment, account_id=keys["account"], person_id=person, withdrawn_at=gone, **SENT
        )
    for back in range(3):
        Touchpoint.objects.create(
            happened_at=AT - timedelta(days=400 + back), account_id=account_id(SYSTEM, other.uid), **SENT
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT etappe_touchpoint_months(ARRAY['2025-12-31', '2026-03-01']::date[])")
    assert set(months()) == {"2025_12", "2026_03", "rest"}
    keys["other"] = account_id(SYSTEM, other.uid)
    for viewer, (place, key), count in product((scene.cast.ada, scene.cast.cem, SYSTEM), keys.items(), range(16)):
        subject: Literal["account", "person"] = "person" if place == "person" else "account"
        rows = visible_touchpoints(viewer).filter(**{f"{subject}_id": key}).order_by("-happened_at", "-id")
        wanted = list(rows.values_list("uid", flat=True)[: count + 1])
        found, more = newest(viewer, subject, key, count, at=AT)
        assert ([each.uid for each in found], more) == (wanted[:count], len(wanted) > count)
    nobody = replace(scene.cast.ada, role=None)
    assert newest(nobody, "account", keys["account"], 5, at=AT) == ([], False)


SENT = {"direction": "out", "channel": "mail", "act": "sent"}


def test_the_application_has_no_other_months_made(scene: Scene) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT etappe_touchpoint_months(ARRAY['1989-12-31', '9999-01-01', 'infinity', NULL]::date[])")
        assert cursor.fetchone() == (0,)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("DELETE FROM people_touchpoint")
