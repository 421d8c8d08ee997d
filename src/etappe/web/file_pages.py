"""Files of records: put on, delivered safely, taken off, brought back."""

from __future__ import annotations

import uuid

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from etappe.core.errors import Missing, Refusal
from etappe.deals.queries import seen_among
from etappe.foreign.files import check_upload
from etappe.journal import artefacts
from etappe.people import queries as people
from etappe.records.actions_files import add_file, remove_file, restore_file
from etappe.records.files import FileView, get_file, record_id
from etappe.web.shell import Request, go, say

SHOWN = frozenset({"image/png", "image/jpeg"})
"""Kinds that a browser may show by itself; everything else is saved."""

SHUT = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@require_POST
def add(request: Request, subject: str, uid: uuid.UUID) -> HttpResponse:
    """Put a file on a record."""
    record_id(request.actor, subject, uid)
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise Refusal("field_required", field="file")
    if (given.size or 0) > artefacts.LIMIT:
        raise Refusal("file_too_large", size=given.size, limit=artefacts.LIMIT)
    content = given.read()
    facts = check_upload(given.name or "", content)
    add_file(subject, uid, facts, content, actor=request.actor, at=request.at)
    say(request, _("Saved."))
    return go(request, subject, uid)


@require_GET
def file(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The file, to save; with `show` a picture is shown, alone in a box of its own."""
    found = get_file(request.actor, uid)
    return delivered(found, shown="show" in request.GET and found.media_type in SHOWN)


def delivered(found: FileView, *, shown: bool = False) -> HttpResponse:
    """The bytes, in a way that no browser takes them for a page of ours."""
    if found.removed_at is not None:
        raise Missing
    kind = found.media_type if shown else "application/octet-stream"
    answer = HttpResponse(artefacts.fetch(found.artefact).content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(not shown, found.name) or "attachment"
    answer["Content-Security-Policy"] = SHUT
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
def remove(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take a file off its record."""
    found = remove_file(uid, actor=request.actor, at=request.at)
    say(request, _("“{name}” taken off.").format(name=found.name), undo=reverse("file_restore", args=[uid]))
    return go(request, _record(request, found))


@require_POST
def restore(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Bring a file back."""
    found = restore_file(uid, actor=request.actor, at=request.at)
    say(request, _("“{name}” is back.").format(name=found.name))
    return go(request, _record(request, found))


def _record(request: Request, file: FileView) -> str:
    """The page of the record that the file is on."""
    if file.subject == "deal":
        return reverse("deal", args=[seen_among(request.actor, [file.record])[file.record][0].uid])
    if file.subject == "person":
        return reverse("person", args=[people.person_names([file.record])[file.record].uid])
    return reverse("account", args=[people.account_names([file.record])[file.record].uid])
