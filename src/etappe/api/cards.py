"""vCards over the API."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Router

from etappe.api.deals import today
from etappe.api.signin import Caller
from etappe.core.vcard import VERSIONS
from etappe.people import queries
from etappe.people.cards import card_of, cards

router = Router(tags=["people"])

TYPE = "text/vcard; charset=utf-8"


@router.get("/people/{uid}/card.vcf")
def get_card(request: Caller, uid: uuid.UUID, version: str = VERSIONS[0]) -> HttpResponse:
    """A person as a vCard 4.0, or 3.0 where `version` says so."""
    return HttpResponse(card_of(request.actor, uid, version), content_type=TYPE)


@router.get("/accounts/{uid}/people.vcf")
def get_account_cards(request: Caller, uid: uuid.UUID, version: str = VERSIONS[0]) -> StreamingHttpResponse:
    """The people of an account as vCards."""
    account = queries.get_account(request.actor, uid)
    return _sent(cards(request.actor, where=f"account = {account.uid}", today=today(request), version=version))


@router.get("/people.vcf")
def list_cards(request: Caller, search: str = "", where: str = "", version: str = VERSIONS[0]) -> StreamingHttpResponse:
    """The people that a filter finds as vCards, at most 50,000."""
    return _sent(cards(request.actor, search=search, where=where, today=today(request), version=version))


def _sent(found: Iterable[str]) -> StreamingHttpResponse:
    return StreamingHttpResponse(found, content_type=TYPE)
