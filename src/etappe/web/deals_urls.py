"""The addresses of the deals pages."""

from __future__ import annotations

from django.urls import path

from etappe.web import (
    attention,
    deals_board,
    deals_calendar,
    deals_edit,
    deals_evidence,
    deals_fill,
    deals_inspection,
    deals_links,
    deals_move,
    deals_people,
    deals_process,
    deals_reading,
    deals_record,
    deals_table,
)

urlpatterns = [
    path("deals/", deals_table.table, name="deals"),
    path("deals/attention/", attention.attention, name="attention"),
    path("deals/calendar/", deals_calendar.calendar, name="deals_calendar"),
    path("deals/board/", deals_board.board, name="deals_board"),
    path("deals/board/totals/", deals_board.totals, name="deals_board_totals"),
    path("deals/changes/", deals_board.changes, name="deals_changes"),
    path("deals/new/", deals_edit.create, name="deal_create"),
    path("deals/<uuid:uid>/", deals_record.record, name="deal"),
    path("deals/<uuid:uid>/edit/", deals_edit.edit, name="deal_edit"),
    path("deals/<uuid:uid>/step/", deals_edit.step, name="deal_step"),
    path("deals/<uuid:uid>/note/", deals_record.write_note, name="deal_note"),
    path("deals/<uuid:uid>/move/", deals_move.move, name="deal_move"),
    path("deals/<uuid:uid>/fields/", deals_fill.fill, name="deal_fill"),
    path("deals/<uuid:uid>/process/", deals_process.process, name="deal_process"),
    path("deals/<uuid:uid>/leave/", deals_move.leave, name="deal_leave"),
    path("deals/<uuid:uid>/rest/", deals_move.rest, name="deal_rest"),
    path("deals/<uuid:uid>/reopen/", deals_move.reopen, name="deal_reopen"),
    path("deals/<uuid:uid>/undo/", deals_move.undo, name="deal_undo"),
    path("deals/<uuid:uid>/exception/", deals_move.ask_exception, name="deal_exception"),
    path("deals/<uuid:uid>/evidence/", deals_evidence.give, name="deal_evidence"),
    path("deals/<uuid:uid>/people/", deals_people.add_person, name="deal_people"),
    path("deals/<uuid:uid>/people/<uuid:person>/remove/", deals_people.remove_person, name="deal_person_remove"),
    path("deals/<uuid:uid>/team/", deals_people.add_member, name="deal_team"),
    path("deals/<uuid:uid>/team/<uuid:user>/remove/", deals_people.remove_member, name="deal_member_remove"),
    path("exceptions/<uuid:uid>/", deals_move.answer_exception, name="exception"),
    path("evidence/<uuid:uid>/", deals_reading.evidence, name="evidence"),
    path("evidence/<uuid:uid>/layout/", deals_reading.layout, name="evidence_layout"),
    path("evidence/<uuid:uid>/file/", deals_reading.file, name="evidence_file"),
    path("evidence/<uuid:uid>/judge/", deals_reading.judge, name="evidence_judge"),
    path("evidence/<uuid:uid>/withdraw/", deals_reading.withdraw, name="evidence_withdraw"),
    path("evidence/<uuid:uid>/ask/", deals_links.ask_buyer, name="evidence_ask"),
    path("evidence/<uuid:uid>/mail/", deals_links.mail, name="evidence_mail"),
    path("note-links/<uuid:uid>/revoke/", deals_links.revoke, name="note_link_revoke"),
    path("inspection/", deals_inspection.inspection, name="inspection"),
]
