"""Django's entry to the room."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The room `imports`."""

    name = "etappe.imports"
    default_auto_field = "django.db.models.BigAutoField"
