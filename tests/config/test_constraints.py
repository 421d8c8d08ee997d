"""The database holds what the models promise."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection


@pytest.mark.django_db
def test_every_constraint_and_index_that_a_model_names_is_there() -> None:
    """A migration that takes an index away can take a constraint with it, and nobody is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes UNION SELECT conname FROM pg_constraint")
        there = {name for (name,) in cursor.fetchall()}
    named = {
        f"{model._meta.label}: {each.name}"
        for model in apps.get_models()
        for each in (*model._meta.constraints, *model._meta.indexes)
        if each.name not in there
    }
    assert named == set()
