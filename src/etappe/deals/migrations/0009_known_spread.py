"""How sources and products are spread is known only after a look; without it, plans for filters by them are guesses."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0008_sums")]

    operations = [migrations.RunSQL("ANALYZE deals_deal", reverse_sql=migrations.RunSQL.noop)]
