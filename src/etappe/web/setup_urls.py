"""Addresses of the first steps: coming in by a link, leaving the demo, the four questions."""

from __future__ import annotations

from django.urls import path

from etappe.web import joining, sales_measured, setup, source_words

urlpatterns = [
    path("setup/start-empty/", setup.start_empty, name="start_empty"),
    path("setup/ready/", setup.ready, name="setup_ready"),
    path("setup/questions/", setup.questions, name="questions"),
    path("setup/model/", setup.sales_model, name="sales_model"),
    path("setup/model/measured/", sales_measured.measured, name="sales_model_measured"),
    path("setup/model/measured/words/", source_words.words, name="source_words"),
    path("setup/process/", setup.take_process, name="take_process"),
    path("setup/<str:token>/", joining.first_administrator, name="setup_first"),
    path("join/<str:token>/", joining.join, name="join"),
]
