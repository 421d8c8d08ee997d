"""What imports say of own fields: why a cell does not hold, why a column was proposed as one."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OWN_REASONS: Mapping[str, str | Promise] = {
    "not_a_choice": _("“{value}” in {column} is none of the choices: {choices}."),
    "not_such_a_number": _("“{value}” in {column} is too large, or has more than {places} decimals."),
    "not_a_list": _("{column} names more choices than a field may have."),
    "own_person_unknown": _("“{value}” names nobody here, or several: taken without it."),
    "own_account_unknown": _("“{value}” names no account here: taken without it."),
}
"""Why a row was not taken, or what is worth knowing about it."""

OWN_WHY: Mapping[str, str | Promise] = {
    "own_choices": _("its values are choices of “{detail}”"),
    "own_unlike": _("named like “{detail}”, which cannot hold its values"),
}
"""Why a column was proposed as what it is."""
