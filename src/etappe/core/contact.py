"""What the fields of accounts and people may hold: names, addresses, domains, numbers."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from etappe.core.deal_fields import NAME_LIMIT, bounded_amount, clean_name, clean_text
from etappe.core.errors import Refusal
from etappe.core.mail_checks import FREEMAIL
from etappe.core.tags import clean_tags

EMAIL_LIMIT, LOCAL_LIMIT, DOMAIN_LIMIT, LABEL_LIMIT = 254, 64, 253, 63
PHONE_LIMIT, ADDRESS_LIMIT, NOTE_LIMIT, DATA_LIMIT = 60, 500, 20_000, 64 * 1024
EMPLOYEES_LIMIT, REVENUE_LIMIT = 100_000_000, Decimal(10) ** 17

_LOCAL = re.compile(r"[^\s\x00-\x20\x7f-\xa0@\"(),:;<>\[\\\]]+")
_LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def clean_email(field: str, value: Any) -> str:
    """An e-mail address, in lower case with its domain as people write it; empty stays empty.

    >>> clean_email("email", " Jo.Doe@XN--MLLER-KVA.de ")
    'jo.doe@müller.de'
    """
    text = clean_text(field, value)
    if not text:
        return ""
    local, _, domain = text.rpartition("@")
    known = canonical_domain(domain)
    is_good = _LOCAL.fullmatch(local) and len(local) <= LOCAL_LIMIT and is_domain(known)
    if not is_good or local.startswith(".") or local.endswith(".") or ".." in local or len(text) > EMAIL_LIMIT:
        raise Refusal("not_an_email", field=field, value=text[:EMAIL_LIMIT])
    return f"{local.lower()}@{known}"


def canonical_email(text: str) -> str:
    """The address as people are found by; empty where the text is none.

    >>> canonical_email("JO@Example.com"), canonical_email("jo")
    ('jo@example.com', '')
    """
    try:
        return clean_email("email", text)
    except Refusal:
        return ""


def canonical_domain(text: str) -> str:
    """The domain in lower case, its labels as people write them, without a dot at the end.

    >>> canonical_domain("WWW.xn--mller-kva.DE.")
    'www.müller.de'
    """
    return ".".join(_readable(label) for label in text.strip().rstrip(".").lower().split("."))


def _readable(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").lower()
    except UnicodeError:
        return label


def is_domain(text: str) -> bool:
    """Whether the text is a domain that a company may have: at least two labels of letters, digits and hyphens."""
    labels = text.split(".")
    fits = len(text) <= DOMAIN_LIMIT and all(len(label) <= LABEL_LIMIT and _LABEL.fullmatch(label) for label in labels)
    return len(labels) > 1 and fits and not labels[-1].isdigit()


def is_freemail(domain: str) -> bool:
    """Whether everybody can have an address there."""
    return canonical_domain(domain) in FREEMAIL


def domain_of_email(address: str) -> str:
    """The domain of an address; empty where it is none that a company has for itself.

    >>> domain_of_email("jo@Example.com"), domain_of_email("jo@gmx.de"), domain_of_email("jo")
    ('example.com', '', '')
    """
    domain = canonical_domain(address.rpartition("@")[2]) if "@" in address else ""
    return domain if is_domain(domain) and domain not in FREEMAIL else ""


def domain_of_website(website: str) -> str:
    """The domain of a website as people write it; empty where there is none.

    >>> domain_of_website("https://www.Example.com:8080/de?x=1"), domain_of_website("not yet")
    ('example.com', '')
    """
    host = re.split(r"[/?#]", _SCHEME.sub("", website.strip()), maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    domain = canonical_domain(host).removeprefix("www.")
    return domain if is_domain(domain) and domain not in FREEMAIL else ""


def clean_domain(field: str, value: Any) -> str:
    """A company's domain, given as domain or as website; empty stays empty, freemail is refused."""
    text = clean_text(field, value, ADDRESS_LIMIT)
    if not text:
        return ""
    if is_freemail(text):
        raise Refusal("domain_is_freemail", field=field, value=text)
    domain = domain_of_website(text)
    if not domain:
        raise Refusal("not_a_domain", field=field, value=text)
    return domain


def clean_website(field: str, value: Any) -> str:
    """The address of a website; only http and https, which is added where nothing is said. Empty stays empty."""
    text = clean_text(field, value, ADDRESS_LIMIT)
    if not text:
        return ""
    full = text if _SCHEME.match(text) else f"https://{text}"
    is_good = full.lower().startswith(("http://", "https://")) and not re.search(r"\s", full)
    host = re.split(r"[/?#]", _SCHEME.sub("", full), maxsplit=1)[0]
    if not is_good or "@" in host or not is_domain(canonical_domain(host.partition(":")[0])):
        raise Refusal("not_a_website", field=field, value=text)
    return full


def clean_phone(field: str, value: Any) -> str:
    """A phone number as typed."""
    return clean_line(field, value, PHONE_LIMIT)


def phone_digits(text: str) -> str:
    """A phone number for comparing: digits only, with the international prefix as `+` where it is given.

    >>> phone_digits("+49 (0)30 / 12-34"), phone_digits("0049 30 1234"), phone_digits("030 1234")
    ('+49301234', '+49301234', '0301234')
    """
    digits = re.sub(r"[^\d+]", "", text.replace("(0)", ""))
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    return digits[:1] + digits[1:].replace("+", "")


def clean_line(field: str, value: Any, limit: int = NAME_LIMIT) -> str:
    """A text of one line; empty stays empty."""
    return " ".join(clean_text(field, value, limit).split())


def clean_country(field: str, value: Any) -> str:
    """A country: its ISO code of two letters in capitals, or its name as typed."""
    text = clean_line(field, value)
    return text.upper() if re.fullmatch(r"[A-Za-z]{2}", text) else text


def clean_note(field: str, value: Any) -> str:
    """A text of many lines, not empty."""
    text = clean_text(field, value, NOTE_LIMIT)
    if not text:
        raise Refusal("field_required", field=field)
    return text


def whole_number(least: int, most: int) -> Callable[[str, Any], int | None]:
    """A cleaner for whole numbers between two bounds, both allowed, or none."""

    def clean(field: str, value: Any) -> int | None:
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Refusal("number_out_of_range", field=field, least=least, most=most)
        return value

    return clean


def clean_revenue(field: str, value: Any) -> Decimal | None:
    """A revenue per year from 0 on, to the cent, or none."""
    if value is None:
        return None
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        raise Refusal("not_an_amount", field=field)
    return bounded_amount(field, Decimal(value), REVENUE_LIMIT).quantize(Decimal("0.01"))


def clean_flag(field: str, value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Refusal("not_yes_or_no", field=field)
    return value


def clean_data(field: str, value: Any) -> dict[str, Any]:
    """Columns that have no field of their own, by their names: text, numbers, yes or no, or nothing."""
    if not isinstance(value, Mapping):
        raise Refusal("not_columns", field=field)
    columns = {clean_name(field, name): _plain(field, item) for name, item in value.items()}
    if len(json.dumps(columns)) > DATA_LIMIT:
        raise Refusal("too_long", field=field, limit=DATA_LIMIT, length=len(json.dumps(columns)))
    return columns


def _plain(field: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and value - value == 0):
        return value
    return clean_text(field, value, NOTE_LIMIT)


def clean_reference(field: str, value: Any) -> uuid.UUID | None:
    """The uid of another record, or none."""
    if value is None or isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(value) if value else None
    except (ValueError, AttributeError, TypeError):
        raise Refusal("unknown_reference", field=field) from None


ACCOUNT: Mapping[str, Callable[[str, Any], Any]] = {
    "name": clean_name,
    "domain": clean_domain,
    "website": clean_website,
    "industry": clean_line,
    "employees": whole_number(0, EMPLOYEES_LIMIT),
    "revenue": clean_revenue,
    "founded": whole_number(1000, 2200),
    "phone": clean_phone,
    "street": clean_line,
    "postcode": clean_line,
    "city": clean_line,
    "country": clean_country,
    "parent": clean_reference,
    "owner": clean_reference,
    "is_private": clean_flag,
    "data": clean_data,
    "tags": clean_tags,
}
"""How each field of an account is cleaned."""

PERSON: Mapping[str, Callable[[str, Any], Any]] = {
    "name": clean_line,
    "given_name": clean_line,
    "family_name": clean_line,
    "email": clean_email,
    "phone": clean_phone,
    "mobile": clean_phone,
    "job_title": clean_line,
    "department": clean_line,
    "profile": clean_website,
    "channel": clean_line,
    "language": clean_line,
    "account": clean_reference,
    "owner": clean_reference,
    "is_private": clean_flag,
    "data": clean_data,
    "tags": clean_tags,
}
"""How each field of a person is cleaned. `name` may be left out where given or family name is there."""


def clean_fields(values: Mapping[str, Any], cleaners: Mapping[str, Callable[[str, Any], Any]]) -> dict[str, Any]:
    """The fields, cleaned; refuses one that the record does not have."""
    for field in values:
        if field not in cleaners:
            raise Refusal("unknown_field", field=field, fields=tuple(cleaners))
    return {field: cleaners[field](field, value) for field, value in values.items()}
