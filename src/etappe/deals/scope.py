"""The only start of a read: which deals a viewer sees."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from etappe.core.actor import Actor, Scope
from etappe.core.errors import Forbidden, Missing
from etappe.deals.models import Deal, Member
from etappe.journal.statements import Statement, for_each
from etappe.team.access import Holder


def visible(scope: Scope, *, archived: bool = False) -> QuerySet[Deal]:
    """Deals of the viewer, of their deal teams, and of the teams they see; with `archived` those in the recycle bin."""
    here = Q(archived_at__isnull=not archived)
    if scope.all:
        return Deal.objects.filter(here)
    seen = Q(team__in=scope.teams) if scope.teams else Q(pk__in=())
    if scope.user is not None:
        seen |= Q(owner=scope.user) | Q(pk__in=Member.objects.filter(user=scope.user).values("deal"))
    return Deal.objects.filter(seen, here)


def find(viewer: Actor, uid: uuid.UUID | str) -> Deal:
    """The deal, or `Missing` for one that is not there or not for this viewer's eyes."""
    found = _with_uid(viewer.scope).first(_uuid(uid))
    if found is None:
        raise Missing
    return found


@for_each
def _with_uid(scope: Scope) -> Statement[Deal]:
    """The deal of a uid, if one with this scope sees it."""
    return Statement(lambda uid: visible(scope).filter(uid=uid))


def lock(actor: Actor, uid: uuid.UUID | str) -> Deal:
    """The deal, locked until the transaction ends."""
    found = visible(actor.scope).filter(uid=_uuid(uid)).select_for_update(of=("self",)).first()
    if found is None:
        raise Missing
    return found


def _uuid(uid: uuid.UUID | str) -> uuid.UUID:
    try:
        return uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    except ValueError:
        raise Missing from None


def holder(deal: Deal) -> Holder:
    """Whose deal it is."""
    members = Member.objects.filter(deal=deal).values_list("user_id", flat=True)
    return Holder(owner=deal.owner_id, team=deal.team_id, members=frozenset(members))


def user_key(actor: Actor) -> int:
    """The key of the colleague who acts; refused for a machine where a person has to answer for the act."""
    if actor.id is None:
        raise Forbidden("needs_a_person")
    return actor.id
