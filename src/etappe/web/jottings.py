"""Notes in a timeline, and the pages on which they are tried out, written anew and deleted."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from etappe.core.actor import Actor
from etappe.core.contact import NOTE_LIMIT
from etappe.core.errors import Forbidden, Missing
from etappe.deals import queries as deals
from etappe.journal.queries import EntryView
from etappe.people import queries as people
from etappe.records.actions_notes import delete_note, rewrite_note
from etappe.records.notes import get_note
from etappe.team.access import may
from etappe.web.forms import is_written
from etappe.web.shell import Request, go, say, show


@dataclass(frozen=True)
class Jotting:
    """A note in a timeline, and what the viewer may do with it."""

    id: int
    is_edited: bool
    may_edit: bool
    may_delete: bool


class JotForm(forms.Form):
    """A note once more."""

    text = forms.CharField(max_length=NOTE_LIMIT, widget=forms.Textarea({"rows": 10}))


@dataclass(frozen=True)
class JotPage:
    """A note to be written anew; `back` is its record."""

    form: JotForm
    back: str


@dataclass(frozen=True)
class Preview:
    """A note as it will read."""

    text: str


def jotting(entry: EntryView, viewer: Actor) -> Jotting | None:
    """The entry as a note; nothing for entries of other kinds."""
    if entry.kind != "note.written":
        return None
    writes = may(viewer, "notes.write")
    is_own = entry.actor_id is not None and entry.actor_id == viewer.id
    may_delete = writes and (is_own or may(viewer, "workspace.edit"))
    return Jotting(entry.id, entry.voids is not None, writes and is_own, may_delete)


@require_POST
def preview(request: Request) -> HttpResponse:
    """How a note will read; nothing is kept."""
    page = Preview(request.POST.get("text", "")[:NOTE_LIMIT])
    return show(request, "records/preview.html", page, part="preview")


@require_http_methods(["GET", "POST"])
def edit(request: Request, entry: int) -> HttpResponse:
    """A note of one's own, to be written anew."""
    note = get_note(request.actor, entry)
    if not (told := jotting(note, request.actor)) or not told.may_edit:
        raise Forbidden("not_your_note")
    form = JotForm(request.POST or None, initial={"text": note.data.get("text", "")})
    form.fields["text"].label = _("Note")

    def write(wanted: dict[str, str]) -> None:
        rewrite_note(entry, wanted["text"], actor=request.actor, at=request.at)

    back = _record(request, note)
    if is_written(request, form, write):
        say(request, _("Saved."))
        return go(request, back)
    return show(request, "records/note.html", JotPage(form, back), status=422 if form.errors else 200)


@require_POST
def delete(request: Request, entry: int) -> HttpResponse:
    """A note is taken off its record."""
    note = get_note(request.actor, entry)
    delete_note(entry, actor=request.actor, at=request.at)
    say(request, _("Note deleted."))
    return go(request, _record(request, note))


def _record(request: Request, note: EntryView) -> str:
    """The page of the record that the note stands on."""
    viewer = request.actor
    if note.deal_id is not None:
        return reverse("deal", args=[deals.seen_among(viewer, [note.deal_id])[note.deal_id][0].uid])
    if note.person_id is not None:
        return reverse("person", args=[people.person_names([note.person_id])[note.person_id].uid])
    if note.account_id is None:
        raise Missing
    return reverse("account", args=[people.account_names([note.account_id])[note.account_id].uid])
