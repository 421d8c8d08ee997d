"""What the fields of colleagues, teams and the workspace may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from etappe.core.actor import Role
from etappe.core.contact import clean_domain, clean_email, clean_flag, clean_line, clean_reference
from etappe.core.deal_fields import clean_currency, clean_name
from etappe.core.errors import Refusal
from etappe.core.sales_measured import TELLS_NOTHING, WAYS, plain_words
from etappe.team.models import User

PASSWORD_LIMIT = 1024
DOMAINS_LIMIT = 100
WORDS_LIMIT = 1000
"""Words and sources of which it is said what they mean."""
SCOPES = ("read", "write")
LANGUAGES = ("", "de", "en")
THEMES = ("", "light", "dark")
DENSITIES = ("comfortable", "compact")
"""How close the rows of tables stand."""

Cleaner = Callable[[str, Any], Any]


def one_of(choices: tuple[str, ...]) -> Cleaner:
    """A cleaner that allows these words only."""

    def clean(field: str, value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Refusal("unknown_choice", field=field, choices=choices)
        return str(value)

    return clean


def clean_address(field: str, value: Any) -> str:
    """The e-mail address that somebody signs in with: never empty."""
    address = clean_email(field, value)
    if not address:
        raise Refusal("field_required", field=field)
    return address


def clean_zone(field: str, value: Any) -> str:
    """A time zone by its IANA name."""
    if not isinstance(value, str) or value not in available_timezones():
        raise Refusal("unknown_zone", field=field, value=str(value)[:100])
    return value


def clean_domains(field: str, value: Any) -> list[str]:
    """Our own domains, each once, in their order."""
    if not isinstance(value, list | tuple) or len(value) > DOMAINS_LIMIT:
        raise Refusal("not_a_list", field=field, limit=DOMAINS_LIMIT)
    return [domain for domain in dict.fromkeys(clean_domain(field, item) for item in value) if domain]


def clean_meanings(meanings: Mapping[str, Any]) -> dict[str, str | None]:
    """What words of sources are said to mean, by their letters as they are compared."""
    said: dict[str, str | None] = {}
    for word, way in meanings.items():
        plain = plain_words(clean_line("source_words", word) or "")
        if not plain:
            raise Refusal("field_required", field="source_words")
        if way is not None and way not in (*WAYS, TELLS_NOTHING):
            raise Refusal("unknown_choice", field="source_words", choices=(*WAYS, TELLS_NOTHING))
        said[plain] = way
    return said


def clean_scopes(field: str, value: Any) -> list[str]:
    """The scopes of a token: at least one of them, each once."""
    wanted = list(value) if isinstance(value, list | tuple | set | frozenset) else []
    if not wanted or any(scope not in SCOPES for scope in wanted):
        raise Refusal("unknown_choice", field=field, choices=SCOPES)
    return [scope for scope in SCOPES if scope in wanted]


USER: Mapping[str, Cleaner] = {
    "email": clean_address,
    "name": clean_name,
    "role": one_of(tuple(Role)),
    "team": clean_reference,
    "is_active": clean_flag,
}
PROFILE: Mapping[str, Cleaner] = {
    "name": clean_name,
    "language": one_of(LANGUAGES),
    "theme": one_of(THEMES),
    "density": one_of(DENSITIES),
}
TEAM: Mapping[str, Cleaner] = {"name": clean_name, "parent": clean_reference}
WORKSPACE: Mapping[str, Cleaner] = {
    "name": clean_line,
    "zone": clean_zone,
    "currency": clean_currency,
    "our_domains": clean_domains,
}


def check_password(password: str, user: User) -> None:
    """Refuse a password that is too easy to guess; `reasons` are codes with their values."""
    if len(password) > PASSWORD_LIMIT:
        raise Refusal("too_long", field="password", limit=PASSWORD_LIMIT, length=len(password))
    try:
        validate_password(password, user)
    except ValidationError as error:
        reasons = tuple((str(item.code), dict(item.params or {})) for item in error.error_list)
        raise Refusal("weak_password", field="password", reasons=reasons) from None
