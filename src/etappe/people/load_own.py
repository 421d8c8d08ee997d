"""Whom texts of an import mean where an own field names a person or an account, for many at once."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from etappe.core.own_fields import FieldKind
from etappe.people.load import accounts_by_domain, accounts_by_name, people_by_email, people_by_name
from etappe.people.models import Account, Person


def uids_by_key(kind: FieldKind, keys: Collection[int]) -> dict[int, str]:
    """The uids of people or accounts that are in use, by key."""
    rows = _model(kind).filter(id__in=list(keys)).values_list("id", "uid") if keys else ()
    return {key: str(uid) for key, uid in rows}


def meant(kind: FieldKind, texts: Collection[str]) -> dict[str, str]:
    """The uids of the people or accounts that these texts name: by uid, address or name. Who is not clear is left out.

    Of several accounts with one name the oldest is meant, as everywhere in imports; of several people nobody.
    """
    by_uid = _by_uid(kind, texts)
    rest = [text for text in texts if text not in by_uid]
    keys = _people(rest) if kind is FieldKind.PERSON else _accounts(rest)
    uids = uids_by_key(kind, set(keys.values()))
    return by_uid | {text: uids[key] for text, key in keys.items() if key in uids}


def _model(kind: FieldKind) -> Any:
    model: Any = Person if kind is FieldKind.PERSON else Account
    return model.objects.filter(archived_at=None)


def _by_uid(kind: FieldKind, texts: Collection[str]) -> dict[str, str]:
    uids = {text: uid for text in texts if (uid := _uid(text))}
    if not uids:
        return {}
    there = {str(uid) for uid in _model(kind).filter(uid__in=set(uids.values())).values_list("uid", flat=True)}
    return {text: uid for text, uid in uids.items() if uid in there}


def _uid(text: str) -> str:
    try:
        return str(uuid.UUID(text)) if len(text) == 36 else ""
    except ValueError:
        return ""


def _accounts(texts: list[str]) -> dict[str, int]:
    found = accounts_by_name(texts)
    domains = {text: text.lower() for text in texts if text not in found and "." in text}
    by_domain = accounts_by_domain(list(domains.values()))
    return found | {text: by_domain[domain] for text, domain in domains.items() if domain in by_domain}


def _people(texts: list[str]) -> dict[str, int]:
    addresses = {text: text.lower() for text in texts if "@" in text}
    by_address = people_by_email(list(addresses.values()))
    found = {text: by_address[address] for text, address in addresses.items() if address in by_address}
    namesakes: dict[str, set[int]] = {}
    for (name, _account), key in people_by_name([text for text in texts if text not in found]).items():
        namesakes.setdefault(name, set()).add(key)
    return found | {name: next(iter(keys)) for name, keys in namesakes.items() if len(keys) == 1}
