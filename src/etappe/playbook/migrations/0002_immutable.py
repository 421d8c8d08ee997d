"""A published process version never changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

IMMUTABLE = """
CREATE TRIGGER processversion_immutable BEFORE UPDATE OR DELETE ON playbook_processversion
    FOR EACH ROW EXECUTE FUNCTION etappe_append_only();
CREATE TRIGGER processversion_no_truncate BEFORE TRUNCATE ON playbook_processversion
    FOR EACH STATEMENT EXECUTE FUNCTION etappe_append_only();
"""


class Migration(migrations.Migration):
    """The trigger that refuses a change."""

    dependencies: ClassVar = [("playbook", "0001_initial"), ("journal", "0002_append_only")]
    operations: ClassVar = [
        migrations.RunSQL(
            IMMUTABLE,
            reverse_sql="""DROP TRIGGER processversion_immutable ON playbook_processversion;
                DROP TRIGGER processversion_no_truncate ON playbook_processversion;""",
        )
    ]
