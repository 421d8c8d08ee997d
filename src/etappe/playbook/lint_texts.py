"""The words of the linter: what each rule is about, what it says about a finding, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from etappe.core.lint import RULES, Finding, Standard
from etappe.core.lint.finding import Example, Rule
from etappe.core.lint.records import RECORD_RULES
from etappe.playbook.lint_texts_records import RECORD_TEXTS, SLOTS, TITLE, readable
from etappe.playbook.lint_texts_records import Texts as _Texts

Lazy = str | Promise


@dataclass(frozen=True)
class Told:
    """A finding in the language in force: why it is one, and how to mend it."""

    reason: str
    mend: str


STANDARDS: Mapping[Standard, Lazy] = {
    Standard.FILE: pgettext_lazy("standard of the linter", "The file"),
    Standard.REQUIRED: pgettext_lazy("standard of the linter", "Required"),
    Standard.FACTUAL: pgettext_lazy("standard of the linter", "Factual"),
    Standard.INSPECTABLE: pgettext_lazy("standard of the linter", "Inspectable"),
    Standard.BUYER_CENTRED: pgettext_lazy("standard of the linter", "Buyer-centred"),
    Standard.LENGTH: pgettext_lazy("standard of the linter", "Length"),
    Standard.COVERAGE: pgettext_lazy("standard of the linter", "Ways out, and care after the sale"),
    Standard.WORDING: pgettext_lazy("standard of the linter", "Wording"),
    Standard.RECORDS: TITLE,
}

_TEXTS: Mapping[str, _Texts] = {
    **RECORD_TEXTS,
    "E001": _Texts(
        _("The file cannot be read"),
        _(
            "A process is a YAML file of at most 256 kB without anchors and aliases. Before that nothing else "
            "can be checked."
        ),
        "",
        _("Correct the file at this place; an editor that knows YAML shows where it goes wrong."),
    ),
    "E002": _Texts(
        _("The same key twice"),
        _(
            "Evidence hangs on the key of a criterion and figures on the key of a stage. A key that occurs twice "
            "leaves open which one is meant."
        ),
        "",
        _("Give each part a key of its own; keep the old key for the part that deals already use."),
    ),
    "E003": _Texts(
        _("A part is missing or not as it should be"),
        _(
            "The format is small on purpose: what it does not know would be ignored, and what is missing would "
            "be guessed."
        ),
        "",
        _(
            "See docs/reference/process-file.md for the parts of a process file, or let your editor check it "
            "against the published schema."
        ),
    ),
    "E004": _Texts(
        _("An unknown word"),
        _(
            "Phases, owners, kinds of evidence, outcomes and sales models come from fixed lists, so that reports "
            "can compare processes."
        ),
        "",
        _("Use one of: %(choices)s."),
    ),
    "E005": _Texts(
        _("A stage that cannot be reached"),
        _(
            "Phases come in the order find, win, keep, and at least one stage is there to win. Winning is "
            "leaving the last stage of win."
        ),
        "",
        _("Put the stages in the order find, win, keep, with at least one in win."),
    ),
    "E101": _Texts(
        _("A stage without a required criterion"),
        _("A stage that asks for nothing is passed by everybody and says nothing about a deal."),
        _("The stage “%(stage)s” has no required criterion: every deal may leave it, whatever the buyer did."),
        _("Name the one thing the buyer must have done before the deal goes on, and mark it as required."),
    ),
    "E102": _Texts(
        _("A deal value asked for too early"),
        _(
            "In the phase find nobody knows yet what the buyer needs. Whoever has to name an amount there invents one, "
            "and forecasts count it."
        ),
        _("The stage “%(stage)s” asks for a deal value, but belongs to the phase find."),
        _("Take “amount” out of its fields, and ask for it in a stage of win in which the buyer's need is known."),
    ),
    "E201": _Texts(
        _("An opinion instead of a fact"),
        _(
            "What somebody feels, knows or thinks cannot be opened and read by a colleague. Two people judge it "
            "differently, and hope decides."
        ),
        _("“%(word)s” in “%(text)s” is a judgement about the buyer's mind; nobody can check it."),
        _("Ask: what would the buyer have done if this were true? Write that act down."),
    ),
    "E202": _Texts(
        _("Not in the past"),
        _(
            "A criterion or a name says what has happened. A wish, a plan or a task says what somebody would "
            "like to happen."
        ),
        _("“%(text)s” says what is to be done (“%(word)s”), not what has been done."),
        _("Write it in the past tense with the buyer as the subject: “The buyer has …”."),
    ),
    "E203": _Texts(
        _("A criterion that says nothing one could check"),
        _(
            "It must be clear who did what. “There is a need” or “all questions settled” is true as soon as "
            "somebody says so."
        ),
        _("“%(text)s” does not say who on the buyer's side did what."),
        _("Name the buyer and the act: who confirmed, signed, named, ordered or answered what?"),
    ),
    "E301": _Texts(
        _("A criterion without kinds of evidence"),
        _("What nobody can open and read is a claim. A criterion says which evidence is good enough."),
        _("For “%(criterion)s” no kind of evidence is accepted, so nothing can ever prove it."),
        _(
            "List the kinds you would accept, for example the buyer's reply (reply) or a confirmed call note "
            "(note_confirmed)."
        ),
    ),
    "E302": _Texts(
        _("Only our own word counts"),
        _("A call note is our own claim. In the phase win it never suffices, so this criterion could not be met."),
        _("For “%(criterion)s” only a call note is accepted: our own word."),
        _("Add note_confirmed, the note that the buyer has confirmed by a link, or the buyer's reply (reply)."),
    ),
    "E303": _Texts(
        _("An open source after the phase find"),
        _(
            "A web page or register tells about a company, not what the buyer in this deal has done. Open "
            "sources are for finding."
        ),
        _("For “%(criterion)s” an open source is accepted, but outside the phase find the buyer must have acted."),
        _("Take source out of the list and accept something that comes from the buyer."),
    ),
    "E401": _Texts(
        _("A stage named after what we do"),
        _(
            "Named after our work, a stage is passed when we have worked, also when the buyer did not move. The "
            "usual name can stay as the alias."
        ),
        _("“%(text)s” says what we do (“%(word)s”), not what the buyer has when the stage is left."),
        _("Name the stage after the buyer's result, and keep the usual name as the alias."),
    ),
    "E402": _Texts(
        _("A criterion that only we can fulfil"),
        _(
            "Sending, presenting and calling is our work: it is done when we want it. A deal advances only when "
            "the buyer has."
        ),
        _("“%(text)s” is fulfilled by us (“%(word)s”), without the buyer doing anything."),
        _("Ask what the buyer does in return, and make that the criterion."),
    ),
    "E403": _Texts(
        _("A stage name that is no result"),
        _(
            "A place in a list (“new”, “on hold”, “hot”) or a mere topic does not say what is true when the "
            "stage is left."
        ),
        _("“%(text)s” is no result of the buyer's: it does not say what has been reached."),
        _(
            "Say what the buyer has done when the stage is left, for example “Requirements agreed”. To let a "
            "deal wait there is resting, not a stage."
        ),
    ),
    "E501": _Texts(
        _("Too few stages"),
        _(
            "With one or two stages up to the order, a deal has nowhere to go and none to leave: it stays open "
            "for ever. Only the transactional model is that short."
        ),
        _("Stages up to the order: %(count)s. The least is %(fewest)s."),
        _("Add the steps that buyers take in between, such as agreeing on requirements or reviewing the quote."),
    ),
    "E502": _Texts(
        _("Too many stages"),
        _(
            "Each stage is work for the rep and a place where deals wait. Beyond twelve stages, or eight to win, "
            "selling gets harder and figures get thin."
        ),
        _("Stages in this process: %(count)s. The most is %(most)s."),
        _("Join stages that are nearly always passed together, and keep the one with the stronger evidence."),
    ),
    "E503": _Texts(
        _("Too many required criteria in one stage"),
        _(
            "Beyond five, people look for a way around. Less is more: keep the facts that tell won deals from "
            "lost ones."
        ),
        _("Required criteria of the stage “%(stage)s”: %(count)s. The most is %(most)s."),
        _("Make some optional (required: false): they are recorded and shown, but never block. Or split the stage."),
    ),
    "E601": _Texts(
        _("No way to disqualify"),
        _("Who can only win or lose keeps deals that never were any. Disqualifying early is the cheapest step of all."),
        _("No reason for leaving leads to “disqualified”."),
        _("Add reasons such as “No need” or “Does not fit the profile” with outcome: disqualified."),
    ),
    "E602": _Texts(
        _("No way to lose, or to be declined"),
        _(
            "Deals that cannot end stay open and spoil the forecast. That the buyer says no, and that somebody "
            "else wins, are two different things to learn from."
        ),
        _("No reason for leaving leads to “%(outcome)s”."),
        _("Add at least one reason with outcome: %(outcome)s."),
    ),
    "E603": _Texts(
        _("The process ends with the order"),
        _(
            "The close is the middle. Without a stage of the phase keep nobody asks whether the customer uses "
            "what was bought and got what was promised."
        ),
        _("After “%(stage)s” the process ends; no stage belongs to the phase keep."),
        _("Add at least one stage with phase: keep, for example “In use” or “Benefit judged”."),
    ),
    "E604": _Texts(
        _("A customer cannot cancel"),
        _("A process that goes on after the order also needs the way out after it."),
        _("The process has stages of the phase keep, but no reason leads to “cancelled”."),
        _("Add a reason with outcome: cancelled."),
    ),
    "E605": _Texts(
        _("Cancelling that can never happen"),
        _("Only a customer can cancel, and customers are in the phase keep."),
        _("A reason leads to “cancelled”, but no stage belongs to the phase keep."),
        _("Add a stage of the phase keep, or take the reason out."),
    ),
    "E701": _Texts(
        _("A language is missing"),
        _("Colleagues read Etappe in German or in English. Where one is missing they see the other."),
        _("“%(text)s” is not there in every language; missing: %(missing)s."),
        _("Write both languages: {de: …, en: …}."),
    ),
    "E702": _Texts(
        _("Two stages with the same name"),
        _("On the board and in reports nobody could tell them apart."),
        _("The name “%(text)s” is already used in line %(line)s."),
        _("Say what is different about the second result, or join the stages."),
    ),
    "E703": _Texts(
        _("The same criterion again"),
        _(
            "Evidence counts for the whole deal. Asked twice, it is either met without anybody looking, or work "
            "for nothing."
        ),
        _("“%(text)s” is already asked for in line %(line)s."),
        _("Keep it where the buyer does it first, and ask for the next act in the later stage."),
    ),
    "E704": _Texts(
        _("Several facts in one criterion"),
        _("One piece of evidence is enough for a criterion. With two facts in it, half of them is waved through."),
        _("“%(text)s” asks for more than one thing (“%(acts)s”)."),
        _("Make a criterion of each fact. Alternatives joined by “or” are one fact and may stay."),
    ),
}

_PROBLEMS: Mapping[str, Lazy] = {
    "too_big": _("The file is too big: %(largest)s bytes is the most."),
    "too_deep": _("The file is nested more than %(deepest)s levels deep."),
    "alias": _(
        "Anchors and aliases (& and *) are not allowed: a small file could become a huge one, and a reader "
        "would have to jump."
    ),
    "not_yaml": _("This is not YAML: %(detail)s."),
    "not_text": _("This is no text in UTF-8."),
    "empty_file": _("The file is empty."),
    "no_mapping": _(
        "The file is not a process: at the top there must be keys such as “etappe:”, “key:” and “stages:”."
    ),
    "control_characters": _("There are characters here that cannot be shown."),
    "tag": _("The type “%(tag)s” is not allowed; write plain text, numbers, lists and keys."),
    "odd_key": _("A key must be a plain word."),
    "duplicate_yaml_key": _("“%(key)s” is given twice here, first in line %(line)s; the second one would be lost."),
    "stage_key_twice": _("The stage key “%(key)s” is already used in line %(line)s."),
    "criterion_key_twice": _(
        "The criterion key “%(key)s” is already used in line %(line)s. Keys of criteria are unique in the "
        "whole process."
    ),
    "leave_key_twice": _("The reason key “%(key)s” is already used in line %(line)s."),
    "value_twice": _("“%(value)s” stands in this list twice."),
    "unknown_key": _("“%(key)s” is not a part of a process here; known are: %(known)s."),
    "missing_key": _("“%(key)s” is missing here."),
    "wrong_type": _("This should be %(expected)s."),
    "wrong_format": _("This is another format; “etappe: %(expected)s” is the one known."),
    "empty_text": _("A text is empty."),
    "too_long_text": _("The text has %(length)s characters; %(longest)s is the most."),
    "bad_key": _("“%(key)s” is no key: small letters, digits and underscores, beginning with a letter, at most 60."),
    "empty_list": _("This list needs at least one item."),
    "number_out_of_range": _(
        "This should be a number from %(least)s to %(most)s; days are whole numbers, rates are shares such as 0.4."
    ),
    "unknown_value": _("“%(value)s” is not known here."),
    "phase_order": _(
        "A stage of the phase “%(phase)s” comes after one of “%(after)s”: deals would pass it when they are "
        "already beyond."
    ),
    "no_win_stage": _("No stage belongs to the phase win, so no deal could ever be won."),
}

_EXPECTED: Mapping[str, Lazy] = {
    "mapping": _("a set of keys with values"),
    "list": _("a list"),
    "text": _("a text (put it in quotes where YAML takes it for a number, a date or yes/no)"),
    "bool": _("true or false"),
}

_PROPOSED = _("Proposal: “%(proposal)s”.")


def title(rule: str) -> str:
    """What a rule is about, in a few words."""
    return str(_TEXTS[rule].title)


def about(rule: str) -> str:
    """Why a rule is there."""
    return str(_TEXTS[rule].about)


def tell(finding: Finding) -> Told:
    """Say a finding in the language in force."""
    texts, params = _TEXTS[finding.rule], _readable(finding.params)
    problem = finding.params.get("problem")
    reason = _PROBLEMS[problem] if problem else texts.reason
    mend = str(texts.mend) % params
    if finding.params.get("proposal"):
        mend = f"{mend} {str(_PROPOSED) % params}"
    return Told(str(reason) % params, mend)


def figure(finding: Finding) -> dict[str, Any] | None:
    """What a finding of the records rests on: the share (or difference), its interval, the deals; else None."""
    params = finding.params
    if "share" not in params:
        return None
    return {"share": params["share"], "interval": [params["low"], params["high"]], "n": params["n"]}


def problem(code: str, params: Mapping[str, Any]) -> str:
    """Say what is wrong with a file's form in the language in force."""
    return str(_PROBLEMS[code]) % _readable(params)


def _readable(params: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: ", ".join(value) if isinstance(value, tuple | list) else value for name, value in params.items()}
    if "expected" in shown:
        shown["expected"] = _EXPECTED.get(str(shown["expected"]), shown["expected"])
    return shown | readable(params)


def reference() -> str:
    """The page that documents every rule, as Markdown, in the language in force."""
    parts = [str(_INTRODUCTION)]
    for standard, name in STANDARDS.items():
        rules = [rule for rule in (*RULES.values(), *RECORD_RULES.values()) if rule.standard is standard]
        parts.append(f"## {name}\n\n" + "\n\n".join(_described(rule) for rule in rules))
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = _(
    "# Rules for processes\n\n`etappe process lint FILE` and the editor apply these rules. Each has an "
    "id that never changes its meaning. "
    "This page is made from the code (`etappe process rules`); the tests run every example."
)


_FOUND = pgettext_lazy("example of the linter", "found")
_LEFT_ALONE = pgettext_lazy("example of the linter", "left alone")
_MEND = pgettext_lazy("example of the linter", "Mend")


def _described(rule: Rule) -> str:
    texts = _TEXTS[rule.id]
    mend = str(texts.mend) % _Placeholders()
    table = f"| {_FOUND} | {_LEFT_ALONE} |\n|---|---|\n| {_shown(rule.bad)} | {_shown(rule.good)} |"
    return "\n\n".join((f"### {rule.id} {texts.title}", str(texts.about), f"{_MEND}: {mend}", table))


class _Placeholders(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


_SLOTS: Mapping[str, Lazy] = {
    **SLOTS,
    "file": pgettext_lazy("example of the linter", "file"),
    "phases": pgettext_lazy("example of the linter", "phases of the stages"),
    "keys": pgettext_lazy("example of the linter", "keys of the stages"),
    "shape": pgettext_lazy("example of the linter", "stages per phase"),
    "required": pgettext_lazy("example of the linter", "required criteria in a stage"),
    "fields": pgettext_lazy("example of the linter", "fields of the first stage"),
    "name": pgettext_lazy("example of the linter", "name"),
    "text": pgettext_lazy("example of the linter", "text"),
    "evidence": pgettext_lazy("example of the linter", "evidence"),
    "leave": pgettext_lazy("example of the linter", "outcomes of the reasons for leaving"),
}


def _shown(example: Example) -> str:
    return f"{_SLOTS[example.slot]}: `{example.text}`"
