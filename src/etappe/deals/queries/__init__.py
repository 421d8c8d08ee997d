"""The only reads of this room for others; frozen values, scoped by viewer."""

from __future__ import annotations

from etappe.deals.attention import REASONED_FROM, Watch, reasons_of, reasons_of_each, watch
from etappe.deals.queries.attention import Needing, needing
from etappe.deals.queries.courses import LOOKED_AT, Courses, courses_under_way, decided_courses, refs_of
from etappe.deals.queries.inspection import (
    InspectionFilter,
    exceptions_to_answer,
    inspection,
    note_letter,
    note_page,
    rejected,
    unproven,
)
from etappe.deals.queries.lists import (
    CARDS,
    SORTS,
    Changes,
    DealFilter,
    board,
    board_totals,
    busiest_process,
    changed_since,
    deals,
    joined,
    keys_left_by,
)
from etappe.deals.queries.other_process import ProcessPreview, other_processes, preview_process
from etappe.deals.queries.record import deal_id, get_deal, get_evidence, seen_among, won_since
from etappe.deals.queries.selection import deal_names, selected, selected_where
from etappe.deals.queries.selling import Sales, decided_sales
from etappe.deals.queries.today import (
    Steps,
    Underway,
    next_steps,
    refused_exceptions,
    underway,
    unproven_own,
    waiting,
)

__all__ = [
    "CARDS",
    "LOOKED_AT",
    "REASONED_FROM",
    "SORTS",
    "Changes",
    "Courses",
    "DealFilter",
    "InspectionFilter",
    "Needing",
    "ProcessPreview",
    "Sales",
    "Steps",
    "Underway",
    "Watch",
    "board",
    "board_totals",
    "busiest_process",
    "changed_since",
    "courses_under_way",
    "deal_id",
    "deal_names",
    "deals",
    "decided_courses",
    "decided_sales",
    "exceptions_to_answer",
    "get_deal",
    "get_evidence",
    "inspection",
    "joined",
    "keys_left_by",
    "needing",
    "next_steps",
    "note_letter",
    "note_page",
    "other_processes",
    "preview_process",
    "reasons_of",
    "reasons_of_each",
    "refs_of",
    "refused_exceptions",
    "rejected",
    "seen_among",
    "selected",
    "selected_where",
    "underway",
    "unproven",
    "unproven_own",
    "waiting",
    "watch",
    "won_since",
]
