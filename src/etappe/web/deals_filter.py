"""What a list of deals is narrowed to: the filters of table and board, kept in the address."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from etappe.core.errors import Refusal
from etappe.core.filters import conditions_of, parse
from etappe.core.process import Process, Status
from etappe.deals.queries import DealFilter
from etappe.journal.labels import words
from etappe.playbook import queries as playbook
from etappe.team import queries as team
from etappe.web.lists_plain import as_conditions
from etappe.web.loops import drawn
from etappe.web.shell import Request

CLOSED = (Status.LOST, Status.DISQUALIFIED, Status.DECLINED, Status.CANCELLED)
STATUSES: dict[str, tuple[Promise, tuple[Status, ...]]] = {
    "": (_("open ones"), (Status.OPEN,)),
    "won": (_("won"), (Status.WON,)),
    "left": (_("left early"), CLOSED),
    "all": (_("all"), ()),
}
ALL = _("all")
_STATUS_CHOICES = [(key, name) for key, (name, _meant) in STATUSES.items()]
TEXT_LIMIT = 200
CONDITIONS = frozenset({"process", "stage", "status", "owner", "account"})
"""Fields of the form that are fields of deals, too."""


class FilterForm(forms.Form):
    """The filters that are asked for most, as fields; all others are conditions.

    Nothing is required and nothing complains: what cannot be read does not narrow.
    """

    q = forms.CharField(label=_("Find"), required=False, max_length=TEXT_LIMIT)
    process = forms.ChoiceField(label=_("Process"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=_STATUS_CHOICES)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    account = forms.UUIDField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Filters:
    """The filters of a page as a form to show and a value to ask with."""

    form: FilterForm
    wanted: DealFilter
    processes: tuple[Process, ...]
    is_narrowed: bool

    @property
    def of_table(self) -> SafeString:
        """The choices of a table or a calendar as markup."""
        return self._selects("process", "stage", "status", "owner")

    @property
    def of_board(self) -> SafeString:
        """The same of a board, which shows all stages of one process."""
        return self._selects("owner")

    def _selects(self, *names: str) -> SafeString:
        return drawn("selects.html", selects=[_select(self.form, name) for name in names])


@dataclass(frozen=True)
class _Select:
    id: str
    name: str
    label: str
    value: str
    choices: list[tuple[str, str]]


def _select(form: FilterForm, name: str) -> _Select:
    # Drawn as Django's fields, these four would cost a fifth of the page.
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    choices = [(key, str(said)) for key, said in cast("list[tuple[str, Any]]", field.choices)]
    return _Select(f"filter_{name}", name, str(field.label), form.data.get(name, ""), choices)


def read_filters(request: Request, *, statuses: bool = True) -> Filters:
    """The filters that the address names. With `statuses` only open deals are meant unless it says otherwise.

    What a field of the form does not offer (`?status=lost`) is a condition of the filter instead.
    """
    processes = published(request)
    form = _form(request, processes)
    if not form.is_valid():
        request.GET = as_conditions(request.GET, set(form.errors) & CONDITIONS)  # type: ignore[assignment]
        form = _form(request, processes)
        form.is_valid()
    given = {name: value for name, value in form.cleaned_data.items() if value}
    if free := _says_status(request):
        _choices(form, "status", _STATUS_CHOICES[1:], unchosen=_("as filtered"))
    return Filters(
        form=form,
        wanted=_wanted(given, statuses, free),
        processes=processes,
        is_narrowed=bool(set(given) - {"process", "status"}) or (statuses and "process" in given),
    )


def _form(request: Request, processes: tuple[Process, ...]) -> FilterForm:
    form = FilterForm(request.GET)
    _offer(form, request, processes)
    return form


def _says_status(request: Request) -> bool:
    """Whether the filter in the address speaks of the status, so that open deals are not meant by themselves."""
    try:
        return any(condition.field == "status" for condition in conditions_of(parse(request.GET.get("where", ""))))
    except Refusal:
        return False


def published(request: Request) -> tuple[Process, ...]:
    """The newest version of every published process, the default one first."""
    default = request.workspace.default_process
    found = playbook.newest_specs()
    return tuple(found[key] for key in sorted(found, key=lambda key: (key != default, key)))


def _offer(form: FilterForm, request: Request, processes: tuple[Process, ...]) -> None:
    chosen = [process for process in processes if process.key == request.GET.get("process")] or processes
    stages = {stage.key: words(stage.name) for process in chosen for stage in process.stages}
    users = team.colleagues(request.actor)
    colleagues = [(str(user.uid), user.name) for user in users]
    _choices(form, "process", [(process.key, words(process.name)) for process in processes])
    _choices(form, "stage", list(stages.items()))
    _choices(form, "owner", [("me", _("my own")), *colleagues])


def _choices(form: FilterForm, name: str, found: list[Any], unchosen: Promise = ALL) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", unchosen), *found]


def _wanted(given: dict[str, Any], statuses: bool, free: bool) -> DealFilter:
    owner = given.get("owner", "")
    meant = STATUSES[given.get("status", "")][1] if statuses and ("status" in given or not free) else ()
    return DealFilter(
        text=given.get("q", ""),
        process=given.get("process", ""),
        stages=(given["stage"],) if "stage" in given else (),
        statuses=tuple(status.value for status in meant),
        owner=uuid.UUID(owner) if owner and owner != "me" else None,
        mine=owner == "me",
        account=given.get("account"),
    )


def without(query: QueryDict, *names: str) -> str:
    """The address' query without some of its names."""
    left = query.copy()
    for name in names:
        left.pop(name, None)
    return left.urlencode()
