"""The board: a process with its deals as cards, its totals, and the question whether a colleague changed something."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from etappe.core.filters import Node, parse
from etappe.core.process import Phase, Process, Proof, Stage
from etappe.deals import queries as deals
from etappe.deals.queries import CARDS, Watch
from etappe.deals.shapes import Column, DealRow, Total
from etappe.journal.labels import words
from etappe.records.lists import SUBJECTS
from etappe.team.access import ACTS, Reach, may
from etappe.web.attention import Said, gravest, watch_of
from etappe.web.deals_answers import viewer_uid
from etappe.web.deals_filter import Filters, read_filters, without
from etappe.web.deals_table import line
from etappe.web.deals_words import amount_of_deals, goal
from etappe.web.lists import read_state
from etappe.web.lists_opened import Opened, open_view
from etappe.web.lists_places import Bar, bar_of, figures_address, process_meant
from etappe.web.loops import drawn
from etappe.web.shell import Request, show, today
from etappe.web.templatetags.formats import day_short, money_brief, money_whole, own_first
from etappe.web.templatetags.parts import icon

MOST = 200
"""Cards of a column that one page shows at most; the table shows the rest."""


@dataclass(frozen=True)
class Card:
    """A deal on the board, its texts ready, since a board has hundreds."""

    uid: str
    version: int
    name: str
    account: str
    owner: str
    step: str
    url: str
    can_move: bool
    worth: str
    expected: str
    is_resting: bool
    is_late: bool
    lacks_step: bool
    is_unproven: bool
    is_overridden: bool
    attention: Said | None


@dataclass(frozen=True)
class CardWords:
    """What cards say beside their deals, and its icons, found once for all of them."""

    resting: str
    expected: str
    unproven: str
    exception: str
    overdue: str
    loose: str
    move: str
    moon: SafeString
    due: SafeString
    dashed: SafeString
    flag: SafeString
    alert: SafeString
    dots: SafeString

    @staticmethod
    def here() -> CardWords:
        """In the reader's language."""
        return CardWords(
            resting=_("Resting"),
            expected=_("Expected order date"),
            unproven=_("unproven"),
            exception=_("exception"),
            overdue=_("overdue"),
            loose=_("no next step"),
            move=_("Move"),
            moon=icon("moon-stars"),
            due=icon("calendar-due"),
            dashed=icon("circle-dashed"),
            flag=icon("flag"),
            alert=icon("alert-triangle"),
            dots=icon("dots"),
        )


@dataclass(frozen=True)
class Lane:
    """A column of the board."""

    stage: Stage
    title: str
    name: str
    cards: tuple[Card, ...]
    more: bool
    is_find: bool
    said: CardWords
    total: str = ""

    @property
    def drawn(self) -> SafeString:
        """The cards as markup."""
        return drawn("cards.html", cards=self.cards, said=self.said)


@dataclass(frozen=True)
class BoardPage:
    """The board; without a published process it has none to show."""

    views: Opened
    bar: Bar
    process: Process | None
    lanes: tuple[Lane, ...]
    filters: Filters
    mark: int
    here: str
    totals: str
    cards: int
    more: str
    keep: bool
    toggle_keep: str
    has_totals: bool
    may_create: bool
    is_empty: bool


@dataclass(frozen=True)
class TotalsPage:
    """The totals of all columns."""

    totals: tuple[tuple[str, str], ...]


@require_GET
def board(request: Request) -> HttpResponse:
    """A process with its open deals by stage: the default one, unless all work is on another (after an import)."""
    views = open_view(request, "deals", "board")
    filters = read_filters(request, statuses=False)
    keep, cards = bool(request.GET.get("keep")), _cards(request)
    phases = (Phase.FIND, Phase.WIN, *((Phase.KEEP,) if keep else ()))
    state = read_state(request, SUBJECTS["deals"], filters.wanted.tree)
    process, mark = _process(filters, state.where), 0
    bar = bar_of(request, state, "board", figures_address(request, filters, state, process))
    sums = dict(_totals(request, filters)) if request.GET.get("totals") and not bar.problem else {}
    lanes: tuple[Lane, ...] = ()
    if process and not bar.problem:
        wanted = filters.wanted
        where = request.GET.get("where", "")
        found = deals.board(
            request.actor, process.key, wanted, where=where, phases=phases, cards=cards, today=today(request)
        )
        lanes, mark = _lanes(request, found.columns, sums), found.mark
    query = without(request.GET, "cards")
    page = BoardPage(
        views=views,
        bar=bar,
        process=process,
        lanes=lanes,
        filters=filters,
        mark=mark,
        here=f"{request.path}?{query}",
        totals=f"{reverse('deals_board_totals')}?{query}",
        cards=cards,
        more=f"?{query}&cards={min(cards + CARDS, MOST)}" if cards < MOST else "",
        keep=keep,
        toggle_keep=f"?{without(request.GET, 'keep', 'cards')}" + ("" if keep else "&keep=1"),
        has_totals=bool(sums),
        may_create=may(request.actor, "deals.create"),
        is_empty=not any(lane.cards for lane in lanes) and not filters.is_narrowed and not request.GET.get("where"),
    )
    elsewhere = deals.busiest_process(request.actor) if page.is_empty and not filters.wanted.process else None
    if elsewhere and process and elsewhere != process.key:
        return redirect(f"{request.path}?process={elsewhere}")
    return show(request, "deals/board.html", page, part="columns", status=422 if bar.problem else 200)


def _process(filters: Filters, where: Node) -> Process | None:
    """The process that the address names, or that its filter leaves; otherwise the default one."""
    named = next((process for process in filters.processes if process.key == filters.wanted.process), None)
    first = filters.processes[0] if filters.processes else None
    return named or process_meant(where, filters.processes) or first


def _cards(request: Request) -> int:
    text = request.GET.get("cards", "")
    return min(max(int(text), CARDS), MOST) if text.isascii() and text.isdigit() and len(text) < 6 else CARDS


def _lanes(request: Request, columns: Iterable[Column], sums: dict[str, str]) -> tuple[Lane, ...]:
    held, movable, said = watch_of(request), Movable.of(request), CardWords.here()
    return tuple(
        Lane(
            stage=column.stage,
            title=words(column.stage.name) if column.stage.phase is Phase.KEEP else goal(column.stage.name),
            name=words(column.stage.name),
            cards=tuple(_card(row, held, movable) for row in column.cards),
            more=column.more,
            is_find=column.stage.phase is Phase.FIND,
            said=said,
            total=sums.get(column.stage.key, ""),
        )
        for column in columns
    )


def _card(row: DealRow, held: Watch, movable: Movable) -> Card:
    state = line(row, held.today)
    return Card(
        uid=str(row.uid),
        version=row.version,
        name=row.name,
        account=row.account.name if row.account else "",
        owner=row.owner.name if row.owner else "",
        step=f"{day_short(row.next_step_on)} {row.next_step}".strip(),
        url=f"{movable.root}{row.uid}/",
        can_move=movable.may_move(row),
        worth=money_brief(row.amount, row.currency),
        expected=day_short(row.expected_close),
        is_resting=state.is_resting,
        is_late=state.is_late,
        lacks_step=state.lacks_step,
        is_unproven=row.proof is Proof.UNPROVEN,
        is_overridden=row.proof is Proof.OVERRIDDEN,
        attention=gravest(row, held),
    )


@dataclass(frozen=True)
class Movable:
    """Which of the deals they see the viewer may move; decided for all cards at once, for show: the action decides."""

    root: str
    reach: Reach
    viewer: uuid.UUID
    joined: frozenset[uuid.UUID]

    @staticmethod
    def of(request: Request) -> Movable:
        """For the viewer of this request."""
        reach = ACTS["deals.move"][request.actor.role] if request.actor.role else Reach.NOTHING
        joined = deals.joined(request.actor) if reach is Reach.OWN else frozenset()
        return Movable(reverse("deals"), reach, viewer_uid(request), joined)

    def may_move(self, row: DealRow) -> bool:
        """Whether the card can be dragged. What a manager sees, they may move."""
        if self.reach is not Reach.OWN:
            return self.reach > Reach.NOTHING
        return row.uid in self.joined or (row.owner is not None and row.owner.uid == self.viewer)


@require_GET
def totals(request: Request) -> HttpResponse:
    """Deals and amount per column over the whole board, loaded after the cards."""
    return show(request, "deals/totals.html", TotalsPage(_totals(request, read_filters(request, statuses=False))))


def _totals(request: Request, filters: Filters) -> tuple[tuple[str, str], ...]:
    where = request.GET.get("where", "")
    process = _process(filters, parse(where))
    if process is None:
        return ()
    by_stage = defaultdict(list)
    for total in deals.board_totals(request.actor, process.key, filters.wanted, where=where, today=today(request)):
        by_stage[total.stage].append(total)
    shown = process.stages if request.GET.get("keep") else process.of_phase(Phase.FIND, Phase.WIN)
    return tuple((stage.key, total_text(by_stage[stage.key], request.workspace.currency)) for stage in shown)


def total_text(found: Iterable[Total], own: str) -> str:
    """`12 deals · €340,000 · CHF 20,000`: amounts are never added across currencies, and our own one stands first."""
    sums = sorted(found, key=own_first(own))
    worth = [money_whole(total.amount, total.currency) for total in sums if total.amount]
    return " · ".join([amount_of_deals(sum(total.count for total in sums)), *worth])


@require_GET
def changes(request: Request) -> HttpResponse:
    """The deals that somebody touched since a mark; with `deal`, only whether that one is among them."""
    since = request.GET.get("since", "")
    if not (since.isascii() and since.isdigit() and len(since) < 19):
        return JsonResponse({"error": _("The mark cannot be read.")}, status=400)
    found = deals.changed_since(request.actor, int(since))
    only = request.GET.get("deal")
    changed = [str(uid) for uid in found.uids if only in (None, str(uid))]
    return JsonResponse({"since": str(found.mark), "changed": changed})
