"""People by their family name from an index: whoever looks for one does not read all of that name."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import etappe.journal.fields


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("people", "0009_lighter_indexes")]

    operations = [
        AddIndexConcurrently(
            model_name="person",
            index=models.Index(
                etappe.journal.fields.Fold(models.F("family_name")), models.F("id"), name="person_family"
            ),
        ),
    ]
