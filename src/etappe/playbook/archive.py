"""What an export of everything holds of processes."""

from __future__ import annotations

from etappe.journal.archived import Archived
from etappe.playbook.models import Process, ProcessVersion

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
)
LEFT_OUT: dict[str, str] = {}
