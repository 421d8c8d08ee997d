"""Leaving the demo for a workspace of one's own, and the four questions that propose its process."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET, require_http_methods

from etappe.core.errors import Missing
from etappe.team.access import require
from etappe.team.queries import workspace
from etappe.web.shell import Request, show


@require_http_methods(["GET", "POST"])
def start_empty(request: Request) -> HttpResponse:
    """Leave the simulated company. The supervisor makes the real workspace and carries this account over."""
    require(request.actor, "workspace.edit")
    if not request.workspace.is_demo:
        raise Missing
    if request.method == "GET":
        return show(request, "setup/start_empty.html", None)
    import_string(settings.ETAPPE_START_EMPTY)(request.actor.id)
    return show(request, "setup/preparing.html", None)


@login_not_required
@require_GET
def ready(request: Request) -> HttpResponse:
    """Whether the real workspace is there: htmx is led on as soon as it is."""
    if workspace().is_demo:
        return HttpResponse(status=204)
    led = HttpResponse(status=200)
    led["HX-Redirect"] = reverse("questions")
    return led


@require_http_methods(["GET", "POST"])
def questions(request: Request) -> HttpResponse:
    raise Missing


@require_http_methods(["POST"])
def take_process(request: Request) -> HttpResponse:
    raise Missing
