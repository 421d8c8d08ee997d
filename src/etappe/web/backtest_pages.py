"""A process tried on the deals of the past: the page of a draft, and of a version that is in force."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from etappe.core.errors import Refusal
from etappe.core.process import Process, Words
from etappe.core.process_backtest import HELD, Fate
from etappe.core.process_file import compile_process, read
from etappe.insights.process import backtest, texts
from etappe.insights.process.backtest import PER_PAGE, WINDOWS, YEAR, Chosen, Report, TriedDeal
from etappe.journal.labels import words
from etappe.playbook import queries
from etappe.playbook.drafts import get_draft
from etappe.team.access import require
from etappe.web.shell import Request, show
from etappe.web.templatetags.formats import number

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FateLine:
    """What the draft would have made of so many deals."""

    name: str
    deals: int
    share: str
    sure: str
    won: int
    lost: int
    all_url: str
    won_url: str
    lost_url: str


@dataclass(frozen=True)
class CriterionView:
    """A criterion that deals would have been held by."""

    stage: Words
    text: Words
    held: int
    held_url: str
    lost: int
    lost_said: str
    later: int
    days: str
    unknown: int
    unknown_url: str


@dataclass(frozen=True)
class DealLine:
    """A deal of the list."""

    deal: TriedDeal
    fate: str
    stage: Words | None
    lacked: tuple[Words, ...]
    days: str


@dataclass(frozen=True)
class Listed:
    """The deals behind a number."""

    rows: tuple[DealLine, ...]
    shown: int
    total: int
    first: str
    next: str


@dataclass(frozen=True)
class BacktestPage:
    """A process tried on the past. Without `report` its text is no process yet."""

    name: Words
    back: str
    key: str
    is_draft: bool
    report: Report | None
    windows: Choices
    processes: Choices
    verdict: str = ""
    caveats: tuple[str, ...] = ()
    fates: tuple[FateLine, ...] = ()
    criteria: tuple[CriterionView, ...] = ()
    listed: Listed | None = None


@require_GET
def of_draft(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A draft, as it was saved, tried on the past."""
    held = get_draft(request.actor, uid)
    text = read(held.source)
    here, back = reverse("draft_backtest", args=[uid]), reverse("draft", args=[uid])
    if text.problems:
        name = {language: said.value for language, said in text.name.items()}
        page = BacktestPage(name, back, held.process, True, None, (), ())
        return show(request, "playbook/backtest.html", page)
    return _shown(request, compile_process(text), here, back, is_draft=True)


@require_GET
def of_process(request: Request, key: str) -> HttpResponse:
    """The newest version of a process, tried on deals that may have run on older ones."""
    require(request.actor, "playbook.drafts")
    spec = queries.get_version(key).spec
    return _shown(request, spec, reverse("process_backtest", args=[key]), reverse("process", args=[key]))


def _shown(request: Request, spec: Process, here: str, back: str, *, is_draft: bool = False) -> HttpResponse:
    days, of = _whole(request, "days", YEAR), request.GET.get("of", "")
    report = backtest.run(request.actor, spec, request.at, process=of, days=days)
    address = _Address(here, {"days": str(days), "of": of})
    page = BacktestPage(
        name=spec.name,
        back=back,
        key=spec.key,
        is_draft=is_draft,
        report=report,
        windows=tuple((str(each), _("%(days)s days") % {"days": each}) for each in WINDOWS),
        processes=tuple((key, words(each.name)) for key, each in queries.newest_specs().items()),
        verdict=texts.verdict(report),
        caveats=tuple(texts.caveats(report)),
        fates=tuple(_fates(report, address)),
        criteria=tuple(_criteria(report, address)),
        listed=_listed(request, report, address) if "show" in request.GET else None,
    )
    return show(request, "playbook/backtest.html", page)


def _whole(request: Request, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "") or str(otherwise)
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise Refusal("bad_filter", name=name, value=text)
    return int(text)


@dataclass(frozen=True)
class _Address:
    """The address of the page, with what was asked; `to` adds what is to be listed."""

    path: str
    asked: dict[str, str]

    def to(self, **more: str) -> str:
        given = {name: value for name, value in {**self.asked, **more}.items() if value}
        return f"{self.path}?{urlencode(given)}#deals"


def _fates(report: Report, address: _Address) -> Iterator[FateLine]:
    result = report.result
    for fate, name in texts.FATES.items():
        deals, won = result.counts.get(fate, 0), result.won.get(fate, 0)
        if deals:
            yield FateLine(
                name=name(),
                deals=deals,
                share=texts.share(deals / result.n),
                sure=texts.sure(deals, result.n),
                won=won,
                lost=deals - won,
                all_url=address.to(show=fate.value),
                won_url=address.to(show=fate.value, end="won"),
                lost_url=address.to(show=fate.value, end="lost"),
            )


def _criteria(report: Report, address: _Address) -> Iterator[CriterionView]:
    for line in report.result.lines:
        bounds, place = line.lost_interval, {"stage": line.stage, "criterion": line.criterion}
        yield CriterionView(
            stage=report.draft.stage(line.stage).name,
            text=report.draft.criteria[line.criterion][1].text,
            held=line.lacked,
            held_url=address.to(show="held", **place),
            lost=line.lost,
            lost_said=texts.interval(bounds) if bounds else _("too few for a share") if line.lacked else "",
            later=line.later,
            days=_days(line.days),
            unknown=line.unknown,
            unknown_url=address.to(show=Fate.UNKNOWN.value, **place),
        )


def _days(value: float | None) -> str:
    return "" if value is None else number(value, 1 if value < 10 else 0)


def _listed(request: Request, report: Report, address: _Address) -> Listed:
    given = {name: request.GET.get(name, "") for name in ("show", "stage", "criterion", "end")}
    skip = _whole(request, "skip", 0)
    chosen = Chosen(given["show"], given["stage"], given["criterion"], given["end"])
    rows, total = backtest.listed(request.actor, report, chosen, skip)
    return Listed(
        rows=tuple(_row(report, each) for each in rows),
        shown=min(skip + len(rows), total),
        total=total,
        first=address.to(**given) if skip else "",
        next=address.to(**given, skip=str(skip + PER_PAGE)) if skip + PER_PAGE < total else "",
    )


def _row(report: Report, each: TriedDeal) -> DealLine:
    tried, draft = each.tried, report.draft
    return DealLine(
        deal=each,
        fate=texts.FATES[tried.fate](),
        stage=draft.stage(tried.stage).name if tried.stage else None,
        lacked=tuple(draft.criteria[key][1].text for key in tried.lacked),
        days=_days(tried.days) if tried.fate in HELD else "",
    )
