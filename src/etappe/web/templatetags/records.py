"""What likely duplicates are told by."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from etappe.core.duplicates import Reason
from etappe.journal.labels import listed
from etappe.people.queries import AccountRow, PersonRow
from etappe.records.duplicates import Group, detail_of

register = template.Library()

REASONS = {
    Reason.DOMAIN: _("same domain"),
    Reason.EMAIL: _("same e-mail address"),
    Reason.PHONE: _("same phone number"),
    Reason.NAME: _("same name"),
    Reason.NAME_ALIKE: _("names spelled almost alike"),
    Reason.POSTCODE: _("same postcode"),
    Reason.CITY: _("same city"),
    Reason.ACCOUNT: _("same account"),
    Reason.OTHER_PLACE: _("but in another place"),
    Reason.OTHER_NAME: _("but another name"),
}


@register.filter
def reasons(found: Iterable[Reason]) -> str:
    """Why two records are likely the same, in words."""
    return listed(str(REASONS[reason]) for reason in found)


@register.filter
def merging(group: Group, subject: str) -> str:
    """Where the records of a group are compared and merged; the oldest stays, if nobody says otherwise."""
    rows: list[AccountRow | PersonRow] = list(group.rows)
    first, *others = sorted(rows, key=lambda row: row.created_at)
    asked = urlencode([("with", str(row.uid)) for row in others])
    return f"{reverse(f'{subject}_merge', args=[first.uid])}?{asked}"


@register.filter
def detail(row: AccountRow | PersonRow) -> str:
    """What tells a record from others of its name."""
    return detail_of(row)
