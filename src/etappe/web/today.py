"""Today: what waits for the viewer. No greeting, no chart."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from etappe.web.shell import Request, show


@dataclass(frozen=True)
class TodayPage:
    """What waits for the viewer."""


@require_GET
def today(request: Request) -> HttpResponse:
    """What waits for the viewer."""
    return show(request, "today/today.html", TodayPage())
