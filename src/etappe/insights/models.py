"""Tables of what was forecast. They are derived from the records, but cannot be made again: what was said, was said."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from etappe.journal.fields import money_field


class Forecast(models.Model):
    """A forecast as of a day: what it rests on, and how such forecasts turned out so far.

    `kind` is `current` for the one that pages show, which the next one replaces, or `weekly` for one that is kept and
    never changed. `arrivals` is what deals not yet there brought in past months, by currency, team and month ahead.
    """

    kind = models.TextField()
    day = models.DateField()
    made_at = models.DateTimeField()
    method = models.TextField()
    currency = models.TextField()
    closed = models.IntegerField()
    arrivals = models.JSONField(default=dict)
    stages = models.JSONField(default=list)
    quality = models.JSONField(default=dict)
    backtest = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day"], condition=models.Q(kind="weekly"), name="forecast_week_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "-id"], name="forecast_newest")]


class ForecastDeal(models.Model):
    """What a forecast said about one deal, and how the deal stood then. `months` are chances to be won in each."""

    forecast = models.ForeignKey("insights.Forecast", on_delete=models.CASCADE, related_name="+")
    deal_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    stage = models.TextField()
    proof = models.TextField()
    amount = money_field()
    amount_known = models.BooleanField()
    currency = models.TextField()
    expected_close = models.DateField(null=True)
    rests = models.IntegerField()
    stayed = models.IntegerField()
    chance = models.FloatField()
    unsure = models.FloatField()
    seen = models.IntegerField()
    months = ArrayField(models.FloatField())
    days = ArrayField(models.IntegerField())
    why = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forecast", "deal_id"], name="forecast_deal_once"),
        ]
