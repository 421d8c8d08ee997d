"""Addresses of exports."""

from __future__ import annotations

from django.urls import path

from etappe.web import exports

urlpatterns = [
    path("settings/export/", exports.home, name="exports"),
    path("settings/export/<uuid:uid>/cancel/", exports.cancel, name="export_cancel"),
    path("settings/export/<uuid:uid>/archive.zip", exports.download, name="export_file"),
]
