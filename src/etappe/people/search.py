"""Finding accounts and people by name, domain, address and phone number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from etappe.core.actor import Actor
from etappe.core.search import Hit, Hits, Rank, Sought, Subject, read
from etappe.journal.finding import VIEWERS, Beside, Part, Wanted, escaped, find, find_within, loosely, similar
from etappe.people.queries import SUGGESTIONS, SuggestedAccount, visible_accounts, visible_people

ACCOUNT_COLUMNS = "row.uid, row.name, row.owner_id, row.created_at, row.domain, row.city"
PERSON_COLUMNS = (
    "row.uid, row.name, row.owner_id, row.created_at, row.job_title, "
    "(SELECT account.name FROM people_account AS account WHERE account.id = row.account_id), row.email"
)
FAMILY = "etappe_fold(row.family_name)"
"""The expression of the index `person_family`."""
NEWEST = "row.created_at DESC, row.id DESC"
SAME, BEGINS = "lower(row.{column}) = %s", "row.{column} <> '' AND lower(row.{column}) LIKE %s || '%%'"
ACCOUNT_DIGITS = "regexp_replace(replace(row.phone, '(0)', ''), '[^0-9;]', '', 'g')"
PERSON_DIGITS = "regexp_replace(replace(row.phone || ';' || row.mobile, '(0)', ''), '[^0-9;]', '', 'g')"
"""The expressions of the indexes `account_digits` and `person_digits`."""
ACCOUNT_NUMBERED, PERSON_NUMBERED = "NOT (row.phone = '')", "NOT (row.mobile = '' AND row.phone = '')"
"""The conditions that these hold under."""
WHOLE = "(^|;)(0+|(00)?[1-9][0-9]{{0,2}})?{digits}(;|$)"
"""A whole number, with or without the country's code or a leading zero."""


def search_accounts(viewer: Actor, sought: Sought, limit: int) -> Hits:
    """Accounts the viewer sees, the best first: by the beginning of name and domain, by phone. One query."""
    found = find(_accounts(viewer), sought, limit, _beside_accounts(sought))
    return Hits(_hits(Subject.ACCOUNT, viewer, found.rows), found.is_whole)


def accounts_within(viewer: Actor, sought: Sought, limit: int, *, own: bool) -> list[Hit]:
    """Accounts with the words anywhere in their name, the best first; only one's own where so asked. One query."""
    found = find_within(_accounts(viewer), sought, limit, _beside_accounts(sought), own=own)
    return _hits(Subject.ACCOUNT, viewer, found)


def accounts_alike(viewer: Actor, sought: Sought, limit: int) -> list[Hit]:
    """Accounts with a similar name. One query, within `loosely`."""
    found = similar(_accounts(viewer), sought, limit)
    return [_hit(Subject.ACCOUNT, viewer, Rank.SIMILAR, closeness, *row) for *row, closeness in found]


def accounts_nearly(viewer: Actor, text: str) -> list[SuggestedAccount]:
    """Accounts for a picker whose name is similar to the text, the most similar first: where nothing is called so."""
    sought = read(text)
    if not sought.has_likes:
        return []
    with loosely():
        rows = similar(_accounts(viewer), sought, SUGGESTIONS)
    return [SuggestedAccount(uid, name, city, domain) for uid, name, _owner, _at, domain, city, _closeness in rows]


def search_people(viewer: Actor, sought: Sought, limit: int) -> Hits:
    """People the viewer sees, the best first: by the beginning of name and address, by phone. One query."""
    found = find(_people(viewer), sought, limit, _beside_people(sought))
    return Hits(_hits(Subject.PERSON, viewer, found.rows), found.is_whole)


def people_within(viewer: Actor, sought: Sought, limit: int, *, own: bool) -> list[Hit]:
    """People with the words anywhere in their name, the best first; only one's own where so asked. One query."""
    found = find_within(_people(viewer), sought, limit, _beside_people(sought), own=own)
    return _hits(Subject.PERSON, viewer, found)


def people_alike(viewer: Actor, sought: Sought, limit: int) -> list[Hit]:
    """People with a similar name. One query, within `loosely`."""
    found = similar(_people(viewer), sought, limit)
    return [_hit(Subject.PERSON, viewer, Rank.SIMILAR, closeness, *row) for *row, closeness in found]


@lru_cache(maxsize=VIEWERS)
def _accounts(viewer: Actor) -> Wanted:
    return Wanted(visible_accounts(viewer), viewer.id, ACCOUNT_COLUMNS, NEWEST)


@lru_cache(maxsize=VIEWERS)
def _people(viewer: Actor) -> Wanted:
    return Wanted(visible_people(viewer), viewer.id, PERSON_COLUMNS, NEWEST, FAMILY)


def _beside_accounts(sought: Sought) -> tuple[Beside, ...]:
    return (*_written("domain", sought.domain), *_numbered(ACCOUNT_NUMBERED, ACCOUNT_DIGITS, sought.digits))


def _beside_people(sought: Sought) -> tuple[Beside, ...]:
    return (*_written("email", sought.address), *_numbered(PERSON_NUMBERED, PERSON_DIGITS, sought.digits))


def _written(column: str, text: str) -> Iterator[Beside]:
    if text:
        begins = Part(f"({BEGINS.format(column=column)})", escaped([text]))
        yield Beside(begins, Part(SAME.format(column=column), (text,)))


def _numbered(condition: str, column: str, digits: str) -> Iterator[Beside]:
    if digits:
        holds = Part(f"({condition} AND {column} LIKE %s)", (f"%{digits}%",))
        yield Beside(holds, Part(f"({column} ~ %s)", (WHOLE.format(digits=digits),)))


def _hits(subject: Subject, viewer: Actor, found: Iterable[tuple[Any, ...]]) -> list[Hit]:
    return [_hit(subject, viewer, Rank(rank), 0.0, *row) for *row, rank in found]


def _hit(subject: Subject, viewer: Actor, rank: Rank, closeness: float, *row: Any) -> Hit:
    uid, name, owner, at, *details = row
    return Hit(
        subject=subject,
        uid=uid,
        name=name,
        rank=rank,
        is_own=owner is not None and owner == viewer.id,
        at=at,
        details=tuple(text for text in details if text),
        closeness=closeness,
    )
