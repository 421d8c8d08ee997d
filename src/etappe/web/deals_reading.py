"""Opening evidence: the message itself, shown safely; the file to take along; the verdict, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.evidence import Kind
from etappe.core.process import Criterion, Stage
from etappe.deals import actions
from etappe.deals import queries as deals
from etappe.deals.shapes import DealView, EvidenceView
from etappe.journal import artefacts
from etappe.journal.refusals import Said
from etappe.web.deals_answers import complain, done
from etappe.web.deals_forms import ReasonForm
from etappe.web.shell import Request, say, show

SHUT = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
"""What a foreign document may do in its frame: nothing. It has no script, no remote content and no origin."""


@dataclass(frozen=True)
class Attached:
    """A file within the mail; named, never opened."""

    name: str
    mime: str
    size: int


@dataclass(frozen=True)
class EvidencePage:
    """A piece of evidence, to be read and judged."""

    evidence: EvidenceView
    deal: DealView
    stage: Stage
    criterion: Criterion
    form: ReasonForm
    said: Said | None = None

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the file says of itself."""
        return self.evidence.facts

    @property
    def text(self) -> str:
        """The words of the message, or what was noted."""
        return str(self.facts.get("text") or self.evidence.excerpt)

    @property
    def has_layout(self) -> bool:
        """Whether the message has a formatted body, too."""
        return bool(self.facts.get("html"))

    @property
    def to(self) -> str:
        """Whom the mail was sent to."""
        return ", ".join(str(address) for address in self.facts.get("to", ()))

    @property
    def starts(self) -> datetime | None:
        """When the appointment of an invitation begins."""
        text = self.facts.get("starts")
        return datetime.fromisoformat(text) if text else None

    @property
    def attachments(self) -> tuple[Attached, ...]:
        """Files within the mail."""
        found = self.facts.get("attachments", ())
        return tuple(Attached(str(each["name"]), str(each["mime"]), int(each["size"])) for each in found)

    @property
    def may_ask(self) -> bool:
        """Whether the buyer can be asked to confirm it."""
        asked = Kind.NOTE_CONFIRMED in self.criterion.kinds
        return asked and self.deal.may_edit and self.evidence.kind == Kind.CALL_NOTE and self.evidence.holds


@require_GET
def evidence(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The evidence, in the side sheet or on a page of its own."""
    return _answer(request, _page(request, uid, ReasonForm()))


def _page(request: Request, uid: uuid.UUID, form: ReasonForm, said: Said | None = None) -> EvidencePage:
    found = deals.get_evidence(request.actor, uid)
    deal = deals.get_deal(request.actor, found.deal.uid)
    stage, criterion = deal.process.criteria[found.criterion]
    return EvidencePage(found, deal, stage, criterion, form, said)


def _answer(request: Request, page: EvidencePage, status: int = 200) -> HttpResponse:
    return show(request, "deals/evidence.html", page, part="panel", into="panel", status=status)


@require_GET
def layout(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The formatted body of a mail, for the sandboxed frame: cleaned when it was read, and shut in once more here."""
    html = str(deals.get_evidence(request.actor, uid).facts.get("html") or "")
    if not html:
        raise Missing
    answer = HttpResponse(_document(html))
    answer["Content-Security-Policy"] = SHUT
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _document(html: str) -> SafeString:
    clean = mark_safe(html)  # noqa: S308 - cleaned by nh3 in the child that read the mail; the policy above stands behind it
    return format_html(
        '<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light"><title>{}</title>'
        "</head><body>{}</body></html>",
        _("Mail as it was formatted"),
        clean,
    )


@require_GET
def file(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The file as it was given, to save; never shown in the browser."""
    found = deals.get_evidence(request.actor, uid)
    if not found.artefact:
        raise Missing
    answer = HttpResponse(artefacts.fetch(found.artefact).content, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, found.file_name) or "attachment"
    answer["Content-Security-Policy"] = SHUT
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["POST"])
def judge(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A manager's verdict, with a word to the rep where it is a no."""
    accepted = request.POST.get("accepted") == "yes"
    reason = request.POST.get("reason", "")
    try:
        actions.judge(uid, accepted, reason, actor=request.actor, at=request.at)
    except Forbidden:
        raise
    except Refusal as refusal:
        return _refused(request, uid, refusal)
    say(request, _("Evidence accepted.") if accepted else _("Evidence not accepted; the rep sees your word."))
    return done(request, deals.get_evidence(request.actor, uid).deal.uid)


@require_http_methods(["POST"])
def withdraw(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take evidence back, with a reason."""
    try:
        actions.withdraw(uid, request.POST.get("reason", ""), actor=request.actor, at=request.at)
    except Forbidden:
        raise
    except Refusal as refusal:
        return _refused(request, uid, refusal)
    say(request, _("Evidence taken back."))
    return done(request, deals.get_evidence(request.actor, uid).deal.uid)


def _refused(request: Request, uid: uuid.UUID, refusal: Refusal) -> HttpResponse:
    form = ReasonForm(request.POST)
    form.is_valid()
    return _answer(request, _page(request, uid, form, complain(form, refusal)), refusal.status)
