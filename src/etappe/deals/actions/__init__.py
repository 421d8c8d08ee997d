"""The only writes of this room."""

from __future__ import annotations

from etappe.deals.actions.evidence import confirm, judge, withdraw
from etappe.deals.actions.exceptions import answer_exception, ask_exception
from etappe.deals.actions.fields import add_member, add_stakeholder, edit, remove_member, remove_stakeholder, write_note
from etappe.deals.actions.notes import answer_note, make_note_link, revoke_note_link
from etappe.deals.actions.other_process import change_process
from etappe.deals.actions.place import create, leave, move, reopen, rest, undo, win
from etappe.deals.actions.remap import begin_remap, stop_remap, undo_remap

__all__ = [
    "add_member",
    "add_stakeholder",
    "answer_exception",
    "answer_note",
    "ask_exception",
    "begin_remap",
    "change_process",
    "confirm",
    "create",
    "edit",
    "judge",
    "leave",
    "make_note_link",
    "move",
    "remove_member",
    "remove_stakeholder",
    "reopen",
    "rest",
    "revoke_note_link",
    "stop_remap",
    "undo",
    "undo_remap",
    "win",
    "withdraw",
    "write_note",
]
