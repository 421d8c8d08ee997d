"""Rows that come in by COPY."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from etappe.journal.load import copy_rows
from etappe.people.models import Tag


@pytest.mark.timeout(60)
def test_making_the_rows_may_ask_the_database(db: None) -> None:
    def rows() -> Iterator[tuple[str, str]]:
        for number in range(3):
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s::text", [number])
                name = cursor.fetchone()[0]
            yield f"tag {name}", f"Tag {name}"

    copy_rows("people_tag", ("key", "name"), rows())
    assert list(Tag.objects.order_by("key").values_list("name", flat=True)) == ["Tag 0", "Tag 1", "Tag 2"]
