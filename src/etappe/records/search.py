"""Finding any record by what one remembers of it: name, domain, e-mail address, phone number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from etappe.core.actor import Actor
from etappe.core.search import Hit, Hits, Rank, Sought, ranked, read
from etappe.deals.queries.search import deals_alike, deals_within, search_deals
from etappe.journal.finding import loosely
from etappe.people.search import (
    accounts_alike,
    accounts_within,
    people_alike,
    people_within,
    search_accounts,
    search_people,
)

LIMIT = 12
MOST = 50


@dataclass(frozen=True)
class _Room:
    """How a room is asked: by how names begin, by what they hold, and for similar ones."""

    beginning: Callable[[Actor, Sought, int], Hits]
    within: Callable[..., list[Hit]]
    alike: Callable[[Actor, Sought, int], list[Hit]]


_ROOMS = (
    _Room(search_accounts, accounts_within, accounts_alike),
    _Room(search_people, people_within, people_alike),
    _Room(search_deals, deals_within, deals_alike),
)


def search(viewer: Actor, text: str, limit: int = LIMIT, *, loose: bool = True) -> tuple[Hit, ...]:
    """What the viewer sees and the text may mean, the best first.

    Each room asks its own tables, so what a viewer may not see is not found. Names that hold the text are looked for
    only where too few begin with it, similar names only where nothing is called so, unless the search is not to be
    `loose`. Four queries, four more where few begin so, and eight more where nothing was found.
    """
    sought, most = read(text), max(1, min(limit, MOST))
    if sought.is_empty:
        return ()
    found = ranked(_found(viewer, sought, most), most)
    return found if found or not loose else ranked(_alike(viewer, sought, most), most)


def _found(viewer: Actor, sought: Sought, most: int) -> Iterable[Hit]:
    """Hits of all rooms, each once.

    Whatever begins so stands before what only holds it. One's own are looked for where a room has more that begin so
    than it looked at, for they may be among the others.
    """
    asked = [(room, room.beginning(viewer, sought, most)) for room in _ROOMS]
    found = {hit.uid: hit for _room, hits in asked for hit in hits.best}
    is_enough = sum(hit.rank <= Rank.PREFIX for hit in found.values()) >= most
    for room, hits in asked:
        if not is_enough or not hits.is_whole:
            own = is_enough or len(hits.best) >= most
            found |= {hit.uid: hit for hit in room.within(viewer, sought, most, own=own)}
    return found.values()


def _alike(viewer: Actor, sought: Sought, most: int) -> list[Hit]:
    if not sought.has_likes:
        return []
    with loosely():
        return [hit for room in _ROOMS for hit in room.alike(viewer, sought, most)]
