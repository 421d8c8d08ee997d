"""The four questions and what they say, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from etappe.core.sales_model import Contacts, Existing, Model, People, Together

QUESTIONS: Mapping[str, Promise] = {
    "contacts": _("Where do most contacts come from?"),
    "existing": _("How much revenue comes from existing customers?"),
    "together": _("How many of you take part in a sale?"),
    "people": _("With how many people of a target account do you talk?"),
}
ANSWERS: Mapping[str, Mapping[str, Promise]] = {
    "contacts": {
        Contacts.INBOUND: _("They come to us: website, recommendation, advertising, fairs"),
        Contacts.OUTBOUND: _("We go to them: calls, mails, visits, lists"),
        Contacts.BOTH: _("Both about alike"),
        Contacts.PARTNERS: _("Partners bring and serve them"),
        Contacts.SELF_SERVICE: _("They buy by themselves, in a shop or online"),
    },
    "existing": {
        Existing.UP_TO_HALF: _("Up to half"),
        Existing.MOST: _("More than half"),
        Existing.NEARLY_ALL: _("Nine tenths or more"),
    },
    "together": {
        Together.ONE: _("One"),
        Together.WHEN_IT_MATTERS: _("Several, when it matters"),
        Together.ALWAYS: _("Always several"),
        Together.NOBODY: _("Nobody: it sells itself, or partners sell"),
    },
    "people": {
        People.ONE_OR_TWO: _("One or two"),
        People.SEVERAL: _("Several"),
        People.ALL_WHO_COUNT: _("As many as possible, at chosen accounts"),
        People.PRIVATE: _("A private person"),
    },
}
MODELS: Mapping[Model, Promise] = {
    Model.OUTBOUND: _("Outbound"),
    Model.INBOUND: _("Inbound"),
    Model.ACCOUNT_BASED: _("Account-based"),
    Model.RELATIONSHIP: _("Relationship"),
    Model.TEAM: _("Team selling"),
    Model.TRANSACTIONAL: _("Transactional"),
    Model.CHANNEL: _("Channel partners"),
}
ABOUT: Mapping[Model, Promise] = {
    Model.OUTBOUND: _(
        "You choose whom to talk to, and begin before anybody asks. What counts is fit, and a first answer."
    ),
    Model.INBOUND: _("Buyers come informed. What counts is a quick answer, and finding out how far they are already."),
    Model.ACCOUNT_BASED: _("Few accounts, each with a plan of its own. What counts is reaching everybody who decides."),
    Model.RELATIONSHIP: _(
        "Customers buy again. What counts is that promises are kept, and the next need is seen early."
    ),
    Model.TEAM: _("Several of you sell together. What counts is who does what, and that everybody knows the same."),
    Model.TRANSACTIONAL: _("Many short sales with little contact. What counts is a simple way to the order."),
    Model.CHANNEL: _("Partners sell for you. What counts is that they can, and that you hear what happens there."),
}
