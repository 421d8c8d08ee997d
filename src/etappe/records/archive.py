"""What an export of everything holds of what spans rooms."""

from __future__ import annotations

from etappe.journal.archived import Archived, Choice
from etappe.records.models import Apart, File

SUBJECTS = {"account": "people_account", "person": "people_person"}
HOLDERS = {**SUBJECTS, "deal": "deals_deal"}
_MEANS = Choice("new.subject", SUBJECTS)
KEYS_TOLD = {
    "told_apart": "other",
    "merged": "absorbed",
    "unmerged": "absorbed",
    "merged_away": "into",
    "came_back": "came_from",
}
"""Keys of other records that entries about pairs and merges hold."""

TABLES = (
    Archived(
        "never_merge",
        Apart,
        "Pairs that somebody looked at and said are not the same.",
        refers={"low": _MEANS, "high": _MEANS, "said_by": "team_user"},
        told={
            f"{subject}.{kind}": {key: table} for subject, table in SUBJECTS.items() for kind, key in KEYS_TOLD.items()
        },
    ),
    Archived(
        "files",
        File,
        "Files on accounts, people and deals; their bytes lie in `files/` of the archive.",
        refers={"record": Choice("new.subject", HOLDERS), "added_by": "team_user"},
    ),
)
LEFT_OUT = {
    "records_pair": "likely duplicates, which the rules find again",
    "records_bulkrun": "bulk edits can be taken back only where they were made; the journal tells what they changed",
    "records_bulkrow": "as above",
    "records_merge": "merges can be undone only where they were made; what was merged away goes along, and the journal",
    "records_sweep": "how far the search for duplicates has read",
}
