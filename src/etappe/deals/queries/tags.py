"""How many deals have a tag."""

from __future__ import annotations

from collections.abc import Sequence

from etappe.deals.models import Deal
from etappe.people.tags import tag_counts


def deal_counts(names: Sequence[str]) -> dict[str, int]:
    """How many deals have each of these tags; for those who administer tags, who see all deals."""
    return tag_counts(Deal, names)
