"""The roots of all addresses; each edge lists its own below."""

from __future__ import annotations

from pathlib import Path

from django.urls import include, path

SOURCE = Path(__file__).parent.parent
EDGES = {"api/": "api", "": "web"}

urlpatterns = [
    path("account/", include("etappe.web.account_urls")),
    *(path(at, include(f"etappe.{edge}.urls")) for at, edge in EDGES.items() if (SOURCE / edge / "urls.py").exists()),
]

handler400 = "etappe.web.refusals.bad_request"
handler403 = "etappe.web.refusals.forbidden"
handler404 = "etappe.web.refusals.missing"
handler500 = "etappe.web.refusals.broken"
