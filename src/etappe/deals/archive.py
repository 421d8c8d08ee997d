"""What an export of everything holds of deals."""

from __future__ import annotations

from etappe.deals.models import (
    Deal,
    DealException,
    DealSpan,
    Evidence,
    Member,
    NoteLink,
    StageVisit,
    Stakeholder,
)
from etappe.journal.archived import Archived

USER, VERSION = "team_user", "playbook_processversion"

TABLES = (
    Archived(
        "deals",
        Deal,
        "Deals as they stand.",
        tells="deal.",
        told={
            "deal.member_added": {"user": USER},
            "deal.member_removed": {"user": USER},
            "deal.remapped": {"version_before": VERSION, "version_after": VERSION},
            "deal.remap_undone": {"version_after": VERSION},
            "deal.process_changed": {"version_before": VERSION, "version_after": VERSION},
            "deal.process_change_undone": {"version_after": VERSION},
        },
    ),
    Archived(
        "stage_visits",
        StageVisit,
        "Every stay of a deal in a stage and status; the last one has no end.",
        refers={"entered_by": USER},
        unsaid=("xid",),
    ),
    Archived(
        "deal_spans",
        DealSpan,
        "How each deal stood during which time, so that any past day can be asked about.",
        refers={"owner_id": USER, "team_id": "team_team"},
    ),
    Archived("evidence", Evidence, "What shows that the buyer did what a criterion says; `artefact` names its file."),
    Archived("exceptions", DealException, "Stages left without their proof: who asked, who granted it, and why."),
    Archived(
        "note_links",
        NoteLink,
        "Notes that buyers were asked to confirm, and what they said. The links themselves stay behind.",
        secrets={"token_sha256": "sha256(gen_random_uuid()::text::bytea)"},
    ),
    Archived("buying_centres", Stakeholder, "The people of the buyer's side, by deal."),
    Archived("deal_teams", Member, "Colleagues who work on a deal beside its owner."),
)  # fmt: skip
LEFT_OUT = {"deals_remap": "what takes back moves to other versions of a process; the journal tells of the moves"}
