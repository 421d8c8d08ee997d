"""What an import's no says."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from etappe.journal.labels import Label

IMPORTS: Mapping[str, tuple[Label, Label]] = {
    "not_a_number": (_("“{value}” is not a number."), _("Check the cell, or choose how numbers are written.")),
    "closed_needs_date": (
        _("Only a closed deal has a closing date, and every closed one needs it: {status}."),
        _("Map the column with the closing date, or the stage to an open one."),
    ),
    "import_map_unusable": (
        _("This map of an import cannot be used: {why} {detail}"),
        _("Save the map that the preview proposes, and change that one."),
    ),
    "import_map_unfit": (
        _("This map no longer fits: columns that it needs are missing: {columns}."),
        _("Take the map that is proposed for these files, or change the saved one."),
    ),
    "import_undecided": (
        _("Rows that match records which are here already, and that nobody has decided on: {count}."),
        _("Decide on each, or choose one rule for all."),
    ),
    "import_files": (_("An import takes 1 to {limit} files; these are {count}."), _("Choose fewer files at once.")),
    "import_files_gone": (
        _("The files of this import are no longer there; they are kept for two days."),
        _("Upload them again; what was imported is recognised."),
    ),
    "bulk_has_begun": (
        _("This bulk edit has begun; what is wanted of the records can no longer be changed."),
        _("Choose the records again for another one."),
    ),
    "bulk_is_over": (_("This bulk edit is not at work."), _("There is nothing to cancel.")),
    "bulk_nothing_to_undo": (
        _("This bulk edit has nothing that could be undone now."),
        _("Wait until it has ended; one that is undone stays so."),
    ),
    "bulk_undo_is_over": (
        _("A bulk edit can be undone for {days} days."),
        _("Choose the records again and change them back."),
    ),
    "changed_since": (_("It was changed since; it stays as it is."), _("Open it and decide.")),
    "nothing_chosen": (
        _("No record is chosen that could be changed."),
        _("Choose at least one in the list, or loosen the filter."),
    ),
    "nothing_to_change": (_("It is not said what to change."), _("Set a field or a tag, or choose a stage.")),
    "too_many_tags": (_("{count} tags are too many; a record has at most {limit}."), _("Please take some off.")),
    "import_is_busy": (_("This import is at work."), _("Wait until it has ended, or cancel it.")),
    "import_not_undoable": (
        _("There is nothing to undo: this import is {state}."),
        _("Only an import that has ended and has written something can be undone."),
    ),
    "import_too_old_to_undo": (
        _("An import can be undone for {days} days, and this one is older."),
        _("Delete or merge the records that should go, one by one or in bulk."),
    ),
    "import_not_resumable": (
        _("There is nothing to take up: this import is {state}."),
        _("Import the files again; what was imported is recognised."),
    ),
    "import_files_changed": (
        _("The file {file} has changed since this import began."),
        _("Import the files again; what was imported is recognised."),
    ),
    "reading_unknown": (_("“{value}” is not known for {field}."), _("Known are: {known}.")),
    "import_nothing_found": (
        _("Nothing in these files could be told to be accounts, people or deals: {files}."),
        _("Say in the mapping what each file holds."),
    ),
    "sheets_beyond": (
        _("Only the first {limit} sheets of a workbook are looked at; left out are {count}: {sheets}."),
        _("Save them as a workbook of their own, and import that as well."),
    ),
    "import_stage_unmapped": (
        _("The stage “{stage}” goes to “{target}”, which the process does not have."),
        _("Its stages are: {stages}."),
    ),
}
"""By code: what was not done, and what to do."""
