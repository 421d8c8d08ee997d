"""Addresses of accounts and people that were merged into others: reading is led there, writing is told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from etappe.api.answers import refusal_answer
from etappe.core.errors import Stale
from etappe.people.bin import survivor_of
from etappe.team.queries import as_uuid

ROUTES = {"api/v1/accounts/<uid>": "account", "api/v1/people/<uid>": "person"}
"""How the addresses of such records begin."""

LED = 307
"""Only for now: a merge can be undone."""


def moved_answer(request: HttpRequest) -> HttpResponse | None:
    """The answer about a record that was merged away and whose survivor the caller sees; None about any other.

    A GET is led to the survivor; anything else is refused, since it was meant for what was seen.
    """
    match, actor = request.resolver_match, getattr(request, "actor", None)
    subject = next((each for begin, each in ROUTES.items() if match and match.route.startswith(begin)), "")
    if match is None or not subject or actor is None:
        return None
    uid = match.kwargs["uid"]
    found = survivor_of(actor, subject, as_uuid(uid))
    if found is None:
        return None
    into, name = found
    answer = refusal_answer(Stale("merged_away", survivor=into, name=name))
    if request.method == "GET":
        answer.status_code = LED
    answer["Location"] = request.get_full_path().replace(str(uid), str(into), 1)
    return answer
