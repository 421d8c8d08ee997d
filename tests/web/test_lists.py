"""The table of all lists, through the browser's doors: filter, columns, groups, export."""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from etappe.deals.list_fields import deal_registry
from etappe.deals.models import Deal
from etappe.team.actions import invite
from etappe.team.actions_views import save_view
from etappe.web.lists_days import days_of
from etappe.web.lists_words import day_words
from tests.cast import AT, Cast
from tests.deals.conftest import Scene, scene
from tests.make import make_account
from tests.web.signed import client_of

__all__ = ["scene"]

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def ada(scene: Scene) -> Client:
    for number, name in enumerate(("=1+1", "Groß", '"><script>alert(1)</script>')):
        scene.another(name=name, amount=Decimal(1000 * (number + 1)), currency="EUR" if number else "CHF")
    return client_of("ada")


def names(answer: object) -> list[str]:
    return [row.name for row in answer.context["page"].list.rows]  # type: ignore[attr-defined]


def test_one_filter_narrows_table_board_and_file(ada: Client) -> None:
    where = {"where": "amount >= 2000 and account ~ kunde", "sort": "name"}
    answer = ada.get(reverse("deals"), where, headers=ENGLISH)
    assert names(answer) == ['"><script>alert(1)</script>', "Groß"]
    text = answer.content.decode()
    assert "Deal value is at least 2,000" in text and "<script>alert" not in text
    board = ada.get(reverse("deals_board"), where).content.decode()
    assert "Groß" in board and "=1+1" not in board
    assert "2 deals" in ada.get(reverse("deals_board_totals"), where, headers=ENGLISH).content.decode()


def test_a_filter_that_speaks_of_the_status_is_not_narrowed_to_open_ones(scene: Scene, ada: Client) -> None:
    assert names(ada.get(reverse("deals"), {"where": "status != open"})) == []
    shown = ada.get(reverse("deals"), {"where": "status in (open, won)"}, headers=ENGLISH)
    assert len(names(shown)) == 4
    assert "as filtered</option>" in shown.content.decode() and "open ones" not in shown.content.decode()
    assert "open ones</option>" in ada.get(reverse("deals"), headers=ENGLISH).content.decode()


def test_fields_named_plainly_in_the_address_are_conditions(scene: Scene, ada: Client) -> None:
    deals = reverse("deals")
    shown = ada.get(deals, {"status": "open", "currency": "EUR", "utm_source": "mail"}, headers=ENGLISH)
    assert (shown.status_code, len(names(shown))) == (200, 3)
    said = [chip.said for chip in shown.context["page"].list.chips]
    assert said == ["Currency is EUR", "Status is open"] and "Select a valid choice" not in shown.content.decode()
    for query, found in (
        ({"status": ["lost", "won"]}, 0),
        ({"owner": "ada@etappe.example"}, 4),
        ({"owner": "ada@etappe.example", "where": "currency = CHF"}, 1),
        ({"status": "won", "source": ""}, 0),
    ):
        answer = ada.get(deals, query)
        assert (answer.status_code, len(names(answer))) == (200, found), query
    assert "Groß" not in ada.get(reverse("deals_board"), {"name": "=1+1"}).content.decode()
    make_account(name="Kölner", city="Köln")
    assert names(ada.get(reverse("accounts"), {"city": "Köln"})) == ["Kölner"]
    broken = {"status": "x", "where": "("}
    for hostile in ({"status": '") or name ~ "'}, {"name": "a" * 9000}, {"account": "'"}, broken):
        assert ada.get(deals, hostile).status_code in (200, 422), hostile


def test_a_field_named_plainly_narrows_a_view_further(scene: Scene, ada: Client) -> None:
    view = save_view("deal", {"name": "Euro", "where": "currency = EUR"}, actor=scene.cast.ada, at=AT)
    answer = ada.get(reverse("deals"), {"view": str(view.uid), "name": "Groß"})
    assert names(answer) == ["Groß"] and answer.context["page"].views.is_changed


HUGE = ("amount > 1e30", "amount > 1e400", "amount > " + "9" * 29, "amount > 1e-40")
BROKEN = (*HUGE, "amount >", "ammount = 1", "custom.gone = 1", "a = 1 or " * 300 + "a = 1", "x" * 9000)


def test_a_broken_filter_is_told_and_can_be_mended(ada: Client) -> None:
    for where, name in itertools.product(BROKEN, ("deals", "accounts", "people")):
        answer = ada.get(reverse(name), {"where": where}, headers=ENGLISH)
        assert answer.status_code == 422 and "Mend the filter" in answer.content.decode(), name
        assert ada.get(reverse("list_filter", args=[name]), {"where": where}).status_code == 200
    for where in ("amount >", *HUGE):
        assert ada.get(reverse("deals_board"), {"where": where}).status_code == 422


def test_a_number_of_many_digits_is_said_as_it_was_written(ada: Client) -> None:
    tiny = "0." + "0" * 30 + "1"
    answer = ada.get(reverse("accounts"), {"where": f"employees < {tiny}"}, headers=ENGLISH)
    assert answer.status_code == 200 and tiny in answer.content.decode()


def test_rows_of_the_form_become_the_filter(ada: Client) -> None:
    address = reverse("list_filter", args=["deals"])
    rows = {
        "field": ["amount", "owner", "name", ""], "op": [">", "=", "in", "="],
        "value": ["1500", "me", 'Groß, "me"', "x"],
        "group": ["0", "0", "1", "1"], "sort": "name",
    }  # fmt: skip
    more = ada.get(address, rows | {"add": "0"})
    assert [len(group) for group in more.context["page"].groups] == [3, 2]
    fewer = ada.get(address, rows | {"drop": "0"})
    assert [row.field for group in fewer.context["page"].groups for row in group] == ["owner", "name", ""]
    done = ada.get(address, rows | {"apply": "1"})
    assert done.status_code == 303
    assert names(ada.get(done["Location"])) == ['"><script>alert(1)</script>', "Groß"]
    assert ada.get(done["Location"]).context["page"].list.where == (
        '(amount > 1500 and owner = me) or name in (Groß, "me")'
    )
    wrong = ada.get(address, rows | {"apply": "1", "value": ["lots", "me", "a", ""]})
    assert wrong.status_code == 200 and wrong.context["page"].problem and wrong.context["page"].groups
    nested = ada.get(address, {"where": "amount > 1 and (name = a or name = b)"})
    assert not nested.context["page"].has_rows, "what is built otherwise is kept as text"


def test_a_condition_that_was_begun_is_not_left_out(ada: Client) -> None:
    """Whoever chose a field and nothing to compare it with would take the list for one that this narrows."""
    address = reverse("list_filter", args=["deals"])
    rows = {"field": ["amount", "source"], "op": [">", "="], "value": ["1500", ""], "group": ["0", "0"]}
    told = ada.get(address, rows | {"apply": "1"}, headers=ENGLISH)
    assert "“Lead source” has nothing to be compared with." in told.content.decode()
    assert [row.value for group in told.context["page"].groups for row in group] == ["1500", ""]
    empty = ada.get(address, rows | {"apply": "1", "op": [">", "is empty"]})
    assert empty.status_code == 303
    assert ada.get(address, rows | {"add": "0"}).context["page"].problem is None, "while rows are still being chosen"


def test_a_row_offers_what_its_field_can_be(scene: Scene, ada: Client) -> None:
    address = reverse("list_filter", args=["deals"])
    twins = [
        invite(f"{one}@etappe.example", "Twin", "rep", scene.cast.north, actor=scene.cast.dot, at=scene.later())[0]
        for one in "xy"
    ]
    rows = {
        "field": ["owner", "stage", "last_evidence", "owner"], "op": ["=", "in", "not >=", "~"],
        "value": ["me", "", "today-14d", "Ad"], "group": ["0"] * 4,
        "pick_1": ["need_confirmed", "gone"], "was_2": "last_evidence",
    }  # fmt: skip
    owner, stage, since, part = ada.get(address, rows, headers=ENGLISH).context["page"].groups[0]
    offered = dict(owner.picks)
    assert (offered["me"], offered["Ben Brandt"]) == ("me", "Ben Brandt") and owner.chosen == ["me"]
    assert {str(uid) for uid in twins} < set(offered), "who shares a name is told apart"
    assert stage.chosen == ["need_confirmed", "gone"] and ("gone", "gone") in stage.picks
    assert not since.picks and since.days and (since.days.shape, since.days.count, since.days.unit) == ("ago", 14, "d")
    assert not part.picks, "part of a name is typed"
    changed = ada.get(address, rows | {"field": ["owner", "stage", "amount", "owner"]}).context["page"].groups[0]
    assert changed[2].value == "", "a value goes with the field it was meant for"


SAID_DAYS = {
    "today-14d": ("ago", "14 days ago", "vor 14 Tagen"),
    "today+1w": ("ahead", "in 1 week", "in 1 Woche"),
    "this_month": ("this_month", "this month", "dieser Monat"),
    "this_month-1y": ("this_month-1y", "this month − 1 year", "dieser Monat − 1 Jahr"),
    "31.03.2026": ("date", "31 Mar 2026", "31.03.2026"),
    "2026-03": ("2026-03", "March 2026", "März 2026"),
    "2026-02-30": ("2026-02-30", "2026-02-30", "2026-02-30"),
    "<b>": ("<b>", "<b>", "<b>"),
}


@pytest.mark.parametrize("written", SAID_DAYS)
def test_days_are_said_in_words_and_kept_as_written(written: str, cast: Cast) -> None:
    shape, english, german = SAID_DAYS[written]
    known = deal_registry(cast.ada)
    days = days_of(known.field("expected_close"), ">", written)
    assert days and days.shape == shape
    for tongue, said in (("en", english), ("de", german)):
        with override(tongue):
            assert day_words(written) == said
    assert days_of(known.field("expected_close"), "in", written) is None, "several are typed"
    assert days_of(known.field("name"), "=", written) is None


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        ({"days_0": "ago", "count_0": "3", "unit_0": "w"}, "expected_close < today-3w"),
        ({"days_0": "ago"}, "expected_close < today-14d"),
        ({"days_0": "ahead", "count_0": "99999999", "unit_0": "<"}, "expected_close < today+9999d"),
        ({"days_0": "date", "date_0": "2026-03-31"}, "expected_close < 2026-03-31"),
        ({"days_0": "next_quarter", "count_0": "3"}, "expected_close < next_quarter"),
        ({"days_0": ""}, ""),
    ],
)
def test_days_that_were_picked_become_text(parts: dict[str, str], kept: str, ada: Client) -> None:
    row = {"field": "expected_close", "op": "<", "value": "today-14d", "group": "0", "was_0": "expected_close"}
    found = ada.get(reverse("list_filter", args=["deals"]), row | parts)
    assert found.context["page"].where == kept and found.context["page"].problem is None


def test_a_day_that_the_calendar_does_not_have_is_told(ada: Client) -> None:
    row = {"field": "expected_close", "op": "<", "value": "", "group": "0", "days_0": "date", "date_0": "2026-02-30"}
    told = ada.get(reverse("list_filter", args=["deals"]), row | {"apply": "1"}, headers=ENGLISH)
    assert "“2026-02-30” is no day." in told.content.decode()


def test_the_side_sheet_leads_to_the_list(ada: Client) -> None:
    rows = {
        "field": "stage",
        "op": "in",
        "value": "",
        "group": "0",
        "pick_0": ["need_confirmed", "order_placed"],
        "apply": "1",
    }
    sheet = ada.get(reverse("list_filter", args=["deals"]), rows, headers={"HX-Request": "true"})
    assert sheet.headers["HX-Redirect"] == reverse("deals") + "?where=stage+in+%28need_confirmed%2C+order_placed%29"
    chip = ada.get(reverse("deals"), {"where": "last_evidence not >= today-14d"}, headers=ENGLISH)
    assert "Last evidence not since 14 days ago" in chip.content.decode()
    chip = ada.get(reverse("deals"), {"where": "amount < 20500.50"}, headers=ENGLISH)
    assert "Deal value is below 20,500.50" in chip.content.decode()


def test_columns_are_chosen_and_ordered(ada: Client) -> None:
    address = reverse("list_columns", args=["deals"])
    chosen = {"column": ["name", "account.country", "amount"], "at_amount": "1", "at_name": "2", "where": "amount > 1"}
    found = ada.get(address, chosen)
    assert found.status_code == 303
    page = ada.get(found["Location"]).context["page"].list
    assert [head.key for head in page.heads] == ["amount", "name", "account.country"]
    assert page.where == "amount > 1"
    assert ada.get(reverse("deals"), {"columns": "name,password"}).status_code == 422
    assert ada.get(address, {"columns": "name,password"}).status_code == 200


def test_a_row_shows_a_little_of_what_is_too_much(scene: Scene, ada: Client) -> None:
    tags = [f"tag{number:02}<b>" for number in range(40)]
    scene.another(name="Lang", tags=tags, source="Wort" * 40, next_step="ein Satz " * 40)
    shown = {"columns": "name,tags,source,next_step", "where": "source is not empty", "sort": "-name"}
    text = ada.get(reverse("deals"), shown, headers=ENGLISH).content.decode()
    assert 'aria-label="37 more">+37</summary>tag03&lt;b&gt;, ' in text and "<b>," not in text
    assert all(tag.removesuffix("<b>") in text for tag in tags)
    assert 'class="broken" data-label="Lead source"' in text and f'title="{"Wort" * 40}"' in text
    assert "ein Satz ein Satz…" in text
    whole = b"".join(ada.get(reverse("list_export", args=["deals", "csv"]), shown)).decode()
    assert "Wort" * 40 in whole and "tag39" in whole


def test_a_list_is_sorted_without_heads(ada: Client) -> None:
    answer = ada.get(reverse("deals"), {"columns": "name,amount", "sort": "-amount"}, headers=ENGLISH)
    sorting = answer.context["page"].list.sorting
    assert [(each.name, each.is_current) for each in sorting.fields] == [("Deal", False), ("Deal value", True)]
    assert [each.is_current for each in sorting.ways] == [False, True]
    up, by_name = (ada.get(reverse("deals") + each.url) for each in (sorting.ways[0], sorting.fields[0]))
    assert names(answer)[:3] == names(up)[::-1][:3] and names(by_name) == sorted(names(by_name), key=str.lower)
    start = ada.get(reverse("deals"), {"columns": "name"}, headers=ENGLISH).context["page"].list.sorting
    assert [each.name for each in start.fields if each.is_current] == ["Created on"]


def test_groups_lead_to_their_rows(ada: Client) -> None:
    page = ada.get(reverse("deals"), {"group": "currency", "where": "amount > 0"}).context["page"].list
    assert [(group.name, group.count) for group in page.groups] == [("EUR", 2), ("CHF", 1)]
    assert names(ada.get(reverse("deals") + page.groups[1].url)) == ["=1+1"]
    assert ada.get(reverse("deals"), {"group": "amount"}).status_code == 422


def test_a_file_holds_what_is_listed_and_no_formula(scene: Scene, ada: Client) -> None:
    make_account(scene.cast.cem, name="Geheim AG", is_private=True)
    answer = ada.get(reverse("list_export", args=["deals", "csv"]), {"columns": "name,amount", "sort": "amount"})
    assert isinstance(answer, StreamingHttpResponse)
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[2:] == [
        ["'=1+1", "1000", "CHF"], ["Groß", "2000", "EUR"], ['"><script>alert(1)</script>', "3000", "EUR"],
    ]  # fmt: skip
    answer = ada.get(reverse("list_export", args=["deals", "xlsx"]), {"where": "amount > 0"})
    book = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "Groß" in sheet and "<f>" not in sheet and "'=1+1" in sheet.replace("&apos;", "'")
    assert re.search(r"<v>2000(\.0+)?</v>", sheet) and "2000 EUR" not in sheet, sheet
    listed = ada.get(reverse("list_export", args=["accounts", "csv"]))
    assert b"Geheim" not in b"".join(listed.streaming_content)
    assert ada.get(reverse("list_export", args=["deals", "csv"]), {"where": "("}).status_code == 422
    assert ada.get(reverse("list_export", args=["deals", "exe"])).status_code == 404
    assert ada.get(reverse("list_export", args=["tokens", "csv"])).status_code == 404


def test_a_file_names_currencies_beside_amounts_and_times_of_the_workspace(scene: Scene, ada: Client) -> None:
    def table(subject: str, **asked: str) -> list[list[str]]:
        answer = ada.get(reverse("list_export", args=[subject, "csv"]), asked, headers=ENGLISH)
        assert isinstance(answer, StreamingHttpResponse)
        return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    head, first, *_rest = table("deals", columns="amount,currency,created", where="currency = CHF")
    local = Deal.objects.get(currency="CHF").created_at.astimezone(ZoneInfo("Europe/Berlin"))
    assert head == ["Deal value", "Currency", "Created on"] and first == ["1000", "CHF", f"{local:%Y-%m-%d %H:%M}"]
    head, first, *_rest = table("accounts", columns="open_amount", where="open_deals > 0")
    assert head == ["Open deal value", "Open deal value: currency"] and "1000" in first[0] and "CHF" in first[1]
    answer = ada.get(reverse("list_export", args=["deals", "xlsx"]), {"columns": "created"})
    assert isinstance(answer, StreamingHttpResponse)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "hh:mm" in archive.read("xl/styles.xml").decode()


def test_rows_are_selected_for_a_bulk_edit(scene: Scene, ada: Client) -> None:
    answer = ada.get(reverse("deals"), {"where": "amount > 1500"})
    page = answer.content.decode()
    assert page.count('name="uid"') == 2 and 'name="all"' in page
    meant = answer.context["page"].list.meant
    started = ada.post(reverse("bulk_start"), {"subject": "deal", "where": meant, "all": "1"})
    assert started.status_code == 303 and "/bulk/" in started["Location"]
    assert ada.get(started["Location"]).status_code == 200
    assert 'name="uid"' not in client_of("oda").get(reverse("deals")).content.decode(), "observers change nothing"
    found = ada.get(reverse("accounts"), {"q": "kunde"}).content.decode()
    assert 'name="uid"' in found and 'name="all"' not in found, "what a search found is no filter"


def test_the_calendar_shows_dated_deals_of_the_month(scene: Scene, ada: Client) -> None:
    scene.another(
        name="Im Mai", expected_close=date(2026, 5, 4), buyer_target_date=date(2026, 5, 20), amount=Decimal(9)
    )
    scene.another(name="Im Juni", expected_close=date(2026, 6, 15))
    for number in range(9):
        scene.another(name=f"Zugleich {number}", expected_close=date(2026, 5, 5))
    address = reverse("deals_calendar")
    days = {day.date: day for day in ada.get(address, {"month": "2026-05"}).context["page"].days}
    assert (min(days), max(days)) == (date(2026, 4, 27), date(2026, 5, 31))
    assert [event.name for event in days[date(2026, 5, 4)].events] == ["Im Mai"]
    assert [event.name for event in days[date(2026, 5, 20)].events] == ["Im Mai"]
    assert (len(days[date(2026, 5, 5)].events), days[date(2026, 5, 5)].more) == (6, 3)
    assert len(names(ada.get(days[date(2026, 5, 5)].url))) == 9
    page = ada.get(address, {"month": "2026-05", "where": "amount > 1"}).content.decode()
    assert "Im Mai" in page and "Zugleich" not in page and "Im Juni" not in page
    for odd in ("2026-13", "0001-01", "9999-12", "x", "2026-05-01"):
        assert ada.get(address, {"month": odd}).status_code == 200
    assert ada.get(address, {"where": "amount >"}).status_code == 422
    assert "Im Mai" not in client_of("cem").get(address, {"month": "2026-05"}).content.decode()
