"""Addresses of the API."""

from __future__ import annotations

from django.urls import path

from etappe.api.v1 import api

urlpatterns = [path("v1/", api.urls)]
