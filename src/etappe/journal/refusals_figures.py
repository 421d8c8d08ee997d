"""What is said where a figure cannot be given."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from etappe.journal.labels import Label

FIGURES: Mapping[str, tuple[Label, Label]] = {
    "unknown_split": (_("The figure cannot be split by “{split}”."), _("Choose one of: {splits}.")),
    "bad_filter": (_("The filter “{name}” cannot be “{value}”."), _("Choose another value, or take the filter away.")),
    "day_in_future": (_("There are no figures for {day} yet."), _("Choose a day up to {today}.")),
    "bad_period": (
        _("“{value}” is no period."),
        _("Write a month as 2026-11, a quarter as 2026-Q4, or a year as 2026."),
    ),
    "month_is_over": (_("{period} is over."), _("Commit for this month or a later one.")),
    "not_a_month": (_("“{value}” is no month."), _("Write a month as 2026-11.")),
    "goal_of_nobody": (_("A goal belongs to one colleague or one team."), _("Name either the colleague or the team.")),
    "goal_of_nothing": (_("A goal is more than nothing."), _("Give a target above 0, or none to take the goal away.")),
    "facts_sync_at_work": (_("The facts are being synced already."), _("Wait until that has ended.")),
    "facts_differ": (
        _("A file of facts does not hold what the database says: {fact}, part {part}."),
        _("Nothing was put in force. Try again; if it stays, report it and set ETAPPE_ENGINE=postgres."),
    ),
}
