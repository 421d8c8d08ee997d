"""The mail of a figure, or of a working morning: made for its reader as things stand when it is sent, and sent."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from email.mime.image import MIMEImage
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.figures import Result
from etappe.core.filters import parse, parts_of
from etappe.core.periods import local_day
from etappe.core.rhythm import DAYS, MONTHLY, WEEKLY, WORKDAYS
from etappe.insights import actions_mail as actions
from etappe.insights import queries
from etappe.insights.subscriptions import MORNING, WAITING, SubscriptionView, by_uid
from etappe.journal.clock import now
from etappe.journal.labels import language
from etappe.journal.refusals import Said, text
from etappe.records import lists
from etappe.records.lists import SUBJECTS
from etappe.team.queries import UserView, actor_by_id, user_by_id, workspace
from etappe.web import morning_mail
from etappe.web.figure_chart import Drawn, compared, compared_past, days_before, drawn_curve, pictured
from etappe.web.figure_words import SPLITS, Asked, Card, Table, card, table
from etappe.web.lists_words import in_words
from etappe.web.templatetags.formats import hour as clock

log = logging.getLogger(__name__)
WAITS = (1, 5, 15, 30, 60, 120, 240, 480)
"""Minutes until a mail that the mail server did not take is tried again; after the last one it is given up."""
ROWS = 30
"""Rows of the table in a mail; the page has all."""


@dataclass(frozen=True)
class Letter:
    """What a mail says. `drawn` are its charts; `problem` is why there is no figure in it."""

    title: str
    reader: str
    workspace: str
    when: str
    only: tuple[str, ...]
    url: str
    stop: str
    own: str
    split: str = ""
    card: Card | None = None
    beside: Card | None = None
    table: Table | None = None
    more_rows: int = 0
    drawn: tuple[Drawn, ...] = ()
    problem: Said | None = None

    @property
    def cards(self) -> tuple[Card, ...]:
        """The figure, and the one without which it must not be read."""
        return tuple(each for each in (self.card, self.beside) if each)


class _WithPictures(EmailMultiAlternatives):
    """A mail whose attachments are pictures that its text shows."""

    mixed_subtype = "related"


def send(uid: str, due: datetime, at: datetime) -> int | None:
    """Send the mail that is due, once; returns in how many minutes to try again, if the mail server is not there."""
    found = by_uid(uid)
    if found.due_at != due or found.state != WAITING or found.ended_at is not None:
        return None
    if not settings.EMAIL_HOST:
        return _failed(found, due, _("No mail server is set up."), at, was_handed=False)
    try:
        user, reader = _reader(found)
        mail = _mail(found, user, reader, at)
        if mail is None:
            raise Missing
    except (Forbidden, Missing):
        actions.had_nothing(uid, due, actor=SYSTEM, at=at)
        return None
    except Refusal as refusal:  # an engine that does not answer at present
        return _failed(found, due, text(refusal).what, at, was_handed=False)
    if not actions.hand_over(uid, due, actor=SYSTEM, at=at):
        return None
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        return _failed(found, due, str(error) or type(error).__name__, at, is_final=_is_final(error))
    actions.was_sent(uid, due, actor=SYSTEM, at=now())
    return None


def _failed(
    found: SubscriptionView,
    due: datetime,
    problem: str,
    at: datetime,
    *,
    is_final: bool = False,
    was_handed: bool = True,
) -> int | None:
    if not was_handed and not actions.hand_over(str(found.uid), due, actor=SYSTEM, at=at):
        return None
    again = not is_final and found.tries < len(WAITS)
    log.warning("A figure could not be mailed%s: %s", "; it is tried again" if again else "", problem)
    actions.was_not_sent(str(found.uid), due, problem, again=again, actor=SYSTEM, at=at)
    return WAITS[found.tries] if again else None


def _is_final(error: Exception) -> bool:
    """Whether the mail server will never take it, such as for an address that is gone."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    return isinstance(error, SMTPDataError | SMTPSenderRefused) and error.smtp_code >= 500


def _reader(found: SubscriptionView) -> tuple[UserView, Actor]:
    """Who reads it, and what they may at this moment; `Missing` for who left or never came."""
    user, reader = user_by_id(found.user_id), actor_by_id(found.user_id)
    if not user.can_sign_in:
        raise Missing
    return user, reader


def _mail(found: SubscriptionView, user: UserView, reader: Actor, at: datetime) -> EmailMultiAlternatives | None:
    """The mail as its reader reads it; none where nothing waits for them on this morning."""
    own = workspace()
    with translation.override(user.language or found.language or "en"), timezone.override(ZoneInfo(own.zone)):
        written = _of_morning if found.figure == MORNING else _of_figure
        mail = written(found, reader, local_day(at, own.zone), at)
    if mail is None:
        return None
    mail.to = [user.email]
    host = urlsplit(settings.ADDRESS).hostname
    mail.extra_headers = {
        "Message-ID": f"<{found.uid}.{int((found.due_at or at).timestamp())}@{host}>",
        "List-Unsubscribe": f"<{settings.ADDRESS + reverse('mail_stop', args=[found.token])}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    return mail


def _of_morning(found: SubscriptionView, reader: Actor, day: date, at: datetime) -> EmailMultiAlternatives | None:
    del at
    letter = morning_mail.morning(found, reader, day, when_words(found.rhythm, found.on_day, found.hour))
    if not letter.count:
        return None
    subject, text, html = morning_mail.written(letter)
    mail = EmailMultiAlternatives(subject, text)
    mail.attach_alternative(html, "text/html")
    return mail


def _of_figure(found: SubscriptionView, reader: Actor, day: date, at: datetime) -> EmailMultiAlternatives:
    letter = _letter(found, reader, day, at)
    told = {"letter": letter, "language": language()}
    subject = _("{title}: how it stands").format(title=letter.title)
    mail = _WithPictures(subject, render_to_string("mails/figure.txt", told))
    mail.attach_alternative(render_to_string("mails/figure.html", told), "text/html")
    for place, drawn in enumerate(letter.drawn):
        mail.attach(_image(place, drawn))
    return mail


def _image(place: int, drawn: Drawn) -> MIMEImage:
    image = MIMEImage(drawn.picture.png, "png")
    image.add_header("Content-ID", f"<chart-{place}>")
    image.add_header("Content-Disposition", "inline", filename=f"chart-{place}.png")
    return image


def _letter(found: SubscriptionView, reader: Actor, day: date, at: datetime) -> Letter:
    """What the mail says; where the figure cannot be given as it was asked for, why."""
    asked = Asked(found.split or None, None, day, found.where, found.options)
    metric = queries.get_metric(found.figure)
    always: dict[str, Any] = {
        "title": str(metric.title),
        "reader": reader.label,
        "workspace": workspace().name,
        "when": when_words(found.rhythm, found.on_day, found.hour),
        "url": settings.ADDRESS + asked.address("figure", found.figure),
        "stop": settings.ADDRESS + reverse("mail_stop", args=[found.token]),
        "own": settings.ADDRESS + reverse("settings_mails"),
    }
    try:
        only = conditions(found.where, reader, day)
        result = _report(found, reader, at)
    except Forbidden:
        raise
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        return Letter(**always, only=(), problem=text(refusal))
    every = table(result, asked)
    shown = every.whole
    return Letter(
        **always,
        only=only,
        split=str(SPLITS[found.split]) if found.split else "",
        card=card(result, asked),
        beside=card(result.beside, asked) if result.beside else None,
        table=Table(shown.heads, shown.rows[:ROWS]),
        more_rows=len(every.rows) - len(shown.rows[:ROWS]),
        drawn=_drawn(found, result, asked, reader, at),
    )


def _report(found: SubscriptionView, reader: Actor, at: datetime, as_of: date | None = None) -> Result:
    return queries.report(
        found.figure,
        viewer=reader,
        by=(found.split or None) if as_of is None else None,
        as_of=as_of,
        where=found.where,
        options=found.options,
        now=at,
    )


def _drawn(found: SubscriptionView, result: Result, asked: Asked, reader: Actor, at: datetime) -> tuple[Drawn, ...]:
    """Curves where the figure has some, else its rows on one axis, else how it stood before."""
    if result.finding.series:
        return tuple(drawn_curve(chart) for chart in card(result, asked).charts)
    if not result.is_enough:
        return ()
    by_row = compared(result, asked)
    if by_row:
        return (pictured(by_row),)
    past = [_report(found, reader, at, day) for day in days_before(found.rhythm, asked.today)]
    before = compared_past([*past, result])
    return (pictured(before),) if before else ()


def conditions(where: str, viewer: Actor, day: date) -> tuple[str, ...]:
    """The conditions of a filter of deals, as one would say them."""
    known, asker = lists.registry_of(SUBJECTS["deals"], viewer), lists.asker_of(viewer, day)
    return tuple(in_words(part, known, asker) for part in parts_of(parse(where)))


def when_words(rhythm: str, day: int, hour: int) -> str:
    """`every Monday at 07:00`."""
    return _("{day} at {hour}").format(day=day_words(rhythm, day), hour=clock(time(hour)))


def day_words(rhythm: str, day: int) -> str:
    """`every Monday`, `on day 3 of every month`."""
    if rhythm == WORKDAYS:
        return _("every working day")
    if rhythm == WEEKLY:
        return _("every {weekday}").format(weekday=get_day_names(locale=language())[day - 1])
    if day == DAYS[MONTHLY]:
        return _("on the last day of every month")
    return _("on day {day} of every month").format(day=day)


def title_of(figure: str) -> str | Promise:
    """What a mail is about."""
    return morning_mail.title() if figure == MORNING else queries.get_metric(figure).title


def days_to_choose() -> Sequence[tuple[str, str]]:
    """The days on which a mail can come, as `weekly-1`, with their words."""
    found = [(WEEKLY, day) for day in range(1, DAYS[WEEKLY] + 1)]
    found += [(MONTHLY, day) for day in (*range(1, 29), DAYS[MONTHLY])]
    return [(f"{rhythm}-{day}", day_words(rhythm, day)) for rhythm, day in found]
