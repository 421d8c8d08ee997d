"""Which two accounts or people are likely the same: stated rules, each worth points, with its reason.

The rules stand in `ACCOUNT_POINTS` and `PERSON_POINTS`. Two records are shown as likely the same from `LIKELY` points
on; a hundred is the most there is. What speaks against it takes points away, so that two branches of one name in two
towns, or two colleagues behind one mailbox, are left in peace.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from etappe.core.contact import phone_digits

LIKELY, MOST = 50, 100
ALIKE = 0.8
"""From this likeness of two names on they count as written differently by mistake."""

_FORMS = """
    ab ag aps as asbl bv co corp corporation ek ev eg eur gbr gesellschaft gesmbh ggmbh gmbh inc ltd limited kft kg kgaa
    llc llp mbh nv ohg og oy plc pte pty sa sagl sarl sas se sl spa srl sro stiftung ug vof und and haftungsbeschrankt
"""
LEGAL_FORMS = frozenset(_FORMS.split())
"""Words of a company's name that say what it is, not who; dots are dropped before (`e. K.`, `S.A.`)."""

TITLES = frozenset({"dr", "prof", "dipl", "ing", "herr", "frau", "mr", "mrs", "ms", "mag"})


class Reason(StrEnum):
    """Why two records are likely the same, or not."""

    DOMAIN = "same_domain"
    EMAIL = "same_email"
    PHONE = "same_phone"
    NAME = "same_name"
    NAME_ALIKE = "name_alike"
    POSTCODE = "same_postcode"
    CITY = "same_city"
    ACCOUNT = "same_account"
    OTHER_PLACE = "other_place"
    OTHER_NAME = "other_name"


ACCOUNT_POINTS: Mapping[Reason, int] = {
    Reason.DOMAIN: 60,
    Reason.NAME: 60,
    Reason.NAME_ALIKE: 35,
    Reason.PHONE: 40,
    Reason.POSTCODE: 20,
    Reason.CITY: 15,
    Reason.OTHER_PLACE: -25,
}
"""What each reason is worth between two accounts."""

PERSON_POINTS: Mapping[Reason, int] = {
    Reason.EMAIL: 75,
    Reason.NAME: 35,
    Reason.NAME_ALIKE: 25,
    Reason.PHONE: 35,
    Reason.ACCOUNT: 25,
    Reason.OTHER_NAME: -30,
}
"""What each reason is worth between two people."""


@dataclass(frozen=True)
class AccountFacts:
    """What the rules know of an account."""

    name: str
    domain: str = ""
    phone: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True)
class PersonFacts:
    """What the rules know of a person; `account` is the key of theirs."""

    name: str
    email: str = ""
    phones: tuple[str, ...] = ()
    account: int | None = None


@dataclass(frozen=True)
class Likeness:
    """How much speaks for two records being the same, and why."""

    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_likely(self) -> bool:
        """Whether it is worth a look."""
        return self.score >= LIKELY


def folded(text: str) -> str:
    """Lower case without accents, umlauts written either way the same.

    >>> folded("Müller"), folded("MUELLER"), folded("Straße")
    ('muller', 'muller', 'strasse')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return bare.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"\.(?=\s?\w\.)|\.", "", folded(text)))


def company_key(name: str) -> str:
    """A company's name for comparing: without legal form, spaces and signs.

    >>> company_key("Müller Maschinenbau GmbH & Co. KG"), company_key("Mueller-Maschinenbau"), company_key("AG")
    ('mullermaschinenbau', 'mullermaschinenbau', 'ag')
    """
    words = _words(name)
    return "".join(word for word in words if word not in LEGAL_FORMS) or "".join(words)


def person_key(name: str) -> str:
    """A person's name for comparing: without titles, its words in order of the alphabet.

    >>> person_key("Dr. Hans Müller") == person_key("Mueller, Hans")
    True
    """
    words = _words(name)
    return " ".join(sorted(word for word in words if word not in TITLES) or words)


def national_digits(phone: str) -> str:
    """The digits of a phone number without country code and leading zero; empty for fewer than six.

    >>> national_digits("+49 (0)711 / 12-345"), national_digits("0711 12345"), national_digits("12")
    ('71112345', '71112345', '')
    """
    digits = phone_digits(phone)
    bare = re.sub(r"^\+(?:49|43|41|[1-9]\d)", "", digits) if digits.startswith("+") else digits.lstrip("0")
    return bare if len(bare) >= 6 else ""


def between_accounts(one: AccountFacts, other: AccountFacts) -> Likeness:
    """How likely two accounts are the same company.

    >>> a = AccountFacts("Müller GmbH", domain="mueller.de", city="Ulm")
    >>> between_accounts(a, AccountFacts("Mueller AG", city="Ulm"))
    Likeness(score=75, reasons=(<Reason.NAME: 'same_name'>, <Reason.CITY: 'same_city'>))
    >>> between_accounts(a, AccountFacts("Müller KG", city="Kiel")).is_likely
    False
    """
    found = [Reason.DOMAIN] if _same(one.domain, other.domain) else []
    found += _names(company_key(one.name), company_key(other.name))
    found += [Reason.PHONE] if _same(national_digits(one.phone), national_digits(other.phone)) else []
    found += _places(one, other)
    return _summed(found, ACCOUNT_POINTS)


def between_people(one: PersonFacts, other: PersonFacts) -> Likeness:
    """How likely two people are the same.

    >>> a = PersonFacts("Eva Groß", email="info@firma.de", account=1)
    >>> between_people(a, PersonFacts("Gross, Eva", account=1)).score
    60
    >>> between_people(a, PersonFacts("Udo Unger", email="info@firma.de")).is_likely
    False
    """
    names = _names(person_key(one.name), person_key(other.name))
    found = [Reason.EMAIL] if _same(one.email.lower(), other.email.lower()) else []
    found += names or [Reason.OTHER_NAME]
    ours, theirs = ({national_digits(phone) for phone in each.phones} - {""} for each in (one, other))
    found += [Reason.PHONE] if ours & theirs else []
    found += [Reason.ACCOUNT] if one.account is not None and one.account == other.account else []
    return _summed(found, PERSON_POINTS)


def _same(one: str, other: str) -> bool:
    return bool(one) and one == other


def _names(one: str, other: str) -> list[Reason]:
    if one == other:
        return [Reason.NAME]
    comparable = min(len(one), len(other)) >= 5 and not _NUMBER.search(one + other)
    return [Reason.NAME_ALIKE] if comparable and _ratio(one, other) >= ALIKE else []


_NUMBER = re.compile("[0-9]")
"""Names with numbers in them are told apart by these: "Branch 1" and "Branch 2" are spelled almost alike."""


def _ratio(one: str, other: str) -> float:
    quick = SequenceMatcher(None, one, other, autojunk=False)
    return quick.ratio() if quick.real_quick_ratio() >= ALIKE else 0.0


def _places(one: AccountFacts, other: AccountFacts) -> list[Reason]:
    if _same(one.postcode, other.postcode):
        return [Reason.POSTCODE]
    if _same(folded(one.city), folded(other.city)):
        return [Reason.CITY]
    differs = bool(one.postcode and other.postcode) or bool(one.city and other.city)
    return [Reason.OTHER_PLACE] if differs else []


def _summed(reasons: Iterable[Reason], points: Mapping[Reason, int]) -> Likeness:
    found = tuple(reasons)
    score = sum(points.get(reason, 0) for reason in found)
    return Likeness(max(0, min(score, MOST)), found)


def grouped(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The records that hang together by pairs, in the order in which they come.

    >>> grouped([(1, 2), (5, 6), (2, 3)])
    [[1, 2, 3], [5, 6]]
    """
    groups: list[list[int]] = []
    for low, high in pairs:
        touched = [group for group in groups if low in group or high in group]
        if not touched:
            groups.append([low, high])
            continue
        first = touched[0]
        for group in touched[1:]:
            groups.remove(group)
            first.extend(group)
        first.extend(key for key in (low, high) if key not in first)
    return groups
