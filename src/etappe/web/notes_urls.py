"""The address of the page behind a link to a note."""

from __future__ import annotations

from django.urls import path

from etappe.web import notes

urlpatterns = [path("n/<str:token>/", notes.note, name="note")]
