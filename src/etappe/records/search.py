"""Finding any record by what one remembers of it: name, domain, e-mail address, phone number."""

from __future__ import annotations

from etappe.core.actor import Actor
from etappe.core.search import Hit, Sought, ranked, read
from etappe.deals.queries.search import deals_alike, search_deals
from etappe.journal.finding import loosely
from etappe.people.search import accounts_alike, people_alike, search_accounts, search_people

LIMIT = 12
MOST = 50


def search(viewer: Actor, text: str, limit: int = LIMIT, *, loose: bool = True) -> tuple[Hit, ...]:
    """What the viewer sees and the text may mean, the best first.

    Each room asks its own tables, so what a viewer may not see is not found. Only where nothing is called so, similar
    names are looked for, unless the search is not to be `loose`. Four queries, and eight more where nothing was found.
    """
    sought, most = read(text), max(1, min(limit, MOST))
    if sought.is_empty:
        return ()
    found = ranked(_found(viewer, sought, most), most)
    return found if found or not loose else ranked(_alike(viewer, sought, most), most)


def _found(viewer: Actor, sought: Sought, most: int) -> list[Hit]:
    return [
        *search_accounts(viewer, sought, most),
        *search_people(viewer, sought, most),
        *search_deals(viewer, sought, most),
    ]


def _alike(viewer: Actor, sought: Sought, most: int) -> list[Hit]:
    if not sought.has_likes:
        return []
    with loosely():
        return [
            *accounts_alike(viewer, sought, most),
            *people_alike(viewer, sought, most),
            *deals_alike(viewer, sought, most),
        ]
