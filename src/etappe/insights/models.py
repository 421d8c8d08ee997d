"""Tables of what was forecast, of goals, and of who is mailed which figure.

Forecasts are derived from the records, but cannot be made again: what was said, was said.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import MD5

from etappe.journal.fields import money_field, uid_field


class Forecast(models.Model):
    """A forecast as of a day: what it rests on, and how such forecasts turned out so far.

    `kind` is `current` for the one that pages show, which the next one replaces, or `weekly` for one that is kept and
    never changed. `arrivals` is what deals still to come bring (`core.inflow.Coming`), by currency; under no currency,
    how many are won. `pace` is how fast deals move in each month of the year, January first; empty where months are
    alike. `horizon` is the mark of the journal from which on deals may have changed since (0: before sums were kept);
    `since` the forecast of an earlier week that `ForecastChange` compares with. `said` is what one that is kept says of
    whole months, to be set against what comes; see `forecast.weekly`.
    """

    kind = models.TextField()
    day = models.DateField()
    made_at = models.DateTimeField()
    method = models.TextField()
    currency = models.TextField()
    closed = models.IntegerField()
    arrivals = models.JSONField(default=dict)
    pace = ArrayField(models.FloatField(), default=list)
    stages = models.JSONField(default=list)
    quality = models.JSONField(default=dict)
    backtest = models.JSONField(default=dict)
    horizon = models.BigIntegerField(default=0)
    since = models.ForeignKey("insights.Forecast", on_delete=models.SET_NULL, null=True, related_name="+")
    said = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day"], condition=models.Q(kind="weekly"), name="forecast_week_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "-id"], name="forecast_newest")]


class ForecastDeal(models.Model):
    """What a forecast said about one deal, and how the deal stood then. `months` are chances to be won in each.

    `step` is by how much the log-odds of its curve were moved by what else was known of it; `segments` are the
    keys of its segments in the order of `forecast.kept.SPLITS`.
    """

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
    step = models.FloatField(default=0.0)
    seen = models.IntegerField()
    months = ArrayField(models.FloatField())
    days = ArrayField(models.IntegerField())
    why = models.JSONField(default=list)
    expected = models.FloatField(default=0.0)
    segments = ArrayField(models.TextField(), default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forecast", "deal_id"], name="forecast_deal_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["forecast", "-expected", "deal_id"], name="forecast_deal_most")]


class ForecastSum(models.Model):
    """What the deals of a segment and team bring by draw, kept so that no page adds up deals; see `forecast.kept`.

    `split` is empty for all deals of the team, `team` is `*` for those of all teams.
    """

    forecast = models.ForeignKey("insights.Forecast", on_delete=models.CASCADE, related_name="+")
    split = models.TextField()
    key = models.TextField()
    team = models.TextField()
    deals = models.IntegerField()
    drawn = models.BinaryField()
    parts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forecast", "split", "team", "key"], name="forecast_sum_once"),
        ]


class ForecastChange(models.Model):
    """Why a deal is expected to bring more or less than a week ago: `by` for `reason`, `model` for what was learned."""

    forecast = models.ForeignKey("insights.Forecast", on_delete=models.CASCADE, related_name="+")
    deal_id = models.BigIntegerField()
    team = models.TextField()
    reason = models.TextField()
    by = models.FloatField()
    model = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forecast", "deal_id"], name="forecast_change_once"),
        ]


class Commitment(models.Model):
    """What a colleague said on a day that they will win in a month; the newest one counts, without amount none.

    What was said before stays, so that one can look back at what it was worth.
    """

    uid = uid_field()
    user = models.ForeignKey("team.User", on_delete=models.PROTECT, related_name="+")
    period = models.TextField()
    said_on = models.DateField()
    amount = money_field(null=True)
    currency = models.TextField()

    JOURNALED: ClassVar = ("user_id", "period", "said_on", "amount", "currency")
    DERIVED: ClassVar = ("id", "uid")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "user", "currency", "said_on"], name="commitment_once_a_day"),
        ]


class Goal(models.Model):
    """What a colleague or a team is to reach in a period; without a target it was taken away.

    `chance` and `reached` are as they were found on `stood_on`, and `standing` is all that was found then, with the
    moment; `warned_on` is the day since which it is in danger.
    """

    uid = uid_field()
    user = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey("team.Team", on_delete=models.PROTECT, null=True, related_name="+")
    measure = models.TextField()
    period = models.TextField()
    begins = models.DateField()
    ends = models.DateField()
    target = money_field(null=True)
    currency = models.TextField(blank=True, default="")
    version = models.IntegerField(default=1)
    chance = models.FloatField(null=True)
    reached = money_field(null=True)
    stood_on = models.DateField(null=True)
    warned_on = models.DateField(null=True)
    standing = models.JSONField(default=dict)

    JOURNALED: ClassVar = ("user_id", "team_id", "measure", "period", "begins", "ends", "target", "currency")
    DERIVED: ClassVar = ("id", "uid", "version", "chance", "reached", "stood_on", "warned_on", "standing")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(team__isnull=True), name="goal_is_of_one_or_a_team"
            ),
            models.CheckConstraint(condition=models.Q(target__gt=0), name="goal_is_above_nothing"),
            models.CheckConstraint(condition=models.Q(begins__lte=models.F("ends")), name="goal_period_has_days"),
            models.UniqueConstraint(
                fields=["user", "team", "measure", "period", "currency"], nulls_distinct=False, name="goal_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ends", "begins"], name="goal_running")]


class Subscription(models.Model):
    """Who is mailed which figure, asked how, and when: on day `on_day` of the week or month, at `hour` o'clock.

    `next_at` is when it is next due. Of the mail that was due last, `due_at` is that moment and `state` what became of
    it (`insights.subscriptions.STATES`); `tries` and `problem` tell of a mail server that did not take it.
    """

    uid = uid_field()
    user = models.ForeignKey("team.User", on_delete=models.PROTECT, related_name="+")
    figure = models.TextField()
    split = models.TextField(blank=True, default="")
    where = models.TextField(blank=True, default="")
    options = models.JSONField(default=dict)
    rhythm = models.TextField()
    on_day = models.IntegerField()
    hour = models.IntegerField()
    language = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    state = models.TextField(blank=True, default="")
    tries = models.IntegerField(default=0)
    problem = models.TextField(blank=True, default="")

    JOURNALED: ClassVar = (
        *("user_id", "figure", "split", "where", "options", "rhythm", "on_day", "hour", "language", "ended_at"),
    )
    DERIVED: ClassVar = ("id", "uid", "next_at", "due_at", "state", "tries", "problem")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                *("user", "figure", "split", "options"),
                MD5("where"),  # the text itself may be longer than an index can hold
                condition=models.Q(ended_at__isnull=True),
                name="subscription_once",
            ),
            models.CheckConstraint(condition=models.Q(hour__range=(0, 23)), name="subscription_hour"),
            models.CheckConstraint(condition=models.Q(on_day__range=(1, 31)), name="subscription_day"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=models.Q(ended_at__isnull=True), name="subscription_due"),
        ]


class KeptAnswer(models.Model):
    """What a statement about all deals gave a little while ago; see `insights.kept`.

    `seconds` is how long all that was kept with it took to find.
    """

    name = models.TextField(unique=True)
    day = models.DateField()
    found_at = models.DateTimeField()
    seconds = models.FloatField()
    sql = models.TextField()
    columns = models.JSONField()
    rows = models.JSONField()


class ForecastCurve(models.Model):
    """The curve of a stage that the current forecast was made of, so that a deal that moves can be said anew.

    `ahead` are chances to be won, by how long a deal has been there and by days from then on, as `fresh` packs them;
    `ended` is how many stays it rests on. The curve of all deals, whatever their stage, has version 0 and no stage.
    """

    forecast = models.ForeignKey("insights.Forecast", on_delete=models.CASCADE, related_name="+")
    version_id = models.BigIntegerField()
    stage = models.TextField()
    ended = models.FloatField()
    ahead = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forecast", "version_id", "stage"], name="forecast_curve_once"),
        ]
