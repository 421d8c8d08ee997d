"""Turning deals into rows: names are fetched for a whole page at once, never per row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from etappe.core.process import Basis, Proof, Status
from etappe.deals.models import Deal
from etappe.deals.shapes import DealRow, Ref
from etappe.people import queries as people
from etappe.playbook import queries as playbook
from etappe.team import queries as team


def rows_of(deals: Sequence[Deal]) -> tuple[DealRow, ...]:
    """The deals as rows: two queries for names, whatever their number."""
    accounts = people.account_names(deal.account_id for deal in deals)
    owners = team.user_names(deal.owner_id for deal in deals)
    numbers = playbook.version_numbers({deal.process_version_id for deal in deals})
    return tuple(
        _row(
            deal,
            account=_ref(accounts.get(deal.account_id or 0)),
            owner=_ref(owners.get(deal.owner_id or 0)),
            number=numbers[deal.process_version_id],
        )
        for deal in deals
    )


def user_refs(ids: Iterable[int | None]) -> dict[int, Ref]:
    """Colleagues by key, as references."""
    return {key: Ref(user.uid, user.name) for key, user in team.user_names(ids).items()}


def person_refs(ids: Iterable[int | None]) -> dict[int, Ref]:
    """People by key, as references."""
    return {key: Ref(person.uid, person.name) for key, person in people.person_names(ids).items()}


def _ref(named: people.AccountRef | team.UserRef | None) -> Ref | None:
    return Ref(named.uid, named.name) if named else None


def _row(deal: Deal, *, account: Ref | None, owner: Ref | None, number: int) -> DealRow:
    process = playbook.spec(deal.process_version_id)
    stage = process.stage(deal.stage)
    return DealRow(
        uid=deal.uid,
        name=deal.name,
        account=account,
        owner=owner,
        process=process.key,
        process_number=number,
        stage=deal.stage,
        stage_name=stage.name,
        phase=stage.phase,
        status=Status(deal.status),
        proof=Proof(deal.proof),
        basis=Basis(deal.basis),
        amount=deal.amount,
        currency=deal.currency,
        source=deal.source,
        product=deal.product,
        expected_close=deal.expected_close,
        next_step=deal.next_step,
        next_step_on=deal.next_step_on,
        rests_until=deal.rests_until,
        stage_since=deal.stage_since,
        engaged_since=deal.engaged_since,
        created_at=deal.created_at,
        version=deal.version,
        buyer_target_date=deal.buyer_target_date,
        buyer_acted_at=deal.buyer_acted_at,
    )
