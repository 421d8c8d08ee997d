"""Django's entry to the room."""

from __future__ import annotations

from django.apps import AppConfig


class PlaybookConfig(AppConfig):
    """The room `playbook`."""

    name = "etappe.playbook"
    default_auto_field = "django.db.models.BigAutoField"
