"""The words of refusals about saved views of lists."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from etappe.journal.labels import Label

VIEWS: Mapping[str, tuple[Label, Label]] = {
    "filter_unreadable": (
        _("The filter cannot be read at character {column}: {found}."),
        _("There belongs {expected}."),
    ),
    "unknown_view": (
        _("There is no view “{value}” of this list, or not for you."),
        _("Choose one of the list's menu."),
    ),
    "view_stale": (
        _("This view was changed meanwhile; nothing of yours was saved."),
        _("Open the view as it is now, and change it again; or save yours as a new one."),
    ),
    "view_gone": (
        _("This view was deleted meanwhile, or is not shared with you any more; nothing was saved yet."),
        _("What you chose is kept below. Save it as a view of your own."),
    ),
    "view_name_taken": (_("You have a view called “{value}” already."), _("Choose another name, or save that one.")),
    "views_full": (_("You have {limit} views of this list already."), _("Delete views that you do not use any more.")),
    "view_needs_team": (
        _("There is no team to share this view with."),
        _("Choose a team, or keep the view to yourself."),
    ),
    "view_default_needs_team": (
        _("Only a view shared with a team can open first for it."),
        _("Share the view with the team, too."),
    ),
    "filter_needs_somebody": (
        _("“{value}” means whoever asks, and nobody is named here."),
        _("Say who asks with --as EMAIL, or write a name or an address instead of “{value}”."),
    ),
}
