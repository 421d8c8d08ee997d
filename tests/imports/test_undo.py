"""Undoing a whole import: nothing of it is left but what somebody else did since, and that is named."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob

from etappe.core.actor import SYSTEM
from etappe.core.errors import Refusal
from etappe.deals.models import Deal, StageVisit
from etappe.imports import jobs
from etappe.imports.actions import alone
from etappe.imports.background import carry_undo
from etappe.imports.models import Link, Past, Run
from etappe.imports.queries import get_run
from etappe.imports.undo import KEPT, begin_undo
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.people import actions as people_actions
from etappe.people.models import Account, Person
from etappe.records.bin import binned
from etappe.team.models import User
from tests import cast
from tests.imports import twin
from tests.imports.test_again import changed_pipeline, folded
from tests.imports.test_history import both, stays
from tests.web.signed import client_of


def undone(view, clock=now):
    carry_undo(begin_undo(view.uid, actor=SYSTEM, at=clock()), clock=clock)
    return get_run(SYSTEM, view.uid)


def state() -> dict[str, list[str]]:
    """Every record that is not in the recycle bin, as it stands."""
    said: dict[str, list[str]] = {}
    for model in (Deal, Account, Person):
        names = [name for name in model.JOURNALED if name != "archived_at"]
        said[model.__name__] = sorted(map(repr, model.objects.filter(archived_at=None).values_list(*names)))
    visits = StageVisit.objects.filter(deal__archived_at=None).order_by("deal_id", "id")
    said["visits"] = list(map(repr, visits.values_list("deal_id", "stage", "status", "entered_at", "left_at")))
    return said


def test_what_it_made_goes_into_the_recycle_bin_and_may_come_again(db, tmp_path):
    paths = twin.four(tmp_path)
    view = undone(twin.run(*paths))
    assert view.state == "undone"
    assert view.undone["archived"] == {"deal": 60, "account": 5}
    assert not Deal.objects.filter(archived_at=None).exists()
    assert Deal.objects.count() == 60, "nothing is deleted"
    created = Entry.objects.filter(kind="deal.created").order_by("id").values_list("id", flat=True)
    assert set(Entry.objects.filter(kind="deal.archived").values_list("voids", flat=True)) == set(created)
    folded()
    again = twin.run(*paths)
    assert again.totals["rejected"] == 0
    assert Deal.objects.filter(archived_at=None).count() == 60
    folded()


def test_the_recycle_bin_says_who_undid_the_import(db, tmp_path):
    people = cast.assemble()
    for asker, by in ((people.dot, "Dot Dörfler"), (SYSTEM, "")):
        view = twin.run(*twin.four(tmp_path))
        carry_undo(begin_undo(view.uid, actor=asker, at=now()), clock=now)
        told = get_run(people.dot, view.uid).undone
        assert "by" not in told, "keys of the database stay inside"
        for subject in ("deal", "account"):
            newest = binned(people.dot, subject, now()).rows[0]
            assert (newest.by, newest.with_import) == (by, True)
    page = client_of("dot").get("/bin/?of=deal").content.decode()
    assert page.count("Import undone") > 1
    assert "Dot Dörfler" in page


def test_what_was_edited_goes_along_and_is_told(db, tmp_path):
    cast.assemble()
    view = twin.run(*twin.four(tmp_path))
    for columns in ({"city": "Weimar"}, {"city": "Jena", "industry": "Energie"}):
        found = Account.objects.get(name="Ostwind AG")
        people_actions.edit_account(found.uid, columns, seen=found.version, actor=SYSTEM, at=now())
    edited = undone(view).undone["edited"]
    assert edited == {"count": 1, "records": [["account", str(found.uid), "Ostwind AG", ["city", "industry"]]]}
    page = client_of("dot").get(f"/import/{view.uid}/").content.decode()
    assert "Ostwind AG" in page
    assert "City, Industry" in page


def test_whoever_asked_for_an_import_may_have_left_meanwhile(db, tmp_path):
    people = cast.assemble()
    view = twin.run(*twin.four(tmp_path), actor=people.dot)
    uid = begin_undo(view.uid, actor=people.dot, at=now())
    User.objects.filter(id=people.dot.id or 0).update(is_active=False)
    carry_undo(uid, clock=now)
    assert get_run(SYSTEM, view.uid).state == "undone"


def test_what_a_newer_copy_changed_is_as_before(db, tmp_path):
    first = twin.four(tmp_path)
    twin.run(*first)
    before = state()
    rows = changed_pipeline(
        OP00000={"close_value": "77.5"},
        OP00003={"deal_stage": "Won", "close_date": "2016-12-24", "close_value": "5000"},
        OP00007={"deal_stage": "Lost", "close_date": "2016-12-20", "close_value": "0", "account": "Brandneu AG"},
        OP00009={"sales_agent": "Eva Neu", "product": "Beta"},
    )
    accounts = (tmp_path / "accounts.csv").read_text().replace("retail", "parks")
    (tmp_path / "accounts.csv").write_text(accounts)
    second = twin.run(twin.write(tmp_path / "sales_pipeline.csv", rows), tmp_path / "accounts.csv")
    assert state() != before
    view = undone(second)
    assert state() == before
    assert view.undone["restored"] >= 8
    assert view.undone["archived"] == {"account": 1}
    folded()
    twin.run(twin.write(tmp_path / "sales_pipeline.csv", rows))
    assert Deal.objects.filter(amount=5000, status="won").exists(), "the rows say something new again"
    folded()


def test_what_somebody_changed_since_stays_and_is_named(db, tmp_path):
    twin.run(*twin.four(tmp_path))
    accounts = (tmp_path / "accounts.csv").read_text().replace("retail", "parks")
    (tmp_path / "accounts.csv").write_text(accounts)
    second = twin.run(tmp_path / "accounts.csv")
    edited = Account.objects.get(name="Ostwind AG")
    people_actions.edit_account(edited.uid, {"industry": "Energie"}, seen=edited.version, actor=SYSTEM, at=now())
    view = undone(second)
    assert Account.objects.get(name="Ostwind AG").industry == "Energie"
    assert Account.objects.get(name="Westpark").industry == "retail"
    assert view.undone["kept"] == {"count": 1, "records": [["account", str(edited.uid), "Ostwind AG", ["industry"]]]}
    folded()


def test_what_others_need_stays(db, tmp_path):
    first = twin.run(*twin.four(tmp_path))
    other: list[list[object]] = [
        ["Deal", "Company", "Stage"],
        ["Elsewhere", "Ostwind AG", "Won"],
        ["Open one", "Westpark", "Engaging"],
    ]
    twin.run(twin.write(tmp_path / "other.csv", other))
    view = undone(first)
    assert {name for _kind, _uid, name in view.undone["stays"]["records"]} == {"Ostwind AG", "Westpark"}
    assert set(Account.objects.filter(archived_at=None).values_list("name", flat=True)) == {"Ostwind AG", "Westpark"}
    folded()


def test_a_history_goes_as_it_came(db, tmp_path):
    deals, history = both(tmp_path)
    twin.run(deals)
    before = state()
    from tests.imports.test_history import _of_deals

    second = twin.run(history, plan=_of_deals(history))
    assert len(stays("One")) == 3
    undone(second)
    assert len(stays("One")) == 1
    after = state()
    after.pop("visits"), before.pop("visits")
    assert after == before
    assert not Past.objects.exists()
    folded()


def test_it_refuses_what_cannot_be_undone(db, tmp_path):
    view = twin.run(*twin.four(tmp_path))
    with pytest.raises(Refusal, match="import_too_old_to_undo"):
        begin_undo(view.uid, actor=SYSTEM, at=now() + KEPT * 2)
    undone(view)
    with pytest.raises(Refusal, match="import_not_undoable"):
        begin_undo(view.uid, actor=SYSTEM, at=now())


def test_an_undo_waits_for_whoever_still_holds_the_import(fresh_database, tmp_path):
    view = twin.run(*twin.four(tmp_path))
    begin_undo(view.uid, actor=SYSTEM, at=now())
    held, seen = threading.Event(), threading.Event()

    def hold() -> None:
        with alone(Run.objects.get().id):
            held.set()
            seen.wait(20)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(20)
    jobs.undo_import(run=str(view.uid))
    seen.set()
    other.join()
    later = ProcrastinateJob.objects.get(task_name="etappe.imports.jobs.undo_import")
    assert later.status == "todo" and later.scheduled_at > now()
    assert Run.objects.get().state == "undoing"
    jobs.undo_import(**later.args)
    assert Run.objects.get().state == "undone"
    assert ProcrastinateJob.objects.filter(task_name=later.task_name).count() == 1, "nothing is left to ask for"


def test_an_interrupted_undo_goes_on(fresh_database, tmp_path, monkeypatch):
    from etappe.imports import undo as undoing

    view = twin.run(*twin.four(tmp_path))
    asked = now() + timedelta(days=3)
    begin_undo(view.uid, actor=SYSTEM, at=asked)
    assert get_run(SYSTEM, view.uid).undone_at == asked, "how long it takes counts from here"
    monkeypatch.setattr(undoing, "AT_ONCE", 20)
    real, calls = undoing._archive, []

    def stopped(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(undoing, "_archive", stopped)
    with pytest.raises(KeyboardInterrupt):
        carry_undo(str(view.uid), clock=now)
    assert Deal.objects.filter(archived_at=None).count() == 20
    carry_undo(str(view.uid), clock=now)
    assert get_run(SYSTEM, view.uid).undone["archived"] == {"deal": 60, "account": 5}
    assert not Link.objects.filter(kind__in=("deal", "account")).exists()
    assert Run.objects.get().state == "undone"
