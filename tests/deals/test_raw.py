"""No write goes around the gate, not even one that knows the tables; and many writers lose nothing."""

from __future__ import annotations

import os
import threading
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import InternalError, ProgrammingError

from etappe.core.errors import Stale
from etappe.deals import actions
from etappe.deals.models import Deal, StageVisit
from etappe.journal.clock import now
from etappe.journal.models import Entry
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.replay import assert_replays
from tests.scenery import kept_apart

WRITERS = 10
MOVES = 50 if os.environ.get("ETAPPE_TEST_SOAK") else 12

pytestmark = pytest.mark.server


real = kept_apart(set_scene)


def test_a_raw_update_of_the_place_is_refused_at_commit(real: Scene) -> None:
    for change in ({"stage": "order_placed"}, {"status": "won", "closed_at": AT}):
        with pytest.raises(IntegrityError, match="without a visit"):
            Deal.objects.filter(uid=real.uid).update(**change)
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="without a visit"):
        cursor.execute("UPDATE deals_deal SET stage = 'order_placed' WHERE uid = %s", [real.uid])
    assert (real.row.stage, real.row.status) == ("need_confirmed", "open")


def test_a_forged_visit_alone_does_not_help(real: Scene) -> None:
    with pytest.raises(IntegrityError, match="without a journal entry"):
        forge(real.row)


@transaction.atomic
def forge(deal: Deal) -> None:
    Deal.objects.filter(id=deal.id).update(stage="order_placed")
    StageVisit.objects.filter(deal=deal, left_at=None).update(left_at=AT + timedelta(hours=1))
    StageVisit.objects.create(
        deal=deal, process_version_id=deal.process_version_id, stage="order_placed", status="open",
        basis="evidence", proof="proven", entered_at=AT + timedelta(hours=1),
    )  # fmt: skip


def test_a_raw_insert_of_a_deal_is_refused(real: Scene) -> None:
    deal = real.row
    with pytest.raises(IntegrityError, match="without a visit"):
        Deal.objects.create(
            name="Schmuggel", process_version_id=deal.process_version_id, stage="order_placed",
            entry_stage="order_placed", stage_since=AT,
        )  # fmt: skip


def test_what_was_moved_in_one_transaction_cannot_be_moved_again_by_hand_in_the_next(real: Scene) -> None:
    real.prove("need_confirmed")
    real.move("requirements_agreed")
    with pytest.raises(IntegrityError):
        Deal.objects.filter(uid=real.uid).update(stage="product_evaluated")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET data = '{}'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "UPDATE playbook_processversion SET number = 7",
        "DELETE FROM deals_deal",
        "DELETE FROM deals_stagevisit",
        "DROP TRIGGER deal_place_is_recorded ON deals_deal",
        "ALTER TABLE deals_deal DISABLE TRIGGER ALL",
    ],
)
def test_the_application_may_not(real: Scene, statement: str) -> None:
    with pytest.raises((ProgrammingError, InternalError, IntegrityError)), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.filter(kind="deal.created").count() == 1


def test_not_even_the_owner_edits_the_journal(real: Scene, owner_url: str) -> None:
    with psycopg.connect(owner_url) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("UPDATE journal_entry SET data = '{}'")


@pytest.mark.slow
def test_ten_writers_move_one_deal_there_and_back(real: Scene) -> None:
    """Each reads, thinks, and moves; who was slower is told and tries again. Nothing is lost, nothing counted twice."""
    real.prove("need_confirmed")
    real.move("requirements_agreed")
    done: Counter[str] = Counter()
    start = threading.Barrier(WRITERS)

    def write(number: int) -> None:
        start.wait()
        for _ in range(MOVES):
            while True:
                deal = Deal.objects.get(uid=real.uid)
                to = "need_confirmed" if deal.stage == "requirements_agreed" else "requirements_agreed"
                breathe(2 * (deal.version % 3))
                try:
                    actions.move(real.uid, to, seen=deal.version, actor=real.cast.ada, at=now())
                except Stale:
                    done["stale"] += 1
                    breathe(8 * number)
                    continue
                done["moved"] += 1
                break
        connections.close_all()

    def breathe(milliseconds: int) -> None:
        # Between reading and writing, as people do: without it there is hardly a conflict to see. And after having been
        # told, each for another while: or all run into the next one together, which shows the same over and over.
        threading.Event().wait(milliseconds / 1000)

    writers = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=300)
    assert done["moved"] == WRITERS * MOVES
    assert done["stale"] >= 2 * MOVES
    visits = list(StageVisit.objects.filter(deal__uid=real.uid).order_by("id"))
    assert len(visits) == WRITERS * MOVES + 2
    assert all(one.left_at == two.entered_at and one.stage != two.stage for one, two in pairwise(visits))
    assert [visit.left_at for visit in visits if visit.left_at is None] == [None]
    assert_replays(real.row)
