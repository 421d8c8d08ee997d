"""Django's entry to the room."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The room `records`."""

    name = "etappe.records"
    default_auto_field = "django.db.models.BigAutoField"
