"""The gate: what a deal has to show before it may leave a stage. Every branch by example, the laws by property."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etappe.core.errors import Refusal
from etappe.core.evidence import Kind, Provenance, Strength, counts_as, strength
from etappe.core.process import (
    WON,
    Basis,
    Criterion,
    DealFacts,
    Held,
    Phase,
    Process,
    Proof,
    Stage,
    Status,
    entry,
    is_met,
    missing_proof,
    proof,
    stages_behind,
    verdict,
)

SAME = {"de": "x", "en": "x"}


def criterion(key: str, *kinds: Kind, required: bool = True) -> Criterion:
    return Criterion(key, SAME, required, kinds or (Kind.REPLY,))


def stage(key: str, phase: Phase, *criteria: Criterion) -> Stage:
    return Stage(key, phase, SAME, SAME, SAME, "am", criteria or (criterion(f"{key}_said"),))


def process(*stages: Stage) -> Process:
    return Process("example", SAME, SAME, stages)


FITS = stage("fits", Phase.FIND, criterion("profile", Kind.SOURCE), criterion("spoken", Kind.REPLY, Kind.CALL_NOTE))
NEED = stage("need", Phase.WIN, criterion("need_said"), criterion("date_said", required=False))
TEST = stage("test", Phase.WIN, criterion("result", Kind.REPLY, Kind.CALL_NOTE), criterion("used", Kind.USAGE))
ORDER = stage("order", Phase.WIN, criterion("ordered", Kind.ORDER, Kind.DOCUMENT))
USE = stage("use", Phase.KEEP, criterion("in_use", Kind.USAGE))
CARE = stage("care", Phase.KEEP, criterion("answered", Kind.SURVEY))
WHOLE = process(FITS, NEED, TEST, ORDER, USE, CARE)
SHORT = process(NEED, ORDER)


def held(criterion: str, kind: Kind = Kind.REPLY, provenance: Provenance = Provenance.RECEIVED, **more: bool) -> Held:
    return Held(criterion, kind, provenance, **more)


def proven(*stages: Stage) -> tuple[Held, ...]:
    """Accepted evidence for every required criterion of these stages."""
    return tuple(held(item.key, item.kinds[0]) for each in stages for item in each.required)


def facts(at: Stage, *evidence: Held, within: Process = WHOLE, **more: object) -> DealFacts:
    return replace(DealFacts(within, at.key, entry_stage=within.first.key, held=evidence), **more)  # type: ignore[arg-type]


def lacking(deal: DealFacts, to: str) -> list[str]:
    return [item.criterion.key for item in verdict(deal, to).missing]


def refusal(deal: DealFacts, to: str) -> str:
    with pytest.raises(Refusal) as refused:
        verdict(deal, to).raise_if_refused()
    return refused.value.code


# --- One criterion ---


def test_one_accepted_kind_is_enough_and_another_kind_is_not() -> None:
    assert is_met(ORDER, ORDER.criteria[0], [held("ordered", Kind.DOCUMENT)])
    assert not is_met(ORDER, ORDER.criteria[0], [held("ordered", Kind.REPLY)])
    assert not is_met(ORDER, ORDER.criteria[0], [held("in_use", Kind.ORDER)])
    assert not is_met(ORDER, ORDER.criteria[0], [])


def test_withdrawn_and_rejected_evidence_does_not_count_but_a_second_piece_does() -> None:
    gone = [held("ordered", Kind.ORDER, withdrawn=True), held("ordered", Kind.ORDER, rejected=True)]
    assert not is_met(ORDER, ORDER.criteria[0], gone)
    assert is_met(ORDER, ORDER.criteria[0], [*gone, held("ordered", Kind.ORDER)])


def test_our_own_word_counts_in_find_and_never_in_win() -> None:
    assert is_met(FITS, FITS.criteria[1], [held("spoken", Kind.CALL_NOTE)])
    assert not is_met(TEST, TEST.criteria[0], [held("result", Kind.CALL_NOTE)])
    assert is_met(TEST, TEST.criteria[0], [held("result", Kind.REPLY)])


def test_pasted_text_is_our_own_word_whatever_it_says_it_is() -> None:
    assert not is_met(NEED, NEED.criteria[0], [held("need_said", Kind.REPLY, Provenance.PASTED)])
    assert is_met(NEED, NEED.criteria[0], [held("need_said", Kind.REPLY, Provenance.UPLOADED)])
    assert is_met(FITS, FITS.criteria[1], [held("spoken", Kind.REPLY, Provenance.PASTED)]), "as a call note"
    assert is_met(FITS, FITS.criteria[0], [held("profile", Kind.SOURCE, Provenance.PASTED)]), "a source stays one"


@pytest.mark.parametrize("kind", Kind)
def test_strength_falls_to_a_claim_when_pasted_and_never_rises(kind: Kind) -> None:
    assert strength(kind, Provenance.PASTED) is Strength.CLAIMED
    assert (
        strength(kind, Provenance.RECEIVED) >= strength(kind, Provenance.UPLOADED) >= strength(kind, Provenance.PASTED)
    )
    assert counts_as(kind, Provenance.RECEIVED) is counts_as(kind, Provenance.UPLOADED) is kind


# --- Moves ---


def test_forward_needs_what_the_stage_left_requires_and_no_more() -> None:
    assert lacking(facts(NEED), "test") == ["need_said"]
    allowed = verdict(facts(NEED, held("need_said")), "test")
    assert (allowed.to, allowed.status, allowed.basis, allowed.missing) == ("test", Status.OPEN, Basis.EVIDENCE, ())
    allowed.raise_if_refused()


def test_skipping_needs_every_stage_passed() -> None:
    assert lacking(facts(FITS, held("profile", Kind.SOURCE)), "order") == ["spoken", "need_said", "result", "used"]
    assert lacking(facts(FITS, *proven(FITS, NEED, TEST)), "order") == []


def test_a_refusal_names_stage_target_and_what_is_missing() -> None:
    with pytest.raises(Refusal) as refused:
        verdict(facts(FITS, *proven(FITS)), "test").raise_if_refused()
    assert refused.value.code == "criteria_missing"
    assert refused.value.params["stage"] is NEED
    assert refused.value.params["to"] == "test"
    assert [item.criterion.key for item in refused.value.params["missing"]] == ["need_said"]


def test_back_is_free() -> None:
    back = verdict(facts(ORDER), "fits")
    assert (back.to, back.basis, back.missing) == ("fits", Basis.BACK, ())


def test_staying_is_no_move() -> None:
    assert refusal(facts(NEED), "need") == "already_there"


def test_a_stage_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(Refusal) as refused:
        verdict(facts(NEED), "nowhere")
    assert (refused.value.code, refused.value.params["stages"]) == ("unknown_stage", tuple(WHOLE.order))


@pytest.mark.parametrize("status", [Status.LOST, Status.DISQUALIFIED, Status.DECLINED, Status.CANCELLED])
@pytest.mark.parametrize("to", ["fits", "order", "use", WON])
def test_a_closed_deal_does_not_move(status: Status, to: str) -> None:
    assert refusal(facts(NEED, *proven(*WHOLE.stages), status=status), to) == "deal_is_closed"


# --- Winning ---


def test_winning_needs_all_of_win_since_the_deal_was_entered() -> None:
    assert lacking(facts(ORDER, *proven(ORDER)), WON) == ["profile", "spoken", "need_said", "result", "used"]
    assert lacking(facts(ORDER, *proven(ORDER), entry_stage="order"), WON) == []
    assert lacking(facts(ORDER, *proven(ORDER), entry_stage="test"), WON) == ["result", "used"]


def test_going_back_before_the_entry_asks_for_what_is_passed_again() -> None:
    assert lacking(facts(NEED, *proven(ORDER), entry_stage="order"), WON) == ["need_said", "result", "used"]


def test_won_deals_stand_in_the_first_stage_of_keep_or_in_the_last_one() -> None:
    won = verdict(facts(ORDER, *proven(FITS, NEED, TEST, ORDER)), WON)
    assert (won.to, won.status, won.basis) == ("use", Status.WON, Basis.EVIDENCE)
    short = verdict(facts(ORDER, *proven(NEED, ORDER), within=SHORT), WON)
    assert (short.to, short.status) == ("order", Status.WON)
    assert lacking(facts(ORDER, *proven(NEED), within=SHORT), WON) == ["ordered"]


def test_entering_keep_is_winning() -> None:
    assert verdict(facts(ORDER, *proven(FITS, NEED, TEST, ORDER)), "use").status is Status.WON
    assert lacking(facts(ORDER, *proven(FITS, NEED, TEST)), "use") == ["ordered"]
    assert lacking(facts(ORDER, *proven(FITS, NEED, TEST, ORDER)), "care") == ["in_use"]


def test_a_won_deal_moves_within_keep_and_never_out_of_it() -> None:
    won = facts(USE, *proven(FITS, NEED, TEST, ORDER), status=Status.WON)
    assert lacking(won, "care") == ["in_use"]
    assert verdict(replace(won, stage="care"), "use").basis is Basis.BACK
    assert refusal(won, "order") == "won_stays_won"
    assert refusal(won, WON) == "already_there"


# --- Exceptions ---


def test_an_exception_opens_its_stage_only_and_stays_visible() -> None:
    excepted = facts(NEED, excepted=frozenset({"need"}))
    assert lacking(excepted, "test") == []
    assert lacking(excepted, "order") == ["result", "used"]
    assert verdict(excepted, "test").basis is Basis.OVERRIDE
    assert proof(facts(TEST, *proven(FITS), excepted=frozenset({"need"}))) is Proof.OVERRIDDEN


def test_an_exception_that_turned_out_unneeded_is_none() -> None:
    assert verdict(facts(NEED, *proven(NEED), excepted=frozenset({"need"})), "test").basis is Basis.EVIDENCE
    assert proof(facts(TEST, *proven(FITS, NEED), excepted=frozenset({"need"}))) is Proof.PROVEN


# --- Entry ---


def test_a_new_deal_starts_in_the_first_stage_for_nothing() -> None:
    for at in (None, "fits"):
        start = entry(WHOLE, at, late=False)
        assert (start.to, start.status, start.basis, start.missing) == ("fits", Status.OPEN, Basis.START, ())


def test_a_later_start_needs_proof_unless_it_is_said_to_be_late() -> None:
    refused = entry(WHOLE, "test", late=False)
    assert [item.criterion.key for item in refused.missing] == ["profile", "spoken", "need_said"]
    assert entry(WHOLE, "test", late=False, held=proven(FITS, NEED)).missing == ()
    late = entry(WHOLE, "test", late=True)
    assert (late.to, late.basis, late.missing) == ("test", Basis.LATE_ENTRY, ())


def test_nothing_starts_after_winning_or_nowhere() -> None:
    for at, code in (("use", "starts_after_winning"), ("nowhere", "unknown_stage")):
        with pytest.raises(Refusal) as refused:
            entry(WHOLE, at, late=True)
        assert refused.value.code == code


# --- What a deal rests on ---


def test_proof_looks_at_what_lies_behind() -> None:
    assert proof(facts(FITS)) is Proof.PROVEN, "nothing lies behind"
    assert proof(facts(NEED, *proven(FITS))) is Proof.PROVEN
    assert proof(facts(NEED)) is Proof.UNPROVEN
    assert proof(facts(NEED, *proven(FITS), basis=Basis.IMPORTED)) is Proof.UNPROVEN
    assert proof(facts(ORDER, *proven(FITS), excepted=frozenset({"need"}))) is Proof.UNPROVEN, "test is missing too"


def test_a_won_deal_without_keep_rests_on_all_stages() -> None:
    won = facts(ORDER, *proven(NEED), within=SHORT, status=Status.WON)
    assert stages_behind(won) == SHORT.stages
    assert proof(won) is Proof.UNPROVEN
    assert stages_behind(facts(USE, status=Status.WON)) == (FITS, NEED, TEST, ORDER)
    assert proof(replace(won, held=proven(NEED, ORDER))) is Proof.PROVEN


# --- Laws ---

KINDS = st.sampled_from(list(Kind))
LAW = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def processes(draw: st.DrawFn) -> Process:
    phases = sorted(draw(st.lists(st.sampled_from(list(Phase)), min_size=1, max_size=6)), key=list(Phase).index)
    if Phase.WIN not in phases:
        phases = (
            [phase for phase in phases if phase is Phase.FIND]
            + [Phase.WIN]
            + [item for item in phases if item is Phase.KEEP]
        )
    stages = []
    for number, phase in enumerate(phases):
        wanted = draw(
            st.lists(st.tuples(st.booleans(), st.sets(KINDS, min_size=1, max_size=3)), min_size=1, max_size=3)
        )
        found = [
            criterion(f"c{number}_{at}", *sorted(kinds), required=required)
            for at, (required, kinds) in enumerate(wanted)
        ]
        stages.append(stage(f"s{number}", phase, *found))
    return process(*stages)


@st.composite
def evidence(draw: st.DrawFn, within: Process) -> Held:
    return Held(
        draw(st.sampled_from(list(within.criteria))),
        draw(KINDS),
        draw(st.sampled_from(list(Provenance))),
        rejected=draw(st.booleans()),
        withdrawn=draw(st.booleans()),
    )


@st.composite
def deals(draw: st.DrawFn) -> DealFacts:
    within = draw(processes())
    open_stages = [item.key for item in within.of_phase(Phase.FIND, Phase.WIN)]
    return DealFacts(
        process=within,
        stage=draw(st.sampled_from(open_stages)),
        entry_stage=draw(st.sampled_from(open_stages)),
        held=tuple(draw(st.lists(evidence(within), max_size=8))),
        excepted=frozenset(draw(st.sets(st.sampled_from(open_stages), max_size=2))),
    )


def targets(deal: DealFacts) -> list[str]:
    return [item.key for item in deal.process.stages if item.key != deal.stage] + [WON]


@LAW
@given(deals(), st.data())
def test_more_evidence_never_closes_the_gate(deal: DealFacts, data: st.DataObject) -> None:
    more = replace(deal, held=(*deal.held, data.draw(evidence(deal.process))))
    for to in targets(deal):
        before, after = set(lacking(deal, to)), set(lacking(more, to))
        assert after <= before


@LAW
@given(deals(), st.data())
def test_taking_evidence_away_never_opens_the_gate(deal: DealFacts, data: st.DataObject) -> None:
    if not deal.held:
        return
    gone = data.draw(st.integers(0, len(deal.held) - 1))
    less = replace(deal, held=deal.held[:gone] + deal.held[gone + 1 :])
    for to in targets(deal):
        assert set(lacking(deal, to)) <= set(lacking(less, to))


@LAW
@given(deals())
def test_a_jump_asks_for_exactly_what_the_single_steps_ask_for(deal: DealFacts) -> None:
    stages = deal.process.of_phase(Phase.FIND, Phase.WIN)
    here = deal.process.order[deal.stage]
    for target in stages[here + 1 :]:
        steps = [
            key
            for at in range(here, deal.process.order[target.key])
            for key in lacking(replace(deal, stage=stages[at].key), stages[at + 1].key)
        ]
        assert lacking(deal, target.key) == steps


@LAW
@given(deals())
def test_only_required_criteria_block_and_only_of_stages_passed(deal: DealFacts) -> None:
    for to in targets(deal):
        for item in verdict(deal, to).missing:
            assert item.criterion.required
            assert item.stage.key not in deal.excepted
            assert not is_met(item.stage, item.criterion, deal.held)


@LAW
@given(deals())
def test_our_own_word_alone_never_wins(deal: DealFacts) -> None:
    claims = tuple(replace(item, kind=Kind.CALL_NOTE, provenance=Provenance.PASTED) for item in deal.held)
    alone = replace(deal, held=claims, excepted=frozenset())
    needed = {item.key for each in deal.process.of_phase(Phase.WIN) for item in each.required}
    wins = replace(alone, stage=deal.process.first.key, entry_stage=deal.process.first.key)
    assert needed <= set(lacking(wins, WON))


@LAW
@given(deals())
def test_passing_the_gate_to_won_is_being_proven_or_overridden(deal: DealFacts) -> None:
    deal = replace(deal, entry_stage=deal.process.first.key)
    if not verdict(deal, WON).missing:
        won = verdict(deal, WON)
        assert proof(replace(deal, stage=won.to, status=won.status)) is not Proof.UNPROVEN


@LAW
@given(deals())
def test_back_within_open_stages_is_always_free(deal: DealFacts) -> None:
    for earlier in deal.process.stages[: deal.process.order[deal.stage]]:
        assert verdict(deal, earlier.key).missing == ()


@LAW
@given(deals())
def test_entry_agrees_with_the_gate(deal: DealFacts) -> None:
    for at in deal.process.of_phase(Phase.FIND, Phase.WIN)[1:]:
        start = entry(deal.process, at.key, late=False, held=deal.held)
        moved = replace(deal, stage=deal.process.first.key, excepted=frozenset())
        assert start.missing == verdict(moved, at.key).missing
        assert missing_proof(moved, deal.process.stages[: deal.process.order[at.key]]) == start.missing
