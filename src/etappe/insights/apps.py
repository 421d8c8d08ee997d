"""Django's entry to the room."""

from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """The room `insights`."""

    name = "etappe.insights"
    default_auto_field = "django.db.models.BigAutoField"
