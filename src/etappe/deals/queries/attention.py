"""Deals that need attention: the list."""

from __future__ import annotations

from dataclasses import dataclass, replace

from etappe.core.actor import Actor
from etappe.core.attention import Reason, Why
from etappe.core.errors import Refusal
from etappe.core.page import Page
from etappe.core.process import Status
from etappe.deals.attention import KINDS, Watch, condition, reasons_of
from etappe.deals.queries.lists import SORTS, DealFilter, left_by
from etappe.deals.queries.rows import rows_of
from etappe.deals.shapes import DealRow
from etappe.journal.paging import page_of


@dataclass(frozen=True)
class Needing:
    """A deal with why it needs attention."""

    deal: DealRow
    reasons: tuple[Reason, ...]


def needing(
    viewer: Actor,
    kind: str = "",
    wanted: DealFilter | None = None,
    *,
    sort: str = "-amount",
    after: str | None = None,
    held: Watch,
) -> Page[Needing]:
    """A page of the open deals the viewer sees that need attention, for any reason or for one kind of them."""
    if kind and kind not in KINDS:
        raise Refusal("bad_filter", name="kind", value=kind)
    asked = KINDS[kind] if kind else tuple(Why)
    open_ones = replace(wanted or DealFilter(), statuses=(Status.OPEN.value,))
    found = left_by(viewer, open_ones.tree, held.today).filter(condition(asked, held))
    page = page_of(found, SORTS, sort, after, lambda deal: deal)
    rows = tuple(Needing(row, reasons_of(row, held)) for row in rows_of(page.rows))
    return Page(rows, page.after, page.count)
