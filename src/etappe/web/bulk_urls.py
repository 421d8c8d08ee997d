"""Addresses of bulk edits."""

from __future__ import annotations

from django.urls import path

from etappe.web import bulk

urlpatterns = [
    path("bulk/", bulk.home, name="bulk"),
    path("bulk/start/", bulk.start, name="bulk_start"),
    path("bulk/<uuid:uid>/", bulk.one, name="bulk_run"),
    path("bulk/<uuid:uid>/preview/", bulk.preview, name="bulk_preview"),
    path("bulk/<uuid:uid>/go/", bulk.begin, name="bulk_go"),
    path("bulk/<uuid:uid>/cancel/", bulk.cancel, name="bulk_cancel"),
    path("bulk/<uuid:uid>/undo/", bulk.undo, name="bulk_undo"),
    path("bulk/<uuid:uid>/resume/", bulk.resume, name="bulk_resume"),
    path("bulk/<uuid:uid>/refused.csv", bulk.refused, name="bulk_refused"),
]
