"""Addresses of what belongs to every list."""

from __future__ import annotations

from django.urls import path

from etappe.web import lists_edit, lists_export, lists_pages, lists_views

urlpatterns = [
    path("lists/<str:subject>/filter/", lists_pages.narrow, name="list_filter"),
    path("lists/<str:subject>/columns/", lists_pages.columns, name="list_columns"),
    path("lists/<str:subject>/count/", lists_export.count, name="list_count"),
    path("lists/<str:subject>/export.<str:shape>", lists_export.export, name="list_export"),
    path("lists/<str:subject>/views/new/", lists_views.new_view, name="view_new"),
    path("lists/<str:subject>/<uuid:uid>/<str:field>/", lists_edit.cell, name="cell"),
    path("views/<uuid:uid>/", lists_views.view, name="view"),
    path("views/<uuid:uid>/query/", lists_views.save_query, name="view_query"),
    path("views/<uuid:uid>/delete/", lists_views.delete_view, name="view_delete"),
]
