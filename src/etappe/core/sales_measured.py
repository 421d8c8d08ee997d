"""The four answers about how a company sells, measured from its deals, with how sure they are.

Each question is a share of deals (of revenue for the second) with a 95 % interval. The answers that the interval
reaches are the ones that the records do not speak against; where it reaches several, it is not told which. The model
follows from all combinations of such answers: it is measured where they all give the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Final

from etappe.core.proportion import ratio, wilson
from etappe.core.sales_model import (
    MOST,
    NEARLY_ALL,
    Answers,
    Contacts,
    Existing,
    Model,
    People,
    Together,
    answers_from,
    evaluate,
)

MINIMUM: Final = 20
"""Deals (accounts for revenue) below which a question is not answered."""
HALF: Final = 0.5
_BOTH: Final = (0.4, 0.6)
_MATTERS: Final = (0.25, 0.75)
SEVERAL, MANY = 3, 5
"""People on the buyer's side of a deal from which on one talks with several, and with as many as possible."""

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "contacts": tuple(Contacts),
    "existing": tuple(Existing),
    "together": tuple(Together),
    "people": tuple(People),
}

_WORDS: Final[Mapping[str, str]] = {
    Contacts.INBOUND: (
        "website|webseite|homepage|web|inbound|formular|form|kontaktformular|empfehlung|empfehlungen|referral|"
        "recommendation|recommended|werbung|anzeige|advertising|ads|adwords|google|seo|newsletter|webinar|messe|fair|"
        "trade|event|veranstaltung|download|whitepaper|anfrage|inquiry|enquiry|organic|chat|blog|podcast"
    ),
    Contacts.OUTBOUND: (
        "outbound|kaltakquise|kaltanruf|kaltanrufe|kalt|cold|coldcall|akquise|anruf|call|calls|telefonakquise|calling|"
        "prospecting|liste|list|mailing|mailings|serienmail|besuch|visit|visits|sdr|bdr"
    ),
    Contacts.PARTNERS: (
        "partner|partners|vertriebspartner|haendler|handler|fachhandel|reseller|distributor|distributoren|channel|"
        "wiederverkaeufer|wiederverkaufer|makler|broker"
    ),
    Contacts.SELF_SERVICE: "shop|onlineshop|webshop|store|selfservice|checkout|marketplace|marktplatz",
}
_KNOWN: Final = {word: group for group, listed in _WORDS.items() for word in listed.split("|")}


NOTHING_SAID: Final[Mapping[str, str]] = MappingProxyType({})
TELLS_NOTHING: Final = "nothing"
"""What a word or source is said to mean that means none of the ways."""
WAYS: Final = tuple(map(str, _WORDS))
"""What words can mean."""


def plain_words(source: str) -> str:
    """The words of a source as they are compared: small letters without accents, one space between them.

    >>> plain_words(" Tag der offenen Tür, 2026 ")
    'tag der offenen tur'
    """
    letters = unicodedata.normalize("NFKD", source.casefold())
    return " ".join(re.findall(r"[^\W\d_]+", "".join(each for each in letters if not unicodedata.combining(each))))


def group_of(source: str, own: Mapping[str, str] = NOTHING_SAID) -> str:
    """Which way a contact came, told from the words of a deal's source; empty where they do not tell.

    `own` says what words, or whole sources, mean here, by their `plain_words`; it comes before what they usually mean,
    and a whole source before its words.

    >>> [str(group_of(source)) for source in ("Website (Formular)", "Kaltanruf", "Sonstiges", "Web-Partner")]
    ['inbound', 'outbound', '', '']
    >>> said = ({"web partner": "partners"}, {"web": TELLS_NOTHING}, {"web": "outbound"})
    >>> [group_of("Web-Partner", own) for own in said]
    ['partners', 'partners', '']
    """
    plain = plain_words(source)
    if plain in own:
        return own[plain].replace(TELLS_NOTHING, "")
    meant = (own.get(word) or _KNOWN.get(word, "") for word in plain.split())
    found = {str(way) for way in meant} - {"", TELLS_NOTHING}
    return found.pop() if len(found) == 1 else ""


def usual_words() -> dict[str, tuple[str, ...]]:
    """The words that are known of each way."""
    return {str(way): tuple(sorted(set(listed.split("|")))) for way, listed in _WORDS.items()}


@dataclass(frozen=True)
class Sale:
    """What is known of one decided deal. `colleagues` and `people` are None where nobody worked on it here.

    `account` is None for a private person; `revenue` is what a won deal brought in the currency that is looked at.
    `is_existing`: its account had bought before.
    """

    deal: int
    source: str
    account: int | None
    revenue: float | None = None
    is_existing: bool = False
    colleagues: int | None = None
    people: int | None = None


@dataclass(frozen=True)
class Measure:
    """A question as measured: `share` of `n` with its interval; `possible` answers; deals by what they count as.

    Below the minimum `share` is None and every answer is possible. `left_out` deals say nothing to the question.
    """

    question: str
    n: int
    share: float | None
    interval: tuple[float, float] | None
    possible: tuple[str, ...]
    groups: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    left_out: int = 0

    def against(self, said: str | None) -> str:
        """How it stands to what was said: `agrees`, `possible`, `differs`, `too_few`, or `unsaid`."""
        if self.share is None:
            return "too_few"
        if said is None:
            return "unsaid"
        if said not in self.possible:
            return "differs"
        return "agrees" if len(self.possible) == 1 else "possible"


@dataclass(frozen=True)
class Measured:
    """All four, and the models that are possible with them."""

    measures: tuple[Measure, ...]
    models: tuple[Model, ...]


def measure(sales: Sequence[Sale], *, knows_before: bool, own: Mapping[str, str] = NOTHING_SAID) -> Measured:
    """Measure all four questions. `knows_before`: whether records reach back far enough to know earlier orders.

    Otherwise the share of revenue from existing customers is at least what was found. `own`: see `group_of`.
    """
    found = (_contacts(sales, own), _existing(sales, knows_before=knows_before), _together(sales), _people(sales))
    return Measured(found, _models(found))


def _models(found: Iterable[Measure]) -> tuple[Model, ...]:
    by_question = {each.question: each.possible for each in found}
    combined = (dict(zip(by_question, codes, strict=True)) for codes in product(*by_question.values()))
    dominant = {_dominant(answers_from(codes)) for codes in combined}
    return tuple(model for model in Model if model in dominant)


def _dominant(answers: Answers) -> Model:
    return evaluate(answers).dominant


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for group, deal in pairs:
        groups[group].append(deal)
    return {group: tuple(deals) for group, deals in groups.items()}


def _reached(interval: tuple[float, float], ranges: Mapping[str, tuple[float, float]]) -> tuple[str, ...]:
    """The answers whose range the interval reaches."""
    low, high = interval
    return tuple(code for code, (begins, ends) in ranges.items() if low < ends and high > begins)


def _too_few(question: str, n: int, groups: Mapping[str, tuple[int, ...]] | None = None, left_out: int = 0) -> Measure:
    return Measure(question, n, None, None, CHOICES[question], groups or {}, left_out)


def unplaced(sales: Sequence[Sale], own: Mapping[str, str]) -> Counter[str]:
    """The sources that do not tell, and of how many deals; those that are said to mean nothing are left out."""
    sources = Counter(sale.source.strip() for sale in sales if sale.source.strip())
    return Counter(
        {
            source: deals
            for source, deals in sources.items()
            if not group_of(source, own) and plain_words(source) and own.get(plain_words(source)) != TELLS_NOTHING
        }
    )


def _contacts(sales: Sequence[Sale], own: Mapping[str, str]) -> Measure:
    """The share that came to us, among contacts that came to us or that we went to."""
    groups = _grouped((group, sale.deal) for sale in sales if (group := group_of(sale.source, own)))
    n, left_out = sum(map(len, groups.values())), len(sales) - sum(map(len, groups.values()))
    if n < MINIMUM:
        return _too_few("contacts", n, groups, left_out)
    for code in (Contacts.PARTNERS, Contacts.SELF_SERVICE):
        count = len(groups.get(code, ()))
        if count / n > HALF:
            bounds = wilson(count, n)
            possible = (code,) if bounds[0] > HALF else (*_ways_of(groups)[2], code)
            return Measure("contacts", n, count / n, bounds, possible, groups, left_out)
    share, bounds, possible = _ways_of(groups)
    return Measure("contacts", n, share, bounds, possible, groups, left_out)


def _ways_of(groups: Mapping[str, tuple[int, ...]]) -> tuple[float, tuple[float, float], tuple[str, ...]]:
    came, went = (len(groups.get(code, ())) for code in (Contacts.INBOUND, Contacts.OUTBOUND))
    if not came + went:
        return 0.0, (0.0, 1.0), (Contacts.INBOUND, Contacts.BOTH, Contacts.OUTBOUND)
    bounds = wilson(came, came + went)
    ranges: dict[str, tuple[float, float]] = {
        Contacts.INBOUND: (_BOTH[1], 1.01),
        Contacts.BOTH: _BOTH,
        Contacts.OUTBOUND: (-0.01, _BOTH[0]),
    }
    return came / (came + went), bounds, _reached(bounds, ranges)


def _existing(sales: Sequence[Sale], *, knows_before: bool) -> Measure:
    """The share of revenue from accounts that had bought before; accounts vary, not the deals within them."""
    won = [sale for sale in sales if sale.revenue is not None and sale.account is not None]
    groups = _grouped(("existing" if sale.is_existing else "new", sale.deal) for sale in won)
    whole: dict[int, float] = defaultdict(float)
    part: dict[int, float] = defaultdict(float)
    for sale in won:
        whole[sale.account or 0] += sale.revenue or 0.0
        part[sale.account or 0] += (sale.revenue or 0.0) if sale.is_existing else 0.0
    accounts = sorted(whole)
    without = sum(sale.revenue is not None for sale in sales) - len(won)
    if len(accounts) < MINIMUM or sum(whole.values()) <= 0:
        return _too_few("existing", len(accounts), groups, without)
    share, bounds = ratio([part[key] for key in accounts], [whole[key] for key in accounts], [1] * len(accounts))
    cautious = wilson(share * len(accounts), len(accounts))
    bounds = min(bounds[0], cautious[0]), max(bounds[1], cautious[1])
    reached = bounds if knows_before else (bounds[0], 1.0)
    ranges: dict[str, tuple[float, float]] = {
        Existing.UP_TO_HALF: (-0.01, MOST),
        Existing.MOST: (MOST, NEARLY_ALL),
        Existing.NEARLY_ALL: (NEARLY_ALL, 1.01),
    }
    return Measure("existing", len(accounts), share, reached, _reached(reached, ranges), groups, without)


def _together(sales: Sequence[Sale]) -> Measure:
    """The share of deals that more than one of us took part in."""
    known = [sale for sale in sales if sale.colleagues is not None]
    groups = _grouped((_number(sale.colleagues), sale.deal) for sale in known)
    if len(known) < MINIMUM:
        return _too_few("together", len(known), groups, len(sales) - len(known))
    nobody = sum(sale.colleagues == 0 for sale in known)
    hits = sum((sale.colleagues or 0) > 1 for sale in known)
    bounds = wilson(hits, len(known))
    ranges: dict[str, tuple[float, float]] = {
        Together.ONE: (-0.01, _MATTERS[0]),
        Together.WHEN_IT_MATTERS: _MATTERS,
        Together.ALWAYS: (_MATTERS[1], 1.01),
    }
    possible = _reached(bounds, ranges)
    if wilson(nobody, len(known))[1] > HALF:
        possible = (Together.NOBODY,) if wilson(nobody, len(known))[0] > HALF else (*possible, Together.NOBODY)
    return Measure("together", len(known), hits / len(known), bounds, possible, groups, len(sales) - len(known))


def _people(sales: Sequence[Sale]) -> Measure:
    """The share of deals with three or more people on the buyer's side; deals without any person say nothing."""
    known = [sale for sale in sales if sale.people]
    groups = _grouped((_number(sale.people), sale.deal) for sale in known)
    n, left_out = len(known), len(sales) - len(known)
    if n < MINIMUM:
        return _too_few("people", n, groups, left_out)
    hits, many, private = (
        sum(test(sale) for sale in known) for test in (_has_several, _has_many, lambda sale: sale.account is None)
    )
    bounds = wilson(hits, n)
    possible = _reached(bounds, {People.ONE_OR_TWO: (-0.01, HALF), People.SEVERAL: (HALF, 1.01)})
    for code, count in ((People.ALL_WHO_COUNT, many), (People.PRIVATE, private)):
        low, high = wilson(count, n)
        if low > HALF:
            possible = (code,)
        elif high > HALF:
            possible = (*possible, code)
    return Measure("people", n, hits / n, bounds, possible, groups, left_out)


def _has_several(sale: Sale) -> bool:
    return (sale.people or 0) >= SEVERAL


def _has_many(sale: Sale) -> bool:
    return (sale.people or 0) >= MANY


def _number(count: int | None) -> str:
    """Counts in words of figures; everything from five on is alike."""
    return str(count or 0) if (count or 0) < MANY else f"{MANY}+"
