"""The words of refusals about everything in one archive, and about cards of people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from etappe.journal.labels import Label

EXPORTS: Mapping[str, tuple[Label, Label]] = {
    "archive_unknown": (
        _("This is no archive that Etappe wrote: it has no schema."),
        _("Take the file that `etappe export` or the page of exports gave."),
    ),
    "archive_format": (
        _("This archive has format {format}, which this Etappe cannot read; Etappe {by} wrote it."),
        _("Load it with that version, bring it up to date, and export again."),
    ),
    "archive_not_empty": (
        _(
            "An archive goes into an empty workspace only; this one has {accounts} accounts, {people} people and "
            "{deals} deals. Nothing was loaded."
        ),
        _("Start a workspace of its own for it: another ETAPPE_HOME, or another database."),
    ),
    "archive_broken": (
        _("The archive is not as it was written, at {file}: {why} {detail} Nothing was loaded."),
        _("Export again, or fetch the file again; do not change what is in it."),
    ),
    "archive_differs": (
        _("A process of this workspace has the same key and version as one of the archive, but another text."),
        _("Load the archive into a workspace in which no process was published yet."),
    ),
    "too_many_cards": (
        _("These are more than {limit} people."),
        _("Narrow the list, or export everything instead."),
    ),
    "card_version_unknown": (
        _("There is no version {version} of vCards here."),
        _("Choose one of: {versions}."),
    ),
    "export_is_busy": (
        _("An archive is being written already."),
        _("Wait for it, or cancel it first."),
    ),
    "archive_busy": (
        _("Somebody else writes into this workspace at the same moment. Nothing was loaded."),
        _("Load the archive again while nobody works here."),
    ),
}

ARCHIVE_REASONS: Mapping[str, Label] = {
    "missing": _("it is not there"),
    "changed": _("it was changed since it was written"),
    "unreadable": _("it cannot be read"),
    "unknown_table": _("there is no such table"),
    "unknown_column": _("there is no such column, or the key is missing"),
    "does_not_fit": _("the database does not take what it holds"),
    "numbers": _("its numbers span more than any workspace has"),
}
