"""Addresses of what belongs to every list."""

from __future__ import annotations

from django.urls import path

from etappe.web import lists_export, lists_pages

urlpatterns = [
    path("lists/<str:subject>/filter/", lists_pages.narrow, name="list_filter"),
    path("lists/<str:subject>/columns/", lists_pages.columns, name="list_columns"),
    path("lists/<str:subject>/export.<str:shape>", lists_export.export, name="list_export"),
]
