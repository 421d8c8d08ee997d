"""Likely duplicates of accounts and people: found before one is made, after each change, and kept as a queue.

Candidates come from indexed keys (`people.alike`), the judgement from `core.duplicates`. The pairs are derived: looking
again gives them again.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from etappe.core.actor import Actor
from etappe.core.contact import ACCOUNT, PERSON, domain_of_website
from etappe.core.contact import clean_fields as cleaned
from etappe.core.duplicates import (
    AccountFacts,
    Likeness,
    PersonFacts,
    Reason,
    between_accounts,
    between_people,
    grouped,
)
from etappe.core.errors import Missing, Refusal
from etappe.core.page import Page
from etappe.journal.paging import Sort, page_of
from etappe.journal.queries import changed_records, has_changed_records
from etappe.people import alike
from etappe.people.queries import AccountRow, PersonRow, account_id, visible_accounts, visible_people
from etappe.records.models import Apart, Pair, Sweep

SUBJECTS = ("account", "person")
SHOWN = 5
"""Likely duplicates that are shown before a record is made."""
CHUNK = 200
"""Records that are looked at in one go."""
COUNTED = 1000
"""Pairs of one kind that are counted for the result of an import."""

QUEUE = {"score": Sort("score", descending=True)}


@dataclass(frozen=True)
class Likely:
    """A record that is likely the same as one that is about to be made, or another one."""

    subject: str
    uid: uuid.UUID
    name: str
    detail: str
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Match:
    """Two records of a group, and why they are likely the same."""

    one: AccountRow | PersonRow
    other: AccountRow | PersonRow
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Group:
    """Records that are likely all the same: two, or several that hang together."""

    rows: tuple[AccountRow, ...] | tuple[PersonRow, ...]
    matches: tuple[Match, ...]

    @property
    def score(self) -> int:
        """How sure the rules are, at their best pair."""
        return max(match.score for match in self.matches)


# --- Before a record is made ---


def possible(viewer: Actor, subject: str, fields: Mapping[str, Any]) -> list[Likely]:
    """Records that the viewer sees and that one with these fields is likely the same as, the likeliest first.

    Fields that do not hold are not looked at: whether they do, the action decides.
    """
    asked = _facts_from(viewer, subject, fields)
    if asked is None:
        return []
    keys = [other for _key, other in alike.candidates([(alike.NEW, asked)])]  # type: ignore[arg-type]  # one kind
    seen = _seen(viewer, subject, keys)
    judged = [(key, _between(asked, facts)) for key, facts in _facts(subject, list(seen)).items()]
    likely = sorted(((key, found) for key, found in judged if found.is_likely), key=lambda pair: -pair[1].score)
    return [_likely(subject, seen[key], found) for key, found in likely[:SHOWN]]


def _likely(subject: str, row: AccountRow | PersonRow, found: Likeness) -> Likely:
    return Likely(subject, row.uid, row.name, detail_of(row), found.score, found.reasons)


def detail_of(row: AccountRow | PersonRow) -> str:
    """What tells a record from others of its name."""
    if isinstance(row, AccountRow):
        return " · ".join(part for part in (row.domain, row.city) if part)
    return " · ".join(part for part in (row.email, row.phone, row.account.name if row.account else "") if part)


def _facts_from(viewer: Actor, subject: str, fields: Mapping[str, Any]) -> AccountFacts | PersonFacts | None:
    held = {name: _text(fields, name) for name in _TEXTS[subject]}
    if subject == "account":
        domain = (held.pop("domain") or domain_of_website(held["website"])).lower()
        del held["website"]
        return AccountFacts(domain=domain, **held) if held["name"] else None
    name = held["name"] or f"{held['given_name']} {held['family_name']}".strip() or held["email"]
    return PersonFacts(name, held["email"], (held["phone"], held["mobile"]), _account(viewer, fields)) if name else None


def _text(fields: Mapping[str, Any], name: str) -> str:
    try:
        return str(cleaned({name: fields.get(name) or ""}, {**PERSON, **ACCOUNT})[name])
    except Refusal:
        return ""


def _account(viewer: Actor, fields: Mapping[str, Any]) -> int | None:
    try:
        return account_id(viewer, fields["account"]) if fields.get("account") else None
    except Missing:
        return None


_TEXTS = {
    "account": ("name", "domain", "website", "phone", "postcode", "city"),
    "person": ("name", "given_name", "family_name", "email", "phone", "mobile"),
}


# --- Looking, and keeping what was found ---


def look(subject: str, keys: Collection[int], *, at: datetime, names_alike: bool = True) -> int:
    """Look for duplicates of these records and keep the pairs; what is no longer likely goes. Returns how many pairs.

    For a run of an import, and in the background. Without `names_alike` only equal keys are looked at, which is quick
    for many thousands of records.
    """
    ordered = sorted(keys)
    return sum(
        _look_at(subject, ordered[start : start + CHUNK], at, names_alike) for start in range(0, len(ordered), CHUNK)
    )


def _look_at(subject: str, keys: Sequence[int], at: datetime, names_alike: bool) -> int:
    asked = _facts(subject, keys)
    found = alike.candidates(list(asked.items()), alike=names_alike)
    facts = asked | _facts(subject, {other for _key, other in found} - set(asked))
    pairs = {(min(pair), max(pair)) for pair in found} - _apart(subject, keys)
    judged = {(low, high): _between(facts[low], facts[high]) for low, high in pairs if {low, high} <= set(facts)}
    likely = {pair: likeness for pair, likeness in judged.items() if likeness.is_likely}
    _keep(subject, keys, likely, at)
    return len(likely)


def _keep(subject: str, keys: Sequence[int], likely: Mapping[tuple[int, int], Likeness], at: datetime) -> None:
    Pair.objects.filter(_of(keys), subject=subject).delete()
    rows = [
        Pair(
            subject=subject,
            low=low,
            high=high,
            score=found.score,
            reasons=[reason.value for reason in found.reasons],
            found_at=at,
        )
        for (low, high), found in likely.items()
    ]
    Pair.objects.bulk_create(rows, ignore_conflicts=True)


def _of(keys: Collection[int]) -> Q:
    return Q(low__in=keys) | Q(high__in=keys)


def forget(subject: str, keys: Collection[int]) -> None:
    """Drop the pairs of records that are gone or were told apart."""
    Pair.objects.filter(_of(keys), subject=subject).delete()


def sweep(*, at: datetime) -> int:
    """Look at the records that changed since the last time, as many as one go takes; returns how many entries it read.

    Imported ones are among them. The mark is a transaction and an entry, so that a late commit is not skipped.
    """
    mark, _made = Sweep.objects.get_or_create(id=1)
    changed = changed_records(mark.xid, mark.entry, limit=CHUNK)
    for subject in SUBJECTS:
        look(subject, changed.keys[subject], at=at)
    Sweep.objects.filter(id=1).update(xid=changed.xid, entry=changed.entry)
    return changed.read


def _apart(subject: str, keys: Collection[int]) -> set[tuple[int, int]]:
    return set(Apart.objects.filter(_of(keys), subject=subject).values_list("low", "high"))


def _facts(subject: str, keys: Collection[int]) -> dict[int, Any]:
    return alike.account_facts(keys) if subject == "account" else alike.person_facts(keys)


def _seen(viewer: Actor, subject: str, keys: Collection[int]) -> Mapping[int, AccountRow | PersonRow]:
    return alike.seen_accounts(viewer, keys) if subject == "account" else alike.seen_people(viewer, keys)


def _between(one: Any, other: Any) -> Likeness:
    return between_accounts(one, other) if isinstance(one, AccountFacts) else between_people(one, other)


# --- The queue ---


def queue(viewer: Actor, subject: str, after: str | None = None) -> Page[Group]:
    """Likely duplicates of which the viewer sees both, the likeliest first; those that hang together in one group."""
    if subject not in SUBJECTS:
        raise Missing
    page = page_of(_pairs(viewer, subject), QUEUE, "score", after, lambda pair: pair)
    rows = _seen(viewer, subject, {key for pair in page.rows for key in (pair.low, pair.high)})
    groups = tuple(_group(keys, page.rows, rows) for keys in grouped((pair.low, pair.high) for pair in page.rows))
    return Page(groups, page.after, page.count)


def of_record(viewer: Actor, subject: str, key: int) -> list[Likely]:
    """The likely duplicates of one record that the viewer sees."""
    pairs = list(_pairs(viewer, subject).filter(_of([key])).order_by("-score", "-id")[:SHOWN])
    others = {pair.id: pair.high if pair.low == key else pair.low for pair in pairs}
    rows = _seen(viewer, subject, set(others.values()))
    return [_likely(subject, rows[others[pair.id]], Likeness(pair.score, _reasons(pair))) for pair in pairs]


@dataclass(frozen=True)
class LikelySince:
    """Pairs found since a moment, by what they are; of each at most `COUNTED`, then there may be more."""

    found: int
    or_more: bool
    is_looking: bool
    by_subject: Mapping[str, int]


def likely_since(viewer: Actor, moment: datetime, *, first: int | None, last: int | None) -> LikelySince:
    """The pairs that the viewer sees and that were found since a moment, for the result of an import.

    `first` and `last` are the import's entries in the journal: as long as some of them were not read, the search in
    the background is still looking.
    """
    counts = {subject: _pairs(viewer, subject).filter(found_at__gte=moment)[:COUNTED].count() for subject in SUBJECTS}
    or_more = any(count == COUNTED for count in counts.values())
    return LikelySince(sum(counts.values()), or_more, _is_looking(first, last), counts)


def _is_looking(first: int | None, last: int | None) -> bool:
    if first is None:
        return False
    mark = Sweep.objects.filter(id=1).first() or Sweep()
    return has_changed_records(mark.xid, mark.entry, first, last)


def _pairs(viewer: Actor, subject: str) -> Any:
    rows: Any = (visible_accounts if subject == "account" else visible_people)(viewer).values("id")
    return Pair.objects.filter(subject=subject, low__in=rows, high__in=rows)


def _group(keys: Iterable[int], pairs: Iterable[Pair], rows: Mapping[int, AccountRow | PersonRow]) -> Group:
    held = list(keys)
    matches = tuple(
        Match(rows[pair.low], rows[pair.high], pair.score, _reasons(pair)) for pair in pairs if pair.low in held
    )
    return Group(tuple(rows[key] for key in held), matches)  # type: ignore[arg-type]  # rows of one kind


def _reasons(pair: Pair) -> tuple[Reason, ...]:
    return tuple(Reason(reason) for reason in pair.reasons)
