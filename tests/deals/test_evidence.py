"""Evidence: what counts as the buyer's act, what is only our claim, and every forgery we know of."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from etappe.core.errors import Forbidden, Missing
from etappe.deals import actions, queries
from etappe.deals.models import Evidence
from etappe.deals.reading import Given, read_file
from etappe.journal.models import Artefact
from etappe.people.queries import get_person
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.papers import WHEN, acceptance, forward, mail, pdf, two_froms
from tests.unchanged import refused, unchanged

NEED, MEETING, SUMMARY = "need_in_own_words", "next_meeting_accepted", "requirements_summary_confirmed"


def letter(raw: bytes, **more: object) -> Given:
    return Given("reply", file=read_file("mail.eml", raw), **more)  # type: ignore[arg-type]


def problems(no: pytest.ExceptionInfo) -> list[str]:  # type: ignore[type-arg]
    return [problem.code.value for problem in no.value.params["problems"]]


def test_a_mail_of_a_known_person_is_the_strongest_evidence(scene: Scene) -> None:
    uid = scene.give(NEED, letter(mail(text="Wir brauchen die Anlage bis Herbst.")))
    given = queries.get_evidence(scene.cast.ada, uid)
    assert (given.kind, given.strength, given.person.name if given.person else "") == ("reply", 4, "Eva Ernst")
    assert given.excerpt == "Wir brauchen die Anlage bis Herbst."
    assert given.happened_at == WHEN
    assert Artefact.objects.count() == 1


def test_a_colleague_of_the_buyers_company_is_added_in_the_same_step_and_marked(scene: Scene) -> None:
    uid = scene.give(NEED, letter(mail("Kai Kurz <kai.kurz@kunde.example>")))
    given = queries.get_evidence(scene.cast.ada, uid)
    assert "sender_added" in given.flags
    added = next(item for item in scene.view().stakeholders if item.person.name == "Kai Kurz")
    assert added.with_evidence == uid
    person = get_person(scene.cast.ada, added.person.uid)
    assert person.account is not None
    assert person.account.uid == scene.account


def test_a_sender_from_elsewhere_is_only_added_when_somebody_says_so_and_stays_marked(scene: Scene) -> None:
    stranger = mail("Udo Fern <udo@anderswo.example>")
    with refused("sender_unknown") as no:
        scene.give(NEED, letter(stranger))
    assert no.value.params["address"] == "udo@anderswo.example"
    uid = scene.give(NEED, letter(stranger, add_sender=True))
    assert {"sender_added", "sender_from_outside"} <= set(queries.get_evidence(scene.cast.ada, uid).flags)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (two_froms(), "sender_several"),
        (mail("Ada Ahrens <ada@etappe.example>"), "sender_ours"),
        (mail('"eva@kunde.example" <udo@anderswo.example>'), "display_name_lies"),
        (mail("Ben Brandt <ben.brandt@kunde.example>"), "display_name_lies"),
        (forward(), "mail_forwarded"),
        (mail(date=AT + timedelta(days=2)), "date_in_future"),
        (mail(date=None), "date_missing"),
        (mail(Auto_Submitted="auto-replied"), "mail_automatic"),
        (mail(subject="Abwesenheitsnotiz: Urlaub"), "mail_automatic"),
        (mail(text="> Wir bieten an\n"), "mail_wordless"),
    ],
    ids=[
        "two From",
        "ours",
        "lying name",
        "a name of ours",
        "forward",
        "future",
        "no date",
        "automatic",
        "away",
        "no word",
    ],
)
def test_forged_mail_is_refused_by_name(scene: Scene, raw: bytes, problem: str) -> None:
    for add_sender in (False, True):
        with refused("not_buyers_mail") as no:
            scene.give(NEED, letter(raw, add_sender=add_sender))
        assert problem in problems(no)


def test_the_same_file_on_two_deals_is_shown_on_both(scene: Scene) -> None:
    other = scene.another()
    first = scene.give(NEED, letter(mail()))
    second = scene.give(NEED, letter(mail()), uid=other)
    assert [ref.uid for ref in queries.get_evidence(scene.cast.ada, first).also_on] == [other]
    assert [ref.uid for ref in queries.get_evidence(scene.cast.ada, second).also_on] == [scene.uid]
    assert Artefact.objects.count() == 1


def test_a_message_saved_again_with_another_byte_is_found_by_its_id(scene: Scene) -> None:
    other = scene.another()
    scene.give(NEED, letter(mail()))
    second = scene.give(NEED, letter(mail() + b"\r\n"), uid=other)
    assert [ref.uid for ref in queries.get_evidence(scene.cast.ada, second).also_on] == [scene.uid]


def test_the_same_file_twice_for_one_criterion_is_refused(scene: Scene) -> None:
    scene.give(NEED, letter(mail()))
    with refused("given_already"):
        scene.give(NEED, letter(mail()))


def test_a_mail_from_before_we_met_counts_and_is_marked(scene: Scene) -> None:
    uid = scene.give(NEED, letter(mail(date=WHEN - timedelta(days=40))))
    assert "before_deal" in queries.get_evidence(scene.cast.ada, uid).flags


def test_what_is_no_mail_is_no_reply(scene: Scene) -> None:
    with refused("not_a_mail"):
        scene.give(NEED, Given("reply", file=read_file("x.pdf", pdf()), happened_at=AT))


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (acceptance(answer="DECLINED"), "invite_not_accepted"),
        (acceptance(answer="TENTATIVE"), "invite_not_accepted"),
        (acceptance("ada@etappe.example"), "sender_ours"),
        (acceptance().replace(b"METHOD:REPLY", b"METHOD:REQUEST"), "invite_not_a_reply"),
        (acceptance(at=AT + timedelta(days=3)), "date_in_future"),
    ],
)
def test_an_invitation_counts_only_as_the_buyers_acceptance(scene: Scene, raw: bytes, problem: str) -> None:
    with refused("not_buyers_acceptance") as no:
        scene.give(MEETING, Given("invite_accepted", file=read_file("x.ics", raw)))
    assert problem in problems(no)


def test_an_accepted_invitation_counts(scene: Scene) -> None:
    uid = scene.give(MEETING, Given("invite_accepted", file=read_file("x.ics", acceptance())))
    given = queries.get_evidence(scene.cast.ada, uid)
    assert (given.kind, given.strength, given.title) == ("invite_accepted", 3, "Vorführung")


def test_pasted_text_is_a_claim_and_never_opens_a_required_gate_of_win(scene: Scene) -> None:
    scene.prove("need_confirmed")
    scene.move("requirements_agreed")
    for item in scene.process.stage("requirements_agreed").required:
        told = Given("reply", person=str(scene.eva), happened_at=AT, text="Sie hat am Telefon zugesagt.")
        given = queries.get_evidence(scene.cast.ada, scene.give(item.key, told))
        assert (given.kind, given.strength) == ("call_note", 1)
    with refused("criteria_missing"):
        scene.move("product_evaluated")


def test_a_note_needs_a_named_person_a_date_and_words(scene: Scene) -> None:
    for missing in ("person", "happened_at", "text"):
        told = {"person": str(scene.eva), "happened_at": AT, "text": "Bedarf genannt", missing: None}
        told["text"] = told["text"] or ""
        with refused("field_required") as no:
            scene.give(NEED, Given("call_note", **told))  # type: ignore[arg-type]
        assert no.value.params["field"] == missing
    with refused("future_date"):
        scene.give(NEED, Given("call_note", person=str(scene.eva), happened_at=AT + timedelta(days=1), text="x"))


def test_the_person_of_a_note_is_the_buyers(scene: Scene) -> None:
    from etappe.people.actions import create_account, create_person

    other = create_account({"name": "Andere AG"}, actor=scene.cast.ada, at=AT)
    udo = create_person({"name": "Udo Fern", "account": other.uid}, actor=scene.cast.ada, at=AT)
    told = Given("call_note", person=str(udo.uid), happened_at=AT, text="Er sagt ja.")
    with refused("person_not_buyers_side"):
        scene.give(NEED, told)
    actions.add_stakeholder(scene.uid, udo.uid, "influencer", actor=scene.cast.ada, at=scene.later())
    scene.give(NEED, told)


def test_kinds_that_a_criterion_does_not_accept(scene: Scene) -> None:
    with refused("kind_not_accepted"):
        scene.give(MEETING, Given("document", file=read_file("x.pdf", pdf()), happened_at=AT))
    with refused("unknown_kind"):
        scene.give(NEED, Given("feeling", text="gut"))
    with refused("note_needs_link"):
        scene.give(NEED, Given("note_confirmed", person=str(scene.eva), happened_at=AT, text="bestätigt"))
    with refused("unknown_criterion"):
        scene.give("budget", letter(mail()))


def test_a_document_counts_as_the_buyers_with_its_date(scene: Scene) -> None:
    file = read_file("Lastenheft.pdf", pdf())
    with refused("field_required"):
        scene.give(SUMMARY, Given("document", file=file))
    uid = scene.give(SUMMARY, Given("document", file=file, happened_at=AT, person=str(scene.eva)))
    assert queries.get_evidence(scene.cast.ada, uid).strength == 4


def test_evidence_is_for_those_who_see_the_deal(scene: Scene) -> None:
    uid = scene.give(NEED, letter(mail()))
    with pytest.raises(Missing):
        queries.get_evidence(scene.cast.cem, uid)
    with unchanged(), pytest.raises(Missing):
        actions.withdraw(uid, "weg damit", actor=scene.cast.cem, at=scene.later())
    with unchanged(), pytest.raises(Missing):
        actions.judge(uuid.uuid4(), True, actor=scene.cast.ben, at=scene.later())
    with refused("forbidden", Forbidden):
        scene.give(NEED, letter(mail(message_id="<2@k.example>")), actor=scene.cast.oda)


def test_withdrawn_evidence_leaves_the_stage_and_marks_it_unproven(scene: Scene) -> None:
    given = scene.prove("need_confirmed")
    scene.move("requirements_agreed")
    with refused("reason_required"):
        actions.withdraw(given[0], " ", actor=scene.cast.ada, at=scene.later())
    actions.withdraw(given[0], "falsche Firma", actor=scene.cast.ada, at=scene.later())
    assert (scene.row.stage, scene.row.proof) == ("requirements_agreed", "unproven")
    with refused("withdrawn_already"):
        actions.withdraw(given[0], "noch einmal", actor=scene.cast.ada, at=scene.later())
    scene.give(NEED, letter(mail(message_id="<neu@kunde.example>", text="Doch, bestätigt.")))
    assert scene.row.proof == "proven"


def test_hostile_names_and_texts_stay_text(scene: Scene) -> None:
    nasty = "<script>alert(1)</script>\u202e{{7*7}}"
    raw = mail(f'"{nasty}" <neu@kunde.example>', subject=nasty, text=nasty)
    uid = scene.give(NEED, Given("reply", file=read_file("../../etc/pass\u202ewd.eml", raw)))
    given = queries.get_evidence(scene.cast.ada, uid)
    assert "/" not in given.file_name
    assert Evidence.objects.get(uid=uid).facts["text"].startswith("<script>")
