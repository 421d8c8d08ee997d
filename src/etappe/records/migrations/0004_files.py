"""Files on accounts, people and deals."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_merges"),
    ]

    operations = [
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("subject", models.TextField()),
                ("record", models.BigIntegerField()),
                ("name", models.TextField()),
                ("media_type", models.TextField()),
                ("size", models.IntegerField()),
                ("artefact", models.TextField()),
                ("added_by", models.BigIntegerField(null=True)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["subject", "record", "-id"], name="file_record")],
            },
        ),
    ]
