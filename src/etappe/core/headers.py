"""The columns that tables of a sales team have, and what programs and people call them, in English and German.

Names are compared squeezed: lower case, umlauts written out, letters and digits only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import lru_cache


class FileKind(StrEnum):
    """What the rows of a file are."""

    DEALS = "deals"
    ACCOUNTS = "accounts"
    PEOPLE = "people"
    OWNERS = "owners"
    PRODUCTS = "products"
    STAGES = "stages"
    HISTORY = "history"
    ACTIVITIES = "activities"
    LINKS = "links"


class Form(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    KEY = "key"
    DAY = "day"
    MOMENT = "moment"
    MONEY = "money"
    NUMBER = "number"
    FLAG = "flag"
    CURRENCY = "currency"


DATA, SKIP = "data", "skip"
"""Two more things a column can become: kept as custom data, or left out."""
ENTERED = "entered"
"""The one field that several columns of a file may have: when a deal entered the stage that the title names."""

_F = Form
FIELDS: Mapping[FileKind, Mapping[str, Form]] = {
    FileKind.DEALS: {
        "external_id": _F.KEY, "name": _F.TEXT, "account": _F.KEY, "person": _F.KEY, "owner": _F.KEY, "stage": _F.KEY,
        "status": _F.KEY, "is_won": _F.FLAG, "is_closed": _F.FLAG, "deleted": _F.FLAG, "amount": _F.MONEY,
        "currency": _F.CURRENCY, "product": _F.KEY, "source": _F.TEXT, "created": _F.MOMENT, "engaged": _F.DAY,
        "closed": _F.MOMENT, "won_on": _F.MOMENT, "lost_on": _F.MOMENT, "expected_close": _F.DAY,
        "buyer_target_date": _F.DAY, "stage_since": _F.MOMENT,
        "next_step": _F.TEXT, "next_step_on": _F.DAY, "leave_reason": _F.TEXT, "lost_to": _F.TEXT,
        ENTERED: _F.MOMENT,
    },
    FileKind.ACCOUNTS: {
        "external_id": _F.KEY, "name": _F.TEXT, "domain": _F.TEXT, "website": _F.TEXT, "industry": _F.TEXT,
        "employees": _F.NUMBER, "revenue": _F.MONEY, "founded": _F.NUMBER, "phone": _F.TEXT, "street": _F.TEXT,
        "postcode": _F.TEXT, "city": _F.TEXT, "country": _F.TEXT, "parent": _F.KEY, "owner": _F.KEY, "deleted": _F.FLAG,
    },
    FileKind.PEOPLE: {
        "external_id": _F.KEY, "name": _F.TEXT, "given_name": _F.TEXT, "family_name": _F.TEXT, "email": _F.TEXT,
        "phone": _F.TEXT, "mobile": _F.TEXT, "job_title": _F.TEXT, "department": _F.TEXT, "profile": _F.TEXT,
        "language": _F.TEXT, "account": _F.KEY, "owner": _F.KEY, "deleted": _F.FLAG,
    },
    FileKind.OWNERS: {
        "external_id": _F.KEY, "name": _F.TEXT, "given_name": _F.TEXT, "family_name": _F.TEXT, "email": _F.TEXT,
        "manager": _F.KEY, "team": _F.KEY,
    },
    FileKind.PRODUCTS: {"external_id": _F.KEY, "name": _F.TEXT, "price": _F.MONEY},
    FileKind.STAGES: {
        "external_id": _F.KEY, "name": _F.TEXT, "order": _F.NUMBER, "is_won": _F.FLAG, "is_closed": _F.FLAG,
    },
    FileKind.HISTORY: {
        "external_id": _F.KEY, "deal": _F.KEY, "stage": _F.KEY, "since": _F.MOMENT, "came_from": _F.KEY,
        "changed_field": _F.KEY, "deleted": _F.FLAG,
    },
    FileKind.ACTIVITIES: {
        "external_id": _F.KEY, "type": _F.KEY, "at": _F.MOMENT, "subject": _F.TEXT, "text": _F.TEXT, "deal": _F.KEY,
        "account": _F.KEY, "person": _F.KEY, "deleted": _F.FLAG,
    },
    FileKind.LINKS: {
        "activity": _F.KEY, "deal": _F.KEY, "person": _F.KEY, "account": _F.KEY, "deleted": _F.FLAG,
    },
}  # fmt: skip
"""The fields of each kind of file, with the form of their cells."""

_COMMON = {
    "deleted": "isdeleted deleted geloescht archived archiviert fivetrandeleted",
    "owner": "owner ownerid ownername owneremail salesagent agent salesrep salesperson rep repname vertriebler "
    "verkaeufer "
    "verkaeuferin verantwortlich verantwortlicher besitzer betreuer kundenbetreuer vertriebsmitarbeiter "
    "vertriebsbeauftragter assignedto zugewiesen zustaendig accountmanager accountexecutive hubspotownerid inhaber "
    "vertriebsperson salesowner useridname verkaufsmitarbeiter ownedby assignedusername bearbeiter sachbearbeiter "
    "eigentuemer zustaendigermitarbeiter zustaendigermitarbeiterfuerdeal "
    "zustaendigermitarbeiterfuerunternehmen zustaendigermitarbeiterfuerkontakt",
}
_PLACE = {
    "phone": "phone phonenumber telephone tel telefon telefonnummer rufnummer mainphone businessphone",
    "street": "street address address1 billingstreet strasse adresse anschrift streetaddress mailingstreet "
    "rechnungsstrasse",
    "postcode": "postcode postalcode zip zipcode plz postleitzahl billingpostalcode mailingpostalcode rechnungsplz",
    "city": "city town ort stadt billingcity mailingcity wohnort sitz rechnungsort",
    "country": "country land billingcountry mailingcountry staat officelocation countryregion rechnungsland landregion",
}

_NAMES: Mapping[FileKind, Mapping[str, str]] = {
    FileKind.DEALS: {
        **_COMMON,
        "external_id": "opportunityid dealid id recordid opportunitynumber dealnumber vorgang vorgangsnummer "
        "vorgangsnr nr datensatzid "
        "opportunitynr chancennummer chancenid projektnummer referenz key crmid offertnummer angebotsnummer copperid",
        "name": "name dealname opportunityname opportunity deal title dealtitle titel bezeichnung projekt "
        "projektname "
        "verkaufschance chance vorgangsname betreff subject topic thema vorhaben angebotsname offerte offertenname",
        "account": "account accountname accountid company companyname companyid associatedcompany organization "
        "organisation organizationname org customer customername kunde kundenname firma firmenname unternehmen "
        "client "
        "clientname associatedcompanyids potentialcustomer accounts auftraggeber kundennummer kundennr "
        "potenziellerkunde partneridname partnerid leadname unternehmensname zugehoerigesunternehmen "
        "zugehoerigeunternehmen zugehoerigeunternehmensids zugehoerigeunternehmensid zugehoerigesunternehmenids",
        "person": "contact contactname contactperson contactid associatedcontact associatedcontacts ansprechpartner "
        "ansprechperson kontakt kontaktperson primarycontact contactemail contacts relatedcontact relatedcontacts "
        "zugehoerigerkontakt zugehoerigekontakte zugehoerigekontaktids zugehoerigerkontaktids",
        "owner": _COMMON["owner"] + " dealowner opportunityowner dealownerid opportunityownerid username",
        "stage": "stage stagename dealstage opportunitystage salesstage pipelinestage dealpipelinestageid phase "
        "verkaufsphase vertriebsphase vertriebsstufe stufe dealphase pipelinestageid stageid verkaufsstufe etappe "
        "stageidname statuslabel",
        "status": "status dealstatus statustype state zustand ergebnis outcome result opportunitystatus winlost "
        "wonlost",
        "is_won": "iswon won isclosedwon hsisclosedwon gewonnen istgewonnen closedwon auftragerhalten beauftragt",
        "is_closed": "isclosed closed hsisclosed geschlossen abgeschlossen istabgeschlossen",
        "amount": "amount value dealvalue closevalue dealamount betrag wert auftragswert volumen umsatz "
        "auftragsvolumen "
        "dealsize revenue totalamount auftragssumme angebotswert angebotssumme opportunityamount estrevenue "
        "estimatedrevenue price preis summe actualrevenue dealwert nettobetrag nettowert amountindealcurrency "
        "expectedrevenue erwarteterumsatz geschumsatz geschaetzterumsatz likely",
        "currency": "currency currencyisocode waehrung currencycode currencysymbol dealcurrency dealcurrencycode",
        "product": "product productname produkt artikel productid productinterest leistung dienstleistung",
        "source": "source leadsource herkunft quelle origin dealsource leadherkunft kanal channel originalsource "
        "leadquelle dealquelle",
        "created": "created createdate createddate createdat creationdate createdon dateadded dealcreated erstellt "
        "erstelldatum erstellungsdatum angelegt angelegtam erstelltam opened opendate openedon createdtime "
        "startdatum "
        "startdate anlagedatum eroeffnet datum date eingang eingangsdatum begonnen beginn",
        "engaged": "engagedate engaged engagedsince firstcontact firstcontactdate erstkontakt firstmeeting "
        "erstgespraech kontaktaufnahme",
        "closed": "closedate closedat closedon closingdate dateclosed abschlussdatum abschluss abgeschlossenam "
        "geschlossenam closetime dealclosed dealclosedon closeddate auftragsdatum "
        "abschlusstag "
        "entscheidungsdatum actualclosedate schlusstermin",
        "won_on": "wontime wondate wonon datewon gewonnenam auftragseingang auftragam orderdate wonat "
        "gewonnenzeitpunkt zeitpunktgewonnen",
        "lost_on": "losttime lostdate loston datelost verlorenam absageam lostat verlorenzeitpunkt zeitpunktverloren",
        "expected_close": "expectedclosedate expectedclose expectedclosing estclosedate estimatedclosedate "
        "forecastdate "
        "erwarteterabschluss geplanterabschluss voraussichtlicherabschluss plandatum zieldatum "
        "erwartetesabschlussdatum "
        "datedeadline geschabschlussdatum geschaetztesabschlussdatum "
        "auftragstermin erwarteterauftragstermin abschlussgeplant abschlusserwartet geplantesabschlussdatum "
        "voraussichtlichesabschlussdatum",
        "buyer_target_date": "buyertargetdate wunschtermin golivedate wunschtermindeskaeufers targetdate",
        "stage_since": "stagesince laststagechange laststagechangedate stagechangedate dateenteredstage phaseseit "
        "stufeseit stageentered dateenteredcurrentstage "
        "letztephasenaenderung letztestufenaenderung datumletztephasenaenderung",
        "next_step": "nextstep naechsterschritt nextaction nextactivity",
        "next_step_on": "nextstepdate nextactivitydate nextactiondate naechsterschrittam wiedervorlage followupdate",
        "leave_reason": "grunddesverlusts verlorengrund "
        "lostreason lossreason closedlostreason reasonlost verlustgrund absagegrund closedreason "
        "reasonforloss grund ablehnungsgrund lostreasonidname grundfuerdealverlust "
        "grundfuerabgeschlossenundverloren grundfuerverlust",
        "lost_to": "lostto competitor wettbewerber competitorname verlorenan konkurrent",
    },
    FileKind.ACCOUNTS: {
        **_COMMON,
        **_PLACE,
        "external_id": "accountid companyid id recordid accountnumber kundennummer kundennr firmennummer "
        "organizationid "
        "organisationid customerid kundenid firmenid debitor debitorennummer nr crmid datensatzid",
        "name": "name accountname account company companyname organization organizationname organisation firma "
        "firmenname "
        "firma1 unternehmen unternehmensname kunde kundenname customer customername client clientname "
        "namedesunternehmens",
        "domain": "domain companydomainname domainname emaildomain webdomain unternehmensdomainname",
        "website": "website url websiteurl homepage webseite internet web internetadresse",
        "industry": "industry sector branche wirtschaftszweig vertical segment industrie",
        "employees": "employees numberofemployees noofemployees mitarbeiter mitarbeiterzahl mitarbeiteranzahl "
        "anzahlmitarbeiter beschaeftigte headcount companysize employeecount mitarbeitende anzahldermitarbeiter",
        "revenue": "revenue annualrevenue umsatz jahresumsatz turnover",
        "founded": "founded foundedyear yearfounded yearestablished gegruendet gruendungsjahr established",
        "parent": "parent parentaccount parentid parentaccountid parentcompany subsidiaryof muttergesellschaft "
        "konzern "
        "mutterunternehmen tochtervon parentcompanyid konzernmutter",
        "owner": _COMMON["owner"] + " accountowner companyowner",
    },
    FileKind.PEOPLE: {
        **_COMMON,
        "external_id": "contactid personid id recordid kontaktid personennummer kontaktnummer nr crmid datensatzid",
        "name": "name fullname contactname personname contact vollername ansprechpartner ansprechperson kontakt "
        "person "
        "kontaktname contactperson",
        "given_name": "firstname givenname vorname forename",
        "family_name": "lastname surname familyname nachname familienname zuname",
        "email": "email emailaddress mail emailadresse mailadresse primaryemail workemail emailwork epost "
        "emailgeschaeftlich",
        "phone": _PLACE["phone"] + " workphone phonework festnetz telefongeschaeftlich",
        "mobile": "mobile mobilephone mobilenumber cell cellphone handy mobil mobiltelefon mobilnummer handynummer "
        "telefonmobil phonemobile mobiltelefonnummer",
        "job_title": "jobtitle title position funktion rolle berufsbezeichnung stelle jobrole jobbezeichnung",
        "department": "department abteilung bereich",
        "profile": "linkedin linkedinurl profile profileurl linkedinprofile xing profil linkedinprofil",
        "language": "language sprache preferredlanguage hslanguage",
        "account": "account accountname accountid company companyname companyid organization organisation firma "
        "firmenname "
        "unternehmen associatedcompany organizationname kunde kundenname customer employer arbeitgeber "
        "associatedcompanyid "
        "kundennummer kundennr unternehmensname zugehoerigesunternehmen zugehoerigesunternehmenid "
        "zugehoerigeunternehmensid",
        "owner": _COMMON["owner"] + " contactowner",
    },
    FileKind.OWNERS: {
        "external_id": "ownerid userid id recordid mitarbeiternummer personalnummer nr hubspotownerid",
        "name": "name fullname salesagent agent owner salesrep rep salesperson user username verkaeufer mitarbeiter "
        "vertriebler vertriebsmitarbeiter repname ownername betreuer benutzer",
        "given_name": "firstname givenname vorname",
        "family_name": "lastname surname familyname nachname",
        "email": "email emailaddress mail emailadresse owneremail useremail",
        "manager": "manager managername teamlead teamleiter leiter vorgesetzter vertriebsleiter teamleitung "
        "managerid "
        "reportsto fuehrungskraft leitung vorgesetzte",
        "team": "team teamname region regionaloffice office territory gebiet niederlassung standort "
        "vertriebsgebiet buero "
        "gruppe businessunit primaryteamid",
    },
    FileKind.PRODUCTS: {
        "external_id": "productid id sku artikelnummer productcode artikelnr produktnummer recordid",
        "name": "name product productname produkt produktname artikel artikelname bezeichnung",
        "price": "price salesprice listprice unitprice preis listenpreis verkaufspreis einzelpreis vk",
    },
    FileKind.STAGES: {
        "external_id": "stageid id dealstageid pipelinestageid",
        "name": "label name stagename stage masterlabel stufe phase",
        "order": "displayorder order sortorder position reihenfolge orderno",
        "is_won": "closedwon iswon",
        "is_closed": "isclosed closed",
    },
    FileKind.HISTORY: {
        "deleted": _COMMON["deleted"],
        "external_id": "id recordid historyid opportunityhistoryid opportunityfieldhistoryid",
        "deal": "deal dealid dealrecordid opportunityid opportunity vorgang vorgangsnummer vorgangsnr chancennummer "
        "chancenid item itemid objectid associateddealid associateddeal",
        "stage": "stage stagename stageid dealstage dealstageid tostage newstage newvalue value stufe phase neuestufe "
        "neuephase neuerwert nachstufe",
        "since": "dateentered enteredat entered since enteredstage fivetranstart validfrom timestamp createddate "
        "createdat changedat changedon changedate changetime logtime time editdate eventtime zeitpunkt geaendertam "
        "datum date seit von eingetretenam startdate starttime lastmodified",
        "came_from": "fromstage oldstage oldvalue previousstage previousvalue altestufe altephase alterwert vonstufe",
        "changed_field": "field fieldname fieldkey name property propertyname feld feldname attribute fieldevent",
    },
    FileKind.ACTIVITIES: {
        "deleted": _COMMON["deleted"],
        "external_id": "id recordid activityid engagementid taskid eventid noteid callid meetingid hsobjectid",
        "type": "type activitytype tasktype tasksubtype eventsubtype engagementtype art typ aktivitaetsart",
        "at": "timestamp activitydatetime startdatetime activitydate starttime date datum duedate duetime addtime "
        "zeitpunkt faelligam donetime meetingstarttime calldate notedate",
        "subject": "subject title betreff titel emailsubject meetingtitle calltitle",
        "text": "text body note notes notebody description content notiz inhalt beschreibung emailtext "
        "callbody meetingbody",
        "deal": "dealid deal opportunityid opportunity whatid dealtitle vorgang associateddeal associateddealids "
        "relatedtoid",
        "account": "accountid account companyid company organization organizationid firma kunde associatedcompany",
        "person": "contactid contact personid person whoid kontakt ansprechpartner contactperson associatedcontact",
    },
    FileKind.LINKS: {
        "deleted": _COMMON["deleted"],
        "activity": "engagementid activityid noteid callid meetingid emailid taskid eventid communicationid "
        "aktivitaetid notizid engagement activity",
        "deal": "dealid opportunityid deal opportunity vorgangsnummer",
        "person": "contactid personid contact person kontaktid",
        "account": "companyid accountid organizationid company account firmenid",
    },
}

PARTS: Mapping[FileKind, Mapping[str, str]] = {
    FileKind.DEALS: {
        "amount": "amount value betrag wert volumen umsatz summe auftragswert revenue", "stage": "stage phase stufe",
        "owner": "owner agent rep vertriebler verkaeufer betreuer besitzer salesperson",
        "status": "status outcome ergebnis",
        "account": "company firma kunde customer client unternehmen organisation organization account",
        "closed": "close closed closing abschluss abgeschlossen", "created": "created erstellt angelegt opened",
        "product": "product produkt artikel", "expected_close": "expected forecast erwartet voraussichtlich",
        "source": "source herkunft quelle", "currency": "currency waehrung",
    },
    FileKind.ACCOUNTS: {
        "name": "company firma kunde unternehmen organisation organization", "industry": "industry branche sector",
        "employees": "employees mitarbeiter beschaeftigte", "revenue": "revenue umsatz", "city": "city ort stadt",
        "website": "website homepage", "country": "country land", "postcode": "plz zip postcode",
        "street": "strasse street", "phone": "phone telefon",
    },
    FileKind.PEOPLE: {
        "email": "email mail", "given_name": "vorname firstname", "family_name": "nachname lastname surname",
        "phone": "phone telefon", "mobile": "mobile mobil handy", "job_title": "position funktion",
        "account": "company firma kunde unternehmen", "department": "abteilung department",
    },
    FileKind.OWNERS: {"manager": "manager leiter leitung", "team": "team region gebiet office", "email": "email mail"},
    FileKind.PRODUCTS: {"price": "price preis", "name": "product produkt artikel"},
    FileKind.STAGES: {},
    FileKind.HISTORY: {},
    FileKind.ACTIVITIES: {"at": "createdate createddate createdat create created erstellt angelegt", "text": "preview"},
    FileKind.LINKS: {},
}  # fmt: skip
"""Words that make a longer header name a field, though less surely."""

_PREFIXES = {
    FileKind.DEALS: ("property", "hs", "deal", "opportunity", "opp", "vorgangs", "chancen"),
    FileKind.ACCOUNTS: (
        "property",
        "hs",
        "company",
        "account",
        "organization",
        "organisation",
        "firmen",
        "billing",
        "kunden",
    ),
    FileKind.PEOPLE: ("property", "hs", "contact", "person", "kontakt", "ansprechpartner"),
    FileKind.OWNERS: ("property", "user", "owner", "mitarbeiter"),
    FileKind.PRODUCTS: ("property", "hs", "product", "produkt", "artikel"),
    FileKind.STAGES: ("stage",),
    FileKind.HISTORY: ("property", "hs", "history"),
    FileKind.ACTIVITIES: ("property", "hs", "activity", "deal", "note"),
    FileKind.LINKS: (),
}  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_UNIT = re.compile(r"[(\[].*?[)\]]|\bin (eur|euro|usd|chf|gbp|tsd|k)\b|[€$£%]", re.IGNORECASE)


def words_of(header: str) -> tuple[str, ...]:
    """The words of a header, whatever their style: `closeDate`, `close_date`, `Close Date (UTC)`.

    >>> words_of("property_hs_closeDate"), words_of("Größe (qm)")
    (('property', 'hs', 'close', 'date'), ('groesse',))
    """
    text = _UNIT.sub(" ", header[:-3] if header.endswith(("__c", "__C")) else header).translate(_UMLAUTS)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    text = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return tuple(re.findall(r"[^\W_]+", text))


def squeezed(header: str) -> str:
    """The words of a header without what stands between them.

    >>> squeezed("E-Mail-Adresse"), squeezed("Nächster Schritt")
    ('emailadresse', 'naechsterschritt')
    """
    return "".join(words_of(header))


@lru_cache(maxsize=16)
def _table(kind: FileKind) -> dict[str, str]:
    table: dict[str, str] = {}
    for field, names in _NAMES[kind].items():
        for name in names.split():
            table.setdefault(name, field)
    return table | {squeezed(field): field for field in FIELDS[kind]}


@lru_cache(maxsize=16)
def _parts(kind: FileKind) -> dict[str, str]:
    return {word: field for field, words in PARTS[kind].items() for word in words.split()}


def field_named(header: str, kind: FileKind) -> tuple[str, float]:
    """The field that a header names in a file of this kind, and how surely (0 to 1); `("", 0)` for none.

    >>> field_named("closeDate", FileKind.DEALS), field_named("Firma", FileKind.ACCOUNTS)
    (('closed', 0.95), ('name', 0.95))
    """
    table, key = _table(kind), squeezed(header)
    if found := _OF_DYNAMICS.match(header.strip()):
        return ("external_id", 0.95) if table.get(squeezed(found["title"])) == "name" else ("", 0.0)
    if key in table:
        return table[key], 0.95
    if kind is FileKind.DEALS and stage_entered(header):
        return ENTERED, 0.93
    bare = _without_prefix(key, kind)
    if bare in table:
        return table[bare], 0.9
    for word in words_of(header):
        if word in _parts(kind):
            return _parts(kind)[word], 0.55
    return "", 0.0


_OF_DYNAMICS = re.compile(r"\((?:do not modify|nicht ändern)\)(?P<title>.+)", re.IGNORECASE)
"""What Dynamics writes before a record's key, a check sum and the time of the last change."""


def _without_prefix(key: str, kind: FileKind) -> str:
    for _again in range(2):
        for prefix in _PREFIXES[kind]:
            if key.startswith(prefix) and len(key) > len(prefix) + 1:
                key = key[len(prefix) :]
                if key in _table(kind):
                    return key
    return key


_ENTERED = re.compile(r"(?:property_)?(?:hs_)?(?:v2_)?date[_ ]entered[_ ]+(?P<stage>.+)", re.IGNORECASE)
_QUOTED = re.compile(r"""^["'“”„](?P<name>.+)["'“”]$""")


def stage_entered(header: str) -> str:
    """The stage whose day of entering a column of deals holds; empty for any other column.

    >>> stage_entered('Date entered "Contract sent (Sales Pipeline)"'), stage_entered("hs_date_entered_closedwon")
    ('Contract sent', 'closedwon')
    """
    found = _ENTERED.fullmatch(header.strip())
    if found is None:
        return ""
    text = found["stage"].strip()
    quoted = _QUOTED.match(text)
    if quoted is None:
        return text if "_" in header else ""
    return re.sub(r"\s*\([^()]*\)$", "", quoted["name"]).strip()


STAGE_FIELDS = frozenset(
    [
        "stage",
        "stagename",
        "stageid",
        "dealstage",
        "pipelinestage",
        "phase",
        "stufe",
        "verkaufsphase",
        "opportunitystage",
    ]
)
"""What the field of the stage is called in a history of all fields."""


def is_stage_field(name: str) -> bool:
    """Whether a row of a history of fields tells of the stage.

    >>> is_stage_field("dealstage"), is_stage_field("StageName"), is_stage_field("amount")
    (True, True, False)
    """
    return squeezed(name) in STAGE_FIELDS


def as_closing(field: str, fields: Collection[str], titles: Collection[str]) -> str:
    """What a field is among the fields and squeezed titles of its file.

    Sugar, known by its `Sales Stage`, has one day, shown as `Expected Close Date`: once closed, when they did.

    >>> [as_closing("expected_close", fields, ["salesstage"]) for fields in (["stage"], ["closed"])]
    ['closed', 'expected_close']
    """
    is_sole = "salesstage" in titles and not {"closed", "won_on", "lost_on"} & set(fields)
    return "closed" if field == "expected_close" and is_sole else field


PIPELINES = frozenset(
    ["pipeline", "pipelinename", "dealpipeline", "opportunitypipeline", "vertriebspipeline", "dealdealpipeline"]
)
"""What a column is called that says in which of several sales processes a deal stands."""


def is_about_a_kind(header: str) -> bool:
    """Whether a header like `deal_id` says itself what its file is about."""
    return squeezed(header) in {
        "opportunityid", "dealid", "opportunityname", "dealname", "opportunitystage", "dealstage", "salesstage",
        "dealowner", "opportunityowner", "verkaufschance", "chancennummer", "dealvalue", "closevalue",
    }  # fmt: skip
