"""Taking back what an import told of the ways of deals that stay."""

from __future__ import annotations

from datetime import datetime

from etappe.core.actor import Actor
from etappe.imports.loaders.base import Setting
from etappe.imports.loaders.history import renew
from etappe.imports.models import Past, Run
from etappe.imports.plan import from_stored
from etappe.imports.rooms import places_of
from etappe.journal.record import action
from etappe.playbook import queries as playbook
from etappe.team import queries as team

AT_ONCE = 500
"""Deals whose past is written anew in one transaction."""


@action
def take_back_histories(key: int, *, actor: Actor, at: datetime) -> bool:
    """Forget what the import said of some deals, and write their past anew; returns whether there were any."""
    run = Run.objects.select_for_update().get(id=key)
    if run.source_id is None:
        return False
    told = Past.objects.filter(source=run.source_id, run=run.id)
    deals = list(dict.fromkeys(told.order_by("id").values_list("deal", flat=True)[: 4 * AT_ONCE]))[:AT_ONCE]
    if not deals:
        return False
    told.filter(deal__in=deals).delete()
    plan, workspace = from_stored(run.plan), team.workspace()
    setting = Setting(run.source_id, run.id, plan, actor, at, workspace.zone, plan.currency or workspace.currency)
    renew(setting, places_of(plan, playbook.get_version(plan.process).id), deals)
    run.moved_at = at
    run.save(update_fields=["moved_at"])
    return True
