"""Merging accounts or people: choosing what to merge, looking at both side by side, and taking it back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from etappe.core.bin import DAYS
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.merging import LEAST, MOST, OWN, is_empty
from etappe.journal.labels import FIELDS, label, listed
from etappe.journal.refusals import Said
from etappe.journal.refusals import text as said
from etappe.people import queries as people
from etappe.people.merging import Side, Sides
from etappe.records import duplicates
from etappe.records import merge as merging
from etappe.records.duplicates import Likely
from etappe.records.merge import Past, Preview
from etappe.team.access import require
from etappe.web.deals_forms import as_uid
from etappe.web.shell import Request, go, say, show


@dataclass(frozen=True)
class Cell:
    """What one of the records says in a field, and whether it wins."""

    uid: uuid.UUID
    text: str
    wins: bool


@dataclass(frozen=True)
class FieldRow:
    """A field with what each record says; `differs` where there is something to choose."""

    name: str
    label: str
    cells: tuple[Cell, ...]
    differs: bool


@dataclass(frozen=True)
class Column:
    """One of the records: the first stays, each other can be made the one that stays or be left out."""

    side: Side
    stays: bool
    keep: str
    leave: str


@dataclass(frozen=True)
class MergePage:
    """The records side by side."""

    subject: str
    preview: Preview
    columns: tuple[Column, ...]
    fields: tuple[FieldRow, ...]
    moves: tuple[str, ...]
    back: str
    here: str
    more: str
    days: int
    said: Said | None = None


@dataclass(frozen=True)
class ChoosePage:
    """What a record could be merged with, and the merges into it that can be undone.

    `add` is the address that a record's uid is put behind; `kept` are the records chosen so far.
    """

    subject: str
    name: str
    back: str
    add: str
    kept: tuple[str, ...]
    search: str
    found: tuple[tuple[str, str], ...]
    likely: tuple[Likely, ...]
    past: tuple[Past, ...]


@require_http_methods(["GET", "POST"])
def merge(request: Request, uid: uuid.UUID, subject: str) -> HttpResponse:
    """Merge other records into this one, after a look at all of them side by side."""
    require(request.actor, "records.merge")
    others = [each for text in _given(request).getlist("with") if (each := as_uid(text)) and each != uid]
    if not others or "more" in request.GET:
        return show(request, "records/choose.html", _chooser(request, subject, [uid, *others]))
    if request.method != "POST":
        return show(request, "records/merge.html", _page(request, subject, [uid, *others]))
    try:
        done = merging.merge(
            subject,
            [uid, *others],
            seen=_seen(request, [uid, *others]),
            choices=_choices(request),
            actor=request.actor,
            at=request.at,
        )
    except Forbidden:
        raise
    except Refusal as refusal:
        return _again(request, subject, [uid, *others], refusal)
    say(request, _("Merged."), undo=reverse("merge_undo", args=[done.uid]))
    return go(request, subject, done.survivor)


@require_POST
def start(request: Request) -> HttpResponse:
    """Look at the ticked records of a list (`subject`, `uid`s) side by side."""
    require(request.actor, "records.merge")
    subject = request.POST.get("subject", "")
    if subject not in merging.SUBJECTS:
        raise Missing(subject)
    uids = list(dict.fromkeys(each for text in request.POST.getlist("uid") if (each := as_uid(text))))
    if len(uids) < LEAST or len(uids) > MOST:
        raise Refusal("merge_count", least=LEAST, most=MOST, count=len(uids))
    return go(request, _address(subject, uids))


def _given(request: Request) -> Any:
    return request.POST if request.method == "POST" else request.GET


def _again(request: Request, subject: str, uids: list[uuid.UUID], refusal: Refusal) -> HttpResponse:
    """The page once more with what there is now; where a record is gone meanwhile, the refusal stands alone."""
    try:
        page = _page(request, subject, uids, said(refusal))
    except (Missing, Refusal):
        raise refusal from None
    return show(request, "records/merge.html", page, status=refusal.status)


def _seen(request: Request, uids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    texts = {uid: request.POST.get(f"seen-{uid}", "") for uid in uids}
    return {uid: int(text) for uid, text in texts.items() if text.isascii() and text.isdigit() and len(text) < 10}


def _choices(request: Request) -> dict[str, uuid.UUID]:
    picked = [(name, as_uid(str(value))) for name, value in request.POST.items() if name.startswith("pick-")]
    return {name.removeprefix("pick-"): uid for name, uid in picked if uid}


# --- Side by side ---


def _page(request: Request, subject: str, uids: list[uuid.UUID], refusal: Said | None = None) -> MergePage:
    preview = merging.preview(request.actor, subject, uids)
    rows = preview.sides.rows
    picks = _choices(request)
    return MergePage(
        subject=subject,
        preview=preview,
        columns=tuple(_column(subject, rows, row) for row in rows),
        fields=tuple(_picked(row, picks) for row in _fields(preview.sides)),
        moves=tuple(_moves(preview.moves)),
        back=reverse(subject, args=[rows[0].uid]),
        here=_address(subject, [row.uid for row in rows]),
        more=_address(subject, [row.uid for row in rows]) + "&more=1" if len(rows) < MOST else "",
        days=DAYS,
        said=refusal,
    )


def _address(subject: str, uids: list[uuid.UUID]) -> str:
    asked = urlencode([("with", str(uid)) for uid in uids[1:]])
    return reverse(f"{subject}_merge", args=[uids[0]]) + (f"?{asked}" if asked else "")


def _column(subject: str, rows: tuple[Side, ...], row: Side) -> Column:
    rest = [each.uid for each in rows if each is not row]
    return Column(row, row is rows[0], _address(subject, [row.uid, *rest]), _address(subject, rest))


def _fields(sides: Sides) -> list[FieldRow]:
    found = [_field(sides, column, place) for column, place in sides.wins.items()]
    keys = dict.fromkeys(key for row in sides.rows for key in row.custom)
    found += [_own_field(sides, key) for key in keys]
    return [row for row in found if any(cell.text for cell in row.cells)]


def _picked(row: FieldRow, picks: dict[str, uuid.UUID]) -> FieldRow:
    """The field as it was chosen before a refusal."""
    wanted = picks.get(row.name)
    if all(cell.uid != wanted for cell in row.cells):
        return row
    return replace(row, cells=tuple(replace(cell, wins=cell.uid == wanted) for cell in row.cells))


def _field(sides: Sides, column: str, place: int) -> FieldRow:
    cells = tuple(
        Cell(row.uid, _said(row.values[column], sides.names.get(column)), number == place)
        for number, row in enumerate(sides.rows)
    )
    return FieldRow(column, label(FIELDS, column), cells, sides.differs(column))


def _own_field(sides: Sides, key: str) -> FieldRow:
    values = [row.custom.get(key) for row in sides.rows]
    place = next((number for number, value in enumerate(values) if not is_empty(value)), 0)
    cells = tuple(Cell(row.uid, row.own.get(key, ""), number == place) for number, row in enumerate(sides.rows))
    held = [value for value in values if not is_empty(value)]
    return FieldRow(OWN + key, sides.fields.get(key, key), cells, any(value != held[0] for value in held))


def _said(value: Any, names: dict[int, str] | None) -> str:
    if is_empty(value):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if names is not None:
        return names.get(value, "…")
    return str(value)


def _moves(moves: dict[str, int]) -> list[str]:
    """What comes along, in words."""
    words = {
        "people": _("People"),
        "children": _("Companies below"),
        "contacts": _("Contacts"),
        "deals": _("Deals"),
        "next_steps": _("Next steps"),
        "files": _("Files"),
        "centres": _("Places in buying centres"),
        "evidence": _("Pieces of evidence"),
    }
    return [f"{words[name]}: {count}" for name, count in moves.items() if count]


# --- Choosing ---


def _chooser(request: Request, subject: str, chosen: list[uuid.UUID]) -> ChoosePage:
    uid, kept = chosen[0], tuple(str(each) for each in chosen[1:])
    viewer, search = request.actor, request.GET.get("q", "").strip()
    here, taken = _address(subject, chosen), (str(uid), *kept)
    found = people.get_account(viewer, uid) if subject == "account" else people.get_person(viewer, uid)
    return ChoosePage(
        subject=subject,
        name=found.name,
        back=here if kept else reverse(subject, args=[uid]),
        add=here + ("&with=" if kept else "?with="),
        kept=kept,
        search=search,
        found=tuple((each, name) for each, name in _suggested(request, subject, search) if each not in taken),
        likely=tuple(each for each in duplicates.of_record(viewer, subject, found.id) if str(each.uid) not in taken),
        past=tuple(merging.past(viewer, subject, found.id, request.at)),
    )


def _suggested(request: Request, subject: str, text: str) -> list[tuple[str, str]]:
    if not text:
        return []
    if subject == "account":
        return [(str(each.uid), each.name) for each in people.suggest_accounts(request.actor, text)]
    return [(str(each.uid), f"{each.name} {each.email}".strip()) for each in people.suggest_people(request.actor, text)]


@require_POST
def undo(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take a merge back; the message says what stays as it was edited since."""
    undone = merging.undo(uid, actor=request.actor, at=request.at)
    text = _("The merge is undone.")
    if undone.kept:
        names = listed(label(FIELDS, column) for column in undone.kept)
        text += " " + _("Edited since, so it stays: {fields}.").format(fields=names)
    if undone.stay:
        text += " " + _("Moved on since, so it stays there: {count}.").format(count=undone.stay)
    say(request, text)
    return go(request, undone.subject, undone.survivor)
