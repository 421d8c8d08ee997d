"""Django's entry to the room."""

from __future__ import annotations

from django.apps import AppConfig


class DealsConfig(AppConfig):
    """The room `deals`."""

    name = "etappe.deals"
    default_auto_field = "django.db.models.BigAutoField"
