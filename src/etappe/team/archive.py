"""What an export of everything holds of the team."""

from __future__ import annotations

from etappe.journal.archived import Archived
from etappe.team.models import SavedView, Team, User, Workspace

TABLES = (
    Archived(
        "workspace",
        Workspace,
        "The settings that belong to all, and the answers to the four questions.",
        same=("id",),
        unsaid=("is_demo",),
        keeps_numbers=True,
    ),
    Archived("teams", Team, "Teams; a manager sees the own one and all below it.", same=("name",), tells="team."),
    Archived(
        "users",
        User,
        "Colleagues. Passwords stay behind: whoever is to sign in where this is loaded needs a new link.",
        same=("email",),
        secrets={"password": "'!' || gen_random_uuid()"},
        unsaid=("last_login",),
        tells="user.",
    ),
    Archived(
        "views",
        SavedView,
        "Saved views of the lists, and whom they are offered to.",
        tells="view.",
        meanings={
            "where": "the filter as text",
            "columns": "fields shown, in their order, with commas between them",
            "sort": "the field that orders; with a minus in front the other way round",
            "group": "the field that rows are counted by",
            "shared": "whom it is offered to: `nobody`, `team` or `everybody`",
            "is_default": "whether it opens first for its team",
        },
    ),
)
LEFT_OUT = {
    "team_link": "one-time links are secrets and expire",
    "team_token": "tokens of the API are secrets; make new ones",
    "team_idempotency": "answers kept for a retry of a request, for a day",
}
