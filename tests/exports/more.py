"""What a workspace holds beside one of everything: own fields of every kind, decisions, histories, and so on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from etappe.core.actor import SYSTEM
from etappe.deals import actions as deals
from etappe.deals import queries
from etappe.deals.actions import tags
from etappe.imports.actions_presets import save_preset
from etappe.insights.commitments import commit
from etappe.journal.clock import now
from etappe.people.actions import edit_account, edit_person
from etappe.people.actions_fields import define_field
from etappe.people.actions_touchpoints import record, record_many, withdraw
from etappe.people.models import Account
from etappe.playbook.actions import publish
from etappe.playbook.actions_reviews import hold_review
from etappe.playbook.queries import get_version
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.imports import twin
from tests.imports.test_activities import connector
from tests.imports.test_history import both
from tests.web.everything import Everything

NOTE = '## Stand\n\n- **Budget** bis [Mai](https://kunde.example/?a=1&b=2)\n- `=1+1`, "so", ä ß 日本 🎉\n\n> Zitat\n'


def make_more(made: Everything, folder: Path) -> None:
    """Make it, by the actions that people use."""
    scene = made.scene
    _fields(made)
    _decisions(scene)
    _contacts(made)
    deals.write_note(made.deal, NOTE, actor=scene.cast.ada, at=AT)
    tags.tag(made.deal, add=['Ärger "groß"', "messe"], actor=scene.cast.ada, at=AT)
    version = get_version("inbound")
    publish(version.source.replace("\n", "\n# later\n", 1), reason="Ein Wort mehr.", actor=SYSTEM, at=AT)
    hold_review("inbound", "Bleibt, wie er ist.", date(2027, 3, 1), actor=scene.cast.dot, at=AT)
    commit({"period": f"{AT:%Y-%m}", "amount": Decimal("1234.5")}, actor=scene.cast.ada, at=AT)
    view = twin.run(*connector(folder), *both(folder))
    assert view.plan is not None
    save_preset("Jeden Montag", view.plan, actor=SYSTEM, at=now())


def _contacts(made: Everything) -> None:
    """Contacts of two months, one of them withdrawn, and some that another system sent."""
    ada = made.scene.cast.ada
    talk = {"happened_at": AT, "direction": "in", "channel": "call", "act": "called", "person": made.eva}
    record(talk | {"about": '=1+1, "so"; ä 🎉', "source": "Messe"}, actor=ada, at=AT)
    withdraw(record(talk, actor=ada, at=AT).uid, actor=ada, at=AT)
    record_many(
        [talk | {"happened_at": AT - timedelta(days=day), "key": f"c{day}"} for day in (1, 40)], actor=ada, at=AT
    )


def _fields(made: Everything) -> None:
    """A field of every kind, for each subject that can have it, with a value."""
    cast, ada = made.scene.cast, made.scene.cast.ada
    values: dict[str, Any] = {
        "text": "Zeile, mit \"Zeichen\"; und\ttab", "number": "12.5", "money": {"amount": "1234.5", "currency": "CHF"},
        "date": "2026-12-31", "choice": "nord", "choices": ["nord", "sued"], "link": "https://x.example/?q=1",
        "person": str(made.eva), "account": str(made.account),
    }  # fmt: skip
    for subject in ("account", "person", "deal"):
        for kind in values:
            given = {"name": f"Art {kind}", "key": f"art_{kind}", "kind": kind}
            choices = {"choices": [{"key": "nord", "name": "Nord"}, {"key": "sued", "name": "Süd"}]}
            define_field(subject, given | (choices if "choice" in kind else {}), actor=cast.dot, at=AT)
    custom = {f"art_{kind}": value for kind, value in values.items()}
    seen = Account.objects.get(uid=made.account).version
    edit_account(made.account, {"custom": custom}, seen=seen, actor=ada, at=AT)
    edit_person(made.eva, {"custom": custom}, seen=1, actor=ada, at=AT)
    deals.edit(made.deal, {"custom": custom}, actor=ada, at=made.scene.later())


def _decisions(scene: Scene) -> None:
    """Evidence that was accepted, rejected and withdrawn; an exception that was granted, one that was refused."""
    cast, proven = scene.cast, scene.another(name="Belegte Anlage")
    given = scene.prove("need_confirmed", proven)
    more = scene.prove("requirements_agreed", proven)
    deals.judge(given[0], True, actor=cast.ben, at=scene.later())
    deals.judge(more[0], False, "Das sagt ein anderer.", actor=cast.ben, at=scene.later())
    deals.withdraw(more[-1], "Falscher Deal.", actor=cast.ada, at=scene.later())
    for granted in (True, False):
        uid = scene.another(name=f"Ausnahme {granted}")
        deals.ask_exception(uid, "requirements_agreed", "Der Käufer ist verreist.", actor=cast.ada, at=scene.later())
        asked = queries.get_deal(cast.ada, uid).exceptions[0].uid
        deals.answer_exception(asked, granted, "" if granted else "Nein.", actor=cast.ben, at=scene.later())
