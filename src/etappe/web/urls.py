"""The addresses of all pages. Each group of pages lists its own in a module of its own."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from etappe.web import design, today

GROUPS = (
    "setup_urls",
    "settings_urls",
    "deals_urls",
    "notes_urls",
    "people_urls",
    "search_urls",
    "drafts_urls",
    "playbook_urls",
    "imports_urls",
    "exports_urls",
    "bulk_urls",
    "figures_urls",
    "records_urls",
    "lists_urls",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("design/", design.design, name="design"),
    *(path("", include(f"etappe.web.{group}")) for group in GROUPS if find_spec(f"etappe.web.{group}")),
]
