"""Files like those of a real export, of our own making: dirty keys, gaps, and references to each other."""

from __future__ import annotations

import csv
from pathlib import Path

from etappe.core.actor import SYSTEM, Actor
from etappe.imports import actions
from etappe.imports.look import Given, Look, look
from etappe.imports.plan import Plan
from etappe.imports.queries import RunView
from etappe.journal.clock import now

AGENTS = ("Anja Holm", "Bert Kraus", "Cora Lind", "Dirk Meer")
FIRMS = ("Nordlicht GmbH", "Söder & Kamm", "Ostwind AG", "Westpark", "Mittelau KG")


def write(path: Path, rows: list[list[object]], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows(rows)
    return path


def pipeline(deals: int = 60) -> list[list[object]]:
    """Deals: of ten, five won, two lost, two engaging, one prospecting without a day; every seventh without account."""
    rows: list[list[object]] = [
        [
            "opportunity_id",
            "sales_agent",
            "product",
            "account",
            "deal_stage",
            "engage_date",
            "close_date",
            "close_value",
        ]
    ]
    for at in range(deals):
        stage = ("Won", "Lost", "Won", "Engaging", "Won", "Won", "Lost", "Engaging", "Won", "Prospecting")[at % 10]
        began = "" if stage == "Prospecting" else f"2016-{1 + at % 9:02}-{1 + at % 27:02}"
        closed = f"2016-{2 + at % 9:02}-{1 + at % 27:02}" if stage in ("Won", "Lost") else ""
        value = {"Won": 1000 + 7 * at, "Lost": 0}.get(stage, "")
        account = "" if at % 7 == 3 else FIRMS[at % 5]
        rows.append(
            [
                f"OP{at:05}",
                AGENTS[at % 4],
                ("Alpha Pro", "AlphaPro", "Beta")[at % 3],
                account,
                stage,
                began,
                closed,
                value,
            ]
        )
    return rows


def four(folder: Path, deals: int = 60) -> list[Path]:
    """Deals, accounts, products and colleagues."""
    accounts: list[list[object]] = [["account", "sector", "year_established", "revenue", "employees", "subsidiary_of"]]
    accounts += [
        [firm, "retail", 1980 + at, 10.5 + at, 100 * at + 7, FIRMS[0] if at == 4 else ""]
        for at, firm in enumerate(FIRMS)
    ]
    teams: list[list[object]] = [["sales_agent", "manager", "regional_office"]]
    teams += [[agent, ("Mona Nagel", "Nils Ober")[at % 2], ("Nord", "Süd")[at % 2]] for at, agent in enumerate(AGENTS)]
    products: list[list[object]] = [
        ["product", "series", "sales_price"],
        ["Alpha Pro", "A", 1000],
        ["Beta", "B", 250.5],
    ]
    return [
        write(folder / "sales_pipeline.csv", pipeline(deals)),
        write(folder / "accounts.csv", accounts),
        write(folder / "products.csv", products),
        write(folder / "sales_teams.csv", teams),
    ]


def looked(*paths: Path) -> Look:
    return look([Given(path.name, path) for path in paths], at=now())


def run(*paths: Path, dry: bool = False, plan: Plan | None = None, actor: Actor = SYSTEM) -> RunView:
    """Import files as they are proposed, or by a plan."""
    found = looked(*paths)
    return actions.run_now(found, plan or found.plan, dry=dry, actor=actor, at=now(), clock=now)
