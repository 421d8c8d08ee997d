"""What an export of everything holds of imports: by their book, a later import knows its rows again."""

from __future__ import annotations

from etappe.imports.models import Link, Past, Preset, Rejected, Run, Source
from etappe.journal.archived import Archived, Choice

RECORDS = {"accounts": "people_account", "people": "people_person", "deals": "deals_deal", "owners": "team_user"}
"""Whose numbers the book holds, by the kind of file; other kinds have none."""

TABLES = (
    Archived("import_sources", Source, "Programs that records came from; their keys are unique within each."),
    Archived(
        "imports",
        Run,
        "Imports: what was given, how it was read, what came of it.",
        refers={"first_entry": "journal_entry", "last_entry": "journal_entry"},
        shown={
            "files": "(SELECT coalesce(jsonb_agg(file - 'path'), '[]') FROM jsonb_array_elements(files) file)",
            "state": "CASE WHEN state IN ('done', 'failed', 'cancelled') THEN state ELSE 'cancelled' END",
        },
    ),
    Archived(
        "import_book",
        Link,
        "Which row of a source became which record, and what it said then.",
        refers={"record_id": Choice("new.kind", RECORDS), "made": "imports_run"},
    ),
    Archived("import_histories", Past, "What sources say of a deal's way: it entered this stage at this time."),
    Archived("import_presets", Preset, "Maps that were saved by name."),
    Archived("import_rejected", Rejected, "Rows that were not taken, with the reason."),
)
LEFT_OUT: dict[str, str] = {}
