"""Importing again: nothing twice, only what changed, and never a move of what moved here."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from etappe.core.actor import SYSTEM
from etappe.core.kinds import fold
from etappe.deals import actions as deal_actions
from etappe.deals.models import Deal, DealSpan, StageVisit
from etappe.imports import run as running
from etappe.imports.export import REASON, rejected_file
from etappe.imports.models import Run
from etappe.imports.plan import Plan
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.journal.queries import kinds_of
from etappe.journal.values import columns_of
from etappe.people.models import Account, Person
from etappe.playbook import queries as playbook
from etappe.playbook.actions import take_library
from tests.imports import twin

TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%%' ORDER BY 1"
)


def digest() -> dict[str, str]:
    """What every table holds."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall()]
        found = {}
        for name in names:
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t")
            found[name] = cursor.fetchone()[0]
    return found


def folded() -> None:
    """Every record is what its entries say."""
    for model, subject in ((Deal, "deal"), (Account, "account"), (Person, "person")):
        for row in model.objects.all():
            own = [kind for kind in kinds_of(**{subject: row.id}) if kind.name.startswith(f"{subject}.")]
            assert fold(own) == columns_of(row, model.JOURNALED), (subject, row.id)


def changed_pipeline(**cells: dict[str, str]) -> list[list[object]]:
    """The pipeline with cells changed, by the deal's id."""
    rows = twin.pipeline()
    for row in rows[1:]:
        for title, value in cells.get(str(row[0]), {}).items():
            row[rows[0].index(title)] = value
    return rows


def test_the_same_files_change_nothing(db, tmp_path):
    twin.run(*twin.four(tmp_path))
    before = digest()
    view = twin.run(*twin.four(tmp_path))
    assert dict(view.totals) == {"created": 0, "changed": 0, "unchanged": 71, "rejected": 0, "rows": 71}
    after = digest()
    assert {name for name in before if before[name] != after[name]} == {"imports_run", "imports_link", "journal_entry"}
    assert set(Entry.objects.order_by("-id").values_list("kind", flat=True)[:1]) == {"import.finished"}


def test_a_newer_copy_changes_what_changed(db, tmp_path):
    twin.run(*twin.four(tmp_path))
    rows = changed_pipeline(
        OP00000={"close_value": "77.5"},
        OP00003={"deal_stage": "Won", "close_date": "2016-12-24", "close_value": "5000"},
        OP00007={"deal_stage": "Lost", "close_date": "2016-12-20", "close_value": "0"},
        OP00009={"sales_agent": "Eva Neu"},
    )
    view = twin.run(twin.write(tmp_path / "sales_pipeline.csv", rows))
    assert dict(view.totals) == {"created": 0, "changed": 4, "unchanged": 56, "rejected": 0, "rows": 60}
    won = Deal.objects.get(amount=5000)
    assert (won.status, won.basis, won.proof) == ("won", "imported", "unproven")
    visits = list(StageVisit.objects.filter(deal=won).order_by("id"))
    assert [visit.status for visit in visits] == ["open", "won"]
    assert visits[0].left_at == visits[1].entered_at == won.closed_at
    assert DealSpan.objects.filter(deal=won, valid__endswith=None).count() == 1
    assert Deal.objects.filter(amount=Decimal("77.5")).exists()
    assert Deal.objects.filter(owner__name="Eva Neu").count() == 1
    folded()


def to_inbound(*paths: Path) -> Plan:
    take_library("inbound", actor=SYSTEM, at=now())
    stages = {"Prospecting": "need_confirmed", "Engaging": "need_confirmed", "Won": "won", "Lost": "lost"}
    return replace(twin.looked(*paths).plan, process="inbound", stages=stages)


def test_a_newer_copy_goes_where_the_last_one_went(db, tmp_path):
    files = twin.four(tmp_path)
    twin.run(*files, plan=to_inbound(*files))
    rows = changed_pipeline(
        OP00003={"deal_stage": "Won", "close_date": "2016-12-24", "close_value": "5000"},
        OP00007={"deal_stage": "Angebot geprüft"},
        OP00013={"deal_stage": "Vertagt"},
    )
    view = twin.run(twin.write(tmp_path / "sales_pipeline.csv", rows))
    assert (view.totals["changed"], view.totals["unchanged"]) == (2, 58), "one of a name unknown stays in the first"
    assert [process.key for process in playbook.processes(SYSTEM)] == ["inbound"]
    assert Deal.objects.get(amount=5000).status == "won"
    assert Deal.objects.filter(stage="quote_reviewed", status="open").count() == 1
    folded()


def test_a_newer_copy_led_to_another_process_leaves_deals_on_theirs(db, tmp_path):
    files = twin.four(tmp_path)
    proposed = twin.looked(*files).plan
    twin.run(*files, plan=to_inbound(*files))
    rows = changed_pipeline(OP00003={"deal_stage": "Prospecting"}, OP00007={"deal_stage": "Lost"})
    changed = twin.write(tmp_path / "sales_pipeline.csv", rows)
    plan = replace(proposed, files=proposed.files[:1], source=twin.looked(changed).plan.source)
    view = twin.run(changed, plan=plan)
    assert {note.code: note.count for note in view.notes}["place_kept"] >= 1
    assert set(Deal.objects.values_list("process_version__process__key", flat=True)) == {"inbound"}
    assert Deal.objects.filter(status="lost").count() == 13
    folded()


def test_a_deal_that_moved_here_is_never_moved(db, tmp_path):
    twin.run(*twin.four(tmp_path))
    deal = Deal.objects.filter(status="open").exclude(engaged_since=None).order_by("id").first()
    assert deal is not None
    reason = next(iter(_reasons(deal)))
    deal_actions.leave(deal.uid, reason, seen=deal.version, actor=SYSTEM, at=now())
    deal.refresh_from_db()
    stood = (deal.stage, deal.status, deal.closed_at)
    rows = changed_pipeline(
        **{f"OP{at:05}": {"deal_stage": "Won", "close_date": "2016-12-24", "close_value": "4321"} for at in range(60)}
    )
    view = twin.run(twin.write(tmp_path / "sales_pipeline.csv", rows))
    deal.refresh_from_db()
    assert (deal.stage, deal.status, deal.closed_at) == stood
    assert deal.amount == 4321, "its fields follow the source"
    assert {note.code: note.count for note in view.notes}["place_kept"] == 1
    folded()


def _reasons(deal: Deal) -> list[str]:
    from etappe.playbook.queries import spec

    return [reason.key for reason in spec(deal.process_version_id).leave if reason.outcome == "lost"]


def test_an_edit_here_stays_where_the_source_says_what_it_said(db, tmp_path):
    twin.run(*twin.four(tmp_path))
    account = Account.objects.get(name="Ostwind AG")
    Account.objects.filter(id=account.id).update(industry="Energie")
    accounts = (tmp_path / "accounts.csv").read_text().replace("Westpark,retail", "Westpark,parks")
    (tmp_path / "accounts.csv").write_text(accounts)
    view = twin.run(tmp_path / "accounts.csv")
    assert dict(view.totals)["changed"] == 1
    assert Account.objects.get(name="Ostwind AG").industry == "Energie"
    assert Account.objects.get(name="Westpark").industry == "parks"


def test_a_dry_run_leaves_nothing(db, tmp_path):
    before = digest()
    view = twin.run(*twin.four(tmp_path), dry=True)
    assert view.is_dry
    assert view.totals["created"] == 71
    assert digest() == before
    assert dict(twin.run(*twin.four(tmp_path)).totals) == dict(view.totals)


def test_every_row_is_accounted_for_and_rejected_ones_come_back(db, tmp_path):
    rows = changed_pipeline(
        OP00001={"close_date": "2016-13-45"},
        OP00002={"close_value": "viel"},
        OP00004={"close_date": "2099-01-01"},
        OP00005={"opportunity_id": "OP00000"},
        OP00006={"product": '=HYPERLINK("http://x")', "close_value": "-5"},
    )
    view = twin.run(twin.write(tmp_path / "sales_pipeline.csv", rows))
    totals = dict(view.totals)
    assert totals == {"created": 55, "changed": 0, "unchanged": 0, "rejected": 5, "rows": 60}
    assert {note.code for note in view.notes if note.rejects} == {
        "not_a_date", "not_a_number", "future_date", "row_twice", "not_an_amount",
    }  # fmt: skip
    text = "".join(rejected_file(SYSTEM, view.uid, "sales_pipeline.csv"))
    assert text.count("\n") == 6
    assert "still to come: 2099-01-01" in text, "the day as the file says it, not as it is in another zone"
    assert REASON in text
    assert "'=HYPERLINK" in text
    assert "\n=" not in text
    mended = text.replace("2016-13-45", "2016-11-12").replace("viel", "12").replace("2099-01-01", "2016-11-12")
    mended = mended.replace("OP00000", "OP00005").replace("'-5", "5")
    (tmp_path / "sales_pipeline.csv").write_text(mended, encoding="utf-8")
    view = twin.run(tmp_path / "sales_pipeline.csv")
    assert dict(view.totals) == {"created": 5, "changed": 0, "unchanged": 0, "rejected": 0, "rows": 5}
    assert view.source == "sales pipeline"
    assert Deal.objects.count() == 60
    assert Deal.objects.filter(product='=HYPERLINK("http://x")').exists()
    assert not Deal.objects.filter(data__has_key=REASON).exists()


def test_cancelled_between_two_chunks(fresh_database, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 10)
    paths = twin.four(tmp_path)
    found = twin.looked(*paths)
    from etappe.imports import actions

    def stop(progress: running.Progress) -> None:
        if progress.file == "sales_pipeline.csv":
            Run.objects.update(cancel_asked=True)

    monkeypatch.setattr(running, "chunks", _small(running.chunks))
    view = actions.run_now(found, found.plan, dry=False, actor=SYSTEM, at=now(), clock=now, report=stop)
    assert view.state == "cancelled"
    assert 0 < Deal.objects.count() < 60
    assert dict(twin.run(*paths).totals)["rejected"] == 0
    assert Deal.objects.count() == 60


def _small(chunks):
    """Chunks of ten rows, whatever blocks the reader gives."""
    from etappe.foreign.tables import Batch

    def smaller(found):
        for batch in chunks(found):
            for at in range(0, len(batch.rows), 10):
                yield Batch(batch.lines[at : at + 10], batch.rows[at : at + 10], {})

    return smaller


@pytest.mark.slow
def test_killed_in_the_middle_and_run_again(fresh_database, tmp_path):
    """`kill -9` while chunks are being written; the same files again complete it, and nothing is there twice."""
    import os
    import signal
    import subprocess
    import sys
    import time

    from django.db import connections

    paths = twin.four(tmp_path, deals=9000)
    script = (
        "import sys, django; django.setup()\n"
        "from pathlib import Path\n"
        "from tests.imports import twin\n"
        "from etappe.imports import run\n"
        "run.CHUNK = 1000\n"
        "twin.run(*map(Path, sys.argv[1:]))\n"
    )
    settings = connections["default"].settings_dict
    url = f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{settings['NAME']}?host={settings['HOST']}&port={settings['PORT']}"
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": os.getcwd()}
    child = subprocess.Popen([sys.executable, "-c", script, *map(str, paths)], env=environment)
    deadline = time.monotonic() + 60
    while Deal.objects.count() < 2000 and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    left = Deal.objects.count()
    assert 0 < left < 9000
    view = twin.run(*paths)
    totals = dict(view.totals)
    assert totals["created"] + totals["unchanged"] == totals["rows"] == 9011
    assert totals["unchanged"] >= left
    assert Deal.objects.count() == 9000
    assert Entry.objects.filter(kind="deal.created").count() == 9000
