"""Saved views through the browser's doors, the API and the command line."""

from __future__ import annotations

import uuid
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.test import Client
from django.urls import reverse

from etappe.cli import main
from etappe.journal.clock import now
from etappe.team.actions import create_token
from etappe.team.actions_views import delete_view, edit_view, save_view
from etappe.team.models import SavedView
from etappe.team.views import ListView
from tests.api.conftest import Caller
from tests.cast import AT, email
from tests.deals.conftest import Scene, scene
from tests.make import make_process
from tests.unchanged import refused
from tests.web.signed import client_of

__all__ = ["scene"]

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def ada(scene: Scene) -> Client:
    for number, name in enumerate(("Eins", "Zwei", "Drei"), start=1):
        scene.another(name=name, amount=Decimal(1000 * number), currency="EUR")
    return client_of("ada")


def saved(scene: Scene, who: str = "ada", subject: str = "deal", **given: object) -> ListView:
    fields = {"name": "Große", "where": "amount >= 2000", "columns": ["name", "amount"], "sort": "name"} | given
    return save_view(subject, fields, actor=getattr(scene.cast, who), at=AT)


def names(answer: object) -> list[str]:
    return [row.name for row in answer.context["page"].list.rows]  # type: ignore[attr-defined]


def test_a_list_is_saved_and_opened_again(ada: Client) -> None:
    shown = ada.get(reverse("deals"), {"where": "amount >= 2000", "owner": "me", "sort": "name"}, headers=ENGLISH)
    form = ada.get(reverse("view_new", args=["deals"]) + "?" + shown.context["page"].list.asked_query)
    assert form.status_code == 200
    given = dict(form.context["page"].asked) | {"name": "<b>Meine</b>", "seen_by": "nobody"}
    done = ada.post(reverse("view_new", args=["deals"]), given)
    assert done.status_code == 303
    again = ada.get(done["Location"], headers=ENGLISH)
    assert names(again) == ["Drei", "Zwei"] and not again.context["page"].views.is_changed
    text = again.content.decode()
    assert "&lt;b&gt;Meine" in text and "<b>Meine" not in text and "Changed" not in text
    twice = ada.post(reverse("view_new", args=["deals"]), given)
    assert twice.status_code == 422 and SavedView.objects.count() == 1


def test_what_the_address_says_takes_the_place_of_the_view(scene: Scene, ada: Client) -> None:
    view = saved(scene)
    plain = ada.get(reverse("deals"), {"view": str(view.uid)})
    assert names(plain) == ["Drei", "Zwei"] and [head.key for head in plain.context["page"].list.heads] == [
        "name", "amount",
    ]  # fmt: skip
    turned = ada.get(reverse("deals"), {"view": str(view.uid), "sort": "-name"}, headers=ENGLISH)
    assert names(turned) == ["Zwei", "Drei"] and "Save the view" in turned.content.decode()
    off = ada.get(reverse("deals") + plain.context["page"].list.chips[0].off)
    assert len(names(off)) == 4 and off.context["page"].views.is_changed
    asked = dict(off.context["page"].list.asked) | {"seen": "1"}
    kept = ada.post(reverse("view_query", args=[view.uid]), asked)
    assert kept.status_code == 303
    after = ada.get(kept["Location"]).context["page"]
    assert len(after.list.rows) == 4 and not after.views.is_changed
    late = ada.post(reverse("view_query", args=[view.uid]), asked, headers=ENGLISH)
    assert late.status_code == 409 and "This view was changed meanwhile" in late.content.decode()


def test_a_team_opens_its_view_and_gets_past_it(scene: Scene, ada: Client) -> None:
    saved(scene, "ben", shared="team", is_default=True)
    saved(scene, "ben", "account", where="name = nobody", columns=[], shared="team", is_default=True)
    assert names(ada.get(reverse("deals"))) == ["Drei", "Zwei"]
    assert len(names(ada.get(reverse("deals"), {"view": "all"}))) == 4
    assert len(names(ada.get(reverse("deals"), {"sort": "name"}))) == 4
    empty = ada.get(reverse("accounts"))
    assert names(empty) == [] and "?view=all" in empty.content.decode()
    assert names(ada.get(reverse("accounts"), {"view": "all"}))


def test_a_view_that_is_not_for_one_is_not_there(scene: Scene, ada: Client) -> None:
    own, people = saved(scene, "ben"), saved(scene, subject="person", where="")
    assert ada.get(reverse("deals"), {"view": ""}).status_code == 200
    for page in ("deals", "deals_board", "deals_calendar", "people"):
        of_deals = people if page != "people" else own
        for view in (uuid.uuid4(), "x' or 1=1", of_deals.uid):
            answer = ada.get(reverse(page), {"view": str(view), "where": "name = Drei"}, headers=ENGLISH)
            text = answer.content.decode()
            assert answer.status_code == 404 and "This view is not here" in text and "Eins" not in text
            assert f'href="{reverse(page)}?view=all&amp;where=name+%3D+Drei"' in text
    hidden = ada.get(reverse("deals"), {"view": str(own.uid)}, headers={"HX-Request": "true"})
    assert hidden.status_code == 404 and "?view=all" in hidden.content.decode()
    for name in ("view", "view_query", "view_delete"):
        assert ada.post(reverse(name, args=[own.uid]), {"name": "Mein", "seen_by": "nobody"}).status_code == 404
    assert ada.get(reverse("view_new", args=["stages"])).status_code == 404


def test_a_view_opens_as_what_it_is_and_goes_along(scene: Scene, ada: Client) -> None:
    table = ada.get(reverse("deals"), {"where": "amount >= 2000"}, headers=ENGLISH).context["page"]
    calendar = ada.get(reverse("deals_calendar") + "?" + table.views.carried)
    bar = calendar.context["page"].bar
    assert [chip.off for chip in bar.chips] == ["?"] and dict(bar.asked)["where"] == "status = open and amount >= 2000"
    form = ada.get(reverse("view_new", args=["deals"]) + "?" + bar.asked_query).context["page"]
    assert form.form.initial["shown_as"] == "calendar" and form.back == reverse("deals_calendar")
    given = dict(form.asked) | {"name": "Termine", "seen_by": "nobody", "shown_as": "calendar"}
    done = ada.post(reverse("view_new", args=["deals"]), given)
    assert done["Location"].startswith(reverse("deals_calendar"))
    view = SavedView.objects.get()
    assert (view.shown_as, view.where) == ("calendar", "status = open and amount >= 2000")
    shown = ada.get(done["Location"]).context["page"].views
    assert shown.shown.uid == view.uid and not shown.is_changed
    listed = ada.get(reverse("deals") + "?" + shown.carried)
    assert names(listed) == ["Drei", "Zwei"] and reverse("deals_calendar") in listed.context["page"].views.own[0].url
    changes = {"where": "amount >= 3000", "seen": "1", "as": "table"}
    kept = ada.post(reverse("view_query", args=[view.uid]), changes)
    assert kept["Location"] == f"{reverse('deals')}?view={view.uid}"
    assert names(ada.get(kept["Location"])) == ["Drei"]
    gone = ada.post(reverse("view_delete", args=[view.uid]))
    assert gone["Location"] == f"{reverse('deals_calendar')}?view=all"


def test_a_team_opens_one_view_of_each_kind(scene: Scene, ada: Client) -> None:
    first = saved(scene, "ben", shared="team", is_default=True)
    offered: dict[str, Any] = {"shown_as": "calendar", "shared": "team", "is_default": True}
    month = saved(scene, "ben", name="Monat", where="amount = 1000", **offered)
    opened = ada.get(reverse("deals_calendar")).context["page"]
    assert opened.views.shown.uid == month.uid and opened.bar.where == "amount = 1000"
    assert ada.get(reverse("deals")).context["page"].views.shown.uid == first.uid
    other = saved(scene, "ben", name="Woche", where="", **offered)
    assert ada.get(reverse("deals_calendar")).context["page"].views.shown.uid == other.uid
    assert SavedView.objects.filter(is_default=True).count() == 2
    with refused("unknown_choice"):
        saved(scene, subject="person", where="", shown_as="calendar")


@pytest.mark.parametrize("place", ["calendar", "board"])
def test_a_page_of_deals_on_a_field_that_is_gone_is_mended(scene: Scene, ada: Client, place: str) -> None:
    view, page = saved(scene, where="custom.gone = 1", shown_as=place), reverse(f"deals_{place}")
    broken = ada.get(page, {"view": str(view.uid)}, headers=ENGLISH)
    assert broken.status_code == 422 and "Mend the filter" in broken.content.decode()
    address = reverse("list_filter", args=["deals"]) + "?" + broken.context["page"].bar.query
    mended = ada.get(address.replace("custom.gone", "amount") + "&apply=1")
    assert mended["Location"].startswith(page) and "as=" not in mended["Location"]
    assert ada.get(mended["Location"]).context["page"].bar.where == "amount = 1"
    elsewhere = ada.get(reverse("list_filter", args=["deals"]), {"where": "amount = 1", "as": "//evil", "apply": "1"})
    assert elsewhere["Location"].startswith(reverse("deals") + "?where")


def test_a_board_shows_its_view(scene: Scene, ada: Client) -> None:
    view = saved(scene, "ben", where="amount >= 2000", shown_as="board", shared="team", is_default=True)
    page = ada.get(reverse("deals_board")).context["page"]
    assert page.views.shown.uid == view.uid
    assert sorted(card.name for lane in page.lanes for card in lane.cards) == ["Drei", "Zwei"]
    assert "5,000" in ada.get(page.totals, headers=ENGLISH).content.decode()
    assert ada.get(page.bar.figures).context["page"].cards[0].n == 2
    make_process("outbound")
    left = saved(scene, where="process = outbound and amount >= 2000", name="Andere", shown_as="board")
    other = ada.get(reverse("deals_board"), {"view": str(left.uid)}).context["page"]
    assert other.process.key == "outbound" and not any(lane.cards for lane in other.lanes)


def test_a_view_on_a_field_that_is_gone_is_mended(scene: Scene, ada: Client) -> None:
    view = saved(scene, where="custom.gone = 1")
    broken = ada.get(reverse("deals"), {"view": str(view.uid)}, headers=ENGLISH)
    assert broken.status_code == 422 and "Mend the filter" in broken.content.decode()
    query = broken.context["page"].list.query
    assert ada.get(reverse("list_filter", args=["deals"]) + "?" + query).status_code == 200
    mended = ada.get(reverse("list_filter", args=["deals"]), {"view": str(view.uid), "where": "", "apply": "1"})
    answer = ada.get(mended["Location"], headers=ENGLISH)
    assert len(names(answer)) == 4 and "Save the view" in answer.content.decode()


def test_a_view_is_renamed_shared_and_deleted(scene: Scene, ada: Client) -> None:
    view = saved(scene)
    sheet = ada.get(reverse("view", args=[view.uid]), headers={"HX-Request": "true"})
    assert sheet["HX-Retarget"] == "#panel" and "is_default" not in sheet.content.decode()
    shared = {"name": "Unsere", "seen_by": str(scene.cast.north), "seen": "1"}
    assert ada.post(reverse("view", args=[view.uid]), shared).status_code == 303
    assert ada.post(reverse("view", args=[view.uid]), shared | {"seen_by": "everybody", "seen": "2"}).status_code == 422
    ben = client_of("ben")
    assert "Unsere" in ben.get(reverse("deals")).content.decode()
    assert "is_default" in ben.get(reverse("view", args=[view.uid])).context["page"].form.fields
    assert ada.post(reverse("view_delete", args=[view.uid])).status_code == 303
    assert ben.get(reverse("deals"), {"view": str(view.uid)}).status_code == 404


def test_what_was_to_be_saved_is_kept_where_the_view_is_gone_or_changed(scene: Scene, ada: Client) -> None:
    """A colleague deletes the view, or changes it, while one is about to save it: one saves a view of one's own."""
    chosen = {"list": "deals", "where": "amount >= 3000", "columns": "name,amount", "sort": "-name", "seen": "1"}
    gone, changed = saved(scene, "ben", shared="team"), saved(scene, name="Andere")
    delete_view(gone.uid, actor=scene.cast.ben, at=AT)
    edit_view(changed.uid, {"sort": "amount"}, actor=scene.cast.ada, at=AT)
    for number, view in enumerate((gone, changed)):
        kept = ada.post(reverse("view_query", args=[view.uid]), chosen, headers=ENGLISH)
        page = kept.context["page"]
        assert (kept.status_code, page.form.is_bound, bool(page.problem)) == (409, False, True)
        given = dict(page.asked) | {"name": f"Neu {number}", "seen_by": "nobody", "shown_as": "table"}
        assert names(ada.get(ada.post(page.action, given)["Location"])) == ["Drei"]
    assert SavedView.objects.get(uid=changed.uid).where == "amount >= 2000"
    typed = {"name": "Meine", "seen_by": "nobody", **chosen}
    renamed = ada.post(reverse("view", args=[gone.uid]), typed, headers=ENGLISH).context["page"]
    assert (renamed.form["name"].value(), dict(renamed.asked)["where"]) == ("Meine", "amount >= 3000")
    assert ada.post(reverse("view_query", args=[uuid.uuid4()]), {"list": "<b>"}).status_code == 404


def listed(view: str, who: str, *options: str) -> Result:
    return CliRunner().invoke(main, ["list", "deals", "--view", view, *options, "--format", "csv", "--as", email(who)])


def test_the_command_line_lists_a_view(scene: Scene, ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)
    view = saved(scene)
    assert listed("große", "ada").stdout.splitlines() == [
        "name,amount,currency",
        "Drei,3000,EUR",
        "Zwei,2000,EUR",
    ]
    narrowed = listed(str(view.uid), "ada", "--columns", "name", "--sort", "-name", "--where", "amount < 3000")
    assert narrowed.stdout.splitlines()[:2] == ["name", "Zwei"]
    unknown = listed("Große", "ben")
    assert unknown.exit_code != 0 and "Große" in unknown.stderr and unknown.stdout == ""


def caller(scene: Scene, who: str, *scopes: str) -> Caller:
    return Caller(create_token("x", list(scopes), actor=getattr(scene.cast, who), at=now())[1])


def test_programs_save_change_and_delete_views(scene: Scene, ada: Client) -> None:
    hers, his = caller(scene, "ada", "read", "write"), caller(scene, "ben", "read")
    made = hers.post("/views", {"subject": "deal", "name": "Große", "where": "amount>=2000", "shared": "team"})
    uid = made.json()["uid"]
    assert made.status_code == 201 and made.json()["where"] == "amount >= 2000"
    assert [view["name"] for view in his.get("/views?subject=deal").json()] == ["Große"]
    assert his("patch", f"/views/{uid}", {"name": "Seine"}).status_code == 403
    assert hers("patch", f"/views/{uid}", {"where": "amount = 1000", "sort": None}).status_code == 422
    assert hers("patch", f"/views/{uid}", {"where": "amount = 1000", "seen": 1}).json()["version"] == 2
    assert names(ada.get(reverse("deals"), {"view": uid})) == ["Eins"]
    assert hers("patch", f"/views/{uid}", {"name": "Spät", "seen": 1}).status_code == 409
    assert hers("patch", f"/views/{uid}", {"shown_as": "board"}).json()["shown_as"] == "board"
    assert hers("patch", f"/views/{uid}", {"shown_as": "cake"}).status_code == 422
    assert hers("delete", f"/views/{uid}").status_code == 204
    assert hers.get(f"/views/{uid}").status_code == 404


def test_rows_stand_closer_for_whoever_wants_it(scene: Scene, ada: Client) -> None:
    table = reverse("deals") + "?sort=name"
    wide = ada.get(table, headers=ENGLISH).content.decode()
    assert "Set the rows closer" in wide and '<body class="framed">' in wide
    done = ada.post(reverse("settings_density"), {"density": "compact", "next": table})
    assert done["Location"] == table and '<body class="framed compact">' in ada.get(table).content.decode()
    assert '<body class="framed">' in client_of("ben").get(table).content.decode()
    away = ada.post(reverse("settings_density"), {"density": "comfortable", "next": "//evil.example/"})
    assert away["Location"] == reverse("settings_profile")
    assert ada.post(reverse("settings_density"), {"density": "<b>"}).status_code == 422
    hers, reading = caller(scene, "ada", "read", "write"), caller(scene, "ada", "read")
    assert hers("patch", "/me", {"density": "compact"}).json()["density"] == "compact"
    assert reading("patch", "/me", {"density": "comfortable"}).status_code == 403
    assert reading.get("/me").json()["density"] == "compact"
    assert hers("patch", "/me", {"density": "wild"}).status_code == 422
