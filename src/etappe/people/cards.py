"""People as vCards, for address books and phones."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.vcard import VERSIONS, card
from etappe.people.models import Person
from etappe.people.queries import found_people, visible_people
from etappe.team.queries import as_uuid

CHUNK = 500
"""People who are in memory at a time."""
MOST = 50_000
"""Cards of one file; no address book takes more."""

_COLUMNS = (
    "name", "given_name", "family_name", "email", "phone", "mobile", "job_title", "department", "profile", "language",
)  # fmt: skip


def card_of(viewer: Actor, uid: uuid.UUID | str, version: str = VERSIONS[0]) -> str:
    """The person's vCard, or `Missing`."""
    _known(version)
    person = visible_people(viewer).select_related("account").filter(uid=as_uuid(uid)).first()
    if person is None:
        raise Missing
    return _written(person, version)


def cards(
    viewer: Actor, *, search: str = "", where: str = "", today: date, version: str = VERSIONS[0]
) -> Iterator[str]:
    """The vCards of those that a list of people shows, by age of the record. Refuses more than `MOST`."""
    _known(version)
    found = found_people(viewer, search, where, today).order_by("id")
    count = found[: MOST + 1].count()
    if count > MOST:
        raise Refusal("too_many_cards", limit=MOST)
    return (_written(person, version) for person in found.iterator(chunk_size=CHUNK))


def _known(version: str) -> None:
    if version not in VERSIONS:
        raise Refusal("card_version_unknown", version=version[:20], versions=", ".join(VERSIONS))


def _written(person: Person, version: str) -> str:
    said = {column: str(getattr(person, column)) for column in _COLUMNS}
    account = person.account.name if person.account else ""
    return card({**said, "uid": str(person.uid), "account": account}, version)
