"""A deal in the first stage of the inbound process, its buyer, and the hands to prove what its criteria ask for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from etappe.core.actor import SYSTEM, Actor
from etappe.core.process import Process
from etappe.deals import actions, queries
from etappe.deals.models import Deal
from etappe.deals.reading import Given, read_file
from etappe.deals.shapes import DealState, DealView
from etappe.people.actions import create_account, create_person
from etappe.playbook.actions import publish
from etappe.playbook.queries import get_version, library_item
from tests.cast import AT, Cast, assemble
from tests.papers import acceptance, mail, pdf
from tests.scenery import kept

INBOUND = ("need_confirmed", "requirements_agreed", "product_evaluated", "quote_reviewed", "order_placed", "in_use")


@dataclass
class Scene:
    """The cast around one deal of Ada's."""

    cast: Cast
    account: uuid.UUID
    eva: uuid.UUID
    uid: uuid.UUID
    minutes: int = 0

    def later(self) -> datetime:
        """Every act is a minute after the one before."""
        self.minutes += 1
        return AT + timedelta(minutes=self.minutes)

    @property
    def process(self) -> Process:
        return get_version("inbound").spec

    @property
    def row(self) -> Deal:
        return Deal.objects.get(uid=self.uid)

    def view(self, viewer: Actor | None = None) -> DealView:
        return queries.get_deal(viewer or self.cast.ada, self.uid)

    def another(self, **fields: object) -> uuid.UUID:
        made = {"name": "Zweiter Deal", "account": self.account, **fields}
        return actions.create(made, process="inbound", actor=self.cast.ada, at=self.later()).uid

    def give(
        self, criterion: str, given: Given, *, actor: Actor | None = None, uid: uuid.UUID | None = None
    ) -> uuid.UUID:
        return actions.confirm(uid or self.uid, criterion, given, actor=actor or self.cast.ada, at=self.later())

    def prove(self, stage: str, uid: uuid.UUID | None = None) -> list[uuid.UUID]:
        """Give accepted evidence for every required criterion of a stage."""
        required = self.process.stage(stage).required
        return [self.give(item.key, self.paper(item.key, item.kinds[0]), uid=uid) for item in required]

    def paper(self, criterion: str, kind: str) -> Given:
        """Something a buyer could have sent for this criterion."""
        if kind in ("reply", "note_confirmed"):
            file = read_file("antwort.eml", mail(subject=f"Re: {criterion}", message_id=f"<{criterion}@kunde.example>"))
        elif kind in ("invite_accepted", "booking"):
            file = read_file("zusage.ics", acceptance(uid=criterion))
        else:
            file = read_file("beleg.pdf", pdf(criterion))
        return Given(kind, file=file, happened_at=AT)

    def move(self, to: str, *, actor: Actor | None = None, seen: int | None = None) -> DealState:
        return actions.move(self.uid, to, seen=seen, actor=actor or self.cast.ada, at=self.later())

    def bring_to(self, stage: str) -> DealState:
        """Prove and move, stage by stage, until the deal is there."""
        order = self.process.order
        while order[self.row.stage] < order[stage]:
            here = self.row.stage
            self.prove(here)
            state = self.move(self.process.stages[order[here] + 1].key)
        return state


def set_scene() -> Scene:
    cast = assemble()
    publish(library_item("inbound").source, actor=SYSTEM, at=AT)
    account = create_account({"name": "Kunde GmbH", "domain": "kunde.example"}, actor=cast.ada, at=AT)
    eva = create_person(
        {"name": "Eva Ernst", "email": "eva@kunde.example", "account": account.uid}, actor=cast.ada, at=AT
    )
    fields = {"name": "Neue Anlage", "account": account.uid, "amount": None}
    deal = actions.create(fields, process="inbound", stakeholders=(eva.uid,), actor=cast.ada, at=AT)
    return Scene(cast, account.uid, eva.uid, deal.uid)


scene = kept(set_scene)
