"""When the buyer acted last, kept on the deal: from the evidence and the answered notes that are there."""

from django.db import migrations, models

FILL = """
UPDATE deals_deal AS deal SET buyer_acted_at = acts.last
FROM (
    SELECT deal_id, max(moment) AS last FROM (
        SELECT deal_id, happened_at AS moment FROM deals_evidence
        WHERE strength >= 3 AND withdrawn_at IS NULL AND verdict <> 'rejected'
        UNION ALL SELECT deal_id, answered_at FROM deals_notelink WHERE answered_at IS NOT NULL
    ) AS moments GROUP BY deal_id
) AS acts
WHERE acts.deal_id = deal.id;
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0005_voided_visits")]

    operations = [
        migrations.AddField(model_name="deal", name="buyer_acted_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop),
    ]
