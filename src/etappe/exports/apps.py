"""Django's entry to the room."""

from __future__ import annotations

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """The room `exports`."""

    name = "etappe.exports"
    default_auto_field = "django.db.models.BigAutoField"
