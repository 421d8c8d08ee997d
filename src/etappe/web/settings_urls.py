"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from etappe.web import field_pages as fields
from etappe.web import figure_mail_pages, jottings, references
from etappe.web import file_pages as files
from etappe.web import settings_pages as own
from etappe.web import tag_pages as tags
from etappe.web import team_pages as team

urlpatterns = [
    path("settings/", own.profile, name="settings_profile"),
    path("settings/density/", own.density, name="settings_density"),
    path("settings/safety/", own.safety, name="settings_safety"),
    path("settings/tokens/", own.tokens, name="settings_tokens"),
    path("settings/tokens/<uuid:uid>/revoke/", own.revoke_token, name="token_revoke"),
    path("settings/mails/", figure_mail_pages.mails, name="settings_mails"),
    path("settings/mails/<uuid:uid>/end/", figure_mail_pages.end, name="mail_end"),
    path("settings/workspace/", own.workspace, name="settings_workspace"),
    path("settings/fields/", fields.fields, name="settings_fields"),
    path("settings/fields/new/<slug:subject>/", fields.define, name="field_new"),
    path("settings/fields/<uuid:uid>/", fields.edit, name="field"),
    path("settings/fields/<uuid:uid>/move/", fields.move, name="field_move"),
    path("settings/fields/<uuid:uid>/archive/", fields.archive, name="field_archive"),
    path("settings/fields/<uuid:uid>/restore/", fields.restore, name="field_restore"),
    path("tags/", tags.offered, name="tags"),
    path("settings/tags/", tags.tags, name="settings_tags"),
    path("settings/tags/rename/", tags.rename, name="tag_rename"),
    path("settings/tags/remove/", tags.remove, name="tag_remove"),
    path("accounts/<uuid:uid>/tags/", tags.account, name="account_tags"),
    path("people/<uuid:uid>/tags/", tags.person, name="person_tags"),
    path("deals/<uuid:uid>/tags/", tags.deal, name="deal_tags"),
    path("notes/preview/", jottings.preview, name="jotting_preview"),
    path("notes/<int:entry>/edit/", jottings.edit, name="jotting_edit"),
    path("notes/<int:entry>/delete/", jottings.delete, name="jotting_delete"),
    path("records/<slug:subject>/<uuid:uid>/files/", files.add, name="file_add"),
    path("files/<uuid:uid>/", files.file, name="record_file"),
    path("files/<uuid:uid>/remove/", files.remove, name="file_remove"),
    path("files/<uuid:uid>/restore/", files.restore, name="file_restore"),
    path("fields/suggest/<slug:kind>/", references.suggest, name="own_suggest"),
    path("settings/team/", team.colleagues, name="settings_team"),
    path("settings/team/invite/", team.invite, name="invite"),
    path("settings/team/teams/", team.add_team, name="team_add"),
    path("settings/team/teams/<uuid:uid>/", team.edit_team, name="team_edit"),
    path("settings/team/<uuid:uid>/", team.colleague, name="colleague"),
    path("settings/team/<uuid:uid>/invite/", team.invite_again, name="invite_again"),
]
