"""vCards to save: of a person, of an account's people, of whomever a list of people shows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from etappe.core.vcard import VERSIONS
from etappe.people import queries
from etappe.people.cards import card_of, cards
from etappe.team.queries import as_uuid
from etappe.web.shell import Request, today

TYPE = "text/vcard; charset=utf-8"


@require_GET
def person(request: Request, uid: uuid.UUID) -> HttpResponse:
    """One person's card. `?version=3.0` is for older address books."""
    answer = HttpResponse(card_of(request.actor, uid, _version(request)), content_type=TYPE)
    answer["Content-Disposition"] = 'attachment; filename="person.vcf"'
    return answer


@require_GET
def of_account(request: Request, uid: uuid.UUID) -> StreamingHttpResponse:
    """The cards of everybody at an account."""
    account = queries.get_account(request.actor, uid)
    return _sent(
        cards(request.actor, where=f"account = {account.uid}", today=today(request), version=_version(request))
    )


@require_GET
def of_list(request: Request) -> StreamingHttpResponse:
    """The cards of those that the list of people shows: `q`, `where` and `account` as there."""
    account = request.GET.get("account", "")
    where = [
        each for each in (request.GET.get("where", ""), f"account = {as_uuid(account)}" if account else "") if each
    ]
    text = " and ".join(f"({each})" for each in where) if len(where) > 1 else "".join(where)
    search = request.GET.get("q", "").strip()
    return _sent(cards(request.actor, search=search, where=text, today=today(request), version=_version(request)))


def _version(request: Request) -> str:
    return request.GET.get("version", VERSIONS[0])


def _sent(found: Iterable[str]) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(found, content_type=TYPE)
    answer["Content-Disposition"] = 'attachment; filename="people.vcf"'
    return answer
