"""A process proposed from the stages of an import: usable as it is, whatever the stages are called."""

from __future__ import annotations

import pytest
from tests.cast import AT
from tests.hostile.naughty import naughty

from etappe.core.actor import SYSTEM
from etappe.core.lint import lint
from etappe.core.process import Phase, Process
from etappe.core.process_file import compile_process, read
from etappe.playbook import actions
from etappe.playbook.proposal import STAGES_LIMIT, Proposal, is_closed, propose_from_stages


def compiled(proposal: Proposal) -> Process:
    return compile_process(read(proposal.source))


def test_the_stages_of_a_public_export():
    proposal = propose_from_stages(["Prospecting", "Engaging", "Won", "Lost"])
    process = compiled(proposal)
    assert proposal.key == process.key == "our_sales_process"
    assert proposal.stages == {"Prospecting": "fits_profile", "Engaging": "requirements_agreed"}
    assert [(stage.key, stage.phase) for stage in process.stages] == [
        ("fits_profile", Phase.FIND),
        ("requirements_agreed", Phase.WIN),
        ("order_placed", Phase.WIN),
        ("in_use", Phase.KEEP),
    ]
    engaging = process.stage("requirements_agreed")
    assert (engaging.name["de"], engaging.alias["de"]) == ("Anforderungen abgestimmt", "Engaging")
    assert process.leave


def test_stages_nobody_knows_keep_their_names_and_get_a_plain_criterion():
    process = compiled(propose_from_stages(["Kaffee getrunken"]))
    stage = process.stage("kaffee_getrunken")
    assert stage.name == stage.alias == {"de": "Kaffee getrunken", "en": "Kaffee getrunken"}
    assert [criterion.required for criterion in stage.criteria] == [True]


def test_seller_side_names_become_the_alias():
    process = compiled(propose_from_stages(["Demo", "Muster versendet"]))
    assert [(stage.name["de"], stage.alias["de"]) for stage in process.stages[:2]] == [
        ("Produkt bewertet", "Demo"),
        ("Muster freigegeben", "Muster versendet"),
    ]


def test_two_stages_of_one_meaning_stay_two():
    proposal = propose_from_stages(["Angebot", "Verhandlung", "Angebot 2"])
    assert len(set(proposal.stages.values())) == 3
    process = compiled(proposal)
    assert len(process.criteria) == sum(len(stage.criteria) for stage in process.stages)


def test_finding_comes_before_winning_and_the_order_ends_it():
    process = compiled(propose_from_stages(["Vertragsabschluss", "Verhandlung", "Prospecting"]))
    phases = [stage.phase for stage in process.stages]
    assert phases == [Phase.WIN] * 3 + [Phase.KEEP]
    assert process.stages[-2].key == "order_placed"


@pytest.mark.parametrize(
    "name",
    ["Won", "Closed Lost", "gewonnen", "VERLOREN (Preis)", "Disqualified", "cancelled", "Archiviert", "Kein Interesse"],
)
def test_closed_stages_are_none(name):
    assert is_closed(name)
    assert propose_from_stages([name]).stages == {}


@pytest.mark.parametrize("name", ["Closing", "Wonderful demo", "Lostau besucht", "Abschluss", "Angebot"])
def test_open_stages_that_look_alike(name):
    assert not is_closed(name)


@pytest.mark.parametrize("stages", [[], ["", " ", "\x00"], ["Neu"] * 100, [f"Stufe {number}" for number in range(200)]])
def test_odd_lists_still_give_a_process(stages):
    process = compiled(propose_from_stages(stages))
    assert process.key == "our_sales_process"
    assert len(process.stages) <= STAGES_LIMIT + 2


def test_naughty_stages_give_processes_that_can_be_published(db):
    strings = naughty()
    for start in range(0, len(strings), STAGES_LIMIT):
        some = strings[start : start + STAGES_LIMIT]
        proposal = propose_from_stages(some)
        version = actions.publish(proposal.source, actor=SYSTEM, at=AT)
        assert set(proposal.stages.values()) <= set(version.spec.order)


def test_proposals_are_near_to_what_the_linter_wants():
    proposal = propose_from_stages(["Lead", "Demo", "Angebot", "Abschluss"])
    assert lint(proposal.source) == []


def test_the_second_stage_of_a_meaning_is_left_for_its_people_to_name():
    proposal = propose_from_stages(["Lead", "Qualifiziert", "Demo", "Angebot", "Abschluss"])
    assert {(finding.rule, finding.params["text"]) for finding in lint(proposal.source)} == {("E201", "Qualifiziert")}


def test_a_name_that_is_the_buyers_result_already_stays():
    said = ["Bedarf bestätigt", "Anforderungen abgestimmt", "Produkt bewertet", "Angebot geprüft", "Auftrag erteilt"]
    process = compiled(propose_from_stages(said))
    assert [stage.name["de"] for stage in process.stages] == [*said, "Im Einsatz"]
    assert process.stages[0].name["en"] == "Need confirmed"
    own = compiled(propose_from_stages(["Lastenheft unterschrieben", "Angebot angenommen"]))
    assert [stage.name["de"] for stage in own.stages[:2]] == ["Lastenheft unterschrieben", "Angebot angenommen"]


@pytest.mark.parametrize(
    "said",
    [
        ["Bedarfsanalyse", "Discovery", "Aufmaß", "Anforderungen abgestimmt"],
        ["Angebot", "Angebot geprüft", "Quote reviewed"],
        ["Onboarding", "Rollout", "Im Einsatz"],
        ["Vertrag", "Abschluss", "Auftrag erteilt"],
        ["demo", "Demo", "DEMO", "Produkt bewertet"],
    ],
)
def test_no_two_stages_get_one_name(said):
    process = compiled(propose_from_stages(said))
    for language in ("de", "en"):
        names = [stage.name[language].casefold() for stage in process.stages]
        assert len(names) == len(set(names)), names


def test_a_process_that_is_there_already_is_not_written_over():
    first = propose_from_stages(["Demo"])
    second = propose_from_stages(["Angebot"], {first.key})
    assert (first.key, second.key) == ("our_sales_process", "our_sales_process_2")
    assert compiled(second).name == {"de": "Unser Vertriebsprozess 2", "en": "Our sales process 2"}
