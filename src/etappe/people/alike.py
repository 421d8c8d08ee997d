"""Finding accounts and people that could be the same as others: by indexed keys, each with a bound, never all pairs.

For each record asked about at most `BOUND` others per key come back; `etappe.core.duplicates` judges them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from etappe.core.actor import Actor
from etappe.core.duplicates import AccountFacts, PersonFacts
from etappe.people.models import Account, Person
from etappe.people.queries import AccountRow, PersonRow, account_rows, person_rows, visible_accounts, visible_people

BOUND = 20
"""Others that one key may bring up; a mailbox or a switchboard that hundreds share says nothing about any of them."""

SIMILAR = 0.55
"""From this share of common trigrams on a name is looked at."""

# OFFSET keeps the index of names in front: towns have thousands of companies, and each name costs a key to compare.
_ACCOUNTS = """
SELECT asked.key, other.id FROM unnest(%(keys)s::bigint[], %(names)s::text[], %(domains)s::text[], %(phones)s::text[],
    %(postcodes)s::text[], %(cities)s::text[]) AS asked(key, name, domain, phone, postcode, city)
CROSS JOIN LATERAL (
    (SELECT id FROM people_account WHERE asked.domain <> '' AND domain <> '' AND archived_at IS NULL
        AND lower(domain) = lower(asked.domain) LIMIT %(bound)s)
    UNION (SELECT id FROM people_account WHERE archived_at IS NULL
        AND etappe_name_key(name) = etappe_name_key(asked.name) LIMIT %(bound)s)
    UNION (SELECT id FROM people_account WHERE etappe_phone_key(asked.phone) <> '' AND phone <> ''
        AND archived_at IS NULL AND etappe_phone_key(phone) = etappe_phone_key(asked.phone) LIMIT %(bound)s)
    UNION (SELECT id FROM (
            SELECT id, city, postcode, etappe_name_key(name) AS name_key FROM people_account
            WHERE %(alike)s AND asked.name !~ '[0-9]' AND asked.postcode || asked.city <> '' AND archived_at IS NULL
                AND etappe_name_key(name) %% etappe_name_key(asked.name) OFFSET 0
        ) AS named
        WHERE postcode <> '' AND postcode = asked.postcode
            OR city <> '' AND etappe_name_key(city) = etappe_name_key(asked.city)
        ORDER BY similarity(name_key, etappe_name_key(asked.name)) DESC LIMIT %(bound)s)
) AS other WHERE other.id <> asked.key
"""

_PEOPLE = """
SELECT asked.key, other.id FROM
    unnest(%(keys)s::bigint[], %(names)s::text[], %(emails)s::text[], %(phones)s::text[], %(mobiles)s::text[],
           %(accounts)s::bigint[]) AS asked(key, name, email, phone, mobile, account)
CROSS JOIN LATERAL (
    (SELECT id FROM people_person WHERE asked.email <> '' AND email <> '' AND archived_at IS NULL
        AND lower(email) = lower(asked.email) LIMIT %(bound)s)
    UNION (SELECT id FROM people_person WHERE phone <> '' AND archived_at IS NULL AND etappe_phone_key(phone) <> ''
        AND etappe_phone_key(phone) IN (etappe_phone_key(asked.phone), etappe_phone_key(asked.mobile)) LIMIT %(bound)s)
    UNION (SELECT id FROM people_person WHERE mobile <> '' AND archived_at IS NULL AND etappe_phone_key(mobile) <> ''
        AND etappe_phone_key(mobile) IN (etappe_phone_key(asked.phone), etappe_phone_key(asked.mobile)) LIMIT %(bound)s)
    UNION (SELECT id FROM (SELECT id, name FROM people_person WHERE account_id = asked.account AND archived_at IS NULL
        LIMIT 2000) AS colleague
        WHERE similarity(etappe_fold(name), etappe_fold(asked.name)) >= %(similar)s LIMIT %(bound)s)
) AS other WHERE other.id <> asked.key
"""

NEW = 0
"""The key of a record that is not there yet."""


def candidates(
    asked: Sequence[tuple[int, AccountFacts]] | Sequence[tuple[int, PersonFacts]], *, alike: bool = True
) -> list[tuple[int, int]]:
    """Pairs of a key asked about and the key of another record in use that shares a key with it.

    `alike` also brings up companies of one town whose names are spelled differently, which costs more: elsewhere a
    name that is only alike says nothing. Names with numbers in them are told apart by these, and left out.
    """
    if not asked:
        return []
    given: dict[str, Any] = {"keys": [key for key, _facts in asked], "bound": BOUND, "similar": SIMILAR, "alike": alike}
    is_account = isinstance(asked[0][1], AccountFacts)
    given |= _account_columns(asked) if is_account else _person_columns(asked)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(SIMILAR)])
        cursor.execute(_ACCOUNTS if is_account else _PEOPLE, given)
        return [(key, other) for key, other in cursor.fetchall()]


def _account_columns(asked: Iterable[tuple[int, Any]]) -> dict[str, list[Any]]:
    facts: list[AccountFacts] = [each for _key, each in asked]
    return {
        "names": [each.name for each in facts],
        "domains": [each.domain for each in facts],
        "phones": [each.phone for each in facts],
        "postcodes": [each.postcode for each in facts],
        "cities": [each.city for each in facts],
    }


def _person_columns(asked: Iterable[tuple[int, Any]]) -> dict[str, list[Any]]:
    facts: list[PersonFacts] = [each for _key, each in asked]
    return {
        "names": [each.name for each in facts],
        "emails": [each.email for each in facts],
        "phones": [each.phones[0] for each in facts],
        "mobiles": [each.phones[1] for each in facts],
        "accounts": [each.account for each in facts],
    }


def account_facts(keys: Collection[int]) -> dict[int, AccountFacts]:
    """What the rules know of these accounts, those in use only."""
    columns = ("id", "name", "domain", "phone", "postcode", "city")
    rows = Account.objects.filter(id__in=keys, archived_at=None).values_list(*columns)
    return {key: AccountFacts(name, domain.lower(), *rest) for key, name, domain, *rest in rows}


def person_facts(keys: Collection[int]) -> dict[int, PersonFacts]:
    """What the rules know of these people, those in use only."""
    columns = ("id", "name", "email", "phone", "mobile", "account_id")
    rows = Person.objects.filter(id__in=keys, archived_at=None).values_list(*columns)
    return {
        key: PersonFacts(name, email, (phone, mobile), account) for key, name, email, phone, mobile, account in rows
    }


def seen_accounts(viewer: Actor, keys: Collection[int]) -> dict[int, AccountRow]:
    """Of these accounts those that the viewer sees, by key."""
    return {row.id: row for row in account_rows(visible_accounts(viewer).filter(id__in=keys))}


def seen_people(viewer: Actor, keys: Collection[int]) -> dict[int, PersonRow]:
    """Of these people those whom the viewer sees, by key."""
    return {row.id: row for row in person_rows(visible_people(viewer).select_related("account").filter(id__in=keys))}
