"""What people do on the deals pages, over HTTP and without script: a refusal keeps what was typed."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from etappe.core.process import Proof
from etappe.deals.models import Deal, DealException, Evidence, Member, NoteLink, Stakeholder
from etappe.journal.models import Entry
from etappe.people.models import Account, Person
from tests.deals.conftest import Scene, set_scene
from tests.make import make_person
from tests.papers import acceptance, forward, mail, pdf, two_froms
from tests.scenery import kept
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
HOSTILE = '<script>alert("x")</script> {{ settings }} \u202e & \'"><img src=x onerror=alert(1)>'


scene = kept(set_scene)


def post(name: str, args: list[Any], data: dict[str, Any], who: str = "ada", **headers: str) -> HttpResponse:
    answer = client_of(who).post(reverse(name, args=args), data, headers={**headers, "Accept-Language": "en"})
    assert isinstance(answer, HttpResponse)
    return answer


def text(answer: Any) -> str:
    return str(answer.content.decode())


def file(content: bytes, name: str = "antwort.eml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def give(scene: Scene, criterion: str, kind: str, who: str = "ada", **data: Any) -> HttpResponse:
    return post("deal_evidence", [scene.uid], {"criterion": criterion, "kind": kind, **data}, who)


# --- Moving ---


def test_a_move_without_proof_is_refused_with_a_form_for_everything_missing(scene: Scene) -> None:
    answer = post("deal_move", [scene.uid], {"to": "requirements_agreed", "seen": 1})
    assert answer.status_code == 422
    assert "This deal stays in its stage." in text(answer)
    for key in ("need_in_own_words", "next_meeting_accepted"):
        assert f'id="ask-{key}"' in text(answer)
    assert 'id="ask-solution_date_named"' not in text(answer), "optional criteria do not block"
    assert scene.row.stage == "need_confirmed"


def test_the_refusal_opens_in_the_side_sheet(scene: Scene) -> None:
    answer = post("deal_move", [scene.uid], {"to": "requirements_agreed"}, **HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#panel")
    assert "<html" not in text(answer)


def test_a_proven_deal_moves_and_offers_undo(scene: Scene) -> None:
    scene.prove("need_confirmed")
    client = client_of("ada")
    answer = client.post(reverse("deal_move", args=[scene.uid]), {"to": "requirements_agreed", "seen": 1}, follow=True)
    assert scene.row.stage == "requirements_agreed"
    undo = f"{reverse('deal_undo', args=[scene.uid])}?seen={scene.row.version}"
    assert undo in answer.content.decode()
    assert client.post(undo).status_code == 303
    assert scene.row.stage == "need_confirmed"


def test_with_script_the_answer_refreshes_what_shows_the_deal(scene: Scene) -> None:
    scene.prove("need_confirmed")
    answer = post("deal_move", [scene.uid], {"to": "requirements_agreed"}, **HTMX)
    assert answer["HX-Reswap"] == "none"
    assert "panel-done" in answer["HX-Trigger"]
    assert "changed" in answer["HX-Trigger"]
    assert 'id="toasts"' in text(answer)


def test_an_undo_that_comes_too_late_takes_back_nothing_of_a_colleagues(scene: Scene) -> None:
    scene.bring_to("requirements_agreed")
    seen = scene.row.version
    scene.move("need_confirmed", actor=scene.cast.ben)
    answer = client_of("ada").post(f"{reverse('deal_undo', args=[scene.uid])}?seen={seen}")
    assert answer.status_code == 409
    assert scene.row.stage == "need_confirmed"


def test_who_is_second_is_told_who_was_first(scene: Scene) -> None:
    scene.bring_to("requirements_agreed")
    answer = post("deal_move", [scene.uid], {"to": "need_confirmed", "seen": 1})
    assert answer.status_code == 409
    assert "Ada Ahrens" in text(answer)


@pytest.mark.parametrize(("who", "status"), [("cem", 404), ("mia", 403), ("oda", 403), ("ben", 303), ("dot", 303)])
def test_who_may_move(scene: Scene, who: str, status: int) -> None:
    scene.prove("need_confirmed")
    assert post("deal_move", [scene.uid], {"to": "requirements_agreed"}, who).status_code == status


def test_losing_takes_a_reason_and_two_clicks(scene: Scene) -> None:
    menu = text(client_of("ada").get(reverse("deal_move", args=[scene.uid])))
    assert 'name="reason" value="price"' in menu
    assert post("deal_leave", [scene.uid], {"reason": "price", "seen": 1}).status_code == 303
    assert (scene.row.status, scene.row.leave_reason) == ("lost", "price")
    assert post("deal_leave", [scene.uid], {"reason": "price"}).status_code == 422
    assert post("deal_reopen", [scene.uid], {}).status_code == 303
    assert scene.row.status == "open"


def test_losing_to_somebody_says_to_whom(scene: Scene) -> None:
    given = {"reason": "competitor", "lost_to": HOSTILE[:150], "note": "Preis und Nähe"}
    assert post("deal_leave", [scene.uid], given).status_code == 303
    assert "<img src=x" not in text(client_of("ada").get(reverse("deal", args=[scene.uid])))
    assert scene.row.lost_to.startswith("<script>")


def test_a_deal_rests_until_a_day_ahead(scene: Scene) -> None:
    late = post("deal_rest", [scene.uid], {"until": "2020-01-01"})
    assert late.status_code == 422
    assert 'value="2020-01-01"' in text(late)
    assert post("deal_rest", [scene.uid], {"until": "2099-01-01"}).status_code == 303
    assert "2099" in text(client_of("ada").get(reverse("deal", args=[scene.uid])))
    assert post("deal_rest", [scene.uid], {"wake": "1"}).status_code == 303
    assert scene.row.rests_until is None


# --- Exceptions ---


def test_an_exception_is_asked_by_one_and_granted_by_another(scene: Scene) -> None:
    bare = post("deal_exception", [scene.uid], {"to": "requirements_agreed", "reason": ""})
    assert bare.status_code == 422
    given = {"to": "requirements_agreed", "reason": "Der Käufer telefoniert nur."}
    assert post("deal_exception", [scene.uid], given).status_code == 303
    asked = DealException.objects.get()
    assert post("exception", [asked.uid], {"granted": "yes"}).status_code == 403
    assert post("exception", [asked.uid], {"granted": "no", "answer": ""}, "ben").status_code == 422
    assert "Der Käufer telefoniert nur." in text(client_of("ben").get(reverse("inspection") + "?list=exceptions"))
    assert post("exception", [asked.uid], {"granted": "yes"}, "ben").status_code == 303
    assert (scene.row.stage, scene.row.proof) == ("requirements_agreed", Proof.OVERRIDDEN.value)
    assert "Neue Anlage" in text(client_of("ben").get(reverse("inspection") + "?list=overridden"))


# --- Evidence ---


def test_a_buyers_mail_proves_a_criterion(scene: Scene) -> None:
    assert give(scene, "need_in_own_words", "reply", file=file(mail())).status_code == 303
    found = Evidence.objects.get()
    assert (found.kind, found.strength, found.title) == ("reply", 4, "Re: Ihr Angebot")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (two_froms(), "names several"),
        (forward(), "was forwarded"),
        (mail("Ada Ahrens <ada@etappe.example>"), "one of our own"),
        (b"not a mail at all", ""),
    ],
)
def test_what_is_not_the_buyers_is_refused_with_its_reason(scene: Scene, content: bytes, said: str) -> None:
    answer = give(scene, "need_in_own_words", "reply", file=file(content), text="mein Text bleibt")
    assert answer.status_code == 422
    assert said in text(answer)
    assert "mein Text bleibt" in text(answer)
    assert not Evidence.objects.exists()


def test_an_unknown_sender_is_offered_and_the_file_is_kept(scene: Scene) -> None:
    answer = give(scene, "need_in_own_words", "reply", file=file(mail("Max Neu <max@anderswo.example>")))
    assert answer.status_code == 422
    assert 'name="add_sender"' in text(answer)
    kept = text(answer).split('name="kept" value="')[1].split('"')[0]
    uuid.UUID(kept)
    assert give(scene, "need_in_own_words", "reply", "ben", kept=kept, add_sender="1").status_code == 422, "not Ben's"
    assert give(scene, "need_in_own_words", "reply", kept=kept, add_sender="1").status_code == 303
    assert Person.objects.filter(email="max@anderswo.example").exists()
    assert give(scene, "need_in_own_words", "reply", kept=kept).status_code == 422, "used up"
    shown = text(client_of("ben").get(reverse("evidence", args=[Evidence.objects.get().uid])))
    assert "sender added with this evidence" in shown


def test_evidence_of_tomorrow_is_refused_where_it_was_typed(scene: Scene) -> None:
    given = {"happened_on": "2099-12-24", "person": str(scene.eva), "text": "Wir brauchen das."}
    answer = give(scene, "need_in_own_words", "form", **given)
    assert answer.status_code == 422
    assert 'value="2099-12-24"' in text(answer)
    assert 'id="need_in_own_words_happened_on_error"' in text(answer)
    assert "Wir brauchen das." in text(answer)


def test_a_kind_that_is_not_accepted_cannot_be_chosen(scene: Scene) -> None:
    answer = give(scene, "next_meeting_accepted", "usage", file=file(acceptance(), "zusage.ics"))
    assert answer.status_code == 303
    assert Evidence.objects.get().kind == "booking", "the first accepted kind stands in for one that is not"
    assert give(scene, "no_such_criterion", "reply").status_code == 404


def test_the_last_missing_proof_moves_the_deal(scene: Scene) -> None:
    to: dict[str, Any] = {"to": "requirements_agreed", "seen": 1}
    first = give(scene, "need_in_own_words", "reply", file=file(mail()), **to)
    assert first.status_code == 200
    assert 'id="ask-next_meeting_accepted"' in text(first)
    assert 'id="ask-need_in_own_words"' not in text(first)
    last = give(scene, "next_meeting_accepted", "booking", file=file(acceptance(), "zusage.ics"), **to)
    assert last.status_code == 303
    assert scene.row.stage == "requirements_agreed"


def test_a_document_needs_its_day_and_may_name_a_new_person(scene: Scene) -> None:
    bare = give(scene, "need_in_own_words", "form", file=file(pdf("Bedarf"), "bedarf.pdf"))
    assert bare.status_code == 422
    kept = text(bare).split('name="kept" value="')[1].split('"')[0]
    given = {"kept": kept, "happened_on": "2026-03-01", "new_name": "Ute Neu", "kind": "form"}
    assert give(scene, "need_in_own_words", **given).status_code == 303
    assert Evidence.objects.get().person == Person.objects.get(name="Ute Neu")
    assert Person.objects.get(name="Ute Neu").account_id == scene.row.account_id
    again = {"happened_on": "2026-03-01", "new_name": " ute neu "}
    assert give(scene, "need_in_own_words", "form", file=file(pdf("Mehr"), "mehr.pdf"), **again).status_code == 303
    assert Person.objects.get(name__iexact="ute neu") == Evidence.objects.latest("id").person, "who is known is taken"


def test_a_refused_document_makes_no_person(scene: Scene) -> None:
    give(scene, "need_in_own_words", "form", file=file(pdf("x"), "x.pdf"), new_name="Ute Neu")
    assert not Person.objects.filter(name="Ute Neu").exists()


def test_evidence_opens_safely(scene: Scene) -> None:
    body = "<p onclick=x()>Ja</p><script>alert(1)</script><img src=http://spy.example/x.gif>"
    letter = (
        mail()
        .replace(b"Content-Type: text/plain", b"Content-Type: text/html")
        .replace(b"Ja, so", body.encode() + b"Ja, so")
    )
    give(scene, "need_in_own_words", "reply", file=file(letter))
    found = Evidence.objects.get()
    answer = client_of("ben").get(reverse("evidence_layout", args=[found.uid]))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    for bad in ("<script", "onclick", "spy.example"):
        assert bad not in answer.content.decode()
    saved = client_of("ben").get(reverse("evidence_file", args=[found.uid]))
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["X-Content-Type-Options"] == "nosniff"
    assert saved["Content-Type"] == "application/octet-stream"
    for name in ("evidence", "evidence_layout", "evidence_file"):
        assert client_of("cem").get(reverse(name, args=[found.uid])).status_code == 404


def test_a_manager_judges_and_the_rep_reads_it(scene: Scene) -> None:
    scene.bring_to("requirements_agreed")
    found = Evidence.objects.filter(criterion="need_in_own_words").get()
    assert post("evidence_judge", [found.uid], {"accepted": "yes"}).status_code == 403
    bare = post("evidence_judge", [found.uid], {"accepted": "no", "reason": " "}, "ben")
    assert bare.status_code == 422
    said = {"accepted": "no", "reason": "Das ist nur eine Bitte um Rückruf."}
    assert post("evidence_judge", [found.uid], said, "ben").status_code == 303
    assert (scene.row.stage, scene.row.proof) == ("requirements_agreed", Proof.UNPROVEN.value)
    assert "Das ist nur eine Bitte um Rückruf." in text(client_of("ada").get(reverse("deal", args=[scene.uid])))
    assert "Neue Anlage" in text(client_of("ben").get(reverse("inspection") + "?list=unproven"))


def test_evidence_is_taken_back_with_a_reason(scene: Scene) -> None:
    uid = scene.prove("need_confirmed")[0]
    assert post("evidence_withdraw", [uid], {"reason": ""}).status_code == 422
    assert post("evidence_withdraw", [uid], {"reason": "Falscher Deal"}).status_code == 303
    assert Evidence.objects.get(uid=uid).withdrawn_reason == "Falscher Deal"


def test_the_inspection_reads_a_period(scene: Scene) -> None:
    scene.bring_to("requirements_agreed")
    address = reverse("inspection")
    ben = client_of("ben")
    assert "Re: need_in_own_words" in text(ben.get(f"{address}?period=all"))
    assert "Re: need_in_own_words" not in text(ben.get(address)), "the scene plays in March"
    assert "Re: need_in_own_words" in text(ben.get(f"{address}?period=all&stage=need_confirmed&process=inbound"))
    assert "Re: need_in_own_words" not in text(ben.get(f"{address}?period=all&stage=quote_reviewed"))
    for item in Evidence.objects.all():
        post("evidence_judge", [item.uid], {"accepted": "yes"}, "ben")
    assert "Re: need_in_own_words" not in text(ben.get(f"{address}?period=all&unread=1"))


# --- Fields, people, notes ---


def fields(scene: Scene, **given: str) -> dict[str, str]:
    owner = str(scene.view().row.owner.uid)  # type: ignore[union-attr]  # Ada's
    return {"name": "Neue Anlage", "currency": "EUR", "owner": owner, "seen": str(scene.row.version), **given}


def test_amounts_are_read_as_the_language_writes_them(scene: Scene) -> None:
    client = client_of("ada")
    for language, written, amount in (
        ("de", "1.234,56", "1234.56"),
        ("en", "1,234.56", "1234.56"),
        ("de", "1.234", "1234"),
    ):
        given = fields(scene, amount=written)
        answer = client.post(reverse("deal_edit", args=[scene.uid]), given, headers={"Accept-Language": language})
        assert answer.status_code == 303
        assert scene.row.amount == Decimal(amount), written
    wrong = client.post(
        reverse("deal_edit", args=[scene.uid]), fields(scene, amount="1234.56"), headers={"Accept-Language": "de"}
    )
    assert wrong.status_code == 422, "a point is no decimal mark in German"
    assert 'value="1234.56"' in text(wrong)


def test_two_who_edit_see_both_states_and_lose_nothing(scene: Scene) -> None:
    mine = fields(scene, name="Meine Fassung", source="Messe", amount="500")
    post("deal_edit", [scene.uid], fields(scene, name="Bens Fassung"), "ben")
    answer = post("deal_edit", [scene.uid], mine)
    assert answer.status_code == 409
    page = text(answer)
    assert "Ben Brandt" in page
    for typed in ("Meine Fassung", "Bens Fassung", "Messe"):
        assert typed in page
    again = mine | {"seen": str(scene.row.version)}
    assert f'name="seen" value="{scene.row.version}"' in page
    assert post("deal_edit", [scene.uid], again).status_code == 303
    assert (scene.row.name, scene.row.source) == ("Meine Fassung", "Messe")


def test_hostile_text_is_shown_as_text(scene: Scene) -> None:
    assert post("deal_edit", [scene.uid], fields(scene, name=HOSTILE, source=HOSTILE)).status_code == 303
    post("deal_note", [scene.uid], {"text": HOSTILE})
    post("deal_step", [scene.uid], {"next_step": HOSTILE, "next_step_on": "2026-12-01", "seen": scene.row.version})
    client = client_of("ada")
    for address in (
        reverse("deal", args=[scene.uid]),
        reverse("deals"),
        reverse("deals_board"),
        reverse("deals") + "?q=" + "%3Cscript%3Ealert(1)",
        reverse("deal_move", args=[scene.uid]),
    ):
        shown = text(client.get(address))
        assert "<script>alert" not in shown, address
        assert "<img src=x" not in shown, address


def test_a_deal_begins_in_the_first_stage(scene: Scene) -> None:
    given = fields(scene, name="Frisch", account=str(scene.account), process="inbound", stage="need_confirmed")
    assert post("deal_create", [], given).status_code == 303
    made = Deal.objects.get(name="Frisch")
    assert (made.stage, made.account_id, made.owner_id) == ("need_confirmed", scene.row.account_id, scene.cast.ada.id)


def test_a_later_stage_is_a_late_entry_or_refused_with_what_is_missing(scene: Scene) -> None:
    given = fields(scene, name="Spät", process="inbound", stage="product_evaluated")
    answer = post("deal_create", [], given)
    assert answer.status_code == 422
    assert "confirmed need and occasion" in text(answer)
    assert 'value="Spät"' in text(answer)
    assert post("deal_create", [], given | {"late": "1"}).status_code == 303
    made = Deal.objects.get(name="Spät")
    assert (made.stage, made.proof, made.basis) == ("product_evaluated", "unproven", "late_entry")


def test_a_deal_brings_its_account_along(scene: Scene) -> None:
    given = fields(scene, name="Mit Firma", account="Ganz Neu AG", process="inbound")
    asked = text(post("deal_create", [], given))
    assert 'name="account-new"' in asked, "without script a box says that the name is a new one"
    assert not Account.objects.filter(name="Ganz Neu AG").exists()
    broken = given | {"name": "  ", "account-new": "1"}
    assert post("deal_create", [], broken).status_code == 422
    assert not Account.objects.filter(name="Ganz Neu AG").exists()
    assert post("deal_create", [], given | {"account-new": "1"}).status_code == 303
    made = Account.objects.get(name="Ganz Neu AG")
    assert Deal.objects.get(name="Mit Firma").account == made
    for again in ({"account-new": "1"}, {"account-uid": "new"}, {}):
        assert post("deal_create", [], given | again).status_code == 303
    assert set(Deal.objects.filter(name="Mit Firma").values_list("account", flat=True)) == {made.id}, "there is one now"


def test_a_part_of_a_name_means_no_account_of_a_deal(scene: Scene) -> None:
    given = fields(scene, name="Teil", account="kund", process="inbound")
    answer = post("deal_create", [], given)
    assert answer.status_code == 422
    assert Account.objects.get(uid=scene.account).name in text(answer)
    edited = fields(scene, name="Frei", account="")
    assert post("deal_edit", [scene.uid], edited | {"seen": str(scene.row.version)}).status_code == 303
    assert scene.row.account is None
    hidden = edited | {"account": "Neue Mutter", "account-uid": "new", "seen": str(scene.row.version)}
    assert post("deal_edit", [scene.uid], hidden).status_code == 303
    assert scene.row.account == Account.objects.get(name="Neue Mutter")


def test_a_new_account_of_a_deal_that_is_likely_there_already_is_asked_about(scene: Scene) -> None:
    given = fields(scene, name="Doppelt", account="Kunde", process="inbound")
    asked = post("deal_create", [], given | {"account-uid": "new"})
    assert asked.status_code == 422
    assert "Similar: Kunde GmbH" in text(asked)
    assert not Deal.objects.filter(name="Doppelt").exists()
    assert post("deal_create", [], given | {"account-new": "1"}).status_code == 303
    assert Deal.objects.get(name="Doppelt").account == Account.objects.get(name="Kunde")


def test_names_are_offered_with_a_new_one_where_it_may_be_new(scene: Scene) -> None:
    def offered(**asked: str) -> str:
        return text(client_of("ada").get(reverse("own_suggest", args=["account"]), asked, headers=HTMX))

    name = Account.objects.get(uid=scene.account).name
    assert str(scene.account) in offered(q="kunde", new="1")
    assert 'data-uid="new"' in offered(q="kunde", new="1")
    assert 'data-uid="new"' not in offered(q=name.upper(), new="1")
    assert 'data-uid="new"' not in offered(q="kunde")
    near = offered(q=name.replace("nd", "dn"), new="1")
    assert "Similar names" in near and str(scene.account) in near and 'data-uid="new"' in near
    assert "data-alike" not in offered(q="kunde") and "data-uid" not in offered(q="zzzzqq")


@pytest.mark.parametrize("who", ["mia", "oda"])
def test_who_may_not_make_deals_is_told_so(scene: Scene, who: str) -> None:
    assert client_of(who).get(reverse("deal_create")).status_code == 403
    assert post("deal_create", [], {"name": "x"}, who).status_code == 403
    assert reverse("deal_create") not in text(client_of(who).get(reverse("deals")))


def test_the_buying_centre_grows_and_shrinks(scene: Scene) -> None:
    assert post("deal_people", [scene.uid], {"role": "decider"}).status_code == 422
    new = {"name": "Uwe Neu", "email": "uwe@kunde.example", "role": "decider"}
    assert post("deal_people", [scene.uid], new).status_code == 303
    uwe = Stakeholder.objects.get(role="decider").person
    assert post("deal_person_remove", [scene.uid, uwe.uid], {}).status_code == 303
    assert not Stakeholder.objects.filter(role="decider").exists()
    assert post("deal_people", [scene.uid], {"person": str(scene.eva), "role": "champion"}).status_code == 303
    assert Stakeholder.objects.get(person__uid=scene.eva).role == "champion"


def test_who_is_likely_there_already_is_offered_for_the_buying_centre(scene: Scene) -> None:
    make_person(scene.cast.ada, name="Ina Fern", email="ina@beraterin.example")
    hidden = make_person(scene.cast.dot, name="Geheim", email="geheim@beraterin.example", is_private=True)
    again = {"name": "I. Fern", "email": "INA@beraterin.example", "role": "influencer"}
    before = Person.objects.count()
    asked = post("deal_people", [scene.uid], again)
    taken = re.search(r'name="person" value="([0-9a-f-]{36})"', asked.content.decode())
    assert taken and asked.status_code == 200 and "Nothing was saved yet" in asked.content.decode()
    assert post("deal_people", [scene.uid], again | {"person": taken[1]}).status_code == 303
    assert post("deal_people", [scene.uid], again | {"person": str(hidden.uid)}).status_code == 404
    assert Person.objects.count() == before, "who is there already is taken, not made once more"
    unseen = {"name": "Ganz Neu", "email": "geheim@beraterin.example", "role": "influencer"}
    assert post("deal_people", [scene.uid], unseen).status_code == 303, "who is hidden is not told of"
    assert post("deal_people", [scene.uid], again | {"anyway": "1"}).status_code == 303


def test_a_colleague_joins_the_deal_team_and_then_sees_it(scene: Scene) -> None:
    cem = client_of("cem").user.uid
    assert client_of("cem").get(reverse("deal", args=[scene.uid])).status_code == 404
    assert post("deal_team", [scene.uid], {"user": str(cem), "role": "an"}).status_code == 303
    assert client_of("cem").get(reverse("deal", args=[scene.uid])).status_code == 200
    board = text(client_of("cem").get(reverse("deals_board")))
    assert f"{reverse('deal', args=[scene.uid])}move/" in board, "and may move it"
    assert post("deal_member_remove", [scene.uid, cem], {}).status_code == 303
    assert not Member.objects.exists()


def test_a_note_is_written_on_the_deal(scene: Scene) -> None:
    assert post("deal_note", [scene.uid], {"text": "Ruft am Montag zurück."}).status_code == 303
    assert "Ruft am Montag zurück." in text(client_of("ben").get(reverse("deal", args=[scene.uid])))
    assert post("deal_note", [scene.uid], {"text": "  "}).status_code == 422
    assert post("deal_note", [scene.uid], {"text": "x"}, "oda").status_code == 403


def test_the_record_reads_on_in_older_entries(scene: Scene) -> None:
    for number in range(60):
        post("deal_note", [scene.uid], {"text": f"Notiz {number:02}"})
    page = text(client_of("ada").get(reverse("deal", args=[scene.uid])))
    assert "Notiz 59" in page
    assert "Notiz 02" not in page
    before = page.split("?before=")[1].split('"')[0]
    older = text(client_of("ada").get(reverse("deal", args=[scene.uid]), {"before": before}, headers=HTMX))
    assert "Notiz 02" in older
    assert "<html" not in older


def test_a_link_is_made_shown_again_and_revoked(scene: Scene) -> None:
    told = {"person": str(scene.eva), "happened_on": "2026-03-01", "text": "Braucht es bis Mai."}
    answer = give(scene, "need_in_own_words", "note_confirmed", **told)
    assert answer.status_code == 200
    link = NoteLink.objects.get()
    address = text(answer).split('id="note-link" value="')[1].split('"')[0]
    assert address in text(post("evidence_ask", [link.evidence.uid], {}))
    assert NoteLink.objects.count() == 1
    assert post("note_link_revoke", [link.uid], {"deal": str(scene.uid)}).status_code == 303
    assert client_of("ada").get(address.replace("http://testserver", "")).status_code == 410


# --- Lists ---


def test_the_table_narrows_sorts_and_pages(scene: Scene) -> None:
    for number in range(55):
        scene.another(name=f"Deal {number:02}", amount=Decimal(number), source="Messe" if number % 2 else "")
    client = client_of("ada")
    first = text(client.get(reverse("deals"), {"sort": "name"}))
    assert first.count('class="main-cell"') == 50
    after = first.split("&amp;after=")[1].split('"')[0]
    second = text(client.get(reverse("deals"), {"sort": "name", "after": after}))
    assert second.count('class="main-cell"') == 6
    assert "Neue Anlage" in second
    assert text(client.get(reverse("deals"), {"where": "source = Messe"})).count('class="main-cell"') == 27
    assert "Neue Anlage" in text(client.get(reverse("deals"), {"q": "neue an"}))
    assert "No deal fits" in text(
        client.get(reverse("deals"), {"q": "gibt es nicht"}, headers={"Accept-Language": "en"})
    )


@pytest.mark.parametrize(
    "query",
    [
        "?owner=me",
        "?account=1",
        "?status=all",
        "?q=%00",
        "?status=left&owner=me",
    ],
)
def test_filters_never_break_the_page(scene: Scene, query: str) -> None:
    assert client_of("ada").get(reverse("deals") + query).status_code == 200
    assert client_of("ada").get(reverse("deals_board") + query).status_code == 200


@pytest.mark.parametrize("query", ["?owner=x", "?stage=x", "?process=none"])
def test_what_nobody_knows_is_told_and_shows_no_deals(scene: Scene, query: str) -> None:
    """A page that showed all deals instead would pass for what was asked."""
    answer = client_of("ada").get(reverse("deals") + query, headers={"Accept-Language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "This list cannot be shown so." in page and 'class="main-cell"' not in page
    assert query.partition("=")[2] in page and 'name="owner"' in page


def test_a_broken_sort_or_mark_is_refused(scene: Scene) -> None:
    assert client_of("ada").get(reverse("deals") + "?sort=password").status_code == 422
    assert client_of("ada").get(reverse("deals") + "?after=xyz").status_code == 422
    assert client_of("ada").get(reverse("deals_changes") + "?since=drop").status_code == 400


def test_changes_name_only_what_the_viewer_sees(scene: Scene) -> None:
    address = reverse("deals_changes") + "?since=1"
    assert client_of("ada").get(address).json()["changed"] == [str(scene.uid)]
    assert client_of("cem").get(address).json()["changed"] == []
    since = client_of("ada").get(address).json()["since"]
    assert since.isdigit()


def test_each_currency_has_its_own_sum_and_the_workspace_s_stands_first(scene: Scene) -> None:
    scene.another(amount=Decimal(1000))
    scene.another(amount=Decimal(2000), currency="CHF")
    shown = text(client_of("ada").get(reverse("deals_board_totals"), headers={"Accept-Language": "en"}))
    assert "3 deals · €1,000 · CHF\xa02,000" in shown


def test_before_anything_is_there_the_pages_say_what_to_do(db: None) -> None:
    from tests.cast import assemble
    from tests.make import make_process

    assemble()
    english = {"Accept-Language": "en"}
    for name in ("deals", "deals_board"):
        assert "No process yet." in text(client_of("ada").get(reverse(name), headers=english))
    make_process()
    assert "No deals yet." in text(client_of("ada").get(reverse("deals"), headers=english))


def test_nothing_of_a_refused_write_stays(scene: Scene) -> None:
    before = Entry.objects.count()
    post("deal_move", [scene.uid], {"to": "won"})
    post("deal_edit", [scene.uid], fields(scene, name="x" * 300))
    give(scene, "need_in_own_words", "reply", file=file(forward()))
    assert Entry.objects.count() == before
