"""Pages of accounts and people that were merged into others: reading is led there, writing is told."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from etappe.core.errors import Stale
from etappe.people.bin import survivor_of
from etappe.web import refusals
from etappe.web.shell import wants_part

ROUTES = {"accounts/<uuid:uid>": "account", "people/<uuid:uid>": "person"}
"""How the addresses of such records begin."""


def moved(request: HttpRequest) -> HttpResponse | None:
    """The answer about a record that was merged away and whose survivor the viewer sees; None about any other."""
    match, actor = request.resolver_match, getattr(request, "actor", None)
    subject = next((each for begin, each in ROUTES.items() if match and match.route.startswith(begin)), "")
    uid = match.kwargs.get("uid") if match else None
    if not subject or actor is None or not isinstance(uid, uuid.UUID):
        return None
    found = survivor_of(actor, subject, uid)
    if found is None:
        return None
    into, name = found
    if request.method != "GET":
        return refusals.refused(request, Stale("merged_away", survivor=into, name=name))
    address = request.get_full_path().replace(str(uid), str(into), 1)
    if not wants_part(request):
        return redirect(address)
    led = HttpResponse()
    led["HX-Redirect"] = address
    return led
