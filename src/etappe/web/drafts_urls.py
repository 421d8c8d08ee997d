"""Addresses of the process editor."""

from __future__ import annotations

from django.urls import path

from etappe.web import backtest_pages, drafts_form, process_records, remap_pages, review_pages
from etappe.web import drafts_pages as pages

urlpatterns = [
    path("drafts/", pages.begin, name="draft_begin"),
    path("drafts/schema.json", pages.schema, name="process_schema"),
    path("drafts/<uuid:uid>/", pages.draft, name="draft"),
    path("drafts/<uuid:uid>/form/", drafts_form.form, name="draft_form"),
    path("drafts/<uuid:uid>/publish/", pages.publish, name="draft_publish"),
    path("drafts/<uuid:uid>/backtest/", backtest_pages.of_draft, name="draft_backtest"),
    path("drafts/<uuid:uid>/records/", process_records.of_draft, name="draft_records"),
    path("drafts/<uuid:uid>/discard/", pages.discard, name="draft_discard"),
    path("drafts/<uuid:uid>/resume/", pages.resume, name="draft_resume"),
    path("playbook/<slug:key>/backtest/", backtest_pages.of_process, name="process_backtest"),
    path("playbook/<slug:key>/records/", process_records.of_process, name="process_records"),
    path("playbook/<slug:key>/review/", review_pages.review, name="process_review"),
    path("playbook/<slug:key>/write/", pages.write, name="process_write"),
    path("playbook/<slug:key>/compare/", pages.versions, name="process_compare"),
    path("playbook/<slug:key>/deals/", remap_pages.move, name="process_deals"),
    path("playbook/<slug:key>/deals/<uuid:uid>/", remap_pages.moved, name="process_moved"),
    path("playbook/<slug:key>/deals/<uuid:uid>/stop/", remap_pages.stop, name="process_move_stop"),
    path("playbook/<slug:key>/deals/<uuid:uid>/back/", remap_pages.take_back, name="process_moved_back"),
]
