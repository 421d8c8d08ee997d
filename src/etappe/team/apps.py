"""Django's entry to the room."""

from __future__ import annotations

from django.apps import AppConfig


class TeamConfig(AppConfig):
    """The room `team`."""

    name = "etappe.team"
    default_auto_field = "django.db.models.BigAutoField"
