"""What an export of everything holds of the journal."""

from __future__ import annotations

from etappe.journal.archived import Archived, Choice
from etappe.journal.models import Artefact, Entry

TABLES = (
    Archived(
        "artefacts",
        Artefact,
        "Bytes that evidence and files consist of: each lies under files/ by its SHA-256.",
        unsaid=("content",),
        meanings={"sha256": "digest of the bytes, in hex; the name of the file under files/", "size": "bytes"},
        keeps_numbers=True,
    ),
    Archived(
        "journal",
        Entry,
        "Every change there ever was, oldest first: who, when, what, before and after.",
        refers={
            "actor_id": Choice("new.actor_kind", {"user": "team_user", "import": "team_user"}),
            "caused_by": "journal_entry",
            "voids": "journal_entry",
            "account_id": "people_account",
            "person_id": "people_person",
            "deal_id": "deals_deal",
        },
        unsaid=("xid",),
        meanings={
            "change_id": "entries of one act share it",
            "kind": "what happened; the reference of journal kinds lists them",
            "version": "version of the kind",
            "occurred_at": "when it happened in the world",
            "recorded_at": "when it was written down",
            "actor_kind": "user, system, import or buyer",
            "actor_id": "which user",
            "caused_by": "the entry that led to it",
            "voids": "the entry that it takes back",
            "data": "what the kind tells, as its fields; numbers in it are those of this archive",
            "redacted_at": "when its personal fields were blanked",
        },
        is_lines=True,
    ),
)
LEFT_OUT: dict[str, str] = {}
