"""Addresses of the process editor."""

from __future__ import annotations

from django.urls import path

from etappe.web import drafts_pages as pages

urlpatterns = [
    path("drafts/", pages.begin, name="draft_begin"),
    path("drafts/<uuid:uid>/", pages.draft, name="draft"),
    path("drafts/<uuid:uid>/publish/", pages.publish, name="draft_publish"),
    path("drafts/<uuid:uid>/discard/", pages.discard, name="draft_discard"),
    path("drafts/<uuid:uid>/resume/", pages.resume, name="draft_resume"),
    path("playbook/<slug:key>/write/", pages.write, name="process_write"),
    path("playbook/<slug:key>/compare/", pages.versions, name="process_compare"),
]
