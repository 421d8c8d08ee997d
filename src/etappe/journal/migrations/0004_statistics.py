"""What tables hold is counted anew on demand: after a load of many rows queries go by what the tables held before it.

Only a table's owner may count, so the function is the owner's. It takes nothing from whoever calls it, and a table that
has hardly changed is left alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

RENEW = """
CREATE FUNCTION etappe_renew_statistics() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE changed regclass;
BEGIN
    FOR changed IN
        SELECT relid FROM pg_stat_user_tables
        WHERE schemaname = 'public' AND n_mod_since_analyze > 1000 + n_live_tup / 10
    LOOP
        EXECUTE format('ANALYZE %s', changed);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """A function that renews the statistics of tables that changed much."""

    dependencies: ClassVar = [("journal", "0003_faster_fold")]
    operations: ClassVar = [migrations.RunSQL(RENEW, reverse_sql="DROP FUNCTION etappe_renew_statistics()")]
