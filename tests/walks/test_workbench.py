"""A day at the workbench, as one walk through a browser: brought in, kept up to date, found, changed, and taken back.

With a real export where it is here, otherwise with files of our own. The test is the job process.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import built, path_of, size, visiting
from tests.cast import AT, email
from tests.database import Server
from tests.exports.test_archive import another_database, export, load, tables_of
from tests.imports import twin
from tests.walks.test_walk import MAVEN, MAVEN_FILES, Walk, bring_colleagues, uploads

from etappe.deals.actions import remap
from etappe.deals.models import Deal
from etappe.exports import background as exporting
from etappe.exports.models import Export
from etappe.imports.background import carry_undo
from etappe.imports.models import Run
from etappe.imports.queries import get_run
from etappe.journal.clock import now
from etappe.people.actions import create_account, create_person
from etappe.people.models import Account
from etappe.records import bulk
from etappe.team import actions as team
from etappe.team import queries as people

__all__ = ["built", "uploads"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

PIPELINE = "sales_pipeline.csv"
HUBSPOT = MAVEN.parent / "crm_exports" / "hubspot"
HUBSPOT_FILES = (
    "company_data.csv", "contact_data.csv", "deal_data.csv", "deal_pipeline_stage_data.csv", "deal_stage_data.csv",
    "owner_data.csv",
)  # fmt: skip
HUBSPOT_CHANGED = {"company_data.csv": ("property_city", "Goslar"), "deal_data.csv": ("property_amount", "4711.12")}
SILENT = "status = open and stage = need_confirmed and last_evidence is empty"
"""Deals in a stage without evidence: what a manager asks on Mondays."""


def files(folder: Path) -> list[Path]:
    return [MAVEN / name for name in MAVEN_FILES] if MAVEN.is_dir() else twin.four(folder)


def newer(folder: Path, given: list[Path]) -> Path:
    """The deals a week later: the first open one is worth 4,711.11, all else is as it was."""
    source = next(path for path in given if path.name == PIPELINE)
    with source.open(newline="") as lines:
        rows: list[list[object]] = [[*row] for row in csv.reader(lines)]
    stage, value = rows[0].index("deal_stage"), rows[0].index("close_value")
    next(row for row in rows if row[stage] == "Engaging")[value] = "4711.11"
    later = folder / "later"
    later.mkdir()
    return twin.write(later / PIPELINE, rows)


@dataclass
class Workbench(Walk):
    """What somebody does there all day, beyond the first one."""

    def press_and_wait(self, name: str, where: str) -> str:
        """Press a button that leads to another page; returns that page's path."""
        self.press(self.page.get_by_role("button", name=name).first)
        self.page.wait_for_url(where)
        return path_of(self.page.url)

    def share_a_view(self, where: str) -> str:
        """Narrow the list, save that as a view for everybody; returns its address."""
        self.open(f"/deals/?where={where}")
        self.press(self.page.locator("[popovertarget=list-views]"))
        self.press(self.page.get_by_role("link", name="Save as a new view"))
        panel = self.page.locator("#panel[open]")
        panel.locator("[name=name]").fill("Silent ones")
        panel.locator("[name=seen_by]").select_option("everybody")
        self.press(panel.locator("button.main-act"))
        self.page.wait_for_url("**/deals/?*view=*")
        return self.page.url.removeprefix(self.site)

    def give_all_to(self, owner: str) -> str:
        """Give every deal of the list to somebody; returns the bulk edit's uid."""
        self.page.locator(".list-table td.pick input").nth(0).check()
        self.page.locator("input[name=all]").check()
        run = self.press_and_wait("Change the selected ones", "**/bulk/*-*/").split("/")[2]
        self.page.locator("select[name=owner]").select_option(label=owner)
        self.press(self.page.get_by_role("button", name="See what would change"))
        self.press(self.page.get_by_role("button", name=re.compile(r"^Change [\d,]+ records$")))
        self.page.wait_for_selector("progress")
        bulk.carry_on(run, clock=now)
        expect(self.page.get_by_role("heading", name="What came of it")).to_be_visible()
        return run

    def undo_the_bulk_edit(self, run: str) -> None:
        self.press(self.page.get_by_role("button", name="Undo all of it"))
        self.page.wait_for_selector("progress")
        bulk.carry_on(run, clock=now)
        expect(self.page.locator("main")).to_contain_text("Put back")

    def find(self, text: str, name: str) -> None:
        """Find a record by the palette, and open it with the keyboard."""
        self.page.keyboard.press("Control+k")
        self.page.locator("#palette input").fill(text)
        expect(self.page.locator("#palette [role=option]", has_text=name)).to_be_visible()
        self.page.keyboard.press("Enter")
        expect(self.page.locator("h1")).to_contain_text(name)

    def merge(self, one: Account, others: list[Account]) -> None:
        self.open("/accounts/?q=Nordlicht")
        for each in (one, *others):
            self.page.locator(f"tr[data-uid='{each.uid}'] td.pick input").check()
        self.press_and_wait("Merge the selected ones", "**/merge/*")
        stays = self.page.locator("th", has_text="stays")
        if one.name != stays.locator("a").first.inner_text():
            self.page.get_by_role("link", name=re.compile(f"^let this one stay {re.escape(one.name)}$")).click()
        self.press_and_wait("Merge into one", f"**/accounts/{one.uid}/")

    def take_the_merge_back(self, one: Account) -> None:
        self.open(f"/accounts/{one.uid}/merge/")
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.press(self.page.get_by_role("button", name=re.compile("^Undo")))

    def add_a_field(self, name: str) -> None:
        self.open("/settings/fields/new/deal/")
        self.page.locator("[name=name]").fill(name)
        self.page.locator("[name=kind]").select_option("text")
        self.press(self.page.locator("main button.main-act"))
        self.page.wait_for_url("**/settings/fields/")

    def fill_in(self, deal: Deal, key: str, value: str) -> None:
        self.open(f"/deals/{deal.uid}/edit/")
        self.press(self.page.get_by_role("link", name="Cancel"))
        self.page.wait_for_url(f"**/deals/{deal.uid}/")
        self.open(f"/deals/{deal.uid}/edit/")
        self.page.locator(f"[name=custom_{key}]").fill(value)
        self.press(self.page.locator("main button.main-act"))
        self.page.wait_for_url(f"**/deals/{deal.uid}/")

    def replace_in_the_editor(self, before: str, after: str) -> None:
        self.page.locator(".cm-content").click()
        self.page.keyboard.press("Control+Home")
        self.page.keyboard.press("Control+f")
        self.page.keyboard.type(before)
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Escape")
        self.page.keyboard.type(after)

    def rename_a_stage(self, before: tuple[str, str], after: tuple[str, str]) -> None:
        """Give a stage another key and name in the editor until the linter is content; move the open deals by a map."""
        self.open("/playbook/inbound/")
        self.press(self.page.get_by_text("Write the next version"))
        self.page.wait_for_url("**/drafts/*-*/")
        self.replace_in_the_editor(f"key: {before[0]}", f"key: {after[0]}")
        self.replace_in_the_editor(f"en: {before[1]}", "en: Demo")
        expect(self.page.locator(".findings li")).to_have_count(1)
        self.replace_in_the_editor("en: Demo", f"en: {after[1]}")
        expect(self.page.locator(".findings li")).to_have_count(0)
        self.press(self.page.get_by_role("button", name=re.compile("^Save and publish")))
        self.page.wait_for_url("**/publish/")
        expect(self.page.locator("main")).to_contain_text(f"Stage “{before[1]}” is gone.")
        self.page.locator(f"select[name=to_{before[0]}]").select_option(after[0])
        self.press(self.page.get_by_role("button", name="Show the preview"))
        expect(self.page.locator("main")).to_contain_text(after[1])
        moving = self.page.get_by_role("button", name=re.compile("^Publish and move [\\d,]+ deals$"))
        self.press(moving)
        self.page.wait_for_url("**/playbook/inbound/deals/*-*/")
        remap.carry_on(path_of(self.page.url).split("/")[4], clock=now)

    def export_everything(self, to: Path) -> Path:
        """Fetch the archive of everything from the settings."""
        self.open("/settings/export/")
        self.press(self.page.get_by_role("button", name="Export everything"))
        self.page.wait_for_selector("progress")
        exporting.carry_out(str(Export.objects.latest("id").uid), clock=now)
        with self.page.expect_download() as fetched:
            self.press(self.page.get_by_role("link", name="Fetch"))
        fetched.value.save_as(to)
        return to

    def undo_the_import(self, run: str) -> None:
        self.open(f"/import/{run}/")
        self.press(self.page.locator("summary", has_text="Undo this import"))
        self.press(self.page.get_by_role("button", name="Undo the whole import"))
        self.page.wait_for_selector("progress")
        carry_undo(run, clock=now)
        expect(self.page.locator("progress")).to_have_count(0)


def hubspot(folder: Path) -> tuple[list[Path], list[Path]]:
    """An export of HubSpot with the history of its stages, and a newer copy in which a company and a deal changed."""
    given, later = [HUBSPOT / name for name in HUBSPOT_FILES], folder / "hubspot"
    later.mkdir()
    for path in given:
        with path.open(newline="") as lines:
            rows: list[list[object]] = [[*row] for row in csv.reader(lines)]
        if path.name in HUBSPOT_CHANGED:
            column, value = HUBSPOT_CHANGED[path.name]
            rows[1][rows[0].index(column)] = value
        twin.write(later / path.name, rows)
    return given, sorted(later.iterdir())


def standing() -> int:
    return Deal.objects.filter(archived_at=None).count()


def test_a_day_at_the_workbench(
    built: Path, site: str, uploads: Path, browser: Browser, database_server: Server, settings: Any
) -> None:
    settings.EXPORTS = uploads / "exports"
    given = files(uploads)
    with visiting(browser, site, locale="en-GB", **size("desktop")) as (page, heard):
        walk = Workbench(site, page, heard, "en", is_phone=False)
        walk.come_in()
        walk.answer_the_questions()
        first = walk.bring_in(given)
        imported = standing()
        walk.bring_in([newer(uploads, given)])
        assert (standing(), Deal.objects.filter(amount="4711.11").count()) == (imported, 1)

        bring_colleagues()
        dot = people.actor_by_email(email("dot"))
        view = walk.share_a_view(SILENT)
        silent = Deal.objects.filter(archived_at=None, status="open", stage="need_confirmed").count()
        _see_on_a_phone(browser, site, view, silent)
        run = walk.give_all_to("Ben Brandt")
        assert Deal.objects.filter(owner__name="Ben Brandt").count() == silent
        walk.undo_the_bulk_edit(run)
        assert Deal.objects.filter(owner__name="Ben Brandt").count() == 0

        create_person({"name": "Karin Schröder"}, actor=dot, at=AT)
        walk.find("schroder", "Karin Schröder")
        names = ("Nordlicht Werke", "Nordlicht Werke GmbH", "Nordlicht-Werke")
        uids = [create_account({"name": name}, actor=dot, at=AT).uid for name in names]
        one, *others = (Account.objects.get(uid=uid) for uid in uids)
        walk.merge(one, others)
        assert Account.objects.filter(uid__in=uids, archived_at=None).count() == 1
        walk.take_the_merge_back(one)
        assert Account.objects.filter(uid__in=uids, archived_at=None).count() == 3

        walk.add_a_field("Region")
        deal = Deal.objects.filter(archived_at=None, status="open").earliest("id")
        walk.fill_in(deal, "region", "Süd")
        walk.open("/deals/?where=custom.region = sud")
        expect(page.locator(".list-table tbody tr")).to_have_count(1)
        token = team.create_token("Walk", ["read"], actor=dot, at=AT)[1]
        answer = page.request.get(f"{site}/api/v1/deals/{deal.uid}", headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["custom"] == {"region": "Süd"}

        still_open = Deal.objects.filter(archived_at=None, status="open")
        versions = set(still_open.values_list("process_version_id", flat=True))
        stages = Counter(still_open.values_list("stage", flat=True))
        walk.rename_a_stage(("need_confirmed", "Need confirmed"), ("need_named", "Need named"))
        stages["need_named"] = stages.pop("need_confirmed")
        assert Counter(still_open.values_list("stage", flat=True)) == stages
        assert versions.isdisjoint(still_open.values_list("process_version_id", flat=True)), (
            "all of them follow the new one"
        )

        walk.undo_the_import(first)
        assert standing() == 0
        expect(page.locator(f"main a[href='/deals/{deal.uid}/']")).to_be_visible()  # among those edited since

        if HUBSPOT.is_dir():
            sample, later = hubspot(uploads)
            walk.bring_in(sample)
            walk.bring_in(later)
            totals = get_run(dot, Run.objects.latest("id").uid).totals
            assert (totals["created"], totals["changed"]) == (0, 2)
        archive = walk.export_everything(uploads / "all.zip")
        assert heard.of(page) == []

    before = tables_of(archive)
    with another_database(database_server):
        load(archive)
        after = tables_of(export(uploads / "again.zip"))
    assert after.pop("journal.jsonl").startswith(before.pop("journal.jsonl"))
    assert after == before


def _see_on_a_phone(browser: Browser, site: str, view: str, count: int) -> None:
    """The manager opens what was shared with them."""
    with visiting(browser, site, "ben", locale="de-DE", **size("phone")) as (page, heard):
        answer = page.goto(f"{site}{view}")
        assert answer
        assert answer.status == 200
        shown = f"{count:,}".replace(",", ".")
        expect(page.locator("nav.pager")).to_contain_text(shown)
        assert heard.of(page) == []
