"""Imports that are killed and taken up again, and several at once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connections, transaction

from etappe.core.actor import SYSTEM
from etappe.core.errors import Refusal
from etappe.deals.models import Deal, DealSpan, StageVisit
from etappe.imports import actions
from etappe.imports.background import carry_undo
from etappe.imports.models import Run
from etappe.imports.queries import get_run
from etappe.imports.run import Progress
from etappe.imports.undo import begin_undo
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.people.models import Account
from tests.imports import twin
from tests.imports.test_again import folded

SOAK = bool(os.environ.get("ETAPPE_TEST_SOAK"))
KILLS = 20
DEALS = 12000 if SOAK else 1200
STEP = 500
"""Rows after which the next kill comes at the latest: all kills together come before the end."""
PLACES = (("_keep_rejected", 5), ("_count", 2), ("record", 1))
"""Where an import kills itself: the function, amid a transaction, and which of its calls; after each it is resumed."""
SCRIPT = """
import os, signal, sys, django; django.setup()
from pathlib import Path
from etappe.foreign.tables import Batch
from etappe.imports import run
def blocks(found, whole=run.chunks):
    for batch in whole(found):
        for at in range(0, len(batch.rows), 250):
            yield Batch(batch.lines[at : at + 250], batch.rows[at : at + 250], {})
run.chunks = blocks
place, left = sys.argv.pop(1), int(sys.argv.pop(1))
if place:
    def dies(*given, whole=getattr(run, place), **named):
        global left
        left -= 1
        whole(*given, **named)
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
    setattr(run, place, dies)
from etappe.cli.import_ import _resume
from tests.imports import twin
if sys.argv[1] == "resume":
    _resume(sys.argv[2], as_json=True)
else:
    twin.run(*map(Path, sys.argv[1:]))
"""


def written() -> dict[str, object]:
    """What an import writes, without the keys that the database gives."""
    return {
        "deals": sorted(
            map(
                repr,
                Deal.objects.values_list(
                    "name", "stage", "status", "amount", "owner__name", "account__name", "stage_since", "closed_at"
                ),
            )
        ),
        "accounts": sorted(Account.objects.values_list("name", "industry", "employees")),
        "visits": sorted(
            map(repr, StageVisit.objects.values_list("deal__name", "stage", "status", "entered_at", "left_at"))
        ),
        "spans": sorted(map(repr, DealSpan.objects.values_list("deal__name", "stage", "status", "valid"))),
        "entries": sorted(
            map(repr, Entry.objects.exclude(kind__startswith="process.").values_list("kind", "occurred_at__date"))
        ),
    }


def child(*arguments: object, place: str = "", call: int = 0) -> subprocess.Popen[str]:
    """An import in a process of its own, which kills itself in that call of a function of `run`."""
    settings = connections["default"].settings_dict
    url = (
        f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{settings['NAME']}"
        f"?host={settings['HOST']}&port={settings['PORT']}"
    )
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": os.getcwd()}
    words = map(str, (place, call, *arguments))
    return subprocess.Popen([sys.executable, "-c", SCRIPT, *words], env=environment, text=True)


def files(folder: Path) -> list[Path]:
    history: list[list[object]] = [["opportunity_id", "deal_stage", "date_entered"]]
    history += [[f"OP{at:05}", "Prospecting", "2016-01-01 10:00"] for at in range(0, DEALS, 2)]
    return [*twin.four(folder, deals=DEALS), twin.write(folder / "stage_history.csv", history)]


def killed_in_its_places(paths: list[Path], rows: int) -> object:
    """An import killed where it hurts most: amid a block, with it all but written, and with only its end left."""
    begun: list[object] = list(paths)
    behind = []
    for place, call in PLACES:
        assert child(*begun, place=place, call=call).wait(120) == -signal.SIGKILL, place
        run = Run.objects.get()
        behind.append(run.rows_done)
        assert run.state == "running"
        begun = ["resume", run.uid]
    assert 0 < behind[0] < behind[1] < rows, "killed in the middle, and gone on between"
    assert behind[2] == rows, "killed when only the end was left to write"
    return begun[1]


def killed_at_random(paths: list[Path], rows: int) -> object:
    """An import killed many times, wherever it happens to be."""
    chance = random.Random(11)
    begun: list[object] = list(paths)
    for _kill in range(KILLS):
        process = child(*begun)
        aim = Run.objects.values_list("rows_done", flat=True).first() or 0
        aim += chance.randint(1, STEP)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            done = Run.objects.values_list("rows_done", flat=True).first()
            if done is not None and done >= aim:
                break
            time.sleep(0.01)
        time.sleep(chance.random() / 20)  # somewhere in the next block of rows
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        begun = ["resume", Run.objects.get().uid]
    assert 0 < Run.objects.get().rows_done < rows, "it was killed in the middle"
    return begun[1]


@pytest.mark.slow
@pytest.mark.timeout(3600 if SOAK else 300)
@pytest.mark.parametrize("killed", [killed_in_its_places, *([killed_at_random] if SOAK else [])])
def test_a_resumed_import_equals_an_uninterrupted_one(fresh_database, tmp_path, killed):
    paths = files(tmp_path)
    with transaction.atomic():
        whole = twin.run(*paths)
        wanted = written()
        transaction.set_rollback(True)
    uid = killed(paths, whole.totals["rows"])
    view = actions.resume(uid, actor=SYSTEM, at=now(), clock=now)
    assert view.state == "done"
    assert dict(view.totals) == dict(whole.totals)
    assert written() == wanted
    folded()
    with pytest.raises(Refusal, match="import_not_resumable"):
        actions.resume(view.uid, actor=SYSTEM, at=now(), clock=now)


def test_it_is_not_taken_up_twice_nor_with_other_files(fresh_database, tmp_path):
    paths = twin.four(tmp_path)
    found = twin.looked(*paths)

    def stop(progress: object) -> None:
        Run.objects.update(cancel_asked=True)

    view = actions.run_now(found, found.plan, dry=False, actor=SYSTEM, at=now(), clock=now, report=stop)
    assert view.state == "cancelled"
    held, refused = threading.Event(), threading.Event()

    def hold() -> None:
        with actions.alone(Run.objects.get().id):
            held.set()
            refused.wait(20)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(20)
    with pytest.raises(Refusal, match="import_is_busy"):
        actions.resume(view.uid, actor=SYSTEM, at=now(), clock=now)
    refused.set()
    other.join()
    text = paths[0].read_text()
    paths[0].write_text(text + "\n")
    with pytest.raises(Refusal, match="import_files_changed"):
        actions.resume(view.uid, actor=SYSTEM, at=now(), clock=now)
    paths[0].unlink()
    with pytest.raises(Refusal, match="import_files_gone"):
        actions.resume(view.uid, actor=SYSTEM, at=now(), clock=now)


def test_two_at_once_do_not_disturb_each_other(fresh_database, tmp_path):
    plans = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        rows = twin.pipeline(400)
        for row in rows[1:]:
            row[0] = f"{name}{row[0]}"
            row[3] = row[3] and f"Firma {row[3]}"
        found = twin.looked(twin.write(tmp_path / name / f"{name}.csv", rows))
        plans.append(found)
    views, errors = [], []

    def work(found: object) -> None:
        try:
            views.append(
                actions.run_now(found, found.plan, dry=False, actor=SYSTEM, at=now(), clock=now)  # type: ignore[attr-defined, arg-type]
            )
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(found,)) for found in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert [view.totals["created"] for view in views] == [400, 400]
    assert Deal.objects.count() == 800
    assert Account.objects.count() == 5, "each account once, though both imports name it"
    folded()


def test_one_is_undone_while_another_runs(fresh_database, tmp_path):
    firms: list[list[object]] = [["Firma ID", "Firma", "Ort"], ["1", "Westpark", "Kiel"], ["2", "Ostwind", "Ulm"]]
    first = twin.run(twin.write(tmp_path / "firmen.csv", firms))
    companies: list[list[object]] = [["Account Id", "Account Name", "Industry"], ["A1", "Westpark", "Bau"]]
    deals: list[list[object]] = [["Deal ID", "Account Id", "Stage", "Amount"], ["D1", "A1", "Angebot", "5"]]
    found = twin.looked(twin.write(tmp_path / "companies.csv", companies), twin.write(tmp_path / "deals.csv", deals))
    amid, go_on = threading.Event(), threading.Event()

    def pause(progress: Progress) -> None:
        if progress.file == "companies.csv":
            amid.set()
            go_on.wait(60)

    def work() -> None:
        try:
            actions.run_now(found, found.plan, dry=False, actor=SYSTEM, at=now(), clock=now, report=pause)
        finally:
            connections.close_all()

    other = threading.Thread(target=work)
    other.start()
    assert amid.wait(60)
    carry_undo(begin_undo(first.uid, actor=SYSTEM, at=now()), clock=now)
    go_on.set()
    other.join()
    told = get_run(SYSTEM, first.uid).undone
    assert told["archived"] == {"account": 1}, "what nobody else means is gone"
    assert [name for _kind, _uid, name in told["stays"]["records"]] == ["Westpark"]
    deal = Deal.objects.get()
    assert deal.account is not None
    assert (deal.account.name, deal.account.archived_at) == ("Westpark", None)
    folded()
    second = Run.objects.exclude(uid=first.uid).get()
    carry_undo(begin_undo(second.uid, actor=SYSTEM, at=now()), clock=now)
    assert not Deal.objects.filter(archived_at=None).exists()
    assert Account.objects.get(name="Westpark").industry == "", "as it was before the second one"
