"""Every table that goes into the archive, in the order of the rooms, and what stays behind."""

from __future__ import annotations

from collections.abc import Mapping

from etappe.deals import archive as deals
from etappe.imports import archive as imports
from etappe.insights import archive as insights
from etappe.journal import archive as journal
from etappe.journal.archived import Archived
from etappe.people import archive as people
from etappe.playbook import archive as playbook
from etappe.records import archive as records
from etappe.team import archive as team

ROOMS = (journal, team, people, playbook, deals, imports, records, insights)

TABLES: tuple[Archived, ...] = tuple(table for room in ROOMS for table in room.TABLES)
"""The tables of the archive. What a row refers to may come later: all is checked at the end."""

LEFT_OUT: Mapping[str, str] = {
    "exports_export": "archives that were written",
    **{table: reason for room in ROOMS for table, reason in room.LEFT_OUT.items()},
}
"""Tables that stay behind, with the reason."""

BEYOND: Mapping[str, str] = {
    "passwords": "only their hashes are known here, and those stay",
    "second factors": "passkeys, codes and recovery codes are secrets",
    "sessions": "nobody is signed in where this is loaded",
}
"""What else stays behind: it belongs to the sign-in and not to the trade."""

BY_NAME: Mapping[str, Archived] = {table.name: table for table in TABLES}
