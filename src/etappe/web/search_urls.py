"""Addresses of the search."""

from __future__ import annotations

from django.urls import path

from etappe.web import search

urlpatterns = [path("search/", search.search, name="search")]
