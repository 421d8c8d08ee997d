"""The sentence of every journal kind, as a timeline shows it after the name of whoever did it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from etappe.core.own_fields import OwnField
from etappe.core.process import Basis
from etappe.journal.labels import (
    ACTIVITIES,
    CENTRE_ROLES,
    CONTACT_ACTS,
    CONTACT_CHANNELS,
    CONTACT_DIRECTIONS,
    FIELDS,
    FLAGS,
    KINDS,
    ROLES,
    STATUSES,
    TEAM_ROLES,
    Label,
    day,
    label,
    language,
    listed,
    moment,
)
from etappe.journal.own_values import value_text


@dataclass(frozen=True)
class Names:
    """What keys in entries are called: whatever is not named here is shown as its key.

    `stages`, `criteria` and `reasons` are keys of the deal's process; `people`, `users` and `accounts` are keys or uids
    as text. `own` are the fields that the workspace defined, by key. `currency` is that of amounts, where the entry
    itself names none.
    """

    stages: Mapping[str, str] = field(default_factory=dict)
    criteria: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    processes: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, OwnField] = field(default_factory=dict)
    currency: str = ""


NOBODY = Names()
NAMED = 5
"""Fields that a sentence names; an edit of more is a list, which stands below it."""


@dataclass(frozen=True)
class Changed:
    """A field before and after, in words."""

    field: str
    before: str
    after: str


SENTENCES: Mapping[str, Label] = {
    "account.created": _("Account added"),
    "account.edited": _("Account changed: {fields}"),
    "account.archived": _("Put into the recycle bin"),
    "account.restored": _("Brought back from the recycle bin"),
    "person.archived": _("Put into the recycle bin"),
    "person.restored": _("Brought back from the recycle bin"),
    "deal.archived": _("Put into the recycle bin"),
    "deal.restored": _("Brought back from the recycle bin"),
    "account.merged": _("Merged with {names}: now one account"),
    "account.merged_away": _("Merged into “{into_name}”"),
    "account.unmerged": _("Merge with {names} undone"),
    "account.came_back": _("Merge into “{from_name}” undone"),
    "person.merged": _("Merged with {names}: now one person"),
    "person.merged_away": _("Merged into “{into_name}”"),
    "person.unmerged": _("Merge with {names} undone"),
    "person.came_back": _("Merge into “{from_name}” undone"),
    "account.told_apart": _("Looked at and found not to be the same as another account"),
    "person.told_apart": _("Looked at and found not to be the same as another person"),
    "person.created": _("Person added: {name}"),
    "person.edited": _("Person changed: {fields}"),
    "note.written": _("Note: {text}"),
    "note.deleted": _("Note deleted"),
    "contact.logged": _("Contact logged: {direction}, {contact_channel}, {act}: {about}"),
    "contact.withdrawn": _("Contact withdrawn: {direction}, {contact_channel}, {act}: {about}"),
    "contact.brought_back": _("Contact counts again: {direction}, {contact_channel}, {act}: {about}"),
    "contacts.recorded": _("{count} contacts recorded at once, from {first} to {last}"),
    "file.added": _("File added: {called}"),
    "file.removed": _("File taken off: {called}"),
    "file.restored": _("File brought back: {called}"),
    "workspace.exported": _("Everything exported: {rows} rows, {files} files"),
    "workspace.loaded": _("Archive of {taken_at} loaded: {rows} rows, {files} files"),
    "tag.renamed": _("Tag “{was}” is called “{called}” now"),
    "tag.removed": _("Tag “{called}” taken off all records"),
    "field.defined": _("Field defined: {name}"),
    "field.edited": _("Field “{called}” changed: {fields}"),
    "field.archived": _("Field “{called}” archived; its values stay"),
    "field.restored": _("Field “{called}” offered again"),
    "deal.created": _("Deal added: {name}"),
    "deal.edited": _("Deal changed: {fields}"),
    "deal.stage_moved": _("Moved from “{came_from}” to “{went_to}”, {basis}"),
    "deal.won": _("Won, after “{came_from}”"),
    "deal.left": _("Left in “{came_from}”: {status}, {reason}"),
    "activity.imported": _("{type}: {subject}"),
    "activity.taken_back": _("Activity taken back with its import: {subject}"),
    "deal.history_imported": _("Stage history brought by an import: {stages}"),
    "deal.rested": _("Resting until {until}"),
    "deal.reopened": _("Reopened in “{went_to}”"),
    "deal.move_undone": _("Undone: back in “{went_to}”, {status}"),
    "deal.evidence_confirmed": _("Evidence for “{criterion}”: {kind}"),
    "deal.evidence_withdrawn": _("Evidence for “{criterion}” taken back: {reason}"),
    "deal.evidence_judged": _("Evidence for “{criterion}” accepted"),
    "deal.exception_asked": _("Exception asked for to move to “{to}”: {reason}"),
    "deal.exception_answered": _("Exception granted for {stages}"),
    "deal.note_link_made": _("Asked {person} to confirm the note on “{criterion}”"),
    "deal.note_answered": _("Note on “{criterion}” confirmed by {person}"),
    "deal.note_link_revoked": _("Link to confirm the note on “{criterion}” taken back"),
    "deal.stakeholder_added": _("{person} joined the buying centre: {role}"),
    "deal.stakeholder_removed": _("{person} left the buying centre"),
    "deal.member_added": _("{user} joined the deal team: {role}"),
    "deal.member_removed": _("{user} left the deal team"),
    "process.published": _("Version {number} of the process “{process}” published, with {stages} stages"),
    "process.made_default": _("New deals start on the process “{process}”"),
    "deal.remapped": _("With another process version now in “{went_to}” (before: “{came_from}”)"),
    "deal.process_changed": _(
        "From the process “{process_before}” to “{process_after}”, now in “{went_to}” (before: “{came_from}”)"
    ),
    "deal.process_change_undone": _("Back on the process “{process_after}”, in “{went_to}”"),
    "deal.remap_undone": _("Back in “{went_to}”: the change of process version was taken back"),
    "process.deals_taken": _("{deals} open deals moved to version {number} of the process “{process}”"),
    "process.deals_taken_back": _("{deals} deals moved back to earlier versions of the process “{process}”"),
    "process.review_planned": _("Next review of the process “{process}”: {review_on} {user}"),
    "process.review_held": _("Process “{process}” reviewed: {result}"),
    "draft.created": _("Draft of a process begun"),
    "draft.edited": _("Draft of a process changed: {fields}"),
    "user.created": _("Colleague added: {name}"),
    "user.edited": _("Colleague {user} changed: {fields}"),
    "user.joined": _("{user} accepted the invitation"),
    "team.created": _("Team added: {name}"),
    "team.edited": _("Team {team} changed: {fields}"),
    "view.saved": _("View of a list saved: {name}"),
    "view.edited": _("View “{called}” changed: {fields}"),
    "view.deleted": _("View “{called}” deleted"),
    "commitment.made": _("{whose} committed for {period}: {amount} {currency}"),
    "commitment.changed": _("Commitment of {whose} changed: {fields}"),
    "subscription.made": _("{whose} is mailed a figure: {figure}"),
    "subscription.changed": _("{whose} is mailed a figure at another time: {figure} ({fields})"),
    "subscription.ended": _("{whose} is mailed a figure no longer: {figure}"),
    "goal.set": _("Goal of {whose} for {period}: {target} {currency}"),
    "goal.changed": _("Goal of {whose} changed: {fields}"),
    "workspace.edited": _("Workspace changed: {fields}"),
    "workspace.questions_answered": _("The four questions answered: {shares}"),
    "token.created": _("API token made: {label} ({scopes})"),
    "token.revoked": _("API token revoked: {label}"),
    "import.finished": _(
        "Import of {files}: {created} new, {changed} changed, {unchanged} unchanged, {rejected} rejected"
    ),
    "import.undone": _("Import undone: {archived} records in the recycle bin, {restored} as they were, {stays} stay"),
}
"""By kind: what happened, without a subject."""

OTHERWISE: Mapping[tuple[str, str, Any], Label] = {
    ("activity.imported", "subject", ""): "{type}",
    ("contact.logged", "about", ""): _("Contact logged: {direction}, {contact_channel}, {act}"),
    ("contact.withdrawn", "about", ""): _("Contact withdrawn: {direction}, {contact_channel}, {act}"),
    ("contact.brought_back", "about", ""): _("Contact counts again: {direction}, {contact_channel}, {act}"),
    ("deal.rested", "until", None): _("Taken up again"),
    ("deal.evidence_judged", "accepted", False): _("Evidence for “{criterion}” not accepted: {reason}"),
    ("deal.exception_answered", "granted", False): _("Exception for {stages} refused: {reason}"),
    ("deal.exception_answered", "by_oneself", True): _("Exception for {stages} granted by oneself"),
    ("deal.note_answered", "confirmed", False): _("{person} would correct the note on “{criterion}”: {comment}"),
    ("deal.stage_moved", "basis", Basis.BACK.value): _("Moved back from “{came_from}” to “{went_to}”"),
    ("deal.stage_moved", "basis", Basis.OVERRIDE.value): _("Moved from “{came_from}” to “{went_to}” by exception"),
    ("subscription.made", "figure", "next_steps"): _("{whose} is mailed what waits for them, every working morning"),
    ("subscription.changed", "figure", "next_steps"): _(
        "{whose} is mailed what waits for them at another time ({fields})"
    ),
    ("subscription.ended", "figure", "next_steps"): _("{whose} is mailed what waits for them no longer"),
    ("deal.won", "basis", Basis.OVERRIDE.value): _("Won by exception, after “{came_from}”"),
}
"""Kinds that say something else where a field has this value; the first that fits counts."""

BASES_SAID: Mapping[str, Label] = {
    Basis.EVIDENCE.value: _("on evidence"),
    Basis.IMPORTED.value: _("as imported"),
    Basis.REMAP.value: _("with another process version"),
}


def sentence(kind: str, data: Mapping[str, Any], names: Names = NOBODY) -> str:
    """What the entry says, in the reader's language."""
    flat = _flat(data)
    special = (text for (name, column, value), text in OTHERWISE.items() if name == kind and flat.get(column) == value)
    template = next(special, SENTENCES.get(kind, kind))
    return str(template).format_map(defaultdict(str, _values(data, names)))


def value_said(column: str, value: Any, names: Names = NOBODY) -> str:
    """A value of a column in words."""
    return _column(column, value, names)


def changed(data: Mapping[str, Any], names: Names = NOBODY) -> list[Changed]:
    """The fields that an entry changed, each before and after; empty for an entry of another kind."""
    pairs = data.get("changed")
    if not isinstance(pairs, Mapping):
        return []
    was, now = (replace(names, currency=code or names.currency) for code in pairs.get("currency", ("", "")))
    return [line for column, (before, after) in pairs.items() for line in _changed(column, before, after, was, now)]


def _changed(column: str, before: Any, after: Any, was: Names, names: Names) -> list[Changed]:
    """A column before and after; for own values each field that changed."""
    if column != "custom":
        return [Changed(label(FIELDS, column), _column(column, before, was), _column(column, after, names))]
    return [
        Changed(
            _own_name(key, names),
            value_text(names.own.get(key), (before or {}).get(key), {**names.people, **names.accounts}),
            value_text(names.own.get(key), (after or {}).get(key), {**names.people, **names.accounts}),
        )
        for key in _own_keys(before, after, names)
    ]


def _own_keys(before: Any, after: Any, names: Names) -> list[str]:
    """The own fields that changed, in the order that the workspace gave them."""
    places = {key: place for place, key in enumerate(names.own)}
    return sorted({**(before or {}), **(after or {})}, key=lambda key: (places.get(key, len(places)), key))


def _own_name(key: str, names: Names) -> str:
    return names.own[key].name if key in names.own else key


def _fields(pairs: Mapping[str, Any], names: Names) -> str:
    """The names of the fields that changed, the first few where there are many."""
    before, after = pairs.get("custom", ({}, {}))
    own = [_own_name(key, names) for key in _own_keys(before, after, names)]
    every = [*(label(FIELDS, column) for column in pairs if column != "custom"), *own]
    if len(every) <= NAMED:
        return listed(every)
    rest = len(every) - NAMED + 1
    return listed([*every[:-rest], ngettext("{n} more", "{n} more", rest).format(n=rest)])


def _values(data: Mapping[str, Any], names: Names) -> dict[str, str]:
    """Every field in words."""
    flat = _flat(data)
    pairs = data.get("changed")
    fields = _fields(pairs, names) if isinstance(pairs, Mapping) else ""
    return {key: _column(key, value, names) for key, value in flat.items()} | {"fields": fields}


def _flat(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entry's fields, with what a record was created with beside them."""
    inner = data.get("values")
    return {**(inner if isinstance(inner, Mapping) else {}), **data}


def _column(column: str, value: Any, names: Names) -> str:
    if value is None or value == "":
        return _way(column, names)("") if column == "role" else ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return listed(_column(column, item, names) for item in value)
    if isinstance(value, Mapping):
        return _shares(value) if column == "shares" else listed(str(key) for key in value)
    return _way(column, names)(str(value))


def _shares(shares: Mapping[str, Any]) -> str:
    ordered = sorted(shares.items(), key=lambda share: -float(share[1]))
    return listed(f"{label(MODELS, model)} {float(share):.0%}" for model, share in ordered if float(share) > 0)


MODELS: Mapping[str, Label | Promise] = {
    "inbound": _("inbound"),
    "outbound": _("outbound"),
    "account_based": _("account-based"),
    "relationship": _("relationship selling"),
    "team": _("team selling"),
    "transactional": _("transactional selling"),
    "channel": _("channel selling"),
}


def _way(column: str, names: Names) -> Callable[[str], str]:
    """How the values of a column are said."""
    if column in _AMOUNTS:
        return lambda amount: _amount(amount, names.currency if column == "amount" else "")
    if column in _LOOKED_UP:
        known: Mapping[str, str] = getattr(names, _LOOKED_UP[column])
        return lambda key: known.get(key, key)
    return _SAID.get(column, str)


_AMOUNTS = ("amount", "revenue")
"""Columns of amounts; a company's revenue has no currency."""


def _amount(text: str, currency: str) -> str:
    """An amount as the reader's language writes it."""
    amount = Decimal(text)
    if currency:
        return format_currency(amount, currency, locale=language())
    return format_decimal(amount, "#,##0.######", locale=language())


def _role(key: str) -> str:
    for table in (ROLES, CENTRE_ROLES, TEAM_ROLES):
        if key in table:
            return label(table, key)
    return key


def _day(text: str) -> str:
    return day(date.fromisoformat(text[:10]))


def _moment(text: str) -> str:
    return moment(datetime.fromisoformat(text))


_LOOKED_UP = {
    "account_id": "accounts",
    "came_from": "stages",
    "criterion": "criteria",
    "entry_stage": "stages",
    "leave_reason": "reasons",
    "next_step_person_id": "people",
    "owner_id": "users",
    "parent_id": "accounts",
    "person": "people",
    "process_after": "processes",
    "process_before": "processes",
    "reason": "reasons",
    "stage": "stages",
    "stages": "stages",
    "team": "teams",
    "team_id": "teams",
    "to": "stages",
    "user": "users",
    "went_to": "stages",
}

_SAID: Mapping[str, Callable[[str], str]] = {
    "basis": lambda key: label(BASES_SAID, key),
    "act": lambda key: label(CONTACT_ACTS, key),
    "buyer_since": _day,
    "buyer_target_date": _day,
    "closed_at": _moment,
    "contact_channel": lambda key: label(CONTACT_CHANNELS, key),
    "data_as_of": _day,
    "direction": lambda key: label(CONTACT_DIRECTIONS, key),
    "engaged_since": _day,
    "expected_close": _day,
    "first": _moment,
    "flags": lambda key: label(FLAGS, key),
    "happened_at": _moment,
    "kind": lambda key: label(KINDS, key),
    "last": _moment,
    "next_step_on": _day,
    "rests_until": _day,
    "review_on": _day,
    "role": _role,
    "taken_at": _moment,
    "status": lambda key: label(STATUSES, key),
    "type": lambda key: label(ACTIVITIES, key),
    "until": _day,
}
