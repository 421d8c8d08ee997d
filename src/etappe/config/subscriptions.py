"""Who reacts to what: journal kind -> dotted names of jobs, deferred by `record()` in the action's own transaction."""

from __future__ import annotations

from collections.abc import Mapping

SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    "user.edited": ("etappe.deals.jobs.follow_to_team",),
    "workspace.edited": ("etappe.insights.jobs.mails_follow_zone",),
}
