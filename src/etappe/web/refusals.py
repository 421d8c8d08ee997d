"""What a rule's no looks like: a panel beside the page, or a page where there is no script."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from etappe.core.errors import Refusal
from etappe.journal.refusals import Said, text
from etappe.web.shell import show, wants_part


@dataclass(frozen=True)
class RefusalPage:
    """What was not done, what is missing, what to do, and where one came from."""

    said: Said
    status: int
    back: str


@dataclass(frozen=True)
class TooOldPage:
    """Where the form can be had anew."""

    back: str


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as page or panel, with its own status (403, 409, 422)."""
    page = RefusalPage(text(refusal), refusal.status, _back(request))
    return show(request, "errors/refusal.html", page, part="panel", into="panel", status=refusal.status)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page for what is not there, or not for this viewer: nobody can tell which. Visitors see no frame."""
    del exception
    if getattr(request, "actor", None) is None and not wants_part(request):
        return render(request, "errors/nothing.html", status=404)
    return show(request, "errors/404.html", None, part="panel", into="panel", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own no, for example a form without its token."""
    del exception
    return render(request, "errors/403.html", status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request nobody can read."""
    del exception
    return render(request, "errors/400.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """A bug. The page asks nothing of the database, which may be what is broken."""
    if request.path.startswith("/api/"):
        return JsonResponse({"error": {"code": "broken", "message": "This is a fault on our side."}}, status=500)
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old, or not ours."""
    del reason
    return show(request, "errors/csrf.html", TooOldPage(_back(request)), part="panel", into="panel", status=403)


def wrong_method(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A page for an address that only takes what forms send: somebody opened it, or came there by signing in."""
    page = render(request, "errors/405.html", status=405)
    page.headers["Allow"] = answer.headers["Allow"]
    return page


def _back(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "/")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if is_ours else "/"
