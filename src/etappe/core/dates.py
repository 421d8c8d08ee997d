"""Reading the dates of a table: the order a column is written in, decided by all its values, and what a cell says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

YMD, DMY, MDY = "Y-m-d", "d.m.Y", "m/d/Y"
EPOCH_MS, EPOCH_S, EXCEL = "epoch_ms", "epoch_s", "excel"
STYLES = (YMD, DMY, MDY, EPOCH_MS, EPOCH_S, EXCEL)
"""How a column may write its dates. A year that stands first is read in every style; the style decides the rest."""

EARLIEST, LATEST = 1900, 2199
_NUMBERS = re.compile(r"(\d{1,4})\s?([./\-\u2010-\u2015年月])\s?(\d{1,2})\s?[./\-\u2010-\u2015年月]\s?(\d{1,4})日?\.?")
_COMPACT = re.compile(r"(19|20|21)(\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_CLOCK = re.compile(
    r"[T\s,]+(?:um\s+)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*(?:([ap])\.?m\.?|uhr)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?:[a-zäöü]{2,10}\.?,?\s+)?(?:(\d{1,2})\.?[\s\-]*([a-zäöüûé]{3,10})\.?|([a-zäöü]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?)"
    r",?[\s\-]*(\d{4}|\d{2})",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januar january jän jänner", "feb februar february feber", "mar mär mrz mär märz maerz march",
            "apr april", "may mai", "jun juni june", "jul juli july", "aug august", "sep sept september",
            "oct okt oktober october", "nov november", "dec dez dezember december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_EXCEL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)


class NoDate(ValueError):
    """The cell holds no date in this style."""


def day_of(cell: str, style: str) -> date:
    """The day in a cell; raises NoDate.

    >>> day_of("31.12.2016", DMY), day_of("12/31/16", MDY), day_of("2016-12-31 14:05", DMY)
    (datetime.date(2016, 12, 31), datetime.date(2016, 12, 31), datetime.date(2016, 12, 31))
    """
    return _parsed(cell, style)[0]


def moment_of(cell: str, style: str, zone: ZoneInfo) -> datetime:
    """The moment in a cell, in UTC. A day is its beginning in `zone`, a time without a zone is read in `zone`.

    >>> moment_of("2017-03-01", YMD, ZoneInfo("Europe/Berlin")).isoformat()
    '2017-02-28T23:00:00+00:00'
    """
    day, clock, offset = _parsed(cell, style)
    local = datetime.combine(day, clock or time())
    if offset is None:
        return local.replace(tzinfo=zone).astimezone(UTC)
    return (local - offset).replace(tzinfo=UTC)


_Parsed = tuple[date, time | None, timedelta | None]


def _parsed(cell: str, style: str) -> _Parsed:
    text = cell.strip()
    try:
        return _bounded(_as_number(text, style) or _as_digits(text, style) or _as_words(text))
    except (ValueError, OverflowError):
        raise NoDate(text[:40]) from None


def _bounded(parsed: _Parsed | None) -> _Parsed:
    if parsed is None or not EARLIEST <= parsed[0].year <= LATEST:
        raise ValueError
    return parsed


def _as_number(text: str, style: str) -> _Parsed | None:
    """Seconds or milliseconds since 1970, or days since 1899 as spreadsheets count."""
    if style not in (EPOCH_MS, EPOCH_S, EXCEL) or not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return None
    number = float(text)
    if style == EXCEL:
        moment = _EXCEL_ZERO + timedelta(days=number)
        is_day = number == int(number)
        return moment.date(), None if is_day else moment.time(), None
    moment = datetime.fromtimestamp(number / (1000 if style == EPOCH_MS else 1), UTC)
    return moment.date(), moment.time(), timedelta(0)


def _as_digits(text: str, style: str) -> _Parsed | None:
    if compact := _COMPACT.fullmatch(text):
        return date(int(compact[1] + compact[2]), int(compact[3]), int(compact[4])), None, None
    found = _NUMBERS.match(text)
    if not found:
        return None
    first, second, third = int(found[1]), int(found[3]), int(found[4])
    if len(found[1]) >= 3:
        day = date(first, second, third)
    elif style == MDY:
        day = date(_year(third, found[4]), first, second)
    else:
        day = date(_year(third, found[4]), second, first)
    return (day, *_clock(text[found.end() :]))


def _as_words(text: str) -> _Parsed | None:
    found = _WORDS.match(text)
    if not found:
        return None
    month = _MONTHS.get((found[2] or found[3]).lower())
    if month is None:
        return None
    return (date(_year(int(found[5]), found[5]), month, int(found[1] or found[4])), *_clock(text[found.end() :]))


def _year(number: int, written: str) -> int:
    """Two digits mean 1970 to 2069."""
    return number + (2000 if number < 70 else 1900) if len(written) <= 2 else number


def _clock(rest: str) -> tuple[time | None, timedelta | None]:
    if not rest:
        return None, None
    found = _CLOCK.fullmatch(rest)
    if not found:
        raise ValueError
    hour = int(found[1])
    if found[5]:
        hour = hour % 12 + (12 if found[5].lower() == "p" else 0)
    micro = int((found[4] or "0").ljust(6, "0")[:6])
    return time(hour, int(found[2]), int(found[3] or 0), micro), _offset(found[6])


def _offset(text: str | None) -> timedelta | None:
    if not text:
        return None
    if text.lower() in ("z", "utc", "gmt"):
        return timedelta(0)
    sign = -1 if text[0] == "-" else 1
    return sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))


@dataclass
class DateEvidence:
    """What the cells of a column show about the way its dates are written."""

    cells: int = 0
    year_first: int = 0
    words: int = 0
    dotted: int = 0
    slashed: int = 0
    first_over_12: int = 0
    second_over_12: int = 0
    timed: int = 0
    midnight: int = 0
    epoch_ms: int = 0
    epoch_s: int = 0
    serial: int = 0
    latest: dict[str, str] = field(default_factory=dict)
    """The latest day per style, ISO."""

    def look(self, text: str, times: int) -> bool:
        """Take a cell into account; says whether it looks like a date (a bare number only might be one)."""
        if text.isascii() and text.replace(".", "", 1).isdigit():
            return self._number(text, times)
        found = _NUMBERS.match(text)
        if found is None and not _WORDS.match(text):
            return False
        return self._written(text, found, times)

    def _number(self, text: str, times: int) -> bool:
        if _COMPACT.fullmatch(text):
            self.year_first += times
            return self._count(text, (YMD,), times)
        whole = text.partition(".")[0]
        number, size = int(whole), len(whole)
        if size == 13 and 6e11 < number < 3e12:
            self.epoch_ms += times
            self._keep(text, (EPOCH_MS,))
        elif size in (9, 10) and 6e8 < number < 3e9:
            self.epoch_s += times
            self._keep(text, (EPOCH_S,))
        elif size == 5 and 20000 <= number <= 60000:
            self.serial += times
            self._keep(text, (EXCEL,))
        return False

    def _written(self, text: str, found: re.Match[str] | None, times: int) -> bool:
        readable = self._keep(text, (DMY, MDY))
        if not readable:
            return False
        self.cells += times
        if _CLOCK.search(text):
            self.timed += times
            self.midnight += times if re.search(r"[T\s]0?0:00(:00([.,]0+)?)?", text) else 0
        if found is None:
            self.words += times
        elif len(found[1]) >= 3:
            self.year_first += times
        else:
            self._order(found, times)
        return True

    def _order(self, found: re.Match[str], times: int) -> None:
        self.dotted += times if found[2] == "." else 0
        self.slashed += times if found[2] == "/" else 0
        self.first_over_12 += times if int(found[1]) > 12 else 0
        self.second_over_12 += times if int(found[3]) > 12 else 0

    def _count(self, text: str, styles: tuple[str, ...], times: int) -> bool:
        self.cells += times
        return self._keep(text, styles)

    def _keep(self, text: str, styles: tuple[str, ...]) -> bool:
        readable = False
        for style in styles[:1] if _is_year_first(text) else styles:
            try:
                day = day_of(text, style).isoformat()
            except NoDate:
                continue
            readable = True
            for told in styles if _is_year_first(text) else (style,):
                if day < "2100" and day > self.latest.get(told, ""):
                    self.latest[told] = day
        return readable

    @property
    def is_sure(self) -> bool:
        """Whether the cells alone decide between day and month."""
        return self.style()[1]

    def style(self, hint: str | None = None) -> tuple[str, bool]:
        """The style and whether that is sure; `hint` is what other columns of the file say.

        >>> seen = DateEvidence()
        >>> [seen.look(cell, 1) for cell in ("03/04/2017", "12/25/2017")], seen.style()
        ([True, True], ('m/d/Y', True))
        """
        turned = self.cells - self.year_first - self.words
        if turned <= 0:
            return (YMD, True) if self.cells else self._bare()
        if self.first_over_12 or self.second_over_12:
            both = min(self.first_over_12, self.second_over_12)
            return (DMY if self.first_over_12 >= self.second_over_12 else MDY), not both
        if self.dotted == turned:
            return DMY, True
        return hint or DMY, False

    def _bare(self) -> tuple[str, bool]:
        counts = {EPOCH_MS: self.epoch_ms, EPOCH_S: self.epoch_s, EXCEL: self.serial}
        style = max(counts, key=lambda name: counts[name])
        return (style, True) if counts[style] else (YMD, True)

    def latest_day(self, style: str) -> str:
        """The latest day in the column, read in `style` (ISO; empty for none)."""
        given = self.latest.get(style) or (self.latest.get(DMY) if style == YMD else "")
        return max(given or "", self.latest.get(YMD, "") if style in (DMY, MDY) else "")


def _is_year_first(text: str) -> bool:
    return text[:4].isdigit() and not text[4:5].isdigit()


def example(style: str) -> str:
    """The last day of 2016 in this style, to show what is meant."""
    shown: dict[str, Any] = {
        YMD: "2016-12-31", DMY: "31.12.2016", MDY: "12/31/2016", EPOCH_MS: "1483142400000", EPOCH_S: "1483142400",
        EXCEL: "42735",
    }  # fmt: skip
    return str(shown[style])
