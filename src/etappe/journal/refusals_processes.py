"""What a no says about processes that are being written, and about moving deals to another version of one."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from etappe.journal.labels import Label

PROCESSES: Mapping[str, tuple[Label, Label]] = {
    "parameters_unusable": (
        _("These are no parameters of a company; nothing was simulated."),
        _("Mend these places and try again. etappe simulate --example prints a file that works."),
    ),
    "remap_after_winning": (
        _("An open deal cannot be put into “{stage}”: that is after the order."),
        _("Choose a stage before the order; the deal gets there by being won."),
    ),
    "same_process": (
        _("The deal is on this process already."),
        _("Choose another process, or move it to a stage of this one."),
    ),
    "remap_nothing": (
        _("This map moves no deal."),
        _("Choose a new stage for at least one old stage with open deals."),
    ),
    "remap_busy": (
        _("Deals of this process are being moved right now."),
        _("Wait until that is done, then try again."),
    ),
    "remap_over": (
        _("This move of deals is over; there is nothing left to stop."),
        _("Take the whole move back if it should not have been."),
    ),
    "remap_stays": (
        _("This move of deals can no longer be taken back."),
        _("It is possible once, within {days} days. Move the deals with another version instead."),
    ),
    "draft_ended": (
        _("This draft was published or put aside; nothing was saved."),
        _("Take it up again, or write the next version."),
    ),
    "draft_running": (
        _("The next version of this process is being written already."),
        _("Go on in that draft."),
    ),
}
"""What was not done and the way out, by code."""
