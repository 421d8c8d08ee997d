"""Forecasts, and those of each week, which the database itself keeps from being changed."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE FUNCTION insights_keep_forecast() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.kind = 'weekly' THEN
        RAISE EXCEPTION 'a forecast is never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER insights_forecast_kept BEFORE UPDATE OR DELETE ON insights_forecast
    FOR EACH ROW EXECUTE FUNCTION insights_keep_forecast();
CREATE FUNCTION insights_keep_forecast_deal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (
        SELECT FROM insights_forecast WHERE id = OLD.forecast_id AND kind = 'weekly'
    ) THEN
        RAISE EXCEPTION 'a forecast is never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER insights_forecastdeal_kept BEFORE UPDATE OR DELETE ON insights_forecastdeal
    FOR EACH ROW EXECUTE FUNCTION insights_keep_forecast_deal();
"""
LET_GO = """
DROP FUNCTION insights_keep_forecast() CASCADE;
DROP FUNCTION insights_keep_forecast_deal() CASCADE;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Forecast",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("day", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("method", models.TextField()),
                ("currency", models.TextField()),
                ("closed", models.IntegerField()),
                ("arrivals", models.JSONField(default=dict)),
                ("stages", models.JSONField(default=list)),
                ("quality", models.JSONField(default=dict)),
                ("backtest", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "-id"], name="forecast_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "weekly")), fields=("day",), name="forecast_week_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ForecastDeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("deal_id", models.BigIntegerField()),
                ("version_id", models.BigIntegerField()),
                ("stage", models.TextField()),
                ("proof", models.TextField()),
                ("amount", models.DecimalField(decimal_places=4, max_digits=19)),
                ("amount_known", models.BooleanField()),
                ("currency", models.TextField()),
                ("expected_close", models.DateField(null=True)),
                ("rests", models.IntegerField()),
                ("stayed", models.IntegerField()),
                ("chance", models.FloatField()),
                ("unsure", models.FloatField()),
                ("seen", models.IntegerField()),
                ("months", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("days", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("why", models.JSONField(default=list)),
                (
                    "forecast",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="insights.forecast"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("forecast", "deal_id"), name="forecast_deal_once")],
            },
        ),
        migrations.RunSQL(KEEP, reverse_sql=LET_GO),
    ]
