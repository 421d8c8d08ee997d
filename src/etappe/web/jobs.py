"""Work that pages leave to the job process."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from etappe.core.actor import SYSTEM
from etappe.deals import queries as deals
from etappe.insights.actions_mail import fall_due
from etappe.journal.clock import now
from etappe.web.figure_mail import send


@app.task(retry=3)
def send_note_link(link: str, language: str) -> None:
    """Mail a buyer the link that asks whether a note is right; nothing for a link that is no longer open."""
    letter = deals.note_letter(link, now())
    if letter.page.state != "open" or not letter.email:
        return
    with translation.override(language):
        url = settings.ADDRESS + reverse("note", args=[letter.token])
        subject = _("Is this a fair summary of our conversation?")
        text = render_to_string("notes/mail.txt", {"page": letter.page, "url": url})
    EmailMessage(subject, text, to=[letter.email]).send()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="figures.mail_due", lock="figures.mail_due")
def mail_figures_that_are_due(timestamp: int) -> None:
    """Have the figures mailed whose moment has come."""
    del timestamp
    fall_due(then=_mail_soon, actor=SYSTEM, at=now())


def _mail_soon(subscription: str, due: datetime) -> None:
    mail_figure.defer(subscription=subscription, due=due.isoformat())


@app.task(queue="background")
def mail_figure(subscription: str, due: str) -> None:
    """Mail a figure to who asked for it; later again where the mail server does not answer."""
    minutes = send(subscription, datetime.fromisoformat(due), now())
    if minutes is not None:
        mail_figure.configure(schedule_in={"minutes": minutes}).defer(subscription=subscription, due=due)
