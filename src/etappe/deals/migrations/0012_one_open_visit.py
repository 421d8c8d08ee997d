"""One open visit and one open span per deal again.

Taking the index of a foreign key away also takes a unique index on the same column, which is how Django keeps a
constraint with a condition: the migration before this one did so.
"""

from typing import ClassVar

from django.db import migrations

ONCE = """
CREATE UNIQUE INDEX IF NOT EXISTS visit_open_once ON deals_stagevisit (deal_id) WHERE left_at IS NULL;
CREATE UNIQUE INDEX IF NOT EXISTS span_open_once ON deals_dealspan (deal_id) WHERE upper(valid) IS NULL;
"""


class Migration(migrations.Migration):
    """Two unique indexes that the models name."""

    dependencies: ClassVar = [("deals", "0011_lighter_indexes")]
    operations: ClassVar = [migrations.RunSQL(ONCE, reverse_sql=migrations.RunSQL.noop)]
