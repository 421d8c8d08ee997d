"""Money, numbers, dates and times as German and English readers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from etappe.records.list_values import Money
from etappe.web.templatetags import formats

THIN, HARD = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("language", "amount", "currency", "exact", "whole"),
    [
        ("de", "1234.56", "EUR", f"1.234,56{THIN}€", f"1.235{THIN}€"),
        ("en", "1234.56", "EUR", "€1,234.56", "€1,235"),
        ("de", "1234", "JPY", f"1.234{THIN}¥", f"1.234{THIN}¥"),
        ("de", "-0.5", "CHF", f"-0,50{THIN}CHF", f"-0{THIN}CHF"),
        ("en", "99999999999.995", "USD", "US$100,000,000,000.00", "US$100,000,000,000"),
        ("en", "-1234.5", "CHF", f"-CHF{HARD}1,234.50", f"-CHF{HARD}1,234"),
        ("de", "1.2345", "KWD", f"1,234{THIN}KWD", f"1{THIN}KWD"),
    ],
)
def test_money(language: str, amount: str, currency: str, exact: str, whole: str) -> None:
    with translation.override(language):
        assert formats.money(Decimal(amount), currency) == exact
        assert formats.money_whole(Decimal(amount), currency) == whole


def test_what_a_deal_is_worth_shows_cents_where_there_are_some() -> None:
    with translation.override("en"):
        assert formats.money_brief(Decimal("1234.5000")) == "€1,234.50"
        assert formats.money_brief(Decimal("1234.0000")) == "€1,234"
        assert formats.money_brief(None) == ""


def test_nothing_stays_nothing() -> None:
    for shown in (formats.money, formats.money_whole, formats.number, formats.percent, formats.day, formats.moment):
        assert shown(None) == ""
    assert [
        formats.day_short(None),
        formats.hour(None),
        formats.week(None),
        formats.days(None),
        formats.when(None),
    ] == [""] * 5


@pytest.mark.parametrize(
    ("language", "share", "decimals", "said"),
    [
        ("de", 0.21, 0, f"21{HARD}%"),
        ("en", 0.21, 0, "21%"),
        ("de", 0.63149, 2, f"63,15{HARD}%"),
        ("en", 1, 1, "100.0%"),
    ],
)
def test_percent(language: str, share: float, decimals: int, said: str) -> None:
    with translation.override(language):
        assert formats.percent(share, decimals) == said


@pytest.mark.parametrize(
    ("language", "day", "short", "hour", "week"),
    [("de", "24.11.2026", "24.11.", "14:30 Uhr", "KW 48"), ("en", "24 Nov 2026", "24 Nov", "14:30", "week 48")],
)
def test_dates(language: str, day: str, short: str, hour: str, week: str) -> None:
    at = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    with translation.override(language), timezone.override("Europe/Berlin"):
        assert (formats.day(at), formats.day_short(at), formats.hour(at)) == (day, short, hour)
        assert (formats.week(at), formats.moment(at)) == (week, f"{day}, {hour}")


def test_the_day_is_that_of_the_readers_zone() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    with translation.override("de"), timezone.override("Europe/Berlin"):
        assert formats.day(late) == "01.01.2027"
        assert formats.week(late) == "KW 53"
    with translation.override("de"), timezone.override("America/New_York"):
        assert formats.day(late) == "31.12.2026"
    assert formats.day(date(2026, 12, 31)) in ("31.12.2026", "31 Dec 2026")


def test_a_moment_is_a_time_element_with_its_whole_truth() -> None:
    at = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    with translation.override("en"), timezone.override("Europe/Berlin"):
        assert formats.when(at) == (
            '<time datetime="2026-11-24T13:30:00+00:00" title="24 Nov 2026, 14:30">24 Nov 2026</time>'
        )


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Safari/604",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox, Linux"),
        ("curl/8", "curl/8"),
        ("", ""),
    ],
)
def test_a_browser_in_two_words(agent: str, said: str) -> None:
    assert formats.browser(agent) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 Tage"), (1, "1 Tag"), (1234, "1.234 Tage")])
def test_days(count: int, said: str) -> None:
    with translation.override("de"):
        assert formats.days(count) == said


def test_of_amounts_beside_each_other_the_own_currency_comes_first() -> None:
    found = [Money(Decimal(amount), currency) for amount, currency in ((9, "CHF"), (5, "EUR"), (90, "USD"))]
    assert [money.currency for money in sorted(found, key=formats.own_first("EUR"))] == ["EUR", "USD", "CHF"]
