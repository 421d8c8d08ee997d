"""What is said where a figure cannot be given."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from etappe.journal.labels import Label

UNAVAILABLE: Mapping[str, tuple[Label, Label]] = {
    "facts_missing": (
        _("Spark cannot compute: there are no facts in {place} yet."),
        _("Run etappe facts sync, or set ETAPPE_ENGINE=postgres."),
    ),
    "spark_unnamed": (
        _("Spark is to compute, and no cluster is named."),
        _("Set ETAPPE_SPARK=spark://host:port to its master, or ETAPPE_ENGINE=postgres."),
    ),
    "spark_not_installed": (
        _("Spark is to compute, and PySpark is not installed."),
        _("Install etappe[spark] instead of etappe, or set ETAPPE_ENGINE=postgres."),
    ),
    "spark_needs_java": (
        _("Spark is to compute, and there is no Java on this machine."),
        _("Install Java 17 or 21 (on Debian openjdk-17-jre-headless), or set ETAPPE_ENGINE=postgres."),
    ),
    "spark_unreachable": (
        _("The Spark cluster at {master} cannot be reached."),
        _("Start it, or correct ETAPPE_SPARK; until then ETAPPE_ENGINE=postgres computes as well."),
    ),
    "spark_not_started": (
        _("Spark could not be started: {why}"),
        _("Its Java must be 17 or later, and its version that of the cluster; etappe doctor says more."),
    ),
    "spark_lost": (
        _("The Spark cluster at {master} went away while it computed."),
        _("Try again when it is back; until then ETAPPE_ENGINE=postgres computes as well."),
    ),
    "spark_busy": (
        _("The Spark cluster gave no core within {seconds} seconds."),
        _("Others hold its cores (ETAPPE_SPARK_CORES), or its machines do not reach this one (ETAPPE_SPARK_HOST)."),
    ),
    "spark_too_slow": (
        _("Spark did not answer within {seconds} seconds and was stopped."),
        _("Try again, or give it more cores (ETAPPE_SPARK_CORES) or more time (ETAPPE_SPARK_SECONDS)."),
    ),
    "spark_cannot_read": (
        _("The Spark cluster cannot read the facts in {place}."),
        _("Every machine of it must see this folder under the same path (ETAPPE_FACTS); then etappe facts sync --all."),
    ),
    "spark_failed": (
        _("Spark gave up: {why}"),
        _("Try again; its log has the rest. ETAPPE_ENGINE=postgres computes as well."),
    ),
}
"""Where an engine cannot answer at present (HTTP 503)."""
FIGURES: Mapping[str, tuple[Label, Label]] = {
    "unknown_split": (_("The figure cannot be split by “{split}”."), _("Choose one of: {splits}.")),
    "bad_filter": (_("The filter “{name}” cannot be “{value}”."), _("Choose another value, or take the filter away.")),
    "day_in_future": (_("There are no figures for {day} yet."), _("Choose a day up to {today}.")),
    "bad_period": (
        _("“{value}” is no period."),
        _("Write a month as 2026-11, a quarter as 2026-Q4, or a year as 2026."),
    ),
    "month_is_over": (_("{period} is over."), _("Commit for this month or a later one.")),
    "not_a_month": (_("“{value}” is no month."), _("Write a month as 2026-11.")),
    "goal_of_nobody": (_("A goal belongs to one colleague or one team."), _("Name either the colleague or the team.")),
    "goal_of_nothing": (_("A goal is more than nothing."), _("Give a target above 0, or none to take the goal away.")),
    "facts_sync_at_work": (_("The facts are being synced already."), _("Wait until that has ended.")),
    "facts_differ": (
        _("A file of facts does not hold what the database says: {fact}, part {part}."),
        _("Nothing was put in force. Try again; if it stays, report it and set ETAPPE_ENGINE=postgres."),
    ),
    "figure_waits": (_("This figure is not there yet: it needs {needs}."), _("Choose one that is.")),
    "mail_not_set_up": (
        _("Nothing can be mailed: no mail server is set up here."),
        _("Administrators name one with ETAPPE_SMTP_URL and start Etappe anew. Until then, keep the figure's address."),
    ),
    "mail_link_invalid": (
        _("This link ends no mail."),
        _("Take the whole link of the mail, or sign in and end it in your settings, under Mails."),
    ),
    "subscriptions_full": (
        _("You are mailed {limit} figures already."),
        _("End one of them in your settings, under Mails."),
    ),
    **UNAVAILABLE,
}
