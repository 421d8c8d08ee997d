"""What an export of everything holds of this room."""

from __future__ import annotations

from etappe.insights.models import Commitment, Goal, Subscription
from etappe.journal.archived import Archived

TABLES = (
    Archived(
        "commitments",
        Commitment,
        "What colleagues said that they will win in a month, with the day on which they said it.",
        tells="commitment.",
        meanings={
            "period": "the month (`2026-11`)",
            "said_on": "day on which it was said; the newest counts",
            "amount": "what they will win; empty: what was said before was taken back",
        },
    ),
    Archived(
        "goals",
        Goal,
        "Goals of colleagues and teams, with the chance to reach them as it was last found.",
        tells="goal.",
        meanings={
            "measure": "`won_amount`, `won_deals`, `new_deals` or `proven_moves`",
            "period": "a month (`2026-11`), quarter (`2026-Q4`) or year (`2026`)",
            "begins": "first day of the period",
            "ends": "last day of the period",
            "target": "what is to be reached; empty: the goal was taken away",
            "chance": "chance to reach it, as last found",
            "reached": "what was reached, as last found",
            "stood_on": "day of that",
            "standing": "all that was found then, with the moment; found anew every ten minutes",
            "warned_on": "day since which the goal is in danger",
        },
    ),
    Archived(
        "subscriptions",
        Subscription,
        "Who is mailed which figure, and when.",
        tells="subscription.",
        meanings={
            "figure": "key of the figure; `next_steps` for what waits on a working morning",
            "split": "what it is split by",
            "where": "the filter that its deals must pass",
            "options": "what else the figure is asked for",
            "rhythm": "`weekly`, `monthly` or `workdays`",
            "on_day": "day of the week (1 is Monday) or of the month (shorter months: their last day)",
            "hour": "hour of that day in the workspace's zone",
            "language": "language of the mail where the colleague chose none",
            "ended_at": "since when it is not mailed any more",
            "next_at": "when it is next due",
            "due_at": "when the last one was due",
            "state": "what became of it: `waiting`, `sending`, `sent`, `failed`, or `nothing` that they may see",
            "tries": "how often it was tried to hand it to the mail server",
            "problem": "what the mail server, or the figure, last said",
        },
    ),
)
LEFT_OUT = {
    "insights_forecast": "forecasts are made anew from the records; frozen ones stay where they were made",
    "insights_forecastdeal": "as above",
    "insights_forecastcurve": "as above",
    "insights_forecastsum": "as above",
    "insights_forecastchange": "as above",
    "insights_keptanswer": "figures are found anew from the records",
}
