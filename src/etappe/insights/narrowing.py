"""Figures of some of the deals: the filter of lists goes into a statement as a sub-select with parameters.

A shipped statement reads its deals from the view `fact_deal`. Before it stands a query of the same name that leaves the
deals of the filter, so that no figure needs a second statement for it, and none can forget it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet

from etappe.core.actor import Actor
from etappe.core.filters import EVERYTHING, Node
from etappe.deals import queries as deals

_PLACE = re.compile("%[%s]")


@dataclass(frozen=True)
class Among:
    """The deals that a filter leaves: a query for their keys, with a named place for each of its values."""

    query: str
    values: Mapping[str, Any]

    def narrow(self, statement: str) -> str:
        """The statement over these deals only. Inside its own query the name still means the view."""
        kept = f"SELECT * FROM fact_deal WHERE deal_id IN ({self.query})"  # noqa: S608 - Django's compiler wrote it, with places for values
        followed = f", {statement.removeprefix('WITH ')}" if statement.startswith("WITH ") else f"\n{statement}"
        return f"WITH fact_deal AS NOT MATERIALIZED ({kept}){followed}"


def among(viewer: Actor, where: Node, today: date) -> Among | None:
    """What narrows figures to the deals of a filter; None where it leaves all. Raises what the filter refuses."""
    if where == EVERYTHING:
        return None
    try:
        text, given = deals.keys_left_by(viewer, where, today)
    except EmptyResultSet:
        return Among("SELECT NULL::bigint WHERE false", {})
    names = (f"only_{place}" for place in range(len(given)))
    query = _PLACE.sub(lambda found: "%%" if found[0] == "%%" else f"%({next(names)})s", text)
    return Among(query, {f"only_{place}": value for place, value in enumerate(given)})
