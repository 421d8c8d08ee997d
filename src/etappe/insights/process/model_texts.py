"""The measured sales model in words: what was found, how sure it is, and where it differs from what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from etappe.core.sales_measured import MINIMUM, Measure
from etappe.core.sales_model import Model
from etappe.insights.process.model import SalesModel
from etappe.insights.process.texts import day, interval, share

Names = Mapping[str, Mapping[str, str | Promise]]


def headline(model: SalesModel, names: Mapping[Model, Promise]) -> str:
    """Said and measured in one sentence; `names` are what the models are called."""
    said = str(names[model.said_model]) if model.said_model else ""
    if not model.is_enough:
        return _("Too little data to measure how you sell.")
    found = [str(names[each]) for each in model.measured.models]
    if len(found) > 1:
        return _("The records do not decide on one model. Possible with them: %(found)s.") % {"found": joined(found)}
    if not said:
        return _("Measured: %(found)s.") % {"found": found[0]}
    if found[0] == said:
        return _("You said %(said)s, and the records say the same.") % {"said": said}
    return _("You said %(said)s. The records say %(found)s.") % {"said": said, "found": found[0]}


def joined(names: Sequence[str]) -> str:
    """Alternatives in a row."""
    return _(" or ").join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def told(model: SalesModel, found: Measure, answers: Names) -> Iterator[str]:
    """A question as measured: the figure, and how it stands to what was said."""
    yield from _figure(model, found)
    if state := _state(model, found, answers[found.question]):
        yield state


def basis(found: Measure) -> Iterator[str]:
    """What a question was measured by."""
    yield RESTS_ON[found.question]()
    if found.left_out:
        yield LEFT_OUT[found.question](found.left_out) % {"count": found.left_out}


def _figure(model: SalesModel, found: Measure) -> Iterator[str]:
    if found.share is None or found.interval is None:
        yield _("Too few cases for a reliable figure (%(n)s of %(minimum)s).") % {"n": found.n, "minimum": MINIMUM}
        return
    numbers = {
        "share": share(found.share),
        "n": found.n,
        "sure": interval(found.interval),
        "low": share(found.interval[0]),
    }
    if found.question != "existing" or model.knows_before or model.first_won is None:
        yield FIGURES[found.question]() % numbers
        return
    yield _(
        "%(share)s of the revenue is known to come from accounts that had bought before (n %(n)s accounts). Orders are "
        "known from %(day)s on and earlier ones are not seen, so the true share is at least %(low)s, with 95%%."
    ) % {**numbers, "day": day(model.first_won)}


def _state(model: SalesModel, found: Measure, answers: Mapping[str, str | Promise]) -> str:
    state, possible = model.against(found), [str(answers[code]) for code in found.possible]
    given = model.said.get(found.question)
    said = str(answers[given]) if given else ""
    told = {
        "too_few": lambda: _("What you said stands: “%(said)s”.") if said else "",
        "unsaid": lambda: _("That speaks for: “%(found)s”."),
        "agrees": lambda: _("As you said: “%(said)s”."),
        "possible": lambda: _("That fits what you said (“%(said)s”), and does not rule out: “%(found)s”."),
        "differs": lambda: _("You said “%(said)s”. The records speak for “%(found)s”."),
    }
    others = [name for name in possible if name != said] if state == "possible" else possible
    return told[state]() % {"said": said, "found": joined(others) if others else ""}


FIGURES: Mapping[str, Callable[[], str]] = {
    "contacts": lambda: _("%(share)s came to you (n %(n)s deals, 95%% interval %(sure)s)."),
    "existing": lambda: _(
        "%(share)s of the revenue came from accounts that had bought before (n %(n)s accounts, 95%% interval %(sure)s)."
    ),
    "together": lambda: _(
        "More than one of you took part in %(share)s of the deals (n %(n)s, 95%% interval %(sure)s)."
    ),
    "people": lambda: _(
        "Three or more people on the buyer's side are known of %(share)s of the deals (n %(n)s, 95%% interval "
        "%(sure)s)."
    ),
}
RESTS_ON: Mapping[str, Callable[[], str]] = {
    "contacts": lambda: _(
        "Told from the words in the source of each deal; the share is that among contacts of both ways."
    ),
    "existing": lambda: _("Won deals of the year in the workspace's currency."),
    "together": lambda: _("Counted are owner, deal team, and whoever moved the deal or kept evidence."),
    "people": lambda: _(
        "Counted is who is in the buying centre or gave evidence; whoever was not recorded is not seen."
    ),
}
LEFT_OUT: Mapping[str, Callable[[int], str]] = {
    "contacts": lambda count: ngettext(
        "The source of %(count)s deal does not tell.", "The source of %(count)s deals does not tell.", count
    ),
    "existing": lambda count: ngettext(
        "%(count)s won deal has no account and is left out.",
        "%(count)s won deals have no account and are left out.",
        count,
    ),
    "together": lambda count: ngettext(
        "%(count)s deal nobody worked on here is left out.",
        "%(count)s deals nobody worked on here are left out.",
        count,
    ),
    "people": lambda count: ngettext(
        "%(count)s deal without anybody recorded is left out.",
        "%(count)s deals without anybody recorded are left out.",
        count,
    ),
}
