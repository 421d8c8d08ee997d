"""The four questions in words: what is asked, what one may answer, what each model means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from etappe.core.sales_model import Contacts, Existing, Model, People, Reason, Together

Lazy = str | Promise


@dataclass(frozen=True)
class Option:
    """One answer: its code, what it says, and what it means in practice."""

    code: str
    text: Lazy
    hint: Lazy


@dataclass(frozen=True)
class Question:
    """One of the four: its key, the question, why it is asked, and the answers."""

    key: str
    text: Lazy
    help: Lazy
    options: tuple[Option, ...]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "contacts",
        _("Where do most of your contacts come from?"),
        _(
            "It decides where your process begins: with qualifying those who come, or with finding those who do "
            "not know you yet."
        ),
        (
            Option(Contacts.INBOUND, _("They come to us"), _("Website forms, downloads, calls, recommendations")),
            Option(
                Contacts.OUTBOUND,
                _("We go to them"),
                _("Cold calls and mails, networks, fairs: we make the first contact"),
            ),
            Option(Contacts.BOTH, _("Both alike"), _("Neither brings clearly more than the other")),
            Option(
                Contacts.PARTNERS, _("Partners bring and serve them"), _("Dealers, agencies or resellers sell for us")
            ),
            Option(
                Contacts.SELF_SERVICE,
                _("They buy by themselves"),
                _("In a shop or online, mostly without talking to us"),
            ),
        ),
    ),
    Question(
        "existing",
        _("How much of your revenue comes from existing customers?"),
        _(
            "“Most of it” and “nearly all of it” are different ways of selling: with nearly all, care after the "
            "order is the main work."
        ),
        (
            Option(Existing.UP_TO_HALF, _("Up to half"), _("New customers carry the business")),
            Option(Existing.MOST, _("More than half"), _("Repeat orders or monthly fees, but new customers matter")),
            Option(
                Existing.NEARLY_ALL, _("Nearly all, 90% or more"), _("We spend far more time on care than on winning")
            ),
        ),
    ),
    Question(
        "together",
        _("How many of you take part in a sale?"),
        _("Where working together is firmly part of selling, the process gets research and hand-overs of its own."),
        (
            Option(Together.ONE, _("One person, from start to finish"), _("Everybody sells alone")),
            Option(Together.WHEN_IT_MATTERS, _("Several when it matters"), _("Only for important or difficult deals")),
            Option(
                Together.ALWAYS,
                _("Always several"),
                _("Sales development, account manager, marketing, support hand over to each other"),
            ),
            Option(Together.NOBODY, _("Nobody"), _("We have no sales team: a shop, a website or partners sell")),
        ),
    ),
    Question(
        "people",
        _("With how many people at a target company do you talk?"),
        _("Winning one decision maker is another job than winning a whole company, person by person."),
        (
            Option(People.ONE_OR_TWO, _("One or two"), _("The person who decides, perhaps one more")),
            Option(People.SEVERAL, _("Several, as it comes"), _("Users, purchasing, management, without a fixed plan")),
            Option(
                People.ALL_WHO_COUNT,
                _("Everybody who counts, at chosen companies"),
                _("A researched list of companies, from assistant to board, each approached personally"),
            ),
            Option(People.PRIVATE, _("With private persons"), _("We sell to consumers, not to companies")),
        ),
    ),
)


@dataclass(frozen=True)
class ModelTexts:
    """A model in words: its name, what it is, and the tip for its process."""

    name: Lazy
    about: Lazy
    tip: Lazy


MODELS: Mapping[Model, ModelTexts] = {
    Model.INBOUND: ModelTexts(
        _("Inbound"),
        _("Buyers find you and ask; you answer quickly and find out what they need."),
        _(
            "Begin with qualifying: marketing has already brought the lead. What a buyer did before you met is "
            "added with evidence."
        ),
    ),
    Model.OUTBOUND: ModelTexts(
        _("Outbound"),
        _("You choose whom to approach and make the first contact."),
        _("Begin with finding and approaching: research and a legal basis come before the first call."),
    ),
    Model.ACCOUNT_BASED: ModelTexts(
        _("Account-based"),
        _("Few chosen companies, many people at each, every conversation made for its person."),
        _(
            "Prove the fit before the first contact, list the people from assistant to board, and use no canned "
            "scripts."
        ),
    ),
    Model.RELATIONSHIP: ModelTexts(
        _("Relationship"),
        _("Nearly all revenue comes from customers you have; care is the main work."),
        _("Do not end the process with the order: add a first check-in, ask about promises, discuss what comes next."),
    ),
    Model.TEAM: ModelTexts(
        _("Team selling"),
        _("Several of you combine what they know to win a deal, with hand-overs in between."),
        _(
            "Add research after qualifying, with a task each for analyst, marketing and sales, so that knowledge "
            "is shared."
        ),
    ),
    Model.TRANSACTIONAL: ModelTexts(
        _("Transactional"),
        _("Many small sales with little contact; buyers help themselves."),
        _("Keep it short, and let orders and payments be the evidence. Step in only when a purchase is abandoned."),
    ),
    Model.CHANNEL: ModelTexts(
        _("Channel"),
        _("Partners sell for you; your buyer is the partner."),
        _("Win and enable partners, and look at what they sell on, not only at what they order."),
    ),
}

_REASONS: Mapping[tuple[str, str], Lazy] = {
    ("contacts", "inbound"): _("Most of your contacts come to you."),
    ("contacts", "outbound"): _("You make the first contact yourselves."),
    ("contacts", "both"): _("Contacts come both ways, to you and from you."),
    ("contacts", "partners"): _("Partners bring and serve your customers."),
    ("contacts", "self_service"): _("Your customers buy by themselves."),
    ("existing", "most"): _("More than half of your revenue comes from existing customers."),
    ("existing", "nearly_all"): _("Nearly all your revenue comes from existing customers."),
    ("together", "when_it_matters"): _("Several of you take part when a deal matters."),
    ("together", "always"): _("Several of you take part in every sale."),
    ("together", "nobody"): _("You sell without a sales team of your own."),
    ("people", "several"): _("You talk to several people at a company."),
    ("people", "all_who_count"): _("You approach everybody who counts at chosen companies."),
    ("people", "private"): _("You sell to private persons."),
}

REPEAT_HEAVY = _(
    "A hybrid with much repeat business: from 90% on it would be the relationship model. The stages "
    "after the order deserve care either way."
)
"""Said where more than half of the revenue repeats, without making the relationship model dominant."""


def why(reason: Reason) -> str:
    """A reason as a sentence."""
    return str(_REASONS[reason.question, reason.answer])
