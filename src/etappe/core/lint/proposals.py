"""What a stage with a seller's name is usually meant to be: the buyer's result, and the fact it could be left on.

These are contents of process files in both languages, like the library, not texts of the interface.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Proposal:
    """A stage name from the buyer's side and a criterion for it, per language."""

    name: dict[str, str]
    criterion: dict[str, str]


def _proposal(name_de: str, name_en: str, criterion_de: str, criterion_en: str) -> Proposal:
    return Proposal({"de": name_de, "en": name_en}, {"de": criterion_de, "en": criterion_en})


_TABLE: tuple[tuple[str, Proposal], ...] = (
    (
        r"muster|bemusterung|\bsamples?\b",
        _proposal(
            "Muster freigegeben", "Sample approved",
            "Der Käufer hat das Muster freigegeben", "The buyer has approved the sample",
        ),
    ),
    (
        r"teststellung|probebetrieb|pilot|\btrials?\b|\bpoc\b|proof of concept|testzugang",
        _proposal(
            "Im eigenen Haus erprobt", "Tried in house",
            "Der Käufer hat das Testergebnis mitgeteilt", "The buyer has reported the result of the trial",
        ),
    ),
    (

            r"bedarfs?(analyse|ermittlung|aufnahme)|discovery|needs? (analysis|discovered)|aufmaß|anforderung|"
            r"requirements|assessment|pain",
        _proposal(
            "Anforderungen abgestimmt", "Requirements agreed",
            "Der Käufer hat die Zusammenfassung seiner Anforderungen bestätigt",
            "The buyer has confirmed the summary of requirements",
        ),
    ),
    (
        r"nachfass|nachhak|follow|wiedervorlage|reminder|erinnerung",
        _proposal(
            "Entscheidungstermin genannt", "Decision date named",
            "Der Käufer hat den Entscheidungstermin genannt", "The buyer has named the decision date",
        ),
    ),
    (
        r"einw[aä]nd|objection",
        _proposal(
            "Einwände geklärt", "Objections settled",
            "Der Käufer hat jeden geäußerten Einwand als geklärt bestätigt",
            "The buyer has confirmed each raised objection as settled",
        ),
    ),
    (
        r"verhand|verhandel|negotiat|rabatt|discount|konditionen|nachlass",
        _proposal(
            "Konditionen vereinbart", "Terms agreed",
            "Der Käufer hat die Konditionen schriftlich angenommen", "The buyer has accepted the terms in writing",
        ),
    ),
    (

            r"demo|vorführung|vorgeführt|präsent|vorgestellt|presentation|present|pitch|webinar|walkthrough|"
            r"product tour|showcase",
        _proposal(
            "Produkt bewertet", "Product evaluated",
            "Der Käufer hat an der Vorführung teilgenommen und seine Fragen beantwortet bekommen",
            "The buyer attended the demo and got their questions answered",
        ),
    ),
    (

            r"auftragsbestätigung|abschluss|abschließen|closing|\bclosed?\b|gewonnen|\bwon\b|auftrag (sicher|"
            r"in aussicht)|verbal",
        _proposal(
            "Auftrag erteilt", "Order placed",
            "Der Käufer hat bestellt oder den Vertrag unterschrieben", "The buyer has ordered or signed the contract",
        ),
    ),
    (
        r"vertrag|contract|paperwork|\bnda\b",
        _proposal(
            "Vertrag unterschrieben", "Contract signed",
            "Der Käufer hat den Vertrag unterschrieben", "The buyer has signed the contract",
        ),
    ),
    (
        r"angebot|propos|quot|estimate|\bbid\b|\boffer|kalkul|preis|pric|lösungsvorschlag|kostenvoranschlag",
        _proposal(
            "Angebot geprüft", "Quote reviewed",
            "Der Käufer hat zum Angebot Stellung genommen (Frage, Änderungswunsch oder Zusage)",
            "The buyer has answered the quote (question, change request or consent)",
        ),
    ),
    (
        r"recherche|research|\banaly|stakeholder|entscheider|decision makers?\b|identif",
        _proposal(
            "Beteiligte benannt", "People named",
            "Der Käufer hat Entscheider, Anwender und Einkauf namentlich genannt",
            "The buyer has named decider, user and purchasing",
        ),
    ),
    (
        r"upsell|up-selling|cross-?sell|expansion",
        _proposal(
            "Erweiterung beantwortet", "Extension answered",
            "Der Kunde hat zum Vorschlag Ja, Nein oder einen späteren Termin gesagt",
            "The customer has said yes, no or a later date to the proposal",
        ),
    ),
    (
        r"übergabe|hand-?over|hand-?off",
        _proposal(
            "Übergabe angenommen", "Hand-over accepted",
            "Der Kunde hat am Übergabegespräch teilgenommen", "The customer took part in the hand-over meeting",
        ),
    ),
    (
        r"onboarding|einführung|implement|rollout|setup",
        _proposal(
            "Im Einsatz", "In use",
            "Der Kunde hat die Leistung in Gebrauch genommen", "The customer has put the product or service to use",
        ),
    ),
    (
        r"qualif|interes|budget|\bbant\b|\bmeddic\b|heiß|\bhot\b|\bwarm|\b(m|s)ql\b|bedarf|\bneeds?\b",
        _proposal(
            "Bedarf bestätigt", "Need confirmed",
            "Der Käufer hat Bedarf und Anlass in eigenen Worten bestätigt",
            "The buyer has confirmed need and occasion in their own words",
        ),
    ),
    (

            r"akquis|prospect|kalt|cold|kontakt|contact|outreach|reach|anruf|telefon|\bcalls?\b|termin|"
            r"appointment|meeting|gespräch|besuch|visit|"
        r"mail|intro|nachricht|message|beratung|consult|\bleads?\b|nurtur|engag|conversation|connected",
        _proposal(
            "Gespräch zugesagt", "Conversation agreed",
            "Der Käufer hat einem Gesprächstermin zugestimmt", "The buyer has agreed to a meeting",
        ),
    ),
    (
        r"entscheid|decision|commit",
        _proposal(
            "Entscheidung getroffen", "Decision made",
            "Der Käufer hat seine Entscheidung mitgeteilt", "The buyer has told us their decision",
        ),
    ),
)  # fmt: skip

_COMPILED = tuple((re.compile(expression), proposal) for expression, proposal in _TABLE)


def propose(text: str) -> Proposal | None:
    """The buyer's side of a seller's words, where there is a usual one.

    >>> propose("Demo").name["en"], propose("Angebot versendet").name["de"]
    ('Product evaluated', 'Angebot geprüft')
    """
    low = text.lower()
    return next((proposal for expression, proposal in _COMPILED if expression.search(low)), None)
