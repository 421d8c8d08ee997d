"""Every kind of entry has a sentence and every refusal its words, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from etappe.config.catalogues import translated, used
from etappe.core.actor import Role
from etappe.core.errors import Refusal, Stale
from etappe.core.evidence import Kind, Provenance
from etappe.core.kinds import REGISTRY
from etappe.core.kinds import deals as _deals  # noqa: F401 - fills the registry
from etappe.core.kinds import imports as _imports  # noqa: F401
from etappe.core.kinds import people as _people  # noqa: F401
from etappe.core.kinds import playbook as _playbook  # noqa: F401
from etappe.core.kinds import team as _team  # noqa: F401
from etappe.core.mail_checks import Check, Flag, Problem
from etappe.core.process import Basis, MissingProof, Proof, Status
from etappe.foreign.reasons import Reason
from etappe.insights.models import Subscription
from etappe.journal import labels, refusals, texts
from etappe.playbook.queries import library_item

SOURCE = Path(__file__).parents[2] / "src" / "etappe"
REFUSING = {"Refusal", "Forbidden", "Stale"}


@cache
def codes() -> tuple[tuple[str, str], ...]:
    """Every code that some rule refuses with, and where. A code that is chosen counts with all its choices."""
    return tuple(
        (code, f"{path.relative_to(SOURCE)}:{line}")
        for path in sorted(SOURCE.rglob("*.py"))
        for code, line in _refused_in(ast.parse(path.read_text()))
    )


def _refused_in(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSING and node.args:
            for code in _chosen(node.args[0]):
                yield code, node.lineno


def _chosen(code: ast.expr) -> Iterator[str]:
    if isinstance(code, ast.IfExp):
        yield from _chosen(code.body)
        yield from _chosen(code.orelse)
    elif isinstance(code, ast.Constant):
        yield str(code.value)


def test_every_refusal_has_words():
    missing = {f"{code} ({where})" for code, where in codes() if code not in refusals.TEXTS}
    assert not missing, "give these codes a text in journal/refusals.py and in locale/rooms"


def test_the_search_for_codes_finds_them():
    found = {code for code, _ in codes()}
    assert {"criteria_missing", "stale", "forbidden", "link_expired", "not_won_yet"} <= found
    assert len(found) > 60


def test_a_code_handed_to_a_helper_has_words_too():
    assert {"not_buyers_mail", "not_buyers_acceptance"} <= set(refusals.TEXTS)


def test_every_kind_has_a_sentence():
    assert set(REGISTRY) == set(texts.SENTENCES)


def test_special_sentences_are_of_kinds_and_fields_there_are():
    for kind, column, _ in texts.OTHERWISE:
        fields = REGISTRY[kind].__dataclass_fields__
        assert column in fields or ("values" in fields and column in Subscription.JOURNALED)


def test_everything_is_said_in_german():
    known = translated("de")
    here = [(context, text) for file, _, context, text in used() if file.startswith(("journal/", "team/", "people/"))]
    assert len(here) > 250
    assert not [text for context, text in here if (context, text) not in known]


def test_placeholders_survive_the_translation():
    for table in (
        refusals.TEXTS.values(),
        [(text, "") for text in (*texts.SENTENCES.values(), *texts.OTHERWISE.values())],
    ):
        for pair in table:
            for label in pair:
                assert _holes(label, "de") == _holes(label, "en"), label


def _holes(label: labels.Label, language: str) -> list[str]:
    with translation.override(language):
        return sorted(set(re.findall(r"{(\w*)}", str(label))))


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        (labels.KINDS, Kind),
        (labels.PROVENANCES, Provenance),
        (labels.STATUSES, Status),
        (labels.PROOFS, Proof),
        (labels.BASES, Basis),
        (labels.ROLES, Role),
        (labels.CHECKS, Check),
        (refusals.FILE_REASONS, Reason),
    ],
)
def test_every_key_has_a_label(table, keys):
    assert {str(key.value) for key in keys} == {str(getattr(key, "value", key)) for key in table}


def test_every_flag_has_a_label():
    assert {flag.value for flag in Flag} <= {str(getattr(key, "value", key)) for key in labels.FLAGS}


# --- What they say ---


def said(refusal: Refusal, language: str) -> refusals.Said:
    with translation.override(language):
        return refusals.text(refusal)


def test_the_gate_says_what_is_missing():
    process = library_item("inbound").spec
    stage = process.stage("requirements_agreed")
    missing = tuple(MissingProof(stage, criterion) for criterion in stage.required)
    no = Refusal("criteria_missing", stage=stage, to="product_evaluated", missing=missing)
    german = said(no, "de")
    assert german.what == "Der Deal bleibt in dieser Stufe."
    assert german.missing == [
        "Der Käufer hat die schriftliche Zusammenfassung seiner Anforderungen bestätigt oder berichtigt",
        "Der Käufer hat die Personen genannt, die mitentscheiden",
    ]
    assert german.way_out == "Fügen Sie den Beleg hinzu oder fragen Sie eine Ausnahme an."
    assert said(no, "en").missing[1] == "The buyer has named the people who take part in the decision"


def test_over_several_stages_each_criterion_is_told_with_its_stage():
    process = library_item("inbound").spec
    missing = tuple(MissingProof(stage, stage.required[0]) for stage in process.stages[:2])
    no = Refusal("criteria_missing", stage=process.stages[0], to="x", missing=missing)
    assert [line.split(":")[0] for line in said(no, "en").missing] == ["Need confirmed", "Requirements agreed"]


def test_a_conflict_names_who_when_and_both_values():
    at = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
    no = Stale("stale", seen=1, now=2, by="Ben Brandt", at=at, changed={"city": ["Bonn", "Köln"]})
    german = said(no, "de")
    assert (
        german.what
        == "Ben Brandt hat dies geändert (02.03.2026, 09:05 Uhr); von Ihren Angaben wurde nichts gespeichert."
    )
    assert german.missing == ["Ort: Ihre Angabe „Bonn“, jetzt „Köln“"]
    assert said(Stale("stale", seen=1, now=2, by="", at=at), "en").what.startswith(
        "Somebody else changed this at 2 Mar 2026"
    )


def test_a_forged_mail_is_told_with_all_that_is_wrong():
    problems = (
        Problem(Check.SENDER_SEVERAL, {"senders": ("a@b.example", "{0.__class__}")}),
        Problem(Check.DATE_IN_FUTURE, {"date": datetime(2031, 1, 1, tzinfo=UTC)}),
    )
    told = said(Refusal("not_buyers_mail", problems=problems, name="x.eml"), "en")
    assert told.what == "“x.eml” does not count as the buyer's message."
    assert told.missing[0].endswith("names several: a@b.example, {0.__class__}")
    assert "1 Jan 2031" in told.missing[1]


def test_what_users_typed_is_never_a_template():
    told = said(Refusal("email_taken", field="email", value="{by.__class__} %s {0}"), "en")
    assert "{by.__class__} %s {0}" in told.what


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_refusal_can_be_told_without_its_values(language):
    for code in refusals.TEXTS:
        try:
            told = said(Refusal(code), language)
        except KeyError:  # those that list what is missing need their list
            assert code in refusals._MISSING
            continue
        assert told.what and "{" not in told.what


def test_other_refusals():
    no = Refusal("weak_password", field="password", reasons=(("password_too_short", {"min_length": 12}),))
    assert said(no, "de").missing == ["mindestens 12 Zeichen"]
    assert said(Refusal("file_too_large", size=26 * 1024**2, limit=25 * 1024**2), "de").what == (
        "Die Datei ist zu groß: 26 MB von höchstens 25 MB."
    )
    assert said(Refusal("kind_not_accepted", kind=Kind.SOURCE, kinds=(Kind.REPLY, Kind.ORDER)), "de").way_out == (
        "Anerkannt werden: Schriftliche Antwort des Käufers, Bestellung."
    )
    assert said(Refusal("day_in_future", day=date(2026, 3, 2), today=date(2026, 3, 1)), "de").what == (
        "Für den 02.03.2026 gibt es noch keine Zahlen."
    )
    assert said(Refusal("file_unreadable", reason="macros"), "en").missing == ["it carries a program"]
    assert said(Refusal("unknown_field", field="owner_id", fields=("name",)), "en").way_out == "The fields are: name."


NAMES = texts.Names(
    stages={"a": "Bedarf bestätigt", "b": "Anforderungen abgestimmt"},
    criteria={"c": "Der Käufer hat geantwortet"},
    reasons={"price": "Preis"},
    people={"p": "Eva Muster"},
    users={"7": "Ben Brandt"},
)

TOLD: list[tuple[str, dict[str, Any], str]] = [
    ("deal.created", {"values": {"name": "Neue Anlage", "stage": "a"}}, "Deal angelegt: Neue Anlage"),
    (
        "deal.edited",
        {"changed": {"amount": ["1", "2"], "next_step": ["", "x"]}},
        "Deal geändert: Auftragswert (erwartet), Nächster Schritt",
    ),
    (
        "deal.stage_moved",
        {"came_from": "a", "went_to": "b", "basis": "evidence"},
        "Von „Bedarf bestätigt“ nach „Anforderungen abgestimmt“ bewegt, mit Beleg",
    ),
    (
        "deal.stage_moved",
        {"came_from": "b", "went_to": "a", "basis": "back"},
        "Von „Anforderungen abgestimmt“ zurück nach „Bedarf bestätigt“ bewegt",
    ),
    (
        "deal.left",
        {"came_from": "a", "status": "lost", "reason": "price"},
        "Beendet in „Bedarf bestätigt“: verloren, Preis",
    ),
    ("deal.rested", {"until": "2026-05-04", "reason": ""}, "Ruht bis 04.05.2026"),
    ("deal.rested", {"until": None, "reason": ""}, "Wieder aufgenommen"),
    (
        "deal.evidence_confirmed",
        {"criterion": "c", "kind": "reply"},
        "Beleg für „Der Käufer hat geantwortet“: Schriftliche Antwort des Käufers",
    ),
    (
        "deal.evidence_judged",
        {"criterion": "c", "accepted": False, "reason": "zu alt"},
        "Beleg für „Der Käufer hat geantwortet“ nicht anerkannt: zu alt",
    ),
    (
        "deal.exception_answered",
        {"stages": ["a", "b"], "granted": True, "by_oneself": True},
        "Ausnahme für Bedarf bestätigt, Anforderungen abgestimmt selbst gewährt",
    ),
    (
        "deal.exception_answered",
        {"stages": ["a"], "granted": False, "by_oneself": True, "reason": "nein"},
        "Ausnahme für Bedarf bestätigt abgelehnt: nein",
    ),
    (
        "deal.note_answered",
        {"criterion": "c", "confirmed": True, "person": "p"},
        "Notiz zu „Der Käufer hat geantwortet“ von Eva Muster bestätigt",
    ),
    ("deal.stakeholder_added", {"person": "p", "role": "user"}, "Eva Muster ins Buying Center aufgenommen: Anwender"),
    ("deal.member_added", {"user": 7, "role": ""}, "Ben Brandt ins Deal-Team aufgenommen: ohne Rolle"),
    (
        "workspace.questions_answered",
        {"answers": {}, "shares": {"team": 0.2, "inbound": 0.8, "channel": 0}},
        "Die vier Fragen beantwortet: Inbound 80%, Teamvertrieb 20%",
    ),
    (
        "import.finished",
        {"files": ["a.csv", "b.csv"], "created": 3, "changed": 2, "unchanged": 1, "rejected": 0},
        "Import von a.csv, b.csv: 3 neu, 2 geändert, 1 unverändert, 0 abgelehnt",
    ),
]


@pytest.mark.parametrize(("kind", "data", "expected"), TOLD)
def test_sentences(kind, data, expected):
    with translation.override("de"):
        assert texts.sentence(kind, data, NAMES) == expected


def test_changed_fields_are_told_before_and_after():
    data = {"changed": {"owner_id": [None, 7], "rests_until": [None, "2026-05-04"], "is_private": [False, True]}}
    with translation.override("de"):
        told = texts.changed(data, NAMES)
    assert told == [
        texts.Changed("Verantwortlich", "", "Ben Brandt"),
        texts.Changed("Ruht bis", "", "04.05.2026"),
        texts.Changed("Privat", "nein", "ja"),
    ]


def test_amounts_are_said_as_the_reader_writes_them():
    edited = {"changed": {"amount": ["1234.5", "2000"], "currency": ["EUR", "CHF"]}}
    with translation.override("de"):
        told = texts.changed(edited, texts.Names(currency="CHF"))[0]
        assert (told.before, told.after) == ("1.234,50\xa0€", "2.000,00\xa0CHF")
        assert (
            texts.changed({"changed": {"revenue": [None, "1234.5"]}}, texts.Names(currency="EUR"))[0].after == "1.234,5"
        )


@pytest.mark.parametrize("data", [{}, {"values": None, "changed": None}, {"values": {}, "changed": {}}])
def test_a_blanked_entry_still_has_a_sentence(data):
    for kind in REGISTRY:
        assert texts.sentence(kind, data)
        assert texts.changed(data) == []


def test_an_edit_of_many_fields_names_the_first_few():
    custom = {f"own_{number:02}": f"value {number}" for number in range(50)}
    data = {"changed": {"name": ["A", "B"], "custom": [{}, custom]}}
    assert texts.sentence("deal.edited", data).count(",") == 4
    assert texts.sentence("deal.edited", data).endswith("own_02, 47 more")
    assert len(texts.changed(data)) == 51, "all of them stand below it"
