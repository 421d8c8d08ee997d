"""Asking the buyer to confirm a note: the link to hand out, to mail, and to take back."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from procrastinate.exceptions import AlreadyEnqueued

from etappe.deals import actions
from etappe.deals import queries as deals
from etappe.deals.shapes import DealView, NoteLinkView
from etappe.web.deals_answers import done
from etappe.web.jobs import send_note_link
from etappe.web.shell import Request, say, show


@dataclass(frozen=True)
class LinkPage:
    """A link, ready to be handed to the buyer."""

    deal: DealView
    link: NoteLinkView
    url: str
    email: str
    can_mail: bool


@require_POST
def ask_buyer(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Make the link for a note, or show the one that waits for an answer."""
    evidence = deals.get_evidence(request.actor, uid)
    return hand_out(request, deals.get_deal(request.actor, evidence.deal.uid), uid)


def hand_out(request: Request, deal: DealView, note: uuid.UUID) -> HttpResponse:
    """The panel with the link to copy."""
    made = actions.make_note_link(note, actor=request.actor, at=request.at)
    now = deals.get_deal(request.actor, deal.uid)
    views = (link for stage in now.stages for view in stage.criteria for link in view.links)
    link = next(link for link in views if link.uid == made.uid)
    url = request.build_absolute_uri(reverse("note", args=[made.token]))
    email = deals.note_letter(link.uid, request.at).email
    page = LinkPage(now, link, url, email, bool(settings.EMAIL_HOST and email))
    answer = show(request, "deals/link.html", page, part="panel", into="panel")
    if "HX-Retarget" in answer:
        answer["HX-Trigger"] = "changed"
    return answer


@require_POST
def mail(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Send the link to the person the note names, by a job."""
    evidence = deals.get_evidence(request.actor, uid)
    made = actions.make_note_link(uid, actor=request.actor, at=request.at)
    if settings.EMAIL_HOST:
        _send(made.uid)
        say(request, _("The mail is on its way."))
    return done(request, evidence.deal.uid)


def _send(link: uuid.UUID) -> None:
    """Have the mail sent; a second tap while the first waits sends no second mail."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        job = send_note_link.configure(queueing_lock=f"note-link-{link}")
        job.defer(link=str(link), language=get_language() or "en")


@require_POST
def revoke(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take a link back."""
    actions.revoke_note_link(uid, actor=request.actor, at=request.at)
    say(request, _("The link no longer works."))
    deal = request.POST.get("deal", "")
    return done(request, deals.get_deal(request.actor, deal).uid)
