"""What words of sources mean for the measured sales model: what is not placed yet, what was said, what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from etappe.core.errors import Refusal
from etappe.core.sales_measured import TELLS_NOTHING, usual_words
from etappe.insights.process import model
from etappe.journal.refusals import Said, text
from etappe.team.access import require
from etappe.team.actions import place_sources
from etappe.web.sales_measured import GROUPS
from etappe.web.shell import Request, go, say, show

MOST = 50
"""Sources offered at once."""
USUAL = "usual"
"""What is chosen to take back what was said of a word."""
MEANINGS: Mapping[str, str | Promise] = {**GROUPS["contacts"], TELLS_NOTHING: gettext_lazy("says nothing about it")}


@dataclass(frozen=True)
class Unplaced:
    """A source that does not tell, and of how many deals."""

    source: str
    deals: int


@dataclass(frozen=True)
class WordsPage:
    """The words, and why nothing was written where it was not."""

    unplaced: tuple[Unplaced, ...]
    more: int
    own: tuple[tuple[str, str | Promise], ...]
    usual: tuple[tuple[str | Promise, str], ...]
    meanings: Mapping[str, str | Promise]
    problem: Said | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: Request) -> HttpResponse:
    """Say what words of sources mean; an empty choice says nothing new."""
    require(request.actor, "workspace.edit")
    problem = None
    if request.method == "POST":
        problem = _written(request)
        if problem is None:
            return go(request, "source_words")
    found = model.run(request.actor, request.at)
    named = usual_words()
    page = WordsPage(
        unplaced=tuple(Unplaced(*each) for each in list(found.unplaced.items())[:MOST]),
        more=max(0, len(found.unplaced) - MOST),
        own=tuple((word, MEANINGS[way]) for word, way in request.workspace.source_words.items()),
        usual=tuple((MEANINGS[way], ", ".join(listed)) for way, listed in named.items()),
        meanings=MEANINGS,
        problem=problem,
    )
    return show(request, "setup/words.html", page, status=422 if problem else 200)


def _written(request: Request) -> Said | None:
    """Write what was chosen; returns why not, where a rule says no."""
    pairs = zip(request.POST.getlist("word"), request.POST.getlist("meaning"), strict=False)
    chosen = {word: None if way == USUAL else way for word, way in pairs if word.strip() and way}
    try:
        place_sources(chosen, actor=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        return text(refusal)
    count = len(chosen)
    told = ngettext("{count} meaning saved.", "{count} meanings saved.", count)
    say(request, told.format(count=count) if count else _("Nothing was chosen."))
    return None
