"""Cells of a list that are edited in their place: one field as a form, written by the record's ordinary edit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from etappe.core.errors import Forbidden, Missing, Refusal, Stale
from etappe.journal.filtering import Field
from etappe.records import lists
from etappe.records.lists import Subject, Wanted
from etappe.web.cell_forms import ACTIONS, Held, cell_form, fingerprint, held, values_of
from etappe.web.deals_answers import complain, next_page, seen_of
from etappe.web.deals_forms import Conflict, conflicts
from etappe.web.lists import heading
from etappe.web.lists_cells import CHANGING, ROUTES, rows_of
from etappe.web.loops import drawn
from etappe.web.own_fields import WithOwnFields
from etappe.web.references import with_account
from etappe.web.shell import Request, go, say, show, today, wants_part

FORM = "cell-edit"
"""The id of the form that a cell's fields belong to; it stands beside the table, as a form in a form is none."""
TOLD = "cell-open"
"""The id of what stands in the cell."""


@dataclass(frozen=True)
class CellPage:
    """A cell as a form; with what a colleague made of it meanwhile."""

    uid: uuid.UUID
    record: str
    label: str
    form: WithOwnFields
    address: str
    back: str
    seen: int
    was: str
    is_own: bool
    conflicts: tuple[Conflict, ...] = ()


@require_http_methods(["GET", "POST"])
def cell(request: Request, subject: str, uid: uuid.UUID, field: str) -> HttpResponse:
    """One field of a record, in its cell; without script on a page of its own."""
    found = lists.subject_of(subject)
    known = lists.registry_of(found, request.actor)
    record = held(request, found, uid)
    form = cell_form(request, found, record, field)
    if not record.may_edit:
        raise Forbidden("forbidden", act=CHANGING[found.key])
    page = _page(request, found, record, known.field(field), form)
    if request.method != "POST" or not form.is_valid():
        return _shown(request, page, 422 if form.errors else 200)

    def write(seen: int) -> None:
        with transaction.atomic():
            values = with_account(request, values_of(form))
            ACTIONS[found.key](uid, values, seen=seen, actor=request.actor, at=request.at)

    try:
        _write(request, record, page.was, write)
    except Stale as stale:
        both = conflicts(form, {**record.initial, **form.own_initial()})
        complain(form, stale)
        return _shown(request, _page(request, found, record, known.field(field), form, both), stale.status)
    except (Forbidden, Missing):
        raise
    except Refusal as refusal:
        _complain(form, refusal)
        return _shown(request, page, refusal.status)
    return _done(request, found, record)


def _write(request: Request, record: Held, present: str, write: Callable[[int], None]) -> None:
    """Write over what the reader saw. What a colleague changed elsewhere in the record meanwhile is no conflict."""
    seen = seen_of(request)
    untouched = seen is None or request.POST.get("was") == present
    write(record.version if untouched else seen or record.version)


def _complain(form: WithOwnFields, refusal: Refusal) -> None:
    """Put a refusal at the field; one of another field stands above it."""
    words = complain(form, refusal)
    if not form.errors:
        form.add_error(None, f"{words.what} {words.way_out}".strip())


def _page(
    request: Request,
    subject: Subject,
    record: Held,
    field: Field,
    form: WithOwnFields,
    both: tuple[Conflict, ...] = (),
) -> CellPage:
    address = reverse("cell", args=[subject.key, record.uid, field.key])
    columns = request.GET.get("columns", "")
    if wants_part(request):
        for each in form.fields.values():
            each.widget.attrs["form"] = FORM
    return CellPage(
        uid=record.uid,
        record=record.name,
        label=heading(field),
        form=form,
        address=address + (f"?{urlencode({'columns': columns})}" if columns else ""),
        back=reverse(ROUTES[subject.key], args=[record.uid]),
        seen=record.version,
        was=fingerprint(form),
        is_own=bool(form.asked),
        conflicts=both,
    )


def _shown(request: Request, page: CellPage, status: int) -> HttpResponse:
    answer = show(request, "lists/cell.html", page, part="cell", status=status)
    if wants_part(request) and request.method == "POST":
        answer["HX-Retarget"], answer["HX-Reswap"] = f"#{TOLD}", "outerHTML"
    return answer


def _done(request: Request, subject: Subject, record: Held) -> HttpResponse:
    """With script the row as it is now; it is gone where the viewer sees the record no more."""
    if not wants_part(request):
        say(request, _("Saved."))
        return go(request, next_page(request) or reverse(ROUTES[subject.key], args=[record.uid]))
    columns = tuple(key for key in request.GET.get("columns", "").split(",") if key)
    fields, line = lists.one(request.actor, Wanted(subject, columns=columns), record.uid, today=today(request))
    if line is None:
        say(request, _("Saved. It is for others now, and no longer in your list."))
    rows = rows_of(request, subject, [line], fields) if line else ()
    return HttpResponse(drawn("rows.html", rows=rows))
