"""What a draft tried on the past is told with; numbers in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from etappe.core.process_backtest import HELD, MINIMUM, Comparison, Fate
from etappe.core.proportion import wilson
from etappe.insights.process.backtest import Report
from etappe.insights.process.records import Said
from etappe.journal.labels import language


def share(value: float) -> str:
    """A share in whole percent."""
    return format_percent(round(value, 2), locale=language())


def between(low: str, high: str) -> str:
    """A range."""
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def interval(bounds: tuple[float, float]) -> str:
    """The bounds of a share."""
    return between(share(bounds[0]), share(bounds[1]))


def sure(hits: int, n: int) -> str:
    """The 95 % interval of a share; nothing where there is nothing to share."""
    return interval(wilson(hits, n)) if n else ""


def points(value: float) -> str:
    """A difference of shares in percentage points."""
    return format_decimal(round(100 * value), locale=language())


def day(on: date) -> str:
    """A day, in numbers."""
    return format_date(on, "dd.MM.yyyy" if language() == "de" else "d MMM yyyy", locale=language())


def verdict(report: Report) -> str:
    """What may be said about whether the right deals would have been held."""
    result = report.result
    if not result.n:
        return _("No deal of this process was decided between %(since)s and %(until)s that you can see.") % {
            "since": day(report.since),
            "until": day(report.as_of),
        }
    if result.verdict == "unknowable":
        return _("Of no deal can be said whether it would have been held.")
    if result.verdict == "nothing_held":
        return _("None of the deals that can be judged would have been held.")
    if result.comparison is None:
        return _(
            "Too little data to say whether the right deals would have been held: %(held)s held, %(others)s that left "
            "the same stages with everything. It takes %(minimum)s of each."
        ) % {"held": result.held, "others": result.comparable, "minimum": MINIMUM}
    return _compared(result.comparison)


def _compared(found: Comparison) -> str:
    low, high = found.interval if found.verdict != "opposite" else (-found.interval[1], -found.interval[0])
    numbers = {
        "lost": share(found.lost),
        "n": found.n,
        "others_lost": share(found.others_lost),
        "others": found.others,
        "difference": points(abs(found.difference)),
        "low": points(low),
        "high": points(high),
    }
    told = {
        "separates": _(
            "The deals that this draft would have held ended without an order more often than others that left the "
            "same stages: %(lost)s (n %(n)s) against %(others_lost)s (n %(others)s), %(difference)s points more (95%% "
            "interval %(low)s to %(high)s). What it asks for told the two apart."
        ),
        "opposite": _(
            "The deals that this draft would have held ended without an order less often than others that left the "
            "same stages: %(lost)s (n %(n)s) against %(others_lost)s (n %(others)s), %(difference)s points less (95%% "
            "interval %(low)s to %(high)s). It would have held those that buy."
        ),
        "alike": _(
            "The deals that this draft would have held ended like others that left the same stages, as far as can be "
            "told: without an order %(lost)s of them (n %(n)s) against %(others_lost)s (n %(others)s), a difference "
            "between %(low)s and %(high)s points (95%% interval)."
        ),
    }
    return told[found.verdict] % numbers


def caveats(report: Report) -> Iterator[str]:
    """What goes with the verdict, and what nobody can know."""
    result = report.result
    if not result.n:
        return
    won = sum(result.won.values()) - result.won.get(Fate.UNKNOWN, 0)
    won_held = sum(result.won.get(fate, 0) for fate in HELD)
    if won:
        yield _(
            "Of %(won)s won deals that can be judged, %(held)s would have been held (%(share)s, 95%% interval "
            "%(sure)s)."
        ) % {
            "won": won,
            "held": won_held,
            "share": share(won_held / won),
            "sure": sure(won_held, won),
        }
    yield from _unknowable(report)
    if result.held:
        yield _(
            "Held is not lost: colleagues would have asked for the proof, and buyers might have given it. This shows "
            "how such deals ended without the draft, not how they would have ended with it."
        )
    if report.found > result.n:
        yield _("%(n)s of %(found)s deals were looked at, an even sample.") % {"n": result.n, "found": report.found}


def _unknowable(report: Report) -> Iterator[str]:
    result = report.result
    if unknown := result.counts.get(Fate.UNKNOWN, 0):
        yield ngettext(
            "About %(count)s deal (%(share)s) nothing can be known: the draft asks for something that nobody was asked "
            "for at that time, or its way was imported without evidence.",
            "About %(count)s deals (%(share)s) nothing can be known: the draft asks for something that nobody was "
            "asked for at that time, or their way was imported without evidence.",
            unknown,
        ) % {"count": unknown, "share": share(unknown / result.n)}
    if voluntary := sum(each.voluntary for each in result.tried):
        yield _(
            "For %(count)s of the held deals the proof was voluntary then: it may have been there without being kept."
        ) % {"count": voluntary}
    if excepted := sum(each.excepted for each in result.tried):
        yield _("%(count)s of the held deals moved on with an exception then, and could with one again.") % {
            "count": excepted
        }
    if result.comparison and result.comparison.alone:
        yield _("Held at a stage that nobody left with everything, so not compared: %(count)s deals.") % {
            "count": result.comparison.alone
        }


def basis(said: Said | None) -> str:
    """What the checks of a process rest on."""
    if said is None:
        return _("This text is no process yet.")
    if not said.enough:
        return _(
            "Too little data: %(n)s deals were under way within the last year, and no check has the %(minimum)s it "
            "takes."
        ) % {"n": said.looked_at, "minimum": MINIMUM}
    return _("%(enough)s of %(all)s checks have enough deals. n %(n)s deals, as of %(day)s.") % {
        "enough": said.enough,
        "all": len(said.judged),
        "n": said.looked_at,
        "day": day(said.as_of),
    }


FATES: Mapping[Fate, Callable[[], str]] = {
    Fate.AS_IT_DID: lambda: _("moved as they did"),
    Fate.LATER: lambda: _("held, until the proof came"),
    Fate.STOPPED: lambda: _("held, and the proof never came"),
    Fate.UNKNOWN: lambda: _("cannot be known"),
    Fate.NO_MOVE: lambda: _("ended in their first stage; nothing is asked of them"),
}
