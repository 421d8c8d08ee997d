"""What an export of everything holds of processes."""

from __future__ import annotations

from etappe.journal.archived import Archived
from etappe.playbook.models import Draft, Process, ProcessVersion

TABLES = (
    Archived("processes", Process, "Processes over their versions.", same=("key",)),
    Archived(
        "process_versions",
        ProcessVersion,
        "Published versions: `source` is the process file as it was written, `compiled` what the gate works with.",
        same=("process_id", "number"),
        equal=("sha256",),
        renews=False,
    ),
    Archived(
        "drafts",
        Draft,
        "Processes that are being written; the text lies under files/ by its digest.",
        refers={"saved_by": "team_user"},
        tells="draft.",
    ),
)
LEFT_OUT: dict[str, str] = {}
