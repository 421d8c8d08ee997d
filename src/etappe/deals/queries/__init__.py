"""The only reads of this room for others; frozen values, scoped by viewer."""

from __future__ import annotations

from etappe.deals.attention import Watch, reasons_of, watch
from etappe.deals.queries.attention import Needing, needing
from etappe.deals.queries.inspection import (
    InspectionFilter,
    exceptions_to_answer,
    inspection,
    my_open_deals,
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
    sources,
)
from etappe.deals.queries.record import deal_id, get_deal, get_evidence, seen_among
from etappe.deals.queries.selection import deal_names, selected, selected_where

__all__ = [
    "CARDS",
    "SORTS",
    "Changes",
    "DealFilter",
    "InspectionFilter",
    "Needing",
    "Watch",
    "board",
    "board_totals",
    "busiest_process",
    "changed_since",
    "deal_id",
    "deal_names",
    "deals",
    "exceptions_to_answer",
    "get_deal",
    "get_evidence",
    "inspection",
    "joined",
    "my_open_deals",
    "needing",
    "note_letter",
    "note_page",
    "reasons_of",
    "rejected",
    "seen_among",
    "selected",
    "selected_where",
    "sources",
    "unproven",
    "watch",
]
