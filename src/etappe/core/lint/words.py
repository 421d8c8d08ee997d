"""The words that betray a seller's view, an opinion or a wish, in German and English. Data only.

Each list is matched against whole lower-case words; a trailing `*` stands for any ending, a leading one for any
beginning (German compounds: `*gespräch` finds Beratungsgespräch).
"""

from __future__ import annotations

import re
from functools import cache


def listed(text: str) -> tuple[str, ...]:
    """The words of a list written over several lines."""
    return tuple(text.split())


@cache
def pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for a whole word of the list."""
    parts = (re.escape(word).replace(r"\*", r"[\w'-]*") for word in words)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w-])")


def found(words: tuple[str, ...], text: str) -> str | None:
    """The first word of the list in a lower-case text."""
    match = pattern(words).search(text)
    return match.group() if match else None


BUYER_SIDE = listed("""
    käufer* kunde kunden kundin* endkunde* partner* interessent* entscheider* einkauf einkaufs* einkäufer* anwender*
    firma firmen unternehmen* fachbereich* fachabteilung* abteilung* geschäftsführ* geschäftsleitung* vorstand*
    betriebsrat* fürsprecher* beteiligte* auftraggeber* bauherr* händler* mieter* patient* nutzer* inhaber* *leiter
    *leiterin *leitung person personen ansprechperson* ansprechpartner* datenschutz* rechtsabteilung* it it-abteilung*
    behörde* gremium* jury* labor* arzt* ärzt* klinik* eigentümer* investor* aufsichtsrat* controlling verwaltung*
    kommune* lieferant* beschaff* zielkunde* buyer* customer* client* prospect* partner* purchas* procurement
    stakeholder* champion* decider* decision-maker* user users end-user* company companies committee* executive* cfo
    ceo cto cio coo cmo manager* director* owner* they he she sponsor* dealer* distributor* reseller* tenant*
    landlord* homeowner* jury people employee* consumer* retailer* account accounts
""")

OURS = listed("wir unser unsere unserem unseren unserer unseres we our ours")

SELLER_SIDE = listed("""
    vertrieb vertriebs* vertriebler* verkäufer* verkauf verkaufs* innendienst* außendienst* aussendienst*
    kundenbetreu* kundenberat* sdr sdrs bdr bdrs ae aes presales pre-sales presales-* kollege* kollegin* marketing
    marketing-* key-account* anwendungstechniker* servicetechniker* rep reps salesperson* salespeople salesforce sales
    seller* se csm csms marketer* solution-engineer* account-executive* account-manager* inside-sales sales-* vendor's
    supplier's colleague*
""")

STATE_OF_MIND = listed("""
    interessiert* desinteressiert* überzeugt* begeistert* zufrieden* glücklich* positiv* verstanden verständlich
    motiviert* engagiert* aufgeschlossen* kaufbereit* abschlussbereit* kaufwillig* wahrscheinlich* vermutlich
    voraussichtlich hoffentlich vielversprechend* ernsthaft* neugierig* angetan beeindruckt* wohlwollend*
    zuversichtlich* optimistisch* bewusst heiß* heiss* warm* lauwarm* kalt kalte kalter kaltes qualifiziert* gut gute
    guter gutes guten stark starke* starkes erfolgversprechend* aussichtsreich* sicher* unsicher* skeptisch* offen
    aufmerksam* attraktiv* spannend* dringend* hoch hohe hohes hoher passend* dafür sympathisch* bereit gewillt
    entschlossen* empfänglich* wichtig* vertraut reif überfällig* realistisch* klar favorisiert* freundlich*
    kooperativ* angenehm* interested disinterested convinced persuaded happy satisfied pleased excited enthusiastic
    delighted impressed keen eager engaged likely unlikely probable promising hot warm cold lukewarm qualified ready
    willing open comfortable confident aware positive positively strong good great high motivated committed bought-in
    on-board onboard favourable favorable receptive curious serious urgent optimistic sure hesitant attractive
    supportive friendly inclined well-qualified important decent solid nice realistic hopeful invested passionate
    sympathetic
""")
"""Adjectives nobody can check: they count after "is" or "seems", and where a text has no verb at all."""

OPINION_VERBS = listed("""
    versteht verstehen erkennt mag mögen gefällt vertraut vertrauen findet finden glaubt glauben meint meinen denkt
    denken scheint scheinen wirkt wirken fühlt fühlen schätzt schätzen favorisiert bevorzugt tendiert hofft hoffen
    erwartet erwarten wünscht liebt sieht sehen begreift kennt kennen weiß wissen empfindet hält respektiert
    befürwortet interessiert begrüßt likes like loves love prefers prefer understands understand understood believes
    believe believed thinks think feels feel felt seems seem seemed appears appear appeared trusts trust appreciates
    appreciate appreciated values leans recognises recognizes realises realizes realised realized knows know sees
    hopes expects favours favors enjoys enjoyed liked loved finds regards shows cares looks
""")
"""Verbs of the mind and of our impression."""

OPINION_PAST = listed("""
    verstanden erkannt begriffen nachvollzogen eingesehen gefallen verinnerlicht gemocht lieben* understood realised
    realized appreciated liked enjoyed grasped internalised internalized recognised recognized
""")

OPINION_NOUNS = listed("""
    interesse kaufinteresse grundinteresse gefühl bauchgefühl chemie sympathie wahrscheinlichkeit
    abschlusswahrscheinlichkeit potenzial* potential* kaufsignal* kaufabsicht begeisterung stimmung eindruck vertrauen
    vertrauensverhältnis vertrauensbasis verständnis beziehung zuversicht wohlwollen motivation bereitschaft
    kaufbereitschaft interest likelihood probability rapport chemistry sentiment relationship trust gut-feeling
    impression enthusiasm excitement confidence willingness understanding appetite intent momentum goodwill buy-in
    urgency dringlichkeit leidensdruck handlungsdruck
""")

VAGUE = listed("""
    vorhanden liegt besteht bestehen existiert gegeben stimmt passt irgendwie eingebunden involviert grundsätzlich
    bald demnächst usw etc ausreichend genügend angemessen* klar zeitnah asap einigermaßen weitgehend absehbar
    sinnvoll relevant exist exists existing involved aligned soon somehow sufficient adequate appropriate roughly
    generally clear enough reasonable relevant meaningful fit pain pains available
""")
"""Words that only seem to say something. They count where no act of the buyer's is told."""

SELLER_ACTS = listed("""
    gesendet versendet versandt verschickt geschickt zugeschickt zugesandt zugesendet übersandt übersendet gemailt
    zugemailt zugestellt gehalten abgehalten durchgeführt geführt präsentiert vorgestellt gezeigt vorgeführt erstellt
    kalkuliert vorbereitet ausgearbeitet angefertigt nachgefasst nachgehakt nachverfolgt nachtelefoniert kontaktiert
    angerufen angeschrieben angesprochen besprochen durchgesprochen diskutiert verhandelt nachverhandelt ausgehandelt
    erläutert erklärt ermittelt erfragt abgefragt analysiert erfasst aufgenommen identifiziert recherchiert
    qualifiziert vorqualifiziert aufgebaut ausgeräumt entkräftet behandelt gewährt eingeräumt angeboten verteilt
    unterbreitet terminiert angelegt hinterlassen vorgerechnet aufgezeigt dargestellt hervorgehoben überreicht
    ausgehändigt aufgesetzt ausgestellt ausgeliefert herausgeschickt rausgeschickt abgeschickt formuliert
    herausgearbeitet vorgetragen beraten nachgereicht telefoniert gepitcht versucht informiert eingeladen gepflegt
    zusammengestellt sent resent e-mailed emailed mailed posted presented held conducted performed shipped prepared
    created drafted discussed negotiated identified uncovered researched contacted called phoned visited qualified
    disqualified scheduled arranged rescheduled established handled addressed overcome overcame provided explained
    shown demonstrated demoed pitched collected gathered mapped followed left logged assigned offered quoted priced
    conceded granted dispatched forwarded proposed articulated communicated assessed diagnosed built chased discovered
    nurtured introduced informed invited briefed educated engaged targeted reached-out sourced enriched onboarded
    enabled
""")
"""Past participles of what sellers do. Alone, or in the passive, nobody of the buyer's side has acted."""

SHARED_ACTS = listed("""
    übergeben übermittelt abgegeben eingereicht vereinbart abgeschlossen gemacht gebucht geplant gestellt begonnen
    gestartet geschrieben angesetzt bereitgestellt geliefert geschlossen gegeben beantwortet eingerichtet gewonnen
    gelegt beendet absolviert fertiggestellt erledigt genommen hergestellt gelaufen zugesichert ausgehandelt
    festgehalten ausgefüllt initiiert angebahnt issued submitted completed made given booked started set done finished
    planned complete transferred run closed shared delivered answered taken finalised finalized initiated launched
    supplied kicked begun concluded wrapped written updated erfolgt stattgefunden
""")
"""Acts of either side: whose they are, the thing says."""

SELLER_THINGS = listed("""
    angebot angebots* angebote *angebot *angebots* demo demos *demo demo-* präsentation* *präsentation vorführung*
    *vorführung pitch* *pitch akquise* *akquise nachfass* follow-up* followup* verhandlung* *verhandlung
    *verhandlungen abschluss* closing* upsell* up-selling cross-sell* *selling kontakt kontaktaufnahme* erstkontakt*
    erstgespräch* *gespräch *gespräche telefonat* anruf* *anruf *anrufe rückruf* kaltakquise* besuch *besuch
    ersttermin* termin *termin *termine meeting* *-meeting webinar* beratung* *beratung kalkulation* *kalkulation
    aufmaß* auftragsbestätigung* unterlagen *unterlagen broschüre* prospekt* katalog* preisliste* preisblatt rabatt*
    nachlass skonto musterversand* infomaterial* *material* mailing* newsletter mail *-mail mails e-mail*
    kundenbesuch* bedarfsanalyse* *analyse qualifizierung* qualifikation* onboarding* übergabe* wiedervorlage*
    einwandbehandlung* nutzenargument* wettbewerbsvergleich* case-study referenzliste recherche* onepager lead leads
    vertriebs* verkaufs* pipeline* nachricht* anschreiben linkedin-* proposal* quote* quotation* estimate* bid bids
    presentation* discovery* qualification* prospecting negotiation* outreach* call calls *-call voicemail* email*
    e-mail* letter brochure* catalogue* catalog* price-list* pricing* discount* sample* introduction* intro*
    introductory needs-analysis analysis assessment* deck* *-deck collateral contact contacts touch* message*
    handover* hand-over* handoff* hand-off* walkthrough* webinars visit visits site-visit* consultation* bant meddic
    meddpicc spin gpct conversation* cadence* sequence* appointment* roi-calculation battle-card material materials
    meeting meetings overview offer showcase
""")

BUYER_ACTS = listed("""
    bestätigt unterschrieben unterzeichnet gezeichnet freigegeben genehmigt angenommen akzeptiert bezahlt gezahlt
    überwiesen bestellt nachbestellt abgerufen beauftragt erteilt zugestimmt zugesagt entschieden getroffen bewertet
    geprüft getestet erprobt benannt genannt mitgeteilt abgenommen gewählt ausgewählt verlängert festgelegt abgestimmt
    erhalten eingelöst bestanden besichtigt teilgenommen geantwortet beurteilt gekauft eingesetzt genutzt benutzt
    geschult beschlossen vergeben angefordert gefordert verabschiedet ratifiziert zugelassen gelistet gekündigt
    weiterempfohlen empfohlen angefragt verglichen berichtigt ausgesprochen verworfen abgelehnt zurückgesendet
    zurückgeschickt gegengezeichnet geöffnet gemeldet eingegangen veröffentlicht geklärt definiert begutachtet
    gerechnet ausprobiert verkostet gesichert bewilligt anerkannt ausgelöst unterstützt behalten erneuert confirmed
    signed countersigned approved accepted agreed paid placed ordered reordered evaluated reviewed tested trialled
    trialed tried passed renewed chosen selected shortlisted named received acknowledged settled decided judged
    purchased bought used adopted trained certified viewed attended awarded cleared authorised authorized released
    listed rated validated verified ratified allocated requested compared recommended resolved returned known
    published secured endorsed deployed registered subscribed extended cancelled activated consented nominated
    appointed budgeted sanctioned inspected kept referred installed
""")
"""Past participles of what buyers do."""

ACTS_OF_ANYBODY = listed("""
    geklärt abgestimmt definiert geprüft verifiziert validiert abgeglichen dokumentiert bekannt identifiziert
    clarified resolved settled defined reviewed validated verified known understood addressed checked complete
""")
"""Participles that, without a name, leave open who did it: in a criterion they prove nothing."""

OUR_FILES = listed(
    "deal deals crm opportunity forecast pipeline lead leads account-plan accountplan wiedervorlage battlecard ticket"
)

ALONE_A_STATE = listed("connected presented verbal aware active target targets cold identified engaged reached")

RESULT_PHRASES = re.compile(
    r"\blive\b|\b(im|in) (einsatz|betrieb|nutzung|gebrauch|gespräch)\b|betrieb$|\bin (use|production|"
    r"service|operation)\b|"
    r"\b(erste|weitere|neue|zweite) \w*(bestellung|lieferung|nutzung)\b|\b\w*bestellung$|\b(first|repeat|"
    r"second|next) (order|purchase|use|value)\b|"
    r"\b(weiter|treuer|wieder|zahlender) kunde\b|\bstammkunde\b|\bpaying customer\b|\bpasst (zu|zum|zur|"
    r"in)\b|^partner (passt|fits)$|\bfits (the|our|profile)|"
    r"\b(verkaufs|betriebs|liefer)bereit\b|\bready to (sell|operate)\b|\b(bestellt|kauft|nutzt|"
    r"empfiehlt)\b|\b(reorders|recommends|repurchases|refers)\b|"
    r"\bbekannt\b|\bgo-live\b|\bpurchase order\b|\bletter of intent\b|\bkauf\b"
)
"""Names that are a result of the buyer's without a participle: Live, Im Einsatz, First order."""

CRM_STATES = listed("""
    neu offen offene* bearbeitung laufend läuft laufen wartet warten wartend ausstehend aussteht steht stehen hold
    pending progress working open new hot warm cold kalt heiß pipeline backlog sonstige* diverses other others misc
    unsorted won lost gewonnen verloren closed geparkt pausiert parked paused stalled stuck inaktiv aktiv active
    inactive unqualified unqualifiziert interessent interessenten interessant lead leads prospect prospects suspect
    suspects opportunity opportunities deal mql sql sal sqo best-case worst-case commit committed upside forecast
    phase stage stufe schritt step status todo archiv archive* waiting warteschleife später later nurture nurturing
    chance chancen verkaufschance* heiße* warme* kurz fast beinahe almost nearly aussicht likely engaging developing
    verzögert zurückgestellt aufgeschoben deferred delayed blocked unklar unknown tbd wiedervorlage in-progress
    interested contacted closing-soon qualified qualifiziert priorität prio a-kunde b-kunde c-kunde
""")
"""Where a file lies in our system, not where the buyer stands."""

MODALS = {
    True: listed("""
        wird werden würde würden soll sollen sollte sollten möchte möchten will wollen kann können könnte könnten muss
        müssen darf dürfen plant planen beabsichtigt beabsichtigen überlegt überlegen erwägt erwägen prüft prüfen
        evaluiert vergleicht verhandelt wartet bespricht braucht benötigt strebt zögert testet reagiert kommuniziert
        freut
    """),
    False: listed("""
        will would shall should wants want plans plan intends intend needs need must can could may might considers
        consider evaluates reviews compares negotiates discusses wishes aims tests requires responds reacts engages
        communicates
    """),
}
"""Finite verbs of what is not done yet; German (True) and English (False)."""

AUXILIARIES = {
    True: listed("hat haben hatte hatten ist sind war waren wurde wurden"),
    False: listed("has have had is are was were did"),
}
COPULAS = listed(
    "ist sind war waren wirkt scheint bleibt steht stehen is are was were seems appears looks feels "
    "sounds became remains"
)
PASSIVES = listed("wurde wurden ist sind is are was were been")

IMPERATIVES = listed("""
    send make prepare schedule call follow qualify identify verify present negotiate close propose develop deliver
    build confirm get obtain ask discuss research find create understand check arrange book set gather determine
    establish write submit share show contact reach map define validate uncover assess explain provide visit invite
    introduce handle address run give secure engage nurture demo pitch quote prospect connect meet review agree
    convince persuade collect clarify assign hand onboard upsell
""")
"""Verbs that begin a task list; they count as the first word of a text."""

IRREGULAR_PAST = listed("""
    taken given seen won met built bought kept chosen written made done begun took gave went said wrote got became
    chose put set sold brought paid spent told sat came held ran sent led found grew gone drawn
""")

NOT_GERUNDS = listed("""
    training meeting pricing listing testing engineering building funding financing onboarding briefing hearing
    opening booking billing rating understanding planning manufacturing purchasing marketing housing shipping spring
    thing nothing something ring king string wiring tooling
""")

GERMAN_SIGNS = listed("""
    der die das den dem des ein eine einen einem einer und oder hat haben ist sind wurde wurden wird werden mit von
    zum zur für auf im ins bei beim nicht sich dass durch an am uns wir unser zu über kunde käufer liegt
""")
ENGLISH_SIGNS = listed("""
    the a an and or has have is are was were be been will with of to for on in at by our we us not that their they it
    from customer buyer is
""")
