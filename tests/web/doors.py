"""Every door of the site, found by walking the addresses, and what somebody who may would push through it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import URLPattern

from etappe.api.v1 import api
from etappe.core.actor import SYSTEM
from etappe.core.errors import Missing
from etappe.journal.clock import now
from etappe.records.history import history
from etappe.team import actions as team
from etappe.team.queries import user_by_id
from tests.cast import PASSWORD
from tests.make import make_source
from tests.papers import acceptance, mail
from tests.web.everything import QUESTIONS, Everything

API = "/api/v1"


@dataclass(frozen=True)
class Door:
    """A route with one of its methods."""

    method: str
    route: str

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def is_api(self) -> bool:
        return self.route.startswith(API)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.route))


# --- Which there are ---


def page_routes() -> list[str]:
    """Every address that is not the API's, once, in the order of the URLconf."""
    found = (plain(route) for route in _walk(get_resolver().url_patterns))
    return [route for route in dict.fromkeys(found) if not route.startswith("/api/")]


def _walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, route)
        else:
            yield route


def plain(route: str) -> str:
    """`deals/<uuid:uid>/` and `key/(?P<key>.+)/$` as `/deals/{uid}/` and `/key/{key}/`."""
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", route)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", named).replace("^", "").replace("$", "")


def operations() -> list[Door]:
    """Every operation that the API's description names, and the description itself."""
    paths = api.get_openapi_schema()["paths"]
    found = [Door(method.upper(), path) for path, methods in paths.items() for method in methods]
    return [*found, Door("GET", f"{API}/openapi.json"), Door("GET", f"{API}/")]


def api_routes() -> list[str]:
    """Every address of the API that the URLconf knows; the description must name them all."""
    return sorted({route for route in map(plain, _walk(get_resolver().url_patterns)) if route.startswith("/api/")})


# --- Which record stands behind each ---

SUBJECTS: dict[str, str] = {
    "/deals/{uid}/leave": "bare",
    "/deals/{uid}/evidence": "bare",
    "/deals/{uid}/exception": "bare",
    "/deals/{uid}/reopen": "lost",
    "/deals/{uid}/restore": "spare.gone_deal",
    "/accounts/{uid}/history": "spare.account",
    "/people/{uid}/history": "spare.person",
    "/deals/{uid}/history": "bare",
    "/accounts/{uid}/merge": "spare.account",
    "/people/{uid}/merge": "spare.person",
    "/merges/": "spare.merge",
    "/accounts/{uid}/delete": "spare.account",
    "/accounts/{uid}/restore": "spare.gone_account",
    "/people/{uid}/delete": "spare.person",
    "/people/{uid}/restore": "spare.gone_person",
    "/deals/": "deal",
    "/exceptions/": "exception",
    "/evidence/{uid}/ask": "note",
    "/evidence/{uid}/mail": "note",
    "/evidence/{uid}/note-link": "note",
    "/evidence/": "evidence",
    "/note-links/": "link",
    "/contacts/{uid}/restore": "gone_contact",
    "/contacts/": "contact",
    "/touchpoints/{uid}/restore": "gone_contact",
    "/touchpoints/": "contact",
    "/accounts/": "account",
    "/people/": "eva",
    "/settings/tokens/": "token",
    "/settings/team/teams/": "team",
    "/records/{subject}/": "deal",
    "/lists/": "deal",
    "/files/": "file",
    "/settings/fields/{uid}/restore": "old_field",
    "/settings/fields/": "field",
    "/fields/{uid}/restore": "old_field",
    "/fields/": "field",
    "/settings/team/{uid}/invite": "invited",
    "/settings/team/": "colleague",
    "/settings/export/": "export",
    "/exports/": "export",
    "/import/{uid}/rejected": "ran",
    "/import/": "run",
    "/imports/{uid}/rejected": "ran",
    "/imports/{uid}/undo": "ran",
    "/imports/{uid}/resume": "queued",
    "/imports/{uid}/cancel": "queued",
    "/imports/": "run",
    "/drafts/": "draft",
    "/bulk/{uid}/cancel": "bulk_working",
    "/bulk/{uid}/undo": "bulk_done",
    "/bulk/": "bulk",
    "/views/": "view",
    "/figures/goals/": "goal",
    "/goals/": "goal",
    "/settings/mails/": "mail",
    "/subscriptions/": "mail",
    "/playbook/": "remap",
    "/remaps/": "remap",
}
"""The record of `Everything` that `uid` names, by the beginning of the address; the first that fits."""

NAMED: dict[str, Callable[[Everything, str], Any]] = {
    "person": lambda all_, route: all_.eva,
    "user": lambda all_, route: all_.member,
    "key": lambda all_, route: _key(route),
    "number": lambda all_, route: 0 if "rejected" in route else 1,
    "shape": lambda all_, route: "csv" if "/lists/" in route else "json",
    "process": lambda all_, route: "inbound",
    "entry": lambda all_, route: all_.entry,
    "subject": lambda all_, route: "deals" if "/lists/" in route else "deal",
    "field": lambda all_, route: "source",
    "kind": lambda all_, route: "account",
    "reason": lambda all_, route: "won",
    "token": lambda all_, route: _token(all_, route),
    "pk": lambda all_, route: 1,
    "uidb36": lambda all_, route: "1",
}


def _key(route: str) -> str:
    if "/figures/" in route:
        return "win_rate"
    if "/library/" in route:
        return "outbound"
    return "own" if route.endswith("/default/") else "inbound"


def _token(all_: Everything, route: str) -> str:
    found = {"/setup": all_.setup_token, "/join": all_.invitation, "/n": all_.link_token, "/mails": all_.mail_token}
    return found[route[: route.index("/", 1)]]


def subject(all_: Everything, route: str) -> uuid.UUID:
    """The uid that a route is asked for."""
    within = route.removeprefix(API)
    name = next(name for start, name in SUBJECTS.items() if within.startswith(start))
    found: uuid.UUID = attrgetter(name)(all_)
    return found


def address(all_: Everything, door: Door) -> str:
    """The address of a door in this workspace."""
    given = {name: NAMED[name](all_, door.route) for name in door.names if name != "uid"}
    if "uid" in door.names:
        given["uid"] = subject(all_, door.route)
    return door.route.format(**given) + QUERIES.get(str(door), "").format(deal=all_.deal)


QUERIES = {
    f"GET {API}/files": "?subject=deal&record={deal}",
    f"GET {API}/processes/{{key}}/compare": "?old=1",
    f"GET {API}/changes": "?since=0",
    f"GET {API}/deals/{{uid}}/process": "?process=own&stage=stage_0",
    "GET /deals/changes/": "?since=0",
}


# --- What goes through ---

Body = dict[str, Any]


def _file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _value_before(subject: str, uid: uuid.UUID) -> dict[str, Any]:
    """What brings back the value that a field had before; nothing for a record that is not there."""
    try:
        found = history(SYSTEM, subject, uid)
    except Missing:
        return {}
    return {"field": "name", "entry": found.fields[0].values[1].entry, "seen": found.version}


def _in_a_month() -> str:
    return (now() + timedelta(days=30)).date().isoformat()


DEAL = {"name": "Ganz neu", "currency": "EUR", "process": "inbound"}
COLLEAGUE = {"name": "Gero Graf", "email": "gero@etappe.example", "role": "rep", "team": ""}
CONTACT = {"what": "out.called", "channel": "call", "happened_at": "2026-03-02T09:30"}
TOUCHPOINT = {"happened_at": "2026-03-02T09:30:00Z", "direction": "out", "channel": "call", "act": "called"}
NEW_PASSWORD = "Ganz andere Worte 8 am Abend"
LOGIN = {"login": "ada@etappe.example", "password": PASSWORD}
TABLE = b"Firma;Ort\nNeu GmbH;Ulm\n"

FORMS: dict[str, Callable[[Everything], Body]] = {
    "/account/login/": lambda all_: LOGIN,
    "/account/reauthenticate/": lambda all_: {"password": PASSWORD},
    "/account/password/change/": lambda all_: {
        "oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD,
    },
    "/setup/start-empty/": lambda all_: {},
    "/setup/questions/": lambda all_: QUESTIONS,
    "/setup/model/measured/words/": lambda all_: {"word": "Hausmesse", "meaning": "inbound"},
    "/setup/{token}/": lambda all_: {
        "name": "Eve", "email": "eve@evil.example", "password": NEW_PASSWORD,
    },
    "/join/{token}/": lambda all_: {"password": NEW_PASSWORD},
    "/today/mail/": lambda all_: {"hour": "7"},
    "/figures/{key}/mail/": lambda all_: {"on": "weekly-1", "hour": "7"},
    "/settings/": lambda all_: {"name": "Anders", "language": "de", "theme": "dark"},
    "/settings/density/": lambda all_: {"density": "compact"},
    "/settings/tokens/": lambda all_: {"label": "Neu", "scopes": ["read", "write"]},
    "/settings/workspace/": lambda all_: {
        "name": "Anders", "currency": "CHF", "zone": "Europe/Zurich", "our_domains": "etappe.example",
    },
    "/settings/tags/rename/": lambda all_: {"name": "Messe", "called": "Fair"},
    "/settings/tags/remove/": lambda all_: {"name": "Messe"},
    "/figures/forecast/commitments/": lambda all_: {"period": _in_a_month()[:7], "amount": "5"},
    "/figures/goals/set/": lambda all_: {
        "whose": f"team:{all_.scene.cast.north}", "measure": "won_deals", "period": "2026-11", "target": "5",
    },
    "/deals/{uid}/tags/": lambda all_: {"add": "Neu"},
    "/accounts/{uid}/tags/": lambda all_: {"add": "Neu"},
    "/people/{uid}/tags/": lambda all_: {"add": "Neu"},
    "/records/{subject}/{uid}/files/": lambda all_: {"file": _file("neu.txt", b"Neu")},
    "/notes/preview/": lambda all_: {"text": "*Noch* ein Satz."},
    "/notes/{entry}/edit/": lambda all_: {"text": "Ein anderer Satz."},
    "/settings/fields/new/{subject}/": lambda all_: {"name": "Rang", "kind": "number"},
    "/settings/fields/{uid}/": lambda all_: {"name": "Etat"},
    "/settings/fields/{uid}/move/": lambda all_: {"to": "up"},
    "/settings/team/invite/": lambda all_: COLLEAGUE,
    "/settings/team/teams/": lambda all_: {"name": "West", "parent": ""},
    "/settings/team/teams/{uid}/": lambda all_: {"name": "Südost", "parent": ""},
    "/settings/team/{uid}/": lambda all_: COLLEAGUE | {"is_active": "on"},
    "/deals/new/": lambda all_: DEAL | {"owner": str(_uid_of(all_, all_.caller))},
    "/deals/{uid}/edit/": lambda all_: {
        "name": "Umbenannt", "currency": "EUR", "owner": str(_uid_of(all_, "ada")),
    },
    "/deals/{uid}/step/": lambda all_: {"next_step": "Anrufen", "next_step_on": _in_a_month()},
    "/deals/{uid}/note/": lambda all_: {"text": "Noch ein Satz."},
    "/deals/{uid}/move/": lambda all_: {"to": "product_evaluated"},
    "/deals/{uid}/process/": lambda all_: {"to": "own:stage_0"},
    "/deals/{uid}/leave/": lambda all_: {"reason": "no_need"},
    "/deals/{uid}/rest/": lambda all_: {"until": _in_a_month()},
    "/deals/{uid}/exception/": lambda all_: {"to": "requirements_agreed", "reason": "Der Käufer ist verreist."},
    "/deals/{uid}/evidence/": lambda all_: {
        "criterion": "need_in_own_words", "kind": "reply", "file": _file("neu.eml", _another_mail()),
    },
    "/deals/{uid}/people/": lambda all_: {"person": str(all_.udo), "role": "decider"},
    "/deals/{uid}/team/": lambda all_: {"user": str(all_.colleague), "role": ""},
    "/exceptions/{uid}/": lambda all_: {"granted": "yes"},
    "/evidence/{uid}/judge/": lambda all_: {"accepted": "yes"},
    "/evidence/{uid}/withdraw/": lambda all_: {"reason": "Falsche Datei."},
    "/note-links/{uid}/revoke/": lambda all_: {"deal": str(all_.deal)},
    "/n/{token}/": lambda all_: {"answer": "yes"},
    "/accounts/new/": lambda all_: {"name": "Neu GmbH"},
    "/accounts/{uid}/edit/": lambda all_: {"name": "Anders GmbH"},
    "/accounts/{uid}/note/": lambda all_: {"text": "Noch ein Satz."},
    "/accounts/{uid}/contacts/": lambda all_: CONTACT,
    "/people/{uid}/contacts/": lambda all_: CONTACT,
    "/people/new/": lambda all_: {"name": "Neu Neumann"},
    "/accounts/{uid}/history/": lambda all_: _value_before("account", all_.spare.account),
    "/people/{uid}/history/": lambda all_: _value_before("person", all_.spare.person),
    "/deals/{uid}/history/": lambda all_: _value_before("deal", all_.bare),
    "/accounts/{uid}/merge/": lambda all_: {"with": str(all_.spare.twin)},
    "/people/{uid}/merge/": lambda all_: {"with": str(all_.spare.twin_person)},
    "/duplicates/together/": lambda all_: {"one": str(all_.account), "other": str(all_.spare.account)},
    "/duplicates/apart/": lambda all_: {"of": "account", "one": str(all_.account), "other": str(all_.spare.account)},
    "/people/{uid}/edit/": lambda all_: {"name": "Eva Anders"},
    "/people/{uid}/note/": lambda all_: {"text": "Noch ein Satz."},
    "/playbook/check/": lambda all_: {"source": make_source("another"), "publish": "1"},
    "/drafts/{uid}/": lambda all_: {"source": make_source("own", ("Bestellt",)), "save": "1"},
    "/playbook/{key}/review/": lambda all_: {"hold": "1", "result": "Bleibt so."},
    "/playbook/{key}/deals/": lambda all_: {"to_requirements_agreed": "requirements_agreed", "move": "1"},
    "/drafts/{uid}/publish/": lambda all_: {"reason": "Klarer so"},
    "/import/": lambda all_: {"files": [_file("firmen.csv", TABLE)]},
    "/import/{uid}/map/": lambda all_: {"source": "Altes CRM", "currency": "CHF", "as_of": "2024-12-31"},
    "/import/{uid}/start/": lambda all_: {"dry": "1"},
    "/import/{uid}/preset/": lambda all_: {"name": "Altes CRM"},
    "/lists/{subject}/{uid}/{field}/": lambda all_: {"source": "Messe"},
    "/lists/{subject}/views/new/": lambda all_: {"name": "Neu", "seen_by": "nobody", "where": "amount > 1"},
    "/views/{uid}/": lambda all_: {"name": "Umbenannt", "seen_by": "nobody"},
    "/views/{uid}/query/": lambda all_: {"where": "amount > 1"},
    "/merges/start/": lambda all_: {"subject": "account", "uid": [str(all_.account), str(all_.spare.twin)]},
    "/bulk/start/": lambda all_: {"subject": "deal", "uid": str(all_.deal)},
    "/bulk/{uid}/preview/": lambda all_: {"act": "edit", "source": "Messe"},
}  # fmt: skip
"""What a form sends, by its address; an address that is not here takes an empty form."""

JSON: dict[str, Callable[[Everything], Body]] = {
    "POST /deals": lambda all_: {"name": "Ganz neu", "process": "inbound"},
    "PATCH /deals/{uid}": lambda all_: {"name": "Umbenannt"},
    "POST /deals/{uid}/move": lambda all_: {"to": "product_evaluated"},
    "POST /deals/{uid}/process": lambda all_: {"process": "own", "stage": "stage_0"},
    "POST /deals/{uid}/leave": lambda all_: {"reason": "no_need"},
    "POST /deals/{uid}/rest": lambda all_: {"until": _in_a_month()},
    "POST /deals/{uid}/evidence": lambda all_: {
        "criterion": "solution_date_named", "kind": "call_note", "text": "Im Mai.", "person": str(all_.eva),
        "happened_at": "2026-03-02T09:00:00Z",
    },
    "POST /deals/{uid}/exceptions": lambda all_: {"to": "requirements_agreed", "reason": "Verreist."},
    "POST /exceptions/{uid}/answer": lambda all_: {"granted": True},
    "POST /evidence/{uid}/withdraw": lambda all_: {"reason": "Falsche Datei."},
    "POST /evidence/{uid}/judge": lambda all_: {"accepted": True},
    "POST /deals/{uid}/stakeholders": lambda all_: {"person": str(all_.udo), "role": "decider"},
    "POST /deals/{uid}/members": lambda all_: {"user": str(all_.colleague)},
    "POST /deals/{uid}/notes": lambda all_: {"text": "Noch ein Satz."},
    "POST /accounts": lambda all_: {"name": "Neu GmbH"},
    "PATCH /accounts/{uid}": lambda all_: {"name": "Anders GmbH", "seen": 2},
    "POST /accounts/{uid}/notes": lambda all_: {"text": "Noch ein Satz."},
    "POST /accounts/{uid}/merge": lambda all_: {"others": [str(all_.spare.twin)]},
    "POST /people/{uid}/merge": lambda all_: {"others": [str(all_.spare.twin_person)]},
    "POST /duplicates/apart": lambda all_: {"one": str(all_.account), "other": str(all_.spare.account)},
    "POST /people": lambda all_: {"name": "Neu Neumann"},
    "PATCH /people/{uid}": lambda all_: {"name": "Eva Anders", "seen": 1},
    "POST /people/{uid}/notes": lambda all_: {"text": "Noch ein Satz."},
    "POST /touchpoints": lambda all_: TOUCHPOINT | {"person": str(all_.eva)},
    "POST /touchpoints/batch": lambda all_: {"rows": [TOUCHPOINT | {"person": str(all_.eva)}]},
    "POST /commitments": lambda all_: {"period": "2099-11", "amount": "5"},
    "POST /subscriptions": lambda all_: {"figure": "win_rate", "rhythm": "monthly", "day": 31, "hour": 7},
    "POST /sales-model/words": lambda all_: {"words": {"hausmesse": "inbound"}},
    "POST /goals": lambda all_: {
        "team": str(all_.scene.cast.north), "measure": "won_deals", "period": "2026-11", "target": "5",
    },
    "POST /tags/rename": lambda all_: {"name": "Messe", "called": "Fair"},
    "POST /tags/remove": lambda all_: {"name": "Messe"},
    "PATCH /notes/{entry}": lambda all_: {"text": "Ein anderer Satz."},
    "POST /fields": lambda all_: {"subject": "deal", "name": "Rang", "kind": "number"},
    "PATCH /fields/{uid}": lambda all_: {"name": "Etat"},
    "POST /fields/order": lambda all_: {"subject": "account", "fields": [str(all_.field)]},
    "POST /views": lambda all_: {"subject": "deal", "name": "Neu", "where": "amount > 1"},
    "PATCH /views/{uid}": lambda all_: {"name": "Umbenannt"},
    "POST /bulk": lambda all_: {"subject": "deal", "uids": [str(all_.deal)], "set": {"source": "Messe"}},
    "POST /processes": lambda all_: {"source": make_source("another")},
    "POST /lint": lambda all_: {"source": make_source("another")},
    "POST /backtest": lambda all_: {"source": make_source("another")},
    "POST /processes/{key}/remaps/preview": lambda all_: {"stages": {"requirements_agreed": "requirements_agreed"}},
    "POST /processes/{key}/remaps": lambda all_: {"stages": {"requirements_agreed": "requirements_agreed"}},
    "PATCH /processes/{key}/review": lambda all_: {"on": _in_a_month()},
    "POST /processes/{key}/reviews": lambda all_: {"result": "Bleibt so."},
    "PATCH /drafts/{uid}": lambda all_: {"source": make_source("own", ("Bestellt",))},
}  # fmt: skip
"""What a program sends, by operation; one that is not here takes `{}`."""

UPLOAD = f"{API}/deals/{{uid}}/evidence/file"


def _another_mail() -> bytes:
    return mail(subject="Re: Bedarf", message_id="<neu@kunde.example>")


def _uid_of(all_: Everything, name: str) -> uuid.UUID:
    actor = all_.scene.cast.everybody().get(name, all_.scene.cast.ada)
    assert actor.id
    return user_by_id(actor.id).uid


def sent(all_: Everything, door: Door) -> dict[str, Any]:
    """What the test client is to send, as its arguments."""
    if door.method in ("GET", "DELETE"):
        return {}
    if door.route == UPLOAD:
        file = _file("zusage.ics", acceptance(uid="neu"))
        return {"data": {"criterion": "next_meeting_accepted", "kind": "invite_accepted", "file": file}}
    if door.method == "POST" and door.route == f"{API}/files":
        given = {"subject": "deal", "record": str(all_.deal), "file": _file("neu.txt", b"Neu")}
        return {"data": given}
    if door.method == "POST" and door.route == f"{API}/imports":
        return {"data": {"files": [_file("firmen.csv", TABLE)]}}
    if door.is_api:
        body = JSON.get(f"{door.method} {door.route.removeprefix(API)}", lambda _all: {})(all_)
        return {"data": json.dumps(body), "content_type": "application/json"}
    return {"data": FORMS.get(door.route, lambda _all: {})(all_)}


def _as_demo(all_: Everything) -> None:
    del all_
    team.mark_as_demo(actor=SYSTEM, at=now())


BEFORE: dict[str, Callable[[Everything], None]] = {"/setup/start-empty/": _as_demo}
"""What has to be so before a door is of use, and must not be so for the others."""


BULKS = ("bulk", "bulk_working", "bulk_done")


def elsewhere(all_: Everything) -> Everything:
    """The same workspace seen by somebody who guesses: every record of a deal has an address that leads nowhere."""
    names = ("deal", "bare", "lost", "evidence", "note", "link", "exception", *BULKS)
    guessed: dict[str, Any] = {name: uuid.uuid4() for name in names}
    guessed["spare"] = replace(all_.spare, gone_deal=uuid.uuid4())
    return replace(all_, **guessed)
