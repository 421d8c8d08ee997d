"""Work that pages leave to the job process."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from etappe.deals import queries as deals
from etappe.journal.clock import now


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
