"""What an export of everything holds of processes."""

from __future__ import annotations

from etappe.journal.archived import Archived
from etappe.playbook.models import Draft, Process, ProcessVersion, Review

USER = "team_user"

TABLES = (
    Archived(
        "processes",
        Process,
        "Processes over their versions.",
        refers={"review_by": USER},
        same=("key",),
        told={"process.review_planned": {"user": USER}},
    ),
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
        refers={"saved_by": USER},
        tells="draft.",
    ),
    Archived(
        "process_reviews", Review, "Reviews of processes that took place, and their results.", refers={"held_by": USER}
    ),
)
LEFT_OUT: dict[str, str] = {}
