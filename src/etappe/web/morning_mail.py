"""The mail of a working morning: what is due today and overdue, and which deals need attention, for its reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from etappe.core.actor import Actor
from etappe.deals import queries as deals
from etappe.deals.queries import Steps
from etappe.insights.subscriptions import SubscriptionView
from etappe.journal.labels import language
from etappe.team.queries import workspace
from etappe.web import attention
from etappe.web.templatetags.formats import number


@dataclass(frozen=True)
class Morning:
    """What waits for the reader on a day, and where to go on from it."""

    reader: str
    workspace: str
    day: date
    steps: Steps
    attention: tuple[attention.Line, ...]
    attention_count: int
    when: str
    site: str
    stop: str
    own: str

    @property
    def count(self) -> int:
        """How much waits; of nothing no mail is made."""
        return self.steps.overdue_count + self.steps.today_count + self.attention_count


def morning(found: SubscriptionView, reader: Actor, day: date, when: str) -> Morning:
    """What waits for the reader on this day, of the deals that they see."""
    own = workspace()
    waiting, count = deals.waiting(reader, deals.watch(day, own.zone))
    return Morning(
        reader=reader.label,
        workspace=own.name,
        day=day,
        steps=deals.next_steps(reader, day),
        attention=attention.lines_of(waiting),
        attention_count=count,
        when=when,
        site=settings.ADDRESS,
        stop=settings.ADDRESS + reverse("mail_stop", args=[found.token]),
        own=settings.ADDRESS + reverse("settings_mails"),
    )


def written(letter: Morning) -> tuple[str, str, str]:
    """The mail's subject, its text, and the same with its looks."""
    said = ngettext("Today: {n} thing waits for you", "Today: {n} things wait for you", letter.count)
    told = {"letter": letter, "language": language()}
    text, html = (render_to_string(f"mails/morning.{kind}", told) for kind in ("txt", "html"))
    return said.format(n=number(letter.count)), text, html


def title() -> str:
    """What this mail is called where mails are listed."""
    return _("What waits for me, every working morning")
