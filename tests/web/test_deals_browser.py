"""The board and the record in a real browser: dragged with the mouse, carried with the keyboard, proven, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from etappe.core.process import Proof
from etappe.deals.models import Deal, Evidence
from etappe.deals.reading import Given, read_file
from etappe.records import bulk
from etappe.records.bulk_rooms import Chosen
from tests.cast import AT
from tests.deals.conftest import Scene, set_scene
from tests.papers import acceptance, mail
from tests.scenery import kept_apart
from tests.web.seeing import DRAWN_ANEW, amiss, with_axe
from tests.web.signed import client_of

pytestmark = pytest.mark.browser


set_up = kept_apart(set_scene)


@pytest.fixture
def scene(built: Path, set_up: Scene) -> Scene:
    return set_up


def signed_in(context: BrowserContext, site: str, name: str = "ada") -> None:
    """The cookies of somebody who signed in; the sign-in itself has its own tests."""
    cookies = client_of(name).cookies
    context.add_cookies([{"name": key, "value": cookie.value, "url": site} for key, cookie in cookies.items()])


def card(page: Page, scene: Scene) -> Locator:
    return page.locator(f"#card-{scene.uid}")


def column(page: Page, stage: str) -> Locator:
    return page.locator(f"[data-stage={stage}]")


def drag(page: Page, what: Locator, to: Locator) -> None:
    expect(page.locator(".htmx-request")).to_have_count(0)  # the sums are there, and nothing moves any more
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 30, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 30, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 150, steps=8)
    page.mouse.up()


@pytest.fixture
def board(scene: Scene, site: str, page: Page) -> Page:
    signed_in(page.context, site)
    page.goto(f"{site}/deals/board/")
    page.wait_for_selector("html[data-ready]")
    return page


def give_file(page: Page, criterion: str, name: str, content: bytes) -> None:
    ask = page.locator(f"#ask-{criterion}")
    if ask.get_attribute("open") is None:
        ask.locator("> summary").click()
    ask.locator("input[type=file]").first.set_input_files({"name": name, "mimeType": "x/x", "buffer": content})
    ask.locator("button.main-act").click()


def test_a_drop_without_proof_asks_for_it_and_then_moves(board: Page, scene: Scene) -> None:
    drag(board, card(board, scene), column(board, "requirements_agreed"))
    panel = board.locator("#panel[open]")
    expect(panel.locator("h2").first).to_be_visible()
    expect(panel.locator(".ask")).to_have_count(2)
    expect(column(board, "need_confirmed").locator(f"#card-{scene.uid}")).to_have_count(1)
    give_file(board, "need_in_own_words", "antwort.eml", mail())
    expect(panel.locator(".ask")).to_have_count(1)
    booking = board.locator("#ask-next_meeting_accepted .kinds a").nth(1)
    booking.click()
    expect(board.locator("#ask-next_meeting_accepted .kinds a").nth(1)).to_have_attribute("aria-current", "true")
    give_file(board, "next_meeting_accepted", "zusage.ics", acceptance())
    expect(board.locator("#panel")).not_to_have_attribute("open", "")
    expect(column(board, "requirements_agreed").locator(f"#card-{scene.uid}")).to_be_visible()
    assert scene.row.stage == "requirements_agreed"
    assert scene.row.proof == Proof.PROVEN.value
    board.locator(".toast button[type=submit]").click()
    expect(column(board, "need_confirmed").locator(f"#card-{scene.uid}")).to_be_visible()
    assert scene.row.stage == "need_confirmed"


def test_the_keyboard_carries_a_card(board: Page, scene: Scene) -> None:
    scene.prove("need_confirmed")
    card(board, scene).focus()
    board.keyboard.press("Space")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("Escape")
    expect(column(board, "need_confirmed").locator(f"#card-{scene.uid}")).to_be_visible()
    assert scene.row.stage == "need_confirmed"
    board.keyboard.press("Space")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("Space")
    expect(board.locator(".toast")).to_be_visible()
    expect(column(board, "requirements_agreed").locator(f"#card-{scene.uid}")).to_be_visible()
    assert scene.row.stage == "requirements_agreed"
    expect(card(board, scene)).to_be_focused()


def test_a_colleagues_move_appears_by_itself(board: Page, scene: Scene) -> None:
    scene.prove("need_confirmed")
    scene.move("requirements_agreed", actor=scene.cast.ben)
    expect(column(board, "requirements_agreed").locator(f"#card-{scene.uid}")).to_be_visible(timeout=15_000)


def press(page: Page, what: Locator) -> None:
    """Put the finger down, and leave it there."""
    what.hover()
    page.mouse.down()


def test_a_tap_reaches_what_is_under_the_finger_though_the_board_is_drawn_anew(
    scene: Scene, site: str, browser: Browser
) -> None:
    scene.prove("need_confirmed")
    scene.move("requirements_agreed")
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="de-DE", reduced_motion="reduce")
    signed_in(context, site)
    page = context.new_page()
    page.goto(f"{site}/deals/board/")
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#total-requirements_agreed")).not_to_be_empty()
    board, panel, dots = page.locator("#board"), page.locator("#panel .ways"), card(page, scene).locator("a.square")
    dots.click()  # in the second column, which comes to the finger and must not snap away from it
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    place = board.evaluate("board => board.scrollLeft")
    assert place > 0

    press(page, dots)
    scene.another(name="Von nebenan")
    page.evaluate(DRAWN_ANEW, "#board")
    page.mouse.up()
    expect(panel).to_be_visible()
    expect(page.locator(".deal")).to_have_count(2)
    page.keyboard.press("Escape")

    held: list[Route] = []
    page.route("**/move/", lambda route: held.append(route))
    with page.expect_request("**/move/"):
        dots.click()
    page.evaluate(DRAWN_ANEW, "#board")
    held[0].continue_()
    expect(panel).to_be_visible()
    assert board.evaluate("board => board.scrollLeft") == place
    context.close()


def test_a_button_in_a_part_that_asks_every_second_can_be_pressed_slowly(scene: Scene, site: str, page: Page) -> None:
    ada = scene.cast.ada
    run = bulk.choose("deal", Chosen(uids=[scene.uid]), actor=ada, at=AT)
    bulk.want(run, {"set": {"source": "Messe"}}, actor=ada, at=AT)
    bulk.start(run, then=lambda _uid: None, actor=ada, at=AT)  # long ago: nothing happened since
    signed_in(page.context, site)
    page.goto(f"{site}/bulk/{run}/")
    page.wait_for_selector("html[data-ready]")
    press(page, page.locator("[hx-get] button"))
    page.evaluate(DRAWN_ANEW, "main [hx-get]")
    with page.expect_request("**/resume/"):
        page.mouse.up()


def test_who_is_second_hears_who_was_first(board: Page, scene: Scene) -> None:
    board.route("**/deals/changes/**", lambda route: route.abort())
    scene.prove("need_confirmed")
    scene.move("requirements_agreed", actor=scene.cast.ben)
    drag(board, card(board, scene), column(board, "product_evaluated"))
    expect(board.locator("#panel[open]")).to_contain_text("Ben Brandt")
    assert scene.row.stage == "requirements_agreed"


def test_the_menu_on_the_phone_moves_and_loses(scene: Scene, site: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="de-DE")
    signed_in(context, site)
    page = context.new_page()
    page.goto(f"{site}/deals/board/")
    page.wait_for_selector("html[data-ready]")
    card(page, scene).locator("a.square").tap()
    page.locator("#panel .exit button", has_text="Preis").tap()
    expect(card(page, scene)).to_have_count(0)
    assert Deal.objects.get(uid=scene.uid).leave_reason == "price"
    context.close()


def test_an_unknown_sender_is_added_and_the_file_is_not_lost(scene: Scene, site: str, page: Page) -> None:
    signed_in(page.context, site)
    page.goto(f"{site}/deals/{scene.uid}/")
    page.locator(".criterion a.button").first.click()
    give_file(page, "need_in_own_words", "antwort.eml", mail("Max Neu <max@anderswo.example>"))
    box = page.locator("#ask-need_in_own_words [name=add_sender]")
    expect(box).to_be_checked()
    page.locator("#ask-need_in_own_words button.main-act").click()
    expect(page.locator("#deal-main .evidence")).to_contain_text("Re: Ihr Angebot")
    expect(page.locator("#deal-side")).to_contain_text("Max Neu")
    assert Evidence.objects.get(deal=scene.row).flags.count("sender_added") == 1


def test_the_buyer_answers_by_the_link(scene: Scene, site: str, page: Page, browser: Browser) -> None:
    signed_in(page.context, site)
    page.goto(f"{site}/deals/{scene.uid}/evidence/?criterion=need_in_own_words&kind=note_confirmed")
    ask = page.locator("#ask-need_in_own_words")
    ask.locator("[name=person]").select_option(label="Eva Ernst")
    ask.locator("[name=happened_on]").fill("2026-03-02")
    ask.locator("[name=text]").fill("Frau Ernst braucht die Anlage bis Mai.")
    ask.locator("button.main-act").click()
    address = page.locator("#note-link").input_value()
    buyer = browser.new_context(locale="de-DE").new_page()
    buyer.goto(address)
    expect(buyer.locator("h1")).to_have_text("Gibt diese Notiz unser Gespräch richtig wieder?")
    expect(buyer.locator(".note-text")).to_have_text("Frau Ernst braucht die Anlage bis Mai.")
    assert buyer.locator("nav").count() == 0
    buyer.get_by_role("button", name="Ja").click()
    expect(buyer.locator("h1")).to_have_text("Vielen Dank.")
    page.goto(f"{site}/deals/{scene.uid}/")
    expect(page.locator(".criterion.met")).to_have_count(1)


SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(scene: Scene, site: str, browser: Browser, size: str) -> None:
    """What a manager sees beside the pages that tests/browser opens: a long name, nothing found, lists, the panel."""
    scene.prove("need_confirmed")
    scene.move("requirements_agreed")
    long = scene.another(name="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft")
    deal = f"/deals/{long}/"
    lists = ["/deals/", "/deals/?status=all&q=x", "/inspection/?period=all", "/inspection/?list=exceptions"]
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="de-DE", reduced_motion="reduce")
    with_axe(context)
    signed_in(context, site, "ben")
    page = context.new_page()
    problems = {}
    for path in [*lists, deal, f"{deal}evidence/", f"{deal}leave/"]:
        page.goto(f"{site}{path}")
        page.wait_for_selector("html[data-ready]")
        problems[path] = amiss(page)
    page.goto(f"{site}/deals/board/")
    card(page, scene).locator("a.square").click()
    page.locator("#panel .way").last.click()
    expect(page.locator("#panel .ask").first).to_be_visible()
    problems["panel"] = amiss(page)
    context.close()
    assert {path: told for path, told in problems.items() if told} == {}


def test_a_formatted_mail_is_shown_shut_in(scene: Scene, site: str, page: Page) -> None:
    body = (
        '<p>Ja, <b>so</b> passt es.</p><script>top.document.title="taken"</script><img src="http://spy.example/x.gif">'
    )
    letter = mail(text=body).replace(b"text/plain", b"text/html")
    uid = scene.give("need_in_own_words", Given("reply", file=read_file("antwort.eml", letter)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    signed_in(page.context, site)
    page.goto(f"{site}/evidence/{uid}/")
    page.locator("details.layout summary").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("b")).to_have_text("so")
    assert frame.locator("script, img").count() == 0
    assert "taken" not in page.title()
    assert not [url for url in asked if "spy.example" in url]
