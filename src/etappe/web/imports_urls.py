"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from etappe.web import imports

urlpatterns = [
    path("import/", imports.home, name="import"),
    path("import/<uuid:uid>/", imports.one, name="import_run"),
    path("import/<uuid:uid>/map/", imports.change_map, name="import_map"),
    path("import/<uuid:uid>/map.yaml", imports.map_file, name="import_map_file"),
    path("import/<uuid:uid>/preset/", imports.preset, name="import_preset"),
    path("import/<uuid:uid>/start/", imports.start, name="import_start"),
    path("import/<uuid:uid>/resume/", imports.resume, name="import_resume"),
    path("import/<uuid:uid>/cancel/", imports.cancel, name="import_cancel"),
    path("import/<uuid:uid>/undo/", imports.undo, name="import_undo"),
    path("import/<uuid:uid>/discard/", imports.discard, name="import_discard"),
    path("import/<uuid:uid>/rejected/<int:number>.csv", imports.rejected, name="import_rejected"),
]
