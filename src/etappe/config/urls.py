"""The roots of all addresses; each edge lists its own below."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("account/", include("etappe.web.account_urls")),
    path("api/", include("etappe.api.urls")),
    path("", include("etappe.web.urls")),
]

handler400 = "etappe.web.refusals.bad_request"
handler403 = "etappe.web.refusals.forbidden"
handler404 = "etappe.web.refusals.missing"
handler500 = "etappe.web.refusals.broken"
