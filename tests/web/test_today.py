"""Today: what waits for whom, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser, expect

from etappe.core.actor import SYSTEM
from etappe.deals import actions
from etappe.journal.clock import now
from etappe.people.actions import create_account
from etappe.playbook.actions import publish
from etappe.playbook.queries import library_item
from tests.cast import AT, PASSWORD, Cast, email
from tests.deals.conftest import Scene, set_scene
from tests.scenery import kept
from tests.web.pages import Reading
from tests.web.signed import client_of

NOON = datetime.combine(now().date(), time(12), UTC)
DAY = NOON.date()
"""The same day everywhere, however late the tests run."""


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOON)


scene = kept(set_scene)


def page_of(name: str) -> Any:
    return client_of(name).get("/").context["page"]


def names(rows: Any) -> list[str]:
    return [row.name for row in rows]


def test_an_empty_workspace_says_what_to_do_first(cast: Cast) -> None:
    page = client_of("dot").get("/").content.decode()
    for way_on in ("/import/", "/deals/new/", "/setup/questions/"):
        assert f'href="{way_on}"' in page
    oda = client_of("oda").get("/").content.decode()
    main = oda[oda.index('<div class="today"') : oda.index("</main>")]
    assert "/import/" not in main
    assert "/deals/new/" not in main


def test_next_steps_stand_by_urgency(scene: Scene) -> None:
    for name, away in (("late", -1), ("today", 0), ("week", 7), ("later", 8)):
        scene.another(name=name, next_step="Call", next_step_on=DAY + timedelta(days=away))
    steps = page_of("ada").steps
    assert names(steps.overdue) == ["late"]
    assert (names(steps.today), names(steps.week)) == (["today"], ["week"])
    assert (steps.overdue_count, steps.today_count, steps.week_count, steps.later_count) == (1, 1, 1, 1)
    assert [line.row.name for line in page_of("ada").attention] == ["Neue Anlage"], "nothing is agreed there"


def test_a_full_day_shows_the_first_and_says_how_many(scene: Scene) -> None:
    for number in range(12):
        scene.another(name=f"late {number:02}", next_step="Call", next_step_on=DAY - timedelta(days=20 - number))
        scene.another(name=f"loose {number:02}", amount=number)
    page = page_of("ada")
    assert names(page.steps.overdue) == [f"late {number:02}" for number in range(8)]
    assert page.steps.overdue_count == 12
    assert [line.row.name for line in page.attention] == [f"loose {number:02}" for number in range(11, 3, -1)]
    assert page.attention_count == 13
    html = client_of("ada").get("/").content.decode()
    assert "/deals/attention/?kind=broken" in html
    assert Reading(html).problems == []


def test_done_sets_the_next_one_in_place(scene: Scene) -> None:
    late = scene.another(name="late", next_step="Call", next_step_on=DAY - timedelta(days=1))
    client = client_of("ada")
    assert f"/deals/{late}/step/?next=/" in client.get("/").content.decode()
    sheet = client.get(f"/deals/{late}/step/?next=/", headers={"HX-Request": "true"})
    assert sheet["HX-Retarget"] == "#panel"
    given = {"next_step": "Visit", "next_step_on": DAY.isoformat(), "next": "/", "seen": "1"}
    assert client.post(f"/deals/{late}/step/", given)["Location"] == "/", "without script back to the page"
    steps = page_of("ada").steps
    assert (names(steps.overdue), names(steps.today)) == ([], ["late"])
    again = client.post(f"/deals/{late}/step/", given | {"seen": "2"}, headers={"HX-Request": "true"})
    assert "changed" in again["HX-Trigger"], "with script the page refreshes where it stands"
    assert 'id="waiting"' in client.get("/", headers={"HX-Request": "true"}).content.decode()


def test_a_stage_that_is_nearly_proven_and_an_exception_that_was_refused_are_named(scene: Scene) -> None:
    required = scene.process.first.required
    assert page_of("ada").underway == ()
    for item in required:
        scene.give(item.key, scene.paper(item.key, item.kinds[0]))
    (ready,) = page_of("ada").underway
    assert ready.missing == ()
    html = client_of("ada").get("/").content.decode()
    assert "can move on" in html
    scene.move("requirements_agreed")
    assert page_of("ada").underway == (), "nothing of the next stage is proven"
    actions.ask_exception(scene.uid, "product_evaluated", "no time", actor=scene.cast.ada, at=scene.later())
    (asked,) = page_of("ben").exceptions
    actions.answer_exception(asked.uid, False, "show them first", actor=scene.cast.ben, at=scene.later())
    (refused,) = page_of("ada").refused
    assert refused.answer == "show them first"
    assert "show them first" in client_of("ada").get("/").content.decode()
    assert page_of("cem").is_clear


def test_other_peoples_and_closed_and_resting_deals_do_not_wait(scene: Scene) -> None:
    resting = scene.another(name="resting")
    actions.rest(resting, DAY + timedelta(days=30), actor=scene.cast.ada, at=scene.later())
    lost = scene.another(name="lost")
    actions.leave(lost, scene.process.leave[0].key, lost_to="", note="", actor=scene.cast.ada, at=scene.later())
    assert [line.row.name for line in page_of("ada").attention] == ["Neue Anlage"]
    assert page_of("sam").is_clear
    assert page_of("cem").is_clear


def test_the_manager_answers_and_inspects_and_the_rep_hears_of_it(scene: Scene) -> None:
    second = scene.another(name="Only phones")
    actions.ask_exception(second, "requirements_agreed", "only phones", actor=scene.cast.ada, at=scene.later())
    scene.bring_to("requirements_agreed")
    ben = page_of("ben")
    assert [each.deal.name for each in ben.exceptions] == ["Only phones"]
    assert [row.deal.name for row in ben.to_inspect] == ["Neue Anlage"]
    assert (page_of("ada").exceptions, page_of("ada").to_inspect) == ((), ())
    assert page_of("cem").is_clear
    evidence = scene.view().stages[0].criteria[0].evidence[0]
    actions.judge(evidence.uid, False, "another matter", actor=scene.cast.ben, at=scene.later())
    ada = page_of("ada")
    assert names(ada.rejected) == ["Neue Anlage"]
    assert "Neue Anlage" not in names(ada.unproven), "said once"


def test_an_unproven_deal_of_ones_own_is_named(scene: Scene) -> None:
    actions.create(
        {"name": "late entry", "account": scene.account},
        process="inbound",
        stage="quote_reviewed",
        late_entry=True,
        actor=scene.cast.ada,
        at=scene.later(),
    )
    assert names(page_of("ada").unproven) == ["late entry"]


def test_hostile_names_are_shown_as_text(cast: Cast) -> None:
    publish(library_item("inbound").source, actor=SYSTEM, at=AT)
    account = create_account({"name": "<img src=x onerror=alert(1)>"}, actor=cast.ada, at=AT)
    deal = {"name": "<script>alert(1)</script>", "account": account.uid, "next_step": "</a><b>", "next_step_on": DAY}
    actions.create(deal, process="inbound", actor=cast.ada, at=AT)
    page = client_of("ada").get("/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "</a><b>" not in page


def test_the_page_asks_the_database_no_more_for_more_deals(scene: Scene) -> None:
    client = client_of("ben")
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/")
    for number in range(12):
        scene.another(name=f"Deal {number}", next_step="Call", next_step_on=date(2026, 3, 1) + timedelta(days=number))
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) <= len(few) + 4, "a part that was empty before may look once for what it shows"
    assert len(many) <= 40


@pytest.mark.browser
def test_a_finger_carries_a_card_and_a_swipe_scrolls(built: object, site: str, browser: Browser) -> None:
    scene = set_scene()
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True, locale="en-GB"
    )
    page = context.new_page()
    page.goto(f"{site}/account/login/")
    page.fill("[name=login]", email("ada"))
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/deals/board/")
    card = page.locator("[data-deal]")
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box
    x, y = box["x"] + 60, box["y"] + 40
    fingers = context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": across, "y": down} for across, down in points]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", (x, y))
    for step in range(1, 6):
        touch("touchMove", (x - 20 * step, y))
    touch("touchEnd")
    expect(page.locator(".lifted")).to_have_count(0)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    card.scroll_into_view_if_needed()
    touch("touchStart", (x, y))
    expect(page.locator(".lifted")).to_have_count(1)
    for step in range(1, 7):
        touch("touchMove", (min(x + 55 * step, 375), y + step))
    # At the edge the board goes on under the card: whichever stage is below it then, it is not the first.
    expect(page.locator(".column.over")).not_to_have_attribute("data-stage", scene.process.first.key)
    touch("touchEnd")
    expect(page.locator("#panel-title")).to_be_visible()
    assert card.evaluate("card => card.closest('[data-stage]').dataset.stage") == scene.process.first.key
    assert scene.row.stage == scene.process.first.key
    context.close()
