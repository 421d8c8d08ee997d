"""The nine processes that come with Etappe: what every one of them promises."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from etappe.core.evidence import Kind, Provenance, Strength, strength
from etappe.core.process import Phase, Process
from etappe.core.process_file import MODELS, OUTCOMES, compile_process, read

FOLDER = Path(__file__).parents[2] / "src/etappe/playbook/library"

STAGES = {
    "inbound": "need_confirmed | requirements_agreed product_evaluated quote_reviewed order_placed | in_use "
    "promises_confirmed",
    "outbound": "fits_profile conversation_agreed need_confirmed | product_evaluated quote_reviewed order_placed | "
    "in_use promises_confirmed",
    "account_based": "target_identified stakeholders_known reason_to_talk first_group_engaged | common_goal_agreed "
    "product_evaluated quote_reviewed order_placed | in_use promises_confirmed",
    "relationship": "| need_confirmed quote_reviewed order_placed | first_check_in promises_confirmed "
    "extension_discussed renewed",
    "team": "need_confirmed | situation_confirmed product_evaluated solution_confirmed quote_reviewed order_placed | "
    "team_accepted in_use promises_confirmed",
    "transactional": "| selection_made order_placed | received bought_again",
    "channel": "partner_fits | partnership_agreed ready_to_sell first_order | sold_through partner_renewed",
    "classic_six": "fits_profile situation_understood need_confirmed | product_evaluated objections_settled "
    "order_placed | "
    "promises_confirmed",
    "eleven_to_live": "need_confirmed | people_named requirements_agreed product_evaluated tried_in_house "
    "benefit_calculated "
    "quote_reviewed order_placed | handover_accepted implementation_approved live",
}


@cache
def library() -> dict[str, Process]:
    """The processes by key, read when the first test asks: every worker collects this file, and one runs it."""
    return {path.stem: compile_process(read(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.yaml"))}


@pytest.fixture(params=sorted(STAGES))
def process(request: pytest.FixtureRequest) -> Process:
    return library()[request.param]


def outline(process: Process) -> str:
    return " | ".join(" ".join(stage.key for stage in process.of_phase(phase)) for phase in Phase).strip()


def test_the_nine_have_their_stages_in_order() -> None:
    assert {key: outline(process) for key, process in library().items()} == STAGES


def test_every_stage_is_whole(process: Process) -> None:
    for stage in process.stages:
        assert stage.required, stage.key
        for words in (stage.name, stage.alias, stage.action, *(criterion.text for criterion in stage.criteria)):
            assert set(words) == {"de", "en"}
            assert words["de"] and words["en"]
        assert stage.name["de"] != stage.name["en"] or stage.name["de"] == "Live"


def test_our_own_word_never_decides_and_open_sources_only_find(process: Process) -> None:
    for stage, criterion in process.criteria.values():
        best = max(strength(kind, Provenance.RECEIVED) for kind in criterion.kinds)
        assert best > Strength.CLAIMED, criterion.key
        assert Kind.SOURCE not in criterion.kinds or stage.phase is Phase.FIND


def test_one_can_leave_every_process_in_every_way(process: Process) -> None:
    assert {reason.outcome for reason in process.leave} == set(OUTCOMES)
    assert len(process.leave) == 13


def test_the_same_criterion_has_the_same_key_in_every_file_and_the_same_key_the_same_words() -> None:
    by_key: dict[str, dict[str, str]] = {}
    by_text: dict[str, str] = {}
    for process in library().values():
        for key, (_, criterion) in process.criteria.items():
            assert by_key.setdefault(key, dict(criterion.text)) == criterion.text
            assert by_text.setdefault(criterion.text["de"], key) == key


def test_shared_stages_have_the_same_name_wherever_they_are() -> None:
    names: dict[str, set[str]] = {}
    for process in library().values():
        for stage in process.stages:
            names.setdefault(stage.key, set()).add(stage.name["de"])
    own_words = {"order_placed": {"Auftrag erteilt", "Bestellt"}}
    for key, found in names.items():
        assert found == own_words.get(key, found) and len(found) == len(own_words.get(key, {1})), key


def test_every_model_has_its_process() -> None:
    assert {process.model for process in library().values()} == {*MODELS, None}
    assert all(process.model in (None, key) for key, process in library().items())
