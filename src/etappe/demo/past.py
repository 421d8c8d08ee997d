"""The demo's years before: deals that are over, as an import brings them, with their stages and without papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from etappe.core.actor import SYSTEM
from etappe.core.simulate.lives import OPEN, OUTCOMES, WON
from etappe.deals.load import NewDeal, create_deals
from etappe.demo.order import Order
from etappe.demo.rows import LEFT, Played, decided, reasons, stays
from etappe.people.load_touchpoints import record_many
from etappe.people.queries import AccountView, PersonView
from etappe.team import queries as team_queries

if TYPE_CHECKING:
    from etappe.demo.company import Company

PAST, DEALS = "demo_past", 190
"""Its parameters, and how many deals are drawn."""
RECENT = timedelta(days=220)
"""Deals of this time are played. Of those that began before nearly all are over; the few others are left out."""


class Over(NamedTuple):
    """A deal that is over, and with whom it was."""

    played: Played
    account: AccountView
    buyer: PersonView


def remember(company: Company, version: int, order: Order) -> None:
    """Load the deals that are over, and what was said about them. `version` is the process version they ran on."""
    found = {over.played.place: over for over in _over(company, order)}
    create_deals([_deal(company, version, over) for over in found.values()], actor=SYSTEM, at=company.now)
    record_many(list(_contacts(company, order, found)), actor=SYSTEM, at=company.now)


def _over(company: Company, order: Order) -> Iterator[Over]:
    lives = order.lives(0, order.deals)
    for place in range(order.deals):
        played = Played(order, lives, place)
        account, buyers = company.accounts[company.chance.randrange(len(company.accounts))]
        if order.at(float(lives.began[place])) < company.now - RECENT and played.went.outcome != OPEN:
            yield Over(played, account, buyers[place % len(buyers)])


def _deal(company: Company, version: int, over: Over) -> NewDeal:
    played, chance = over.played, company.chance
    order, lives, went = played.order, played.lives, played.went
    seller, product = company.sellers[played.seller], company.pick("products")
    entered, status = list(stays(order, went)), OUTCOMES[went.outcome]
    began = order.at(went.entered[0][1])
    values = {
        "name": f"{product} für {over.account.name}",
        "process_version_id": version,
        "stage": went.stage,
        "entry_stage": went.entered[0][0],
        "status": status,
        "closed_at": decided(order, lives, played.place),
        "leave_reason": chance.choice(reasons(order.process, status)) if status in LEFT else "",
        "amount": str(max(1, round(float(lives.amount[played.place]) / 500)) * 500),
        "currency": "EUR",
        "owner_id": seller.id,
        "team_id": seller.team,
        "account_id": over.account.id,
        "source": played.segment,
        "product": product,
        "expected_close": (began + timedelta(days=chance.randint(40, 130))).date().isoformat(),
        "buyer_since": (began - timedelta(days=chance.randint(3, 60))).date().isoformat(),
        "engaged_since": began.date().isoformat(),
    }
    past = entered[:-1] if went.outcome == WON else entered
    return NewDeal(values, order.at(went.since).isoformat(), entered[0][2], past)


def _contacts(company: Company, order: Order, found: Mapping[int, Over]) -> Iterator[Mapping[str, Any]]:
    lives = order.lives(0, order.deals)
    for place, said in order.contacts(lives, 0, team_queries.workspace().zone):
        if place in found and said["happened_at"] < company.now:
            over = found[place]
            whom = {"account_id": over.account.id, "person_id": over.buyer.id}
            yield said | whom | {"user_id": company.sellers[over.played.seller].id, "source": over.played.segment}
