"""Addresses of what can happen to every record."""

from __future__ import annotations

from django.urls import path

from etappe.records.merge import SUBJECTS
from etappe.web import records_bin, records_duplicates, records_history, records_merge
from etappe.web.records_bin import ROUTES

urlpatterns = [
    path("bin/", records_bin.recycle_bin, name="bin"),
    path("duplicates/", records_duplicates.duplicates, name="duplicates"),
    path("duplicates/apart/", records_duplicates.apart, name="duplicates_apart"),
    path("merges/start/", records_merge.start, name="merge_start"),
    path("merges/<uuid:uid>/undo/", records_merge.undo, name="merge_undo"),
    path("duplicates/together/", records_duplicates.together, name="duplicates_together"),
    *(
        path(f"{ROUTES[subject]}/<uuid:uid>/merge/", records_merge.merge, {"subject": subject}, name=f"{subject}_merge")
        for subject in SUBJECTS
    ),
    *(
        path(f"{word}/<uuid:uid>/history/", records_history.history, {"subject": subject}, name=f"{subject}_history")
        for subject, word in ROUTES.items()
    ),
    *(
        path(f"{word}/<uuid:uid>/delete/", records_bin.delete, {"subject": subject}, name=f"{subject}_delete")
        for subject, word in ROUTES.items()
    ),
    *(
        path(f"{word}/<uuid:uid>/restore/", records_bin.restore, {"subject": subject}, name=f"{subject}_restore")
        for subject, word in ROUTES.items()
    ),
]
