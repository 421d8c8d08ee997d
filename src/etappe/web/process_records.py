"""What the records say against a process: findings, every check with its figure, and the deals behind each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from etappe.core.errors import Refusal
from etappe.core.lint import Finding
from etappe.core.lint.records import BOUNDS, Judged
from etappe.core.process import Words
from etappe.core.process_file import Draft, read
from etappe.insights.process import records, texts
from etappe.insights.process.records import PER_PAGE, Said
from etappe.playbook import lint_texts, queries
from etappe.playbook.drafts import get_draft
from etappe.web.shell import Request, show
from etappe.web.templatetags.formats import number

STATES: dict[str, str | Promise] = {
    "found": _("speaks against it"),
    "fine": _("fine"),
    "open": _("cannot be told"),
}


@dataclass(frozen=True)
class FoundLine:
    """A finding in words, with the way to its deals."""

    rule: str
    reason: str
    mend: str
    url: str


@dataclass(frozen=True)
class CheckLine:
    """A check with its figure."""

    name: Words
    is_criterion: bool
    rule: str
    title: str
    value: str
    sure: str
    n: int
    bound: str
    state: str
    said: str | Promise
    url: str


@dataclass(frozen=True)
class TurnLine:
    """A stage, and how much of the time in it waited for us."""

    name: Words
    n: int
    days: str
    share: str
    sure: str
    unkept: str
    unmoved: str
    url: str


@dataclass(frozen=True)
class DealLine:
    """A deal of the list, and what is said of it."""

    uid: uuid.UUID
    name: str
    said: str | Promise


@dataclass(frozen=True)
class Listed:
    """The deals behind a check."""

    title: str
    place: Words
    hit: str
    rows: tuple[DealLine, ...]
    shown: int
    total: int
    first: str
    next: str


@dataclass(frozen=True)
class RecordsPage:
    """A process and what the records say; `said` is None where its text is no process yet.

    `open` are the checks that are not `fine`.
    """

    name: Words
    key: str
    here: str
    back: str
    is_draft: bool
    basis: str
    said: Said | None
    found: tuple[FoundLine, ...] = ()
    open: tuple[CheckLine, ...] = ()
    fine: tuple[CheckLine, ...] = ()
    turns: tuple[TurnLine, ...] = ()
    listed: Listed | None = None


@require_GET
def of_draft(request: Request, uid: uuid.UUID) -> HttpResponse:
    """What the records say against a draft, as far as it asks for what is in force."""
    held = get_draft(request.actor, uid)
    return _shown(request, read(held.source), reverse("draft_records", args=[uid]), reverse("draft", args=[uid]))


@require_GET
def of_process(request: Request, key: str) -> HttpResponse:
    """What the records say against the newest version of a process."""
    draft = read(queries.get_version(key).source)
    return _shown(request, draft, reverse("process_records", args=[key]), reverse("process", args=[key]))


def _shown(request: Request, draft: Draft, here: str, back: str) -> HttpResponse:
    said = records.of_draft(request.actor, draft, request.at)
    checks = tuple(_checks(said, here)) if said else ()
    page = RecordsPage(
        name={language: text.value for language, text in draft.name.items()},
        key=draft.key.value if draft.key else "",
        here=here,
        back=back,
        is_draft=here.startswith("/drafts/"),
        basis=texts.basis(said),
        said=said,
        found=tuple(_found(each, here) for each in said.findings(draft)) if said else (),
        open=tuple(line for line in checks if line.state != "fine"),
        fine=tuple(line for line in checks if line.state == "fine"),
        turns=tuple(_turns(said, here)) if said else (),
        listed=_behind(request, said, here) if said else None,
    )
    return show(request, "playbook/records.html", page, part="found")


def _found(finding: Finding, here: str) -> FoundLine:
    told, params = lint_texts.tell(finding), finding.params
    return FoundLine(
        finding.rule, told.reason, told.mend, _to(here, finding.rule, params["stage"], params["criterion"])
    )


def _to(here: str, rule: str, stage: str, criterion: str, skip: int = 0) -> str:
    given = {"rule": rule, "stage": stage, "criterion": criterion, "skip": str(skip or "")}
    return f"{here}?{urlencode({name: value for name, value in given.items() if value})}#deals"


def _checks(said: Said, here: str) -> Iterator[CheckLine]:
    for each in said.judged:
        check = each.check
        if each.state == "too_few":
            continue
        yield CheckLine(
            name=_place(said, each),
            is_criterion=bool(check.criterion),
            rule=check.rule,
            title=lint_texts.title(check.rule),
            value=_value(each),
            sure=_sure(each),
            n=check.n,
            bound=texts.points(BOUNDS[check.rule]) if check.beside else texts.share(BOUNDS[check.rule]),
            state=each.state,
            said=STATES[each.state],
            url=_to(here, check.rule, check.stage, check.criterion),
        )


def _place(said: Said, each: Judged) -> Words:
    check = each.check
    return said.process.criteria[check.criterion][1].text if check.criterion else said.process.stage(check.stage).name


def _value(each: Judged) -> str:
    if each.share is None:
        return ""
    return texts.points(each.share) if each.check.beside else texts.share(each.share)


def _sure(each: Judged) -> str:
    if each.interval is None:
        return ""
    if each.check.beside:
        return texts.between(*(texts.points(bound) for bound in each.interval))
    return texts.interval(each.interval)


def _turns(said: Said, here: str) -> Iterator[TurnLine]:
    for each in said.turns:
        yield TurnLine(
            name=said.process.stage(each.stage).name,
            n=each.n,
            days="" if each.days is None else number(each.days, 1 if each.days < 10 else 0),
            share=_share(each.share),
            sure=texts.interval(each.interval) if each.interval else str(_("too little data")),
            unkept=_share(each.unkept),
            unmoved=_share(each.unmoved),
            url=_waited(here, each.stage) if each.deals else "",
        )


def _share(value: float | None) -> str:
    return "" if value is None else texts.share(value)


def _waited(here: str, stage: str, skip: int = 0) -> str:
    return f"{here}?{urlencode({'waited': stage, **({'skip': str(skip)} if skip else {})})}#deals"


def _behind(request: Request, said: Said, here: str) -> Listed | None:
    """The deals behind a check, or behind the time that waited for us, if any are asked for."""
    if "rule" in request.GET:
        return _listed(request, said, here)
    if "waited" not in request.GET:
        return None
    stage, skip = request.GET["waited"], _skip(request)
    rows, total = records.waiting(request.actor, said, stage, skip)
    return Listed(
        title=str(_("Waited for us")),
        place=said.process.stage(stage).name,
        hit=str(_("Days")),
        rows=tuple(DealLine(row.uid, row.name, number(row.days, 1)) for row in rows),
        shown=min(skip + len(rows), total),
        total=total,
        first=_waited(here, stage) if skip else "",
        next=_waited(here, stage, skip + PER_PAGE) if skip + PER_PAGE < total else "",
    )


def _listed(request: Request, said: Said, here: str) -> Listed:
    rule, stage, criterion = (request.GET.get(name, "") for name in ("rule", "stage", "criterion"))
    judged, skip = records.one(said, rule, stage, criterion), _skip(request)
    rows, total = records.listed(request.actor, judged, skip)
    return Listed(
        title=lint_texts.title(rule),
        place=_place(said, judged),
        hit=str(HITS[rule]),
        rows=tuple(DealLine(row.uid, row.name, _("yes") if row.is_hit else _("no")) for row in rows),
        shown=min(skip + len(rows), total),
        total=total,
        first=_to(here, rule, stage, criterion) if skip else "",
        next=_to(here, rule, stage, criterion, skip + PER_PAGE) if skip + PER_PAGE < total else "",
    )


def _skip(request: Request) -> int:
    text = request.GET.get("skip", "0")
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise Refusal("bad_filter", name="skip", value=text)
    return int(text)


HITS: dict[str, str | Promise] = {
    "E801": _("went on"),
    "E802": _("left it"),
    "E803": _("was never in it"),
    "E804": _("went on without it"),
    "E805": _("kept more than 14 days later"),
    "E806": _("won"),
    "E807": _("had met it"),
}
