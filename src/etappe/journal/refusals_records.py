"""The words of refusals about many records at once, and about records that became one."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from etappe.journal.labels import Label

RECORDS: Mapping[str, tuple[Label, Label]] = {
    "amount_too_large": (
        _("“{field}” has to stay below {limit}: larger amounts are not kept."),
        _("Check the number of digits."),
    ),
    "changed_meanwhile": (
        _("{name} changed this after the preview; it stays as it is."),
        _("Look at it as it is now. If it shall be changed all the same, choose it again."),
    ),
    "field_of_other_team": (
        _("The field “{field}” is not there for this record, or not for you."),
        _("Leave it out, or have somebody of the field's team set it."),
    ),
    "merged_away": (
        _("This record was merged into “{name}” meanwhile; nothing was changed."),
        _("Go to that record, which holds all that this one held."),
    ),
    "import_field_gone": (
        _("The map fills own fields that are not there, or not any more: {fields}."),
        _("Restore or define them in the settings, or give these columns another meaning."),
    ),
    "open_deals_remain": (
        _("The account has open deals."),
        _("Close them, delete them, or give them another account first; then delete the account."),
    ),
}
