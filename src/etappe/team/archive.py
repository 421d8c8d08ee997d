"""What an export of everything holds of the team."""

from __future__ import annotations

from etappe.journal.archived import Archived
from etappe.team.models import Team, User, Workspace

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
)
LEFT_OUT = {
    "team_link": "one-time links are secrets and expire",
    "team_token": "tokens of the API are secrets; make new ones",
    "team_idempotency": "answers kept for a retry of a request, for a day",
}
