"""The roots of all addresses; each edge lists its own below."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("account/", include("etappe.web.account_urls")),
    path("api/", include("etappe.api.urls")),
    path("", include("etappe.web.urls")),
]
