"""A workspace with one of everything: a record for each address, in a state in which each act is possible."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from email.message import EmailMessage

from django.test import override_settings

from etappe.core.actor import SYSTEM, Role
from etappe.deals import actions as deals
from etappe.deals import queries
from etappe.deals.actions.remap import carry_on
from etappe.deals.reading import Given, read_file
from etappe.exports import actions as exports
from etappe.exports.write import Summary
from etappe.foreign.files import check_upload
from etappe.imports import background
from etappe.insights.actions_goals import set_goal
from etappe.insights.actions_mail import subscribe
from etappe.insights.subscriptions import SubscriptionView
from etappe.journal.clock import now
from etappe.people.actions import create_account, create_person, edit_account, edit_person
from etappe.people.actions import write_note as note_people
from etappe.people.actions_fields import archive_field, define_field
from etappe.people.actions_tags import tag
from etappe.people.actions_touchpoints import record, withdraw
from etappe.playbook.actions import publish
from etappe.playbook.actions_drafts import start_draft
from etappe.playbook.queries import library_item
from etappe.records import bin as recycle
from etappe.records import bulk
from etappe.records.actions_files import add_file
from etappe.records.bulk_rooms import Chosen
from etappe.records.merge import merge
from etappe.team import actions as team
from etappe.team.actions_views import save_view
from tests.cast import AT, Cast
from tests.deals.conftest import Scene, set_scene
from tests.make import make_source

SECRETS = ("Neue Anlage", "Zweite Anlage", "Verlorene Anlage", "Umstrittene Anlage", "Angebot Nordwind")
"""Words that only people who see Ada's deals may read."""

QUESTIONS = {"contacts": "inbound", "existing": "most", "together": "when_it_matters", "people": "one_or_two"}
REJECTED = (
    "Vorgang;Firma;Phase;Betrag;Abschluss\n1;Müller;Angebot;1.234,56 €;31.12.2024\n2;Öst;Gewonnen;5 €;32.13.2024\n"
)


@dataclass(frozen=True)
class Spare:
    """Records that nothing hangs on, and such as were deleted."""

    account: uuid.UUID
    person: uuid.UUID
    gone_account: uuid.UUID
    gone_person: uuid.UUID
    gone_deal: uuid.UUID
    twin: uuid.UUID
    twin_person: uuid.UUID
    merge: uuid.UUID


@dataclass
class Everything:
    """What the addresses name. `deal` is Ada's, proven as far as its second stage, and all else hangs on such deals."""

    scene: Scene
    deal: uuid.UUID
    bare: uuid.UUID
    lost: uuid.UUID
    evidence: uuid.UUID
    note: uuid.UUID
    link: uuid.UUID
    link_token: str
    exception: uuid.UUID
    account: uuid.UUID
    eva: uuid.UUID
    udo: uuid.UUID
    member: uuid.UUID
    colleague: uuid.UUID
    invited: uuid.UUID
    invitation: str
    setup_token: str
    token: uuid.UUID
    team: uuid.UUID
    run: uuid.UUID
    ran: uuid.UUID
    queued: uuid.UUID
    bulk: uuid.UUID
    bulk_working: uuid.UUID
    bulk_done: uuid.UUID
    north: uuid.UUID
    entry: int
    file: uuid.UUID
    field: uuid.UUID
    old_field: uuid.UUID
    spare: Spare
    draft: uuid.UUID
    export: uuid.UUID
    remap: uuid.UUID
    view: uuid.UUID
    goal: uuid.UUID
    mail: uuid.UUID
    mail_token: str
    contact: uuid.UUID
    gone_contact: uuid.UUID
    caller: str = "ada"
    """Who goes through a door: whoever makes a deal makes it their own."""


def _goal(cast: Cast) -> uuid.UUID:
    """A goal of the team that has the deals."""
    given = {"team": str(cast.north), "measure": "won_deals", "period": f"{AT:%Y-%m}", "target": Decimal(9)}
    return set_goal(given, actor=cast.dot, at=AT).uid


def _contact(scene: Scene) -> uuid.UUID:
    """A call of Ada's."""
    call = {"happened_at": AT, "direction": "out", "channel": "call", "act": "called", "person": scene.eva}
    return record(call, actor=scene.cast.ada, at=AT).uid


def _mail(cast: Cast) -> SubscriptionView:
    """A figure that Ada is mailed."""
    given = {"figure": "sales_cycle", "rhythm": "weekly", "day": 1, "hour": 7}
    with override_settings(EMAIL_HOST="mail.example"):
        return subscribe(given, actor=cast.ada, at=AT)


def make_everything() -> Everything:
    """Make it all, by the actions that people use.

    Give `settings.UPLOADS` and `EXPORTS`, where files go, folders of your own.
    """
    setup_token = team.make_setup_link(actor=SYSTEM, at=now())
    scene = set_scene()
    cast = scene.cast
    udo = create_person(
        {"name": "Udo Unger", "email": "udo@kunde.example", "account": scene.account}, actor=cast.ada, at=AT
    )
    member = team.add_user("rex@etappe.example", "Rex Roth", Role.REP, None, actor=cast.dot, at=AT)
    colleague = team.add_user("rita@etappe.example", "Rita Rau", Role.REP, cast.north, actor=cast.dot, at=AT)
    invited, invitation = team.invite("ines@etappe.example", "Ines Ilg", Role.REP, None, actor=cast.dot, at=now())
    team.answer_questions(QUESTIONS, actor=cast.dot, at=AT)
    publish(make_source(), actor=cast.dot, at=AT)
    evidence, note, token_of_link, link = _with_proof(scene)
    deals.add_member(scene.uid, member.uid, actor=cast.ada, at=AT)
    deals.write_note(scene.uid, "Will Angebot Nordwind vor der Messe.", actor=cast.ada, at=AT)
    entry = note_people("Ruft nur vormittags zurück.", account=scene.account, actor=cast.ada, at=AT)
    create_account({"name": "Verschwiegen AG", "is_private": True, "owner": None}, actor=cast.dot, at=AT)
    tag("account", scene.account, add=["Messe"], actor=cast.ada, at=AT)
    bare, lost = scene.another(name="Zwote Anlage"), scene.another(name="Verlorene Anlage")
    deals.edit(bare, {"name": "Zweite Anlage"}, actor=cast.ada, at=scene.later())
    deals.leave(lost, scene.process.leave[0].key, actor=cast.ada, at=scene.later())
    token, _secret = team.create_token("Tabelle", ["read"], actor=cast.ada, at=AT)
    mail = _mail(cast)
    run, ran = _import(scene), _finished_run(scene)
    return Everything(
        scene=scene,
        deal=scene.uid,
        bare=bare,
        lost=lost,
        evidence=evidence,
        note=note,
        link=link,
        link_token=token_of_link,
        exception=_asked(scene),
        account=scene.account,
        eva=scene.eva,
        udo=udo.uid,
        member=member.uid,
        colleague=colleague.uid,
        invited=invited,
        invitation=invitation,
        setup_token=setup_token,
        token=token,
        team=cast.south,
        run=run,
        ran=ran,
        queued=_queued_run(scene),
        bulk=_bulk(scene, "ready"),
        bulk_working=_bulk(scene, "queued"),
        bulk_done=_bulk(scene, "done"),
        north=cast.north,
        entry=entry,
        file=_put_file(scene),
        field=_field(scene, "Budget", "money"),
        old_field=archive_field(_field(scene, "Alt", "text"), actor=cast.dot, at=AT).uid,
        spare=_spare(scene),
        draft=start_draft("own", actor=cast.dot, at=AT).uid,
        export=_export(scene),
        remap=_remap(scene),
        view=_view(scene),
        goal=_goal(cast),
        mail=mail.uid,
        mail_token=mail.token,
        contact=_contact(scene),
        gone_contact=withdraw(_contact(scene), actor=scene.cast.ada, at=AT).uid,
    )


def _export(scene: Scene) -> uuid.UUID:
    """An archive that may be fetched; what is in it does not matter here."""
    uid = exports.ask(then=lambda _uid: None, actor=scene.cast.dot, at=now())
    exports.file_of(uid).parent.mkdir(exist_ok=True)
    exports.file_of(uid).write_bytes(b"PK")
    exports.finish(uid, Summary({"deals": 7}, 0), "00" * 32, actor=scene.cast.dot, at=now())
    return uid


def _put_file(scene: Scene) -> uuid.UUID:
    raw = b"Noch nicht fertig."
    return add_file("deal", scene.uid, check_upload("entwurf.txt", raw), raw, actor=scene.cast.ada, at=AT)


def _field(scene: Scene, name: str, kind: str) -> uuid.UUID:
    return define_field("account", {"name": name, "kind": kind}, actor=scene.cast.dot, at=AT).uid


def _spare(scene: Scene) -> Spare:
    """Records of Ada's that can be deleted, and such as lie in the recycle bin."""
    ada, at = scene.cast.ada, now()
    account, person = (make({"name": "Über"}, actor=ada, at=AT).uid for make in (create_account, create_person))
    gone_account, gone_person = (
        make({"name": "Weg"}, actor=ada, at=AT).uid for make in (create_account, create_person)
    )
    gone_deal = scene.another(name="Zweite Anlage", account=None)
    for subject, uid in (("account", gone_account), ("person", gone_person), ("deal", gone_deal)):
        recycle.archive(subject, uid, actor=ada, at=at)
    twin = create_account({"name": "Übrig AG"}, actor=ada, at=AT).uid
    twin_person = create_person({"name": "Übrig"}, actor=ada, at=AT).uid
    edit_account(account, {"name": "Übrig"}, seen=1, actor=ada, at=AT)
    edit_person(person, {"name": "Übrig"}, seen=1, actor=ada, at=AT)
    merged = [create_account({"name": name}, actor=ada, at=AT).uid for name in ("Bleibt", "Geht")]
    done = merge("account", merged, actor=ada, at=at)
    return Spare(account, person, gone_account, gone_person, gone_deal, twin, twin_person, done.uid)


def _view(scene: Scene) -> uuid.UUID:
    """A view that Ada shares with her team."""
    given = {"name": "Angebot Nordwind", "where": "amount > 10", "shared": "team"}
    return save_view("deal", given, actor=scene.cast.ada, at=AT).uid


def _remap(scene: Scene) -> uuid.UUID:
    """Deals that were moved to a second version of their process; those in its second stage stay on the first."""
    dot, at = scene.cast.dot, now()
    publish(library_item("inbound").source.replace("key: order_placed", "key: ordered"), actor=dot, at=at)
    uid = deals.begin_remap("inbound", {"need_confirmed": "need_confirmed"}, then=str, actor=dot, at=at)
    carry_on(str(uid), clock=now)
    return uid


def _with_proof(scene: Scene) -> tuple[uuid.UUID, uuid.UUID, str, uuid.UUID]:
    """Bring the deal to its second stage, prove that one too; returns a mail, two notes, and the link of the second."""
    scene.bring_to("requirements_agreed")
    scene.prove("requirements_agreed")
    file = read_file("angebot.eml", formatted_mail())
    evidence = scene.give("solution_date_named", Given("reply", file=file))
    note = scene.give("solution_date_named", told(scene, "Sie braucht es im Mai, sagt sie zu Angebot Nordwind."))
    asked = scene.give("need_in_own_words", told(scene, "Die alte Anlage steht still, sagt sie zu Angebot Nordwind."))
    made = deals.make_note_link(asked, actor=scene.cast.ada, at=now())
    return evidence, note, made.token, made.uid


def told(scene: Scene, text: str) -> Given:
    """What Eva is said to have said on the telephone."""
    return Given("call_note", person=str(scene.eva), happened_at=AT, text=text)


def formatted_mail(subject: str = "Angebot Nordwind", html: str = "<p>Bis <b>Mai</b> muss es stehen.</p>") -> bytes:
    """A mail of Eva's that has a formatted body, too."""
    message = EmailMessage()
    message["From"], message["To"] = "Eva Ernst <eva@kunde.example>", "ada@etappe.example"
    message["Subject"], message["Date"] = subject, "Mon, 02 Mar 2026 08:30:00 +0000"
    message["Message-ID"] = "<nordwind@kunde.example>"
    message.set_content("Bis Mai muss es stehen.")
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


def _asked(scene: Scene) -> uuid.UUID:
    """An exception that waits for its answer, on a deal of its own."""
    uid = scene.another(name="Umstrittene Anlage")
    deals.ask_exception(uid, "requirements_agreed", "Der Käufer ist verreist.", actor=scene.cast.ada, at=scene.later())
    return queries.get_deal(scene.cast.ada, uid).exceptions[0].uid


def _import(scene: Scene) -> uuid.UUID:
    """An import that was looked at and may begin."""
    uid = background.upload(
        [("vorgaenge.csv", iter([REJECTED.encode("cp1252", "replace")]))],
        then=lambda _uid: None,
        actor=scene.cast.dot,
        at=now(),
    )
    background.examine(str(uid), at=now())
    return uid


def _queued_run(scene: Scene) -> uuid.UUID:
    """An import that is about to begin."""
    uid = _import(scene)
    background.begin(uid, dry=False, then=lambda _uid: None, actor=scene.cast.dot, at=now())
    return uid


def _finished_run(scene: Scene) -> uuid.UUID:
    """An import that was carried out and rejected a row."""
    uid = _queued_run(scene)
    background.carry_on(str(uid), clock=now)
    return uid


def _bulk(scene: Scene, state: str) -> uuid.UUID:
    """A bulk edit of Ada's: with its preview, about to begin, or carried out."""
    ada = scene.cast.ada
    uid = bulk.choose("deal", Chosen(uids=[scene.uid]), actor=ada, at=now())
    bulk.want(uid, {"set": {"source": f"Herkunft {state}"}}, actor=ada, at=now())
    if state != "ready":
        bulk.start(uid, then=lambda _uid: None, actor=ada, at=now())
    if state == "done":
        bulk.carry_on(str(uid), clock=now)
    return uid
