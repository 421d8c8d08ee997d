"""Addresses of what can happen to every record."""

from __future__ import annotations

from django.urls import path

from etappe.web import records_bin, records_duplicates
from etappe.web.records_bin import ROUTES

urlpatterns = [
    path("bin/", records_bin.recycle_bin, name="bin"),
    path("duplicates/", records_duplicates.duplicates, name="duplicates"),
    path("duplicates/apart/", records_duplicates.apart, name="duplicates_apart"),
    *(
        path(f"{word}/<uuid:uid>/delete/", records_bin.delete, {"subject": subject}, name=f"{subject}_delete")
        for subject, word in ROUTES.items()
    ),
    *(
        path(f"{word}/<uuid:uid>/restore/", records_bin.restore, {"subject": subject}, name=f"{subject}_restore")
        for subject, word in ROUTES.items()
    ),
]
