"""Stage histories: the past of deals as visits and spans, by a stated rule where sources contradict themselves."""

from __future__ import annotations

from itertools import pairwise

import pytest

from etappe.core.actor import SYSTEM
from etappe.deals import actions as deal_actions
from etappe.deals.models import Deal, DealSpan, StageVisit
from etappe.imports.models import Past
from etappe.journal.clock import now
from etappe.journal.models import Entry
from tests.imports import twin
from tests.imports.test_again import _reasons, digest, folded

DEALS: list[list[object]] = [
    ["Deal ID", "Deal Name", "Stage", "Amount", "Create Date", "Close Date"],
    ["D1", "One", "Proposal", "100", "2025-01-01", ""],
    ["D2", "Two", "Closed Won", "200", "2025-01-01", "2025-03-01"],
    ["D3", "Three", "Closed Lost", "300", "2025-01-01", "2025-02-20"],
    ["D4", "Four", "Qualification", "400", "2025-01-01", ""],
    ["D5", "Five", "Evaluation", "500", "2025-01-01", ""],
]
CALLED = {"need_confirmed": "qualification", "product_evaluated": "evaluation", "quote_reviewed": "proposal"}
"""Stages of the process that the workspace starts with, by what the files call them."""
HISTORY: list[list[object]] = [
    ["Deal ID", "Stage", "Date entered"],
    ["D1", "Qualification", "2025-01-01 10:00"],
    ["D1", "Evaluation", "2025-01-20 10:00"],
    ["D1", "Proposal", "2025-02-10 10:00"],
    ["D2", "Proposal", "2025-02-01 10:00"],
    ["D2", "Qualification", "2025-01-02 10:00"],
    ["D2", "Closed Won", "2025-03-01 15:00"],
    ["D3", "Evaluation", "2025-01-15 10:00"],
]


def stays(name: str) -> list[tuple[str, str, str, str]]:
    deal = Deal.objects.get(name=name)
    visits = list(StageVisit.objects.filter(deal=deal).order_by("id"))
    assert all(one.left_at == two.entered_at and one.entered_at <= two.entered_at for one, two in pairwise(visits))
    assert [visit.left_at is None for visit in visits] == [False] * (len(visits) - 1) + [True]
    assert (visits[-1].stage, visits[-1].status, visits[-1].entered_at) == (deal.stage, deal.status, deal.stage_since)
    spans = list(DealSpan.objects.filter(deal=deal).order_by("valid"))
    assert all(one.valid.upper == two.valid.lower for one, two in pairwise(spans))
    assert spans[-1].valid.upper is None
    assert (spans[-1].stage, spans[-1].status) == (deal.stage, deal.status)
    shown = [
        (
            CALLED.get(visit.stage, visit.stage),
            visit.status,
            f"{visit.entered_at:%m-%d}",
            CALLED.get(visit.came_from, ""),
        )
        for visit in visits
    ]
    held = [(visit.stage, visit.status, visit.entered_at) for visit in visits]
    places = [(span.stage, span.status, span.valid.lower) for span in spans]
    turns = [place for at, place in enumerate(places) if not at or place[:2] != places[at - 1][:2]]
    assert turns[1 - len(held) :] == held[1:] or len(held) == 1
    assert turns[0][2] <= held[0][2]
    return shown


def both(folder, deals=None, history=None):
    return [
        twin.write(folder / "deals.csv", deals or DEALS),
        twin.write(folder / "deal_stage_history.csv", history or HISTORY),
    ]


def one_way() -> None:
    assert stays("One") == [
        ("qualification", "open", "01-01", ""),
        ("evaluation", "open", "01-20", "qualification"),
        ("proposal", "open", "02-10", "evaluation"),
    ]
    assert [stay[:3] for stay in stays("Two")][:2] == [
        ("qualification", "open", "01-02"),
        ("proposal", "open", "02-01"),
    ]
    assert stays("Two")[-1][1:3] == ("won", "03-01")
    assert stays("Four")[-1][:2] == ("qualification", "open")


def test_a_history_becomes_the_deals_past(db, tmp_path):
    view = twin.run(*both(tmp_path))
    assert dict(view.totals) == {"created": 12, "changed": 0, "unchanged": 0, "rejected": 0, "rows": 12}
    one_way()
    assert [stay[:2] for stay in stays("Three")] == [("evaluation", "open"), ("evaluation", "lost")]
    assert Entry.objects.filter(kind="deal.history_imported").count() == 3
    folded()


def test_the_same_again_and_the_history_later_give_the_same(db, tmp_path):
    deals, history = both(tmp_path)
    twin.run(deals)
    assert len(stays("One")) == 1
    twin.run(history, plan=_of_deals(history))
    one_way()
    folded()
    before = digest()
    view = twin.run(deals, history)
    assert view.totals["unchanged"] == view.totals["rows"] == 12
    changed = {name for name, was in digest().items() if before[name] != was}
    assert changed <= {"imports_run", "imports_link", "imports_source", "journal_entry"}


def _of_deals(history):
    from dataclasses import replace

    from etappe.imports.models import Source

    return replace(twin.looked(history).plan, source=Source.objects.get().name)


def test_a_newer_history_goes_on_where_the_deal_goes_on(db, tmp_path):
    twin.run(*both(tmp_path))
    deals = [row[:] for row in DEALS]
    deals[1][2] = "Negotiation"
    deals[4][2] = "Evaluation"
    history = [*HISTORY, ["D1", "Negotiation", "2025-04-01 09:00"], ["D4", "Evaluation", "2025-04-02 09:00"]]
    view = twin.run(*both(tmp_path, deals[:1] + deals[4:5], history))
    assert view.totals["rejected"] == 1, "the stage that the process does not have"
    assert [stay[:3] for stay in stays("Four")][-1] == ("evaluation", "open", "04-02")
    assert StageVisit._base_manager.filter(voided_at__isnull=False).exists()
    folded()


def test_contradictions_are_counted_and_nothing_is_lost(db, tmp_path):
    history = [
        *HISTORY,
        ["D1", "Evaluation", "2025-01-20 10:00"],
        ["D1", "Qualification", "2025-01-20 10:00"],
        ["D4", "Evaluation", "2025-02-01 10:00"],
        ["D3", "Proposal", "2025-05-01 10:00"],
        ["D9", "Proposal", "2025-05-01 10:00"],
        ["D1", "", "2025-05-01 10:00"],
        ["D1", "Proposal", "2099-05-01 10:00"],
        ["D1", "Proposal", "soon"],
    ]
    view = twin.run(*both(tmp_path, history=history))
    noted = {note.code: note.count for note in view.notes if not note.rejects}
    assert noted["history_two_at_once"] == 1
    assert noted["history_ends_elsewhere"] == 2
    assert noted["history_after_present"] == 1
    assert noted["history_without_deal"] == 1
    assert {note.code for note in view.notes if note.rejects} == {"history_incomplete", "history_ahead", "not_a_date"}
    assert Past.objects.count() == 11
    assert [stay[0] for stay in stays("One")] == ["qualification", "proposal"], "the row given last counts"
    assert stays("Four")[-1][0] == "qualification", "the deal's own row counts"
    assert len(stays("Three")) == 2
    folded()


def test_columns_that_say_when_a_stage_was_entered(db, tmp_path):
    rows: list[list[object]] = [
        [*DEALS[0], 'Date entered "Qualification (Sales Pipeline)"', 'Date entered "Proposal (Sales Pipeline)"'],
        [*DEALS[1], "2025-01-03 10:00", "2025-02-03 10:00"],
        [*DEALS[2], "2025-01-04 10:00", "2025-02-04 10:00"],
        [*DEALS[4], "2025-01-05 10:00", ""],
    ]
    twin.run(twin.write(tmp_path / "hubspot-deals.csv", rows))
    assert [stay[:3] for stay in stays("One")] == [("qualification", "open", "01-03"), ("proposal", "open", "02-03")]
    assert len(stays("Two")) == 3
    rows[3][7] = "2025-02-05 10:00"
    rows[3][2] = "Proposal"
    view = twin.run(twin.write(tmp_path / "hubspot-deals.csv", rows))
    assert view.totals["changed"] == 1
    assert [stay[:3] for stay in stays("Four")] == [("qualification", "open", "01-05"), ("proposal", "open", "02-05")]
    folded()


def test_a_history_of_all_fields_tells_only_of_the_stage(db, tmp_path):
    rows: list[list[object]] = [
        ["OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate"],
        ["D1", "StageName", "Qualification", "Proposal", "2025-02-10T10:00:00Z"],
        ["D1", "Amount", "90", "100", "2025-02-10T10:00:00Z"],
    ]
    view = twin.run(
        twin.write(tmp_path / "deals.csv", DEALS), twin.write(tmp_path / "OpportunityFieldHistory.csv", rows)
    )
    assert {note.code: note.count for note in view.notes}["history_of_another_field"] == 1
    assert [stay[:3] for stay in stays("One")] == [("qualification", "open", "12-31"), ("proposal", "open", "02-10")]


@pytest.mark.usefixtures("db")
def test_a_deal_that_moved_here_keeps_its_moves(tmp_path):
    deals, history = both(tmp_path)
    twin.run(deals)
    deal = Deal.objects.get(name="One")
    deal_actions.leave(deal.uid, _reasons(deal)[0], seen=deal.version, actor=SYSTEM, at=now())
    twin.run(history, plan=_of_deals(history))
    shown = stays("One")
    assert [stay[:2] for stay in shown] == [
        ("qualification", "open"),
        ("evaluation", "open"),
        ("proposal", "open"),
        ("proposal", "lost"),
    ]
    visits = StageVisit.objects.filter(deal=deal).order_by("id")
    assert [visit.backfilled for visit in visits] == [True, True, True, False]
    assert Deal.objects.get(name="One").basis != "imported"
    folded()
