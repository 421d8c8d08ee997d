"""Who belongs to the buyer of a deal, and who to us, as far as some addresses matter."""

from __future__ import annotations

from collections.abc import Sequence

from etappe.core.mail_checks import Sides
from etappe.deals.models import Deal, Stakeholder
from etappe.people import queries as people
from etappe.team import queries as team


def sides_of(deal: Deal, addresses: Sequence[str]) -> Sides:
    """Both sides. A person is on the buyer's if they work at its account or sit in the deal's buying centre."""
    centre = Stakeholder.objects.filter(deal=deal).values_list("person_id", flat=True)
    return Sides(
        our_addresses=team.our_addresses(),
        our_domains=team.workspace().our_domains,
        buyer_people=people.buyer_people(addresses, account=deal.account_id, people=centre),
        account_domains=people.account_domains(deal.account_id) if deal.account_id else (),
        our_names=team.our_names(),
    )
