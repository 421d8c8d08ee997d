"""Django's entry to the edge."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The JSON API."""

    name = "etappe.api"
    default_auto_field = "django.db.models.BigAutoField"
