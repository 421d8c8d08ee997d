"""Deals are vacuumed after 2 of 100 changed, not after 20: the board's totals are read from an index alone, which takes
four times as long where a large edit left pages behind that nobody has looked through since."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

SOONER = "ALTER TABLE deals_deal SET (autovacuum_vacuum_scale_factor = 0.02)"
AS_BEFORE = "ALTER TABLE deals_deal RESET (autovacuum_vacuum_scale_factor)"


class Migration(migrations.Migration):
    """Says so to the database."""

    dependencies: ClassVar = [("deals", "0019_a_map_is_no_move")]
    operations: ClassVar = [migrations.RunSQL(SOONER, AS_BEFORE)]
