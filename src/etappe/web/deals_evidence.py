"""Giving evidence: the panel that says what is missing and takes it, as a file or told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django import forms
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from etappe.core.deal_fields import NAME_LIMIT
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.evidence import Kind
from etappe.deals import actions
from etappe.deals import queries as deals
from etappe.deals.reading import Given, GivenFile, read_file
from etappe.deals.shapes import CriterionView, DealView, StageView
from etappe.journal.artefacts import LIMIT
from etappe.journal.labels import KINDS, label
from etappe.journal.refusals import Said
from etappe.journal.refusals import text as said_of
from etappe.web import deals_links, deals_move
from etappe.web.deals_answers import complain, done, seen_of
from etappe.web.deals_fill import FillForm, fill_form
from etappe.web.deals_forms import NOTE_LIMIT, latest_day, moment_of, offer
from etappe.web.deals_gate import lacks
from etappe.web.deals_people import people_choices, person_called
from etappe.web.form_fields import day_field
from etappe.web.shell import Request, say, show, wants_part

MAIL = (Kind.REPLY, Kind.BOOKING, Kind.INVITE_ACCEPTED)
NOTES = (Kind.CALL_NOTE, Kind.NOTE_CONFIRMED)
KEPT_LIMIT, KEPT_SECONDS = 2 * 1024 * 1024, 15 * 60
FIELDS = {"happened_at": "happened_on"}
"""Fields of the action that have another name in the form."""


class EvidenceForm(forms.Form):
    """What is given for one criterion. Which fields are shown depends on the kind; what is needed, the action says."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
    happened_on = day_field(gettext_lazy("When the buyer did it"))
    person = forms.ChoiceField(label=gettext_lazy("Person of the buyer's side"), required=False)
    new_name = forms.CharField(label=gettext_lazy("Somebody new: name"), required=False, max_length=NAME_LIMIT)
    address = forms.CharField(label=gettext_lazy("Address of the page"), required=False, max_length=2000)
    text = forms.CharField(
        label=gettext_lazy("Text"), required=False, max_length=NOTE_LIMIT, widget=forms.Textarea({"rows": 4})
    )
    add_sender = forms.BooleanField(required=False)


@dataclass(frozen=True)
class Tab:
    """A kind of evidence to choose."""

    kind: str
    name: str
    query: str
    is_here: bool


@dataclass(frozen=True)
class Ask:
    """The form for one criterion."""

    stage: StageView
    view: CriterionView
    kind: str
    tabs: tuple[Tab, ...]
    form: EvidenceForm
    is_open: bool = True
    said: Said | None = None
    offers_sender: bool = False
    kept: str = ""
    kept_name: str = ""

    @property
    def anchor(self) -> str:
        """Where the form stands in the page."""
        return f"ask-{self.view.criterion.key}"

    @property
    def is_mail(self) -> bool:
        """Whether a mail or calendar file is asked for, which says itself who and when."""
        return self.kind in MAIL

    @property
    def is_note(self) -> bool:
        """Whether it is told, not shown."""
        return self.kind in NOTES

    @property
    def is_source(self) -> bool:
        """Whether it is a public page."""
        return self.kind == Kind.SOURCE

    @property
    def by_link(self) -> bool:
        """Whether the buyer is to confirm it by a link."""
        return self.kind == Kind.NOTE_CONFIRMED


@dataclass(frozen=True)
class GivePage:
    """What is missing for a move, or one criterion to give evidence for."""

    deal: DealView
    asks: tuple[Ask, ...]
    to: str
    said: Said | None = None
    own: FillForm | None = None

    @property
    def gaps(self) -> int:
        """How many things are missing."""
        return len(self.asks) + (self.own.gaps if self.own else 0)


@require_http_methods(["GET", "POST"])
def give(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The form for a criterion, or for all that the present stage lacks; a POST gives the evidence."""
    deal = deals.get_deal(request.actor, uid)
    if not deal.may_edit:
        raise Forbidden("forbidden", act="deals.prove")
    wanted = request.POST.get("criterion") or request.GET.get("criterion")
    if not wanted:
        return _panel(request, GivePage(deal, asks_for(request, deal), _to(request)))
    stage, view = _criterion(deal, wanted)
    people = people_choices(request, deal)
    ask = make_ask(request, (stage, view), people, to=_to(request), is_sent=request.method == "POST")
    if request.method == "POST":
        return _take(request, deal, ask)
    if request.GET.get("only") and wants_part(request):
        return _ask_alone(request, deal, ask)
    return _panel(request, GivePage(deal, (ask,), _to(request)))


def missing(request: Request, uid: uuid.UUID, to: str, refusal: Refusal) -> HttpResponse:
    """The refusal of a move: exactly what is missing, each with a form ready to be filled."""
    deal = deals.get_deal(request.actor, uid)
    page = GivePage(deal, asks_for(request, deal, to), to, said_of(refusal), fill_form(request, deal, to))
    return _panel(request, page, refusal.status)


def asks_for(request: Request, deal: DealView, to: str = "") -> tuple[Ask, ...]:
    """Empty forms for all that a move lacks, or without one for all criteria of the present stage that are not met."""
    found = [(each.stage, each.view) for each in lacks(deal, to)] if to else _unmet_here(deal)
    people = people_choices(request, deal) if found else []
    asks = (make_ask(request, each, people, to=to, is_sent=False) for each in found)
    return tuple(replace(ask, is_open=not position) for position, ask in enumerate(asks))


def _unmet_here(deal: DealView) -> list[tuple[StageView, CriterionView]]:
    return [(stage, view) for stage in deal.stages if stage.here for view in stage.criteria if not view.met]


def _criterion(deal: DealView, key: str) -> tuple[StageView, CriterionView]:
    for stage in deal.stages:
        for view in stage.criteria:
            if view.criterion.key == key:
                return stage, view
    raise Missing


def _to(request: Request) -> str:
    return request.POST.get("to") or request.GET.get("to") or ""


def make_ask(
    request: Request,
    wanted: tuple[StageView, CriterionView],
    people: list[tuple[str, str]],
    *,
    to: str,
    is_sent: bool,
) -> Ask:
    """The form for a criterion in the kind that is asked for, the first accepted one if none is."""
    stage, view = wanted
    offered = tuple(kind.value for kind in view.criterion.kinds)
    chosen = (request.POST if is_sent else request.GET).get("kind", "")
    kind = chosen if chosen in offered else offered[0]
    form = EvidenceForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        auto_id=f"{view.criterion.key}_%s",
    )
    offer(form, "person", people, _("choose"))
    form.fields["happened_on"].widget.attrs["max"] = latest_day(request.at, request.workspace.zone)
    return Ask(stage, view, kind, _tabs(view, offered, kind, to), form)


def _tabs(view: CriterionView, offered: Iterable[str], here: str, to: str) -> tuple[Tab, ...]:
    return tuple(
        Tab(
            kind,
            label(KINDS, kind),
            urlencode({"criterion": view.criterion.key, "kind": kind, **({"to": to} if to else {})}),
            kind == here,
        )
        for kind in offered
    )


def _take(request: Request, deal: DealView, ask: Ask) -> HttpResponse:
    kept, name = "", ""
    if not ask.form.is_valid():
        return _again(request, deal, ask, 422)
    try:
        upload = _upload(request)
        if upload:
            kept, name = _keep(request, *upload), upload[0]
        evidence = _confirm(request, deal, ask, read_file(*upload) if upload else None)
    except (Forbidden, Missing):
        raise
    except Refusal as refusal:
        again = replace(
            ask,
            said=complain(ask.form, refusal, FIELDS),
            offers_sender=refusal.code == "sender_unknown",
            kept=kept,
            kept_name=name,
        )
        return _again(request, deal, again, refusal.status)
    _forget(request)
    if ask.by_link and not upload:
        return deals_links.hand_out(request, deal, evidence)
    return _after(request, deal)


@transaction.atomic
def _confirm(request: Request, deal: DealView, ask: Ask, file: GivenFile | None) -> uuid.UUID:
    given = ask.form.cleaned_data
    person = given["person"]
    if given["new_name"] and not person:
        person = person_called(request, deal, given["new_name"])
    told = Given(
        kind=Kind.CALL_NOTE.value if ask.by_link and file is None else ask.kind,
        file=file,
        person=person or None,
        happened_at=moment_of(given["happened_on"], at=request.at, zone=request.workspace.zone),
        text=given["text"],
        address=given["address"],
        add_sender=given["add_sender"],
    )
    return actions.confirm(deal.uid, ask.view.criterion.key, told, actor=request.actor, at=request.at)


def _after(request: Request, deal: DealView) -> HttpResponse:
    """Move on where a move was wanted and nothing is missing any more; otherwise say what still is."""
    to = _to(request)
    say(request, _("Evidence saved."))
    if not to:
        return done(request, deal.uid)
    now = deals.get_deal(request.actor, deal.uid)
    if not lacks(now, to):
        return deals_move.move_on(request, deal.uid, to, seen_of(request))
    return _panel(request, GivePage(now, asks_for(request, now, to), to))


def _again(request: Request, deal: DealView, ask: Ask, status: int) -> HttpResponse:
    """The form once more, with everything that was typed."""
    if wants_part(request):
        return _ask_alone(request, deal, ask, status)
    return _panel(request, GivePage(deal, (ask,), _to(request)), status)


def _ask_alone(request: Request, deal: DealView, ask: Ask, status: int = 200) -> HttpResponse:
    page = GivePage(deal, (ask,), _to(request))
    answer = show(request, "deals/give.html", page, part="asks", status=status)
    answer["HX-Retarget"], answer["HX-Reswap"] = f"#{ask.anchor}", "outerHTML"
    return answer


def _panel(request: Request, page: GivePage, status: int = 200) -> HttpResponse:
    return show(request, "deals/give.html", page, part="panel", into="panel", status=status)


# --- A file that was refused is kept for some minutes, so that nobody has to look for it again ---


def _upload(request: Request) -> tuple[str, bytes] | None:
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        if (file.size or 0) > LIMIT:
            raise Refusal("file_too_large", size=file.size, limit=LIMIT)
        return file.name or "", file.read()
    found: tuple[str, bytes] | None = cache.get(_slot(request, request.POST.get("kept", "")))
    return found


def _keep(request: Request, name: str, content: bytes) -> str:
    if len(content) > KEPT_LIMIT:
        return ""
    token = request.POST.get("kept") or uuid.uuid4().hex
    cache.set(_slot(request, token), (name, content), KEPT_SECONDS)
    return token


def _forget(request: Request) -> None:
    if request.POST.get("kept"):
        cache.delete(_slot(request, request.POST["kept"]))


def _slot(request: Request, token: str) -> str:
    known = uuid.UUID(token).hex if _is_token(token) else "none"
    return f"evidence-{request.actor.id}-{known}"


def _is_token(token: str) -> bool:
    try:
        return bool(uuid.UUID(token))
    except ValueError:
        return False
