"""The words of refusals about contacts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from etappe.journal.labels import Label

CONTACTS: Mapping[str, tuple[Label, Label]] = {
    "not_a_moment": (
        _("“{field}” has to be a moment: a day, a time, and a time zone."),
        _("Write it like 2026-11-20T14:30:00+01:00."),
    ),
    "moment_in_future": (
        _("This contact would lie in the future."),
        _("Log what has happened. What is planned belongs into the next step of a deal."),
    ),
    "moment_too_early": (
        _("This contact would lie before {year}."),
        _("Check the year."),
    ),
    "contact_unknown_word": (
        _("“{value}” is nothing that a contact can have as its {field}."),
        _("It can be: {choices}."),
    ),
    "act_of_other_side": (
        _("“{act}” is something that only the other side does."),
        _("Turn the direction round, or choose one of: {acts}."),
    ),
    "contact_with_nobody": (
        _("It is not said with whom this contact was."),
        _("Name a person, an account, or both."),
    ),
    "contact_row_refused": (
        _("Row {row} does not hold; none of the {rows} rows was written."),
        _("Correct this row, and send all of them again."),
    ),
    "contacts_too_many": (
        _("These are {count} contacts; at most {limit} go at once."),
        _("Send them in several parts."),
    ),
}
