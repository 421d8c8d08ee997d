"""Why a deal needs attention, in words, with the figures behind it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from etappe.core.attention import Limit, Limits, Reason, Why
from etappe.web.templatetags import formats


def short(reason: Reason) -> str:
    """A few words for a badge.

    Only silence tells its days: how long a date has passed stands beside it.
    """
    if reason.why is Why.SILENT:
        text = ngettext("buyer silent for {count} day", "buyer silent for {count} days", reason.days)
        return text.format(count=formats.number(reason.days))
    said = {
        Why.TARGET: _("buyer's target date passed"),
        Why.STEP: _("agreed step overdue"),
        Why.ORDER: _("expected order date passed"),
        Why.LOOSE: _("no dated next step"),
    }
    return said[reason.why]


def full(reason: Reason) -> str:
    """A sentence with the figures behind it."""
    if reason.why is Why.LOOSE or reason.since is None:
        return _("No next step with a date is agreed.")
    if reason.why is Why.SILENT and reason.limit is not None:
        heard = _("No act by the buyer since {day}.").format(day=formats.day(reason.since))
        return f"{heard} {compared(reason.limit)}"
    said = {
        Why.TARGET: _("The buyer's own target date, {day}, has passed."),
        Why.STEP: _("The next step was agreed for {day}."),
        Why.ORDER: _("The order was expected on {day}."),
    }
    return said[reason.why].format(day=formats.day(reason.since))


def compared(limit: Limit) -> str:
    """What a silence is held against."""
    if limit.process:
        text = _(
            "Nine in ten of {n} won deals of this process were never silent for longer than {days} (measured on {day})."
        )
    else:
        text = _("Nine in ten of {n} won deals were never silent for longer than {days} (measured on {day}).")
    return text.format(n=formats.number(limit.n), days=formats.days(limit.days), day=formats.day(limit.as_of))


def basis(limits: Limits, minimum: int) -> str:
    """What the page rests on: the limit of all deals, or why there is none."""
    if limits.whole is not None:
        return compared(limits.whole)
    return _(
        "Silence is not judged yet: {n} won deals have acts by the buyer on record, and {minimum} are needed to know "
        "what is usual."
    ).format(n=formats.number(limits.n), minimum=formats.number(minimum))
