"""Every rule with its id, and an example that it finds and one that it leaves alone. Ids are never used again.

Slots of examples: `file` a whole file; `phases` and `keys` of the stages; `shape` how many stages per phase; `required`
how many required criteria a stage has; `fields` of the first stage; `name` of a stage; `text` and `evidence` of a
criterion; `leave` the outcomes of the reasons for leaving. The tests put each into an otherwise flawless process.
"""

from __future__ import annotations

from etappe.core.lint.finding import Example, Rule, Standard


def _rule(identity: str, standard: Standard, slot: str, bad: str, good: str) -> Rule:
    return Rule(identity, standard, Example(slot, bad), Example(slot, good))


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        _rule("E001", Standard.FILE, "file", "stages: [", "stages: []"),
        _rule("E002", Standard.FILE, "keys", "order_placed, order_placed", "quote_reviewed, order_placed"),
        _rule(
            "E003",
            Standard.FILE,
            "name",
            "{de: Plan bestätigt, en: Plan confirmed, fr: Plan confirmé}",
            "{de: Plan bestätigt, en: Plan confirmed}",
        ),
        _rule("E004", Standard.FILE, "evidence", "[telepathy]", "[reply]"),
        _rule("E005", Standard.FILE, "phases", "win, find, win, keep", "find, win, win, keep"),
        _rule("E101", Standard.REQUIRED, "required", "0", "1"),
        _rule("E102", Standard.REQUIRED, "fields", "[source, amount]", "[source, next_step]"),
        _rule(
            "E201",
            Standard.FACTUAL,
            "text",
            "{de: Der Kunde ist interessiert, en: The customer is interested}",
            "{de: Der Käufer hat Bedarf und Anlass in eigenen Worten bestätigt, en: The buyer has confirmed need "
            "and occasion}",
        ),
        _rule(
            "E202",
            Standard.FACTUAL,
            "text",
            "{de: Der Käufer wird nächste Woche bestellen, en: The buyer will order next week}",
            "{de: Der Käufer hat bestellt, en: The buyer has ordered}",
        ),
        _rule(
            "E203",
            Standard.FACTUAL,
            "text",
            "{de: Bedarf vorhanden, en: The customer has a need}",
            "{de: Der Käufer hat seinen Bedarf schriftlich bestätigt, en: The buyer has confirmed the need in writing}",
        ),
        _rule("E301", Standard.INSPECTABLE, "evidence", "[]", "[reply, document]"),
        _rule("E302", Standard.INSPECTABLE, "evidence", "[call_note]", "[call_note, note_confirmed]"),
        _rule("E303", Standard.INSPECTABLE, "evidence", "[source, reply]", "[reply]"),
        _rule(
            "E401",
            Standard.BUYER_CENTRED,
            "name",
            "{de: Demo, en: Demo}",
            "{de: Produkt bewertet, en: Product evaluated}",
        ),
        _rule(
            "E402",
            Standard.BUYER_CENTRED,
            "text",
            "{de: Angebot wurde versendet, en: We have sent the quote}",
            "{de: Der Käufer hat zum Angebot Stellung genommen, en: The buyer has answered the quote}",
        ),
        _rule(
            "E403",
            Standard.BUYER_CENTRED,
            "name",
            "{de: In Bearbeitung, en: On hold}",
            "{de: Anforderungen abgestimmt, en: Requirements agreed}",
        ),
        _rule("E501", Standard.LENGTH, "shape", "find 1, win 1, keep 1", "find 1, win 2, keep 1"),
        _rule("E502", Standard.LENGTH, "shape", "find 1, win 9, keep 1", "find 2, win 8, keep 2"),
        _rule("E503", Standard.LENGTH, "required", "6", "5"),
        _rule(
            "E601", Standard.COVERAGE, "leave", "lost, declined, cancelled", "disqualified, lost, declined, cancelled"
        ),
        _rule(
            "E602",
            Standard.COVERAGE,
            "leave",
            "disqualified, declined, cancelled",
            "disqualified, lost, declined, cancelled",
        ),
        _rule("E603", Standard.COVERAGE, "shape", "find 1, win 3, keep 0", "find 1, win 3, keep 1"),
        _rule(
            "E604",
            Standard.COVERAGE,
            "leave",
            "disqualified, lost, declined",
            "disqualified, lost, declined, cancelled",
        ),
        _rule("E605", Standard.COVERAGE, "shape", "find 1, win 3, keep 0", "find 1, win 3, keep 1"),
        _rule(
            "E701", Standard.WORDING, "name", "{de: Produkt bewertet}", "{de: Produkt bewertet, en: Product evaluated}"
        ),
        _rule(
            "E702",
            Standard.WORDING,
            "name",
            "{de: Auftrag erteilt, en: Order placed}",
            "{de: Anforderungen abgestimmt, en: Requirements agreed}",
        ),
        _rule(
            "E703",
            Standard.WORDING,
            "text",
            "{de: Der Käufer hat die Rechnung bezahlt, en: The buyer has paid the invoice}",
            "{de: Der Käufer hat den Plan bestätigt, en: The buyer has confirmed the plan}",
        ),
        _rule(
            "E704",
            Standard.WORDING,
            "text",
            "{de: Der Käufer hat das Budget bestätigt und der Einkauf hat den Vertrag geprüft, "
            "en: The buyer has confirmed the budget and the CFO has signed}",
            "{de: Der Käufer hat das Budget bestätigt, en: The buyer has confirmed the budget}",
        ),
    )
}
