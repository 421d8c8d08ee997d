"""Addresses of the figures."""

from __future__ import annotations

from django.urls import path

from etappe.web import commitments, figure_mail_pages, figures, forecast, goal_deals, goal_leads, goals

urlpatterns = [
    path("figures/", figures.home, name="figures"),
    path("figures/quality/counts/", figures.quality, name="figures_quality"),
    path("figures/forecast/", forecast.forecast, name="forecast"),
    path("figures/forecast/backtest/", forecast.backtest, name="forecast_backtest"),
    path("figures/forecast/commitments/", commitments.commitments, name="commitments"),
    path("figures/forecast.<str:shape>", forecast.export, name="forecast_export"),
    path("figures/forecast_backtest.<str:shape>", forecast.export_backtest, name="forecast_backtest_export"),
    path("figures/forecast/changes/<slug:reason>/", forecast.changes, name="forecast_changes"),
    path("deals/<uuid:uid>/forecast/", forecast.of_deal, name="deal_forecast"),
    path("figures/goals/", goals.goals, name="goals"),
    path("figures/goals/set/", goals.goal_set, name="goal_set"),
    path("figures/goals/<uuid:uid>/deals/", goal_deals.deals, name="goal_deals"),
    path("figures/goals/<uuid:uid>/leads/", goal_leads.leads, name="goal_leads"),
    path("today/mail/", figure_mail_pages.of_morning, name="morning_mail"),
    path("mails/stop/<str:token>/", figure_mail_pages.stop, name="mail_stop"),
    path("figures/<slug:key>/mail/", figure_mail_pages.mail, name="figure_mail"),
    path("figures/<slug:key>/past/", figures.past, name="figure_past"),
    path("figures/<slug:key>/", figures.figure, name="figure"),
    path("figures/<slug:key>.<str:shape>", figures.export, name="figure_export"),
    path("figures/<slug:key>/records/", figures.records, name="figure_records"),
]
