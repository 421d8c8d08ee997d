"""What happens around every page: who asks, in which language and zone, and what a rule's no looks like."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from etappe.core.errors import Missing, Refusal
from etappe.imports.uploads import LIMIT as IMPORT
from etappe.journal.artefacts import LIMIT as FILE
from etappe.journal.clock import now
from etappe.team.access import actor_of
from etappe.team.queries import workspace
from etappe.web import refusals
from etappe.web.lists_opened import ViewGone, without_view
from etappe.web.moved import moved
from etappe.web.shell import wants_part

View = Callable[..., HttpResponseBase]
Answer = Callable[[HttpRequest], HttpResponse]
API = "/api/"
FORM = 1 << 20
"""Bytes that a form may have beside its files."""


class SizeMiddleware:
    """Refuses what is larger than anything somebody would send here, before any of it is read or kept.

    It stands before the check of a form's token, which would read the whole form to find it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        """A refusal for too large a request."""
        size, limit = _size(request), _largest(request)
        return refusals.refused(request, Refusal("file_too_large", size=size, limit=limit)) if size > limit else None


def _size(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isascii() and told.isdigit() else 0


def _largest(request: HttpRequest) -> int:
    """Bytes of a request: a form with one file, or with those of an import; less for whoever has not signed in."""
    if request.path.startswith(API):
        return FORM + FILE
    if not request.user.is_authenticated:
        return FORM
    return FORM + (IMPORT if request.path == reverse("import") else FILE)


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page needs a sign-in unless it says otherwise; the API signs in by token and answers for itself."""

    def process_view(
        self, request: HttpRequest, view_func: View, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponseBase | None:
        """Let the API through, ask everybody else."""
        if request.path.startswith(API):
            return None
        return super().process_view(request, view_func, args, kwargs)

    def handle_no_permission(  # type: ignore[override]  # htmx needs another answer than a redirection
        self, request: HttpRequest, view_func: View
    ) -> HttpResponseBase:
        """The sign-in page; htmx is told to open it as a page."""
        asked = super().handle_no_permission(request, view_func)
        if not wants_part(request):
            return asked
        led = HttpResponse(status=200)
        led["HX-Redirect"] = asked["Location"]
        return led


class PersonMiddleware:
    """Gives the request its moment, its actor, the workspace, the reader's language and the workspace's zone."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = now()  # type: ignore[attr-defined]  # see shell.Request
        if not request.user.is_authenticated or request.path.startswith(API):
            return self.get_response(request)
        request.workspace = workspace()  # type: ignore[attr-defined]
        request.actor = actor_of(request.user)  # type: ignore[attr-defined]
        if request.user.language:
            translation.activate(request.user.language)
        with timezone.override(ZoneInfo(request.workspace.zone)):  # type: ignore[attr-defined]
            answer = self.get_response(request)
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers.setdefault("Content-Language", translation.get_language() or "en")
        return answer


class EdgeMiddleware:
    """Turns a rule's no into its page or panel, and hands short messages to answers that htmx swaps."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == 405 and not request.path.startswith(API):
            answer = refusals.wrong_method(request, answer)
        patch_vary_headers(answer, ["HX-Request"])
        if _takes_messages(request, answer):
            answer.write(render_to_string("parts/toasts_oob.html", {"messages": get_messages(request)}, request))
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for what a rule may answer; anything else is a bug and goes on."""
        if request.path.startswith(API):
            return None
        if isinstance(exception, ViewGone):
            return without_view(request)
        if isinstance(exception, Missing):
            return moved(request) or refusals.missing(request)
        return refusals.refused(request, exception) if isinstance(exception, Refusal) else None


def _takes_messages(request: HttpRequest, answer: HttpResponse) -> bool:
    is_page = answer.get("Content-Type", "").startswith("text/html") and not answer.streaming
    leads_away = any(header in answer for header in ("HX-Redirect", "HX-Refresh", "Location"))
    return wants_part(request) and is_page and not leads_away and answer.status_code != 204
