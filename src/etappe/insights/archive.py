"""What an export of everything holds of this room."""

from __future__ import annotations

from etappe.journal.archived import Archived

TABLES: tuple[Archived, ...] = ()
LEFT_OUT = {
    "insights_forecast": "forecasts are made anew from the records; frozen ones stay where they were made",
    "insights_forecastdeal": "as above",
}
