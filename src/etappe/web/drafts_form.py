"""The form view of the process editor, for whoever has never seen YAML: it edits the text of the same draft."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from etappe.core.errors import Refusal, Stale
from etappe.core.process import NEEDED, Phase
from etappe.core.process_file import OUTCOMES, OWNERS
from etappe.core.process_write import Data, keeps_comments, plain, rewrite
from etappe.core.process_yaml import LARGEST
from etappe.journal.labels import FIELDS, KINDS, TEAM_ROLES, label
from etappe.journal.refusals import Said
from etappe.journal.refusals import text as said
from etappe.playbook import actions_drafts as actions
from etappe.playbook.diff_texts import OUTCOMES as OUTCOME_NAMES
from etappe.playbook.diff_texts import PHASES as PHASE_NAMES
from etappe.playbook.drafts import DraftView, get_draft
from etappe.web.drafts_pages import accepted
from etappe.web.form_data import ProcessFields, changed, data_of, fields_of, fits
from etappe.web.playbook_judged import Judged, judged
from etappe.web.shell import Request, go, say, show, warn

Choices = tuple[tuple[str, str], ...]
NEXT = {"publish": "draft_publish", "backtest": "draft_backtest", "text": "draft"}
"""Where one goes on to after saving, by the button that saves."""


@dataclass(frozen=True)
class FormPage:
    """A draft as a form; without fields where its text cannot be shown as one."""

    draft: DraftView
    source: str
    seen: str
    fields: ProcessFields | None
    judged: Judged
    phases: Choices
    owners: Choices
    needed: Choices
    kinds: Choices
    outcomes: Choices
    said: Said | None
    loses_comments: bool
    is_unsaved: bool


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The form. A POST saves it as text, checks it, or adds, removes and moves parts (which is not saved yet)."""
    held = get_draft(request.actor, uid)
    if request.method != "POST":
        return _show(request, held, held.source, plain(held.source))
    source = request.POST.get("source", "").replace("\r\n", "\n")[:LARGEST]
    base = plain(source)
    if base is None or not fits(base):
        return _show(request, held, source, None)
    data = data_of(request.POST, base)
    if "accept" in request.POST:
        text = accepted(rewrite(source, data), request.POST["accept"])
        return _show(request, held, source, plain(text))
    if "change" in request.POST:
        return _show(request, held, source, changed(data, request.POST["change"]))
    if "check" in request.POST:
        return _show(request, held, source, data)
    return _save(request, held, source, data)


def _show(
    request: Request, held: DraftView, source: str, data: Data | None, refusal: Refusal | None = None
) -> HttpResponse:
    usable = data is not None and fits(data)
    text = rewrite(source, data) if data is not None and usable else source
    seen = str(held.version) if refusal or request.method != "POST" else request.POST.get("seen", "")
    page = FormPage(
        draft=held,
        source=source,
        seen=seen,
        fields=fields_of(data) if data is not None and usable else None,
        judged=judged(text),
        phases=tuple((phase.value, label(PHASE_NAMES, phase.value)) for phase in Phase),
        owners=tuple((owner, label(TEAM_ROLES, owner)) for owner in OWNERS),
        needed=tuple((name, label(FIELDS, name)) for name in NEEDED),
        kinds=tuple((kind.value, str(name)) for kind, name in KINDS.items()),  # type: ignore[attr-defined]  # kinds are an enum
        outcomes=tuple((outcome, label(OUTCOME_NAMES, outcome)) for outcome in OUTCOMES),
        said=said(refusal) if refusal else None,
        loses_comments=not keeps_comments(source, text),
        is_unsaved=text != held.source,
    )
    status = refusal.status if refusal else 200
    return show(request, "playbook/form.html", page, part="judged", status=status)


def _save(request: Request, held: DraftView, source: str, data: Data) -> HttpResponse:
    text, sent = rewrite(source, data), request.POST.get("seen", "")
    seen = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else None
    try:
        actions.save_draft(held.uid, text, seen=seen, actor=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status not in (Refusal.status, Stale.status):
            raise
        return _show(request, held, source, data, refusal)
    if not keeps_comments(source, text):
        warn(request, _("Saved. The file was written anew, without its comments."))
    else:
        say(request, _("Saved."))
    wanted = next((route for name, route in NEXT.items() if name in request.POST), "draft_form")
    return go(request, wanted, held.uid)
