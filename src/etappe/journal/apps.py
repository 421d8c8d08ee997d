"""Django's entry to the room."""

from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The room `journal`."""

    name = "etappe.journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Before the first connection is made."""
        from etappe.journal.asking import read_moments_quickly

        read_moments_quickly()
