"""What an export of everything holds of this room."""

from __future__ import annotations

from etappe.insights.models import Commitment, Goal
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
)
LEFT_OUT = {
    "insights_forecast": "forecasts are made anew from the records; frozen ones stay where they were made",
    "insights_forecastdeal": "as above",
    "insights_forecastcurve": "as above",
    "insights_forecastsum": "as above",
    "insights_forecastchange": "as above",
}
