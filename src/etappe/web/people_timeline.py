"""The chronological record of an account or a person, in words; entries of deals only for those who see the deal."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.process import Process
from etappe.deals import queries as deals
from etappe.deals.shapes import Ref
from etappe.journal.labels import words
from etappe.journal.queries import PAGE, EntryView, Keys, timeline, without_old_notes
from etappe.journal.texts import Changed, Names, changed, sentence
from etappe.people import queries as people
from etappe.records.merge import undoable
from etappe.team import queries as team
from etappe.team.access import may
from etappe.web.deals_forms import as_uid
from etappe.web.deals_timeline import LOOKS
from etappe.web.entry_names import account_names, person_names, stage_names, team_names
from etappe.web.jottings import Jotting, jotting
from etappe.web.own_words import own_words

OWN_LOOKS = {
    "account.created": ("building", ""),
    "account.edited": ("pencil", ""),
    "account.archived": ("trash", ""),
    "account.restored": ("arrow-back-up", ""),
    "account.merged": ("copy", "good"),
    "account.merged_away": ("copy", ""),
    "account.unmerged": ("arrow-back-up", ""),
    "account.came_back": ("arrow-back-up", ""),
    "person.merged": ("copy", "good"),
    "person.merged_away": ("copy", ""),
    "person.unmerged": ("arrow-back-up", ""),
    "person.came_back": ("arrow-back-up", ""),
    "account.told_apart": ("users", ""),
    "person.told_apart": ("users", ""),
    "person.archived": ("trash", ""),
    "person.restored": ("arrow-back-up", ""),
    "person.created": ("user-plus", ""),
    "person.edited": ("pencil", ""),
    "contact.logged": ("phone", ""),
    "contact.withdrawn": ("trash", ""),
    "contact.brought_back": ("arrow-back-up", ""),
}


MERGED = ("account.merged", "person.merged")


@dataclass(frozen=True)
class Told:
    """An entry as the record shows it."""

    icon: str
    tone: str
    at: datetime
    by: str
    text: str
    note: str
    changed: tuple[Changed, ...]
    deal: Ref | None
    jotted: Jotting | None
    merge: str
    """The merge that the entry tells of, where the viewer can still undo it."""


@dataclass(frozen=True)
class Story:
    """A page of the record; `before` asks for the older entries."""

    told: tuple[Told, ...]
    before: int | None


def story(
    viewer: Actor, at: datetime, *, account: Keys | None = None, person: Keys | None = None, before: int | None = None
) -> Story:
    """The newest entries about an account or a person that the viewer may read, or those before one of them."""
    page = timeline(account=account, person=person, before=before)
    entries = without_old_notes(page, account=account, person=person)
    seen = deals.seen_among(viewer, [entry.deal_id for entry in entries if entry.deal_id])
    open_ones = people.without_hidden(viewer, entries)
    readable = [entry for entry in open_ones if entry.deal_id is None or entry.deal_id in seen]
    names, own = _names(readable, seen), own_words(viewer, readable)
    refs = {key: ref for key, (ref, _process) in seen.items()}
    merges = undoable(map(_merge, readable), at) if may(viewer, "records.merge") else set()
    told = tuple(
        _told(entry, own.put(names, entry), refs.get(entry.deal_id or 0), viewer, merges) for entry in readable
    )
    return Story(told, page[-1].id if len(page) == PAGE else None)


def _merge(entry: EntryView) -> str:
    return str(entry.data.get("merge") or "") if entry.kind in MERGED else ""


def _told(entry: EntryView, names: Names, deal: Ref | None, viewer: Actor, merges: Container[str]) -> Told:
    icon, tone = (LOOKS | OWN_LOOKS).get(entry.kind, ("history", ""))
    is_note = entry.kind == "note.written"
    return Told(
        icon=icon,
        tone=tone,
        at=entry.occurred_at,
        by=names.users.get(str(entry.actor_id), ""),
        text="" if is_note else sentence(entry.kind, entry.data, names),
        note=str(entry.data.get("text" if is_note else "excerpt") or ""),
        changed=tuple(changed(entry.data, names)),
        deal=deal,
        jotted=jotting(entry, viewer),
        merge=_merge(entry) if _merge(entry) in merges else "",
    )


def _names(entries: Sequence[EntryView], seen: Mapping[int, tuple[Ref, Process]]) -> Names:
    processes = [process for _ref, process in seen.values()]
    uids = [uid for entry in entries if (uid := as_uid(str(entry.data.get("person") or "")))]
    return Names(
        stages=stage_names(processes, entries),
        criteria={key: words(item.text) for process in processes for key, (_s, item) in process.criteria.items()},
        reasons={reason.key: words(reason.name) for process in processes for reason in process.leave},
        people={str(ref.uid): ref.name for ref in people.people_by_uid(uids)} | person_names(entries),
        users=team.colleague_names(),
        teams=team_names(entries),
        accounts=account_names(entries),
    )
