"""Addresses of the playbook."""

from __future__ import annotations

from django.urls import path

from etappe.web import playbook_pages as pages

urlpatterns = [
    path("playbook/", pages.playbook, name="playbook"),
    path("playbook/check/", pages.check, name="process_check"),
    path("playbook/library/<slug:key>/", pages.library, name="library_process"),
    path("playbook/library/<slug:key>/take/", pages.take, name="library_take"),
    path("playbook/<slug:key>/", pages.process, name="process"),
    path("playbook/<slug:key>/default/", pages.make_default, name="process_default"),
    path("playbook/<slug:key>/<int:number>/", pages.process, name="process_version"),
    path("playbook/<slug:key>/<int:number>/source/", pages.source, name="process_source"),
]
