"""Django's entry to the room."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The room `people`."""

    name = "etappe.people"
    default_auto_field = "django.db.models.BigAutoField"
