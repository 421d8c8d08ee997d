"""Rules about words: names are the buyer's results, criteria are single facts of the buyer's in the past."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etappe.core.lint import naming, wording, words
from etappe.core.lint.finding import Finding, finding
from etappe.core.lint.proposals import propose
from etappe.core.process_file import Draft, DraftCriterion, DraftStage
from etappe.core.process_reader import Text

_OF_NAME = {
    wording.SELLER: "E401",
    wording.OPINION: "E201",
    wording.STATE: "E403",
    wording.VAGUE: "E403",
    wording.TENSE: "E202",
}
_OF_CRITERION = {wording.SELLER: "E402", wording.OPINION: "E201", wording.TENSE: "E202", wording.VAGUE: "E203"}


def names(draft: Draft) -> Iterator[Finding]:
    """E201, E202, E401, E403 on the names of stages."""
    taken = frozenset(text.value for stage in draft.stages for text in stage.name.values())
    for stage in draft.stages:
        for language, text in stage.name.items():
            yield from _name(stage, language, text, taken)


def _name(stage: DraftStage, language: str, text: Text, taken: frozenset[str]) -> Iterator[Finding]:
    """What speaks against a name. A name that another stage has already is not proposed."""
    cue = naming.judge_name(text.value, language, stage.phase.value if stage.phase else None)
    if cue is not None:
        proposal = propose(text.value)
        said = proposal.name[_language(language, text)] if proposal else None
        said = None if said in taken else said
        yield finding(_OF_NAME[cue.kind], text.place, text=text.value, word=cue.word, proposal=said, what="name")


def _language(declared: str, text: Text) -> str:
    """The language to answer in: the declared one, or what the words look like."""
    if declared in ("de", "en"):
        return declared
    return "de" if wording.prepare(text.value, declared).german else "en"


def criteria(draft: Draft) -> Iterator[Finding]:
    """E201, E202, E203, E402, E704 on the texts of criteria."""
    for stage in draft.stages:
        for criterion in stage.criteria:
            yield from _criterion(criterion)


def _criterion(criterion: DraftCriterion) -> Iterator[Finding]:
    for language, text in criterion.text.items():
        cue = wording.judge_criterion(text.value, language)
        if cue is not None:
            proposal = propose(text.value)
            said = proposal.criterion[_language(language, text)] if proposal else None
            yield finding(
                _OF_CRITERION[cue.kind], text.place, text=text.value, word=cue.word, proposal=said, what="criterion"
            )
        if acts := several_facts(text.value):
            yield finding("E704", text.place, text=text.value, acts=acts)


_IN_BRACKETS = re.compile(r"\([^)]*\)")
_SECOND_SUBJECT = re.compile(
    r" (?:und|sowie) (?:der|die|das|ein|eine) (?:\w+ ){1,3}?(?:hat|haben)\b| (?:and|as well as) (?:the|a|"
    r"an) (?:[\w']+ ){1,3}?(?:has|have)\b"
)
_SECOND_SENTENCE = re.compile(r"[a-zäöüß]{3,}\. [A-ZÄÖÜ]\w+ \w+")
_ALTERNATIVES = re.compile(r"\b(?:oder|or)\b")
_ACTS = words.BUYER_ACTS + words.SHARED_ACTS + words.SELLER_ACTS
_MOST_ACTS = 2


def several_facts(text: str) -> str | None:
    """What shows that a criterion asks for several facts at once; alternatives ("or") are one fact.

    >>> several_facts("Der Käufer hat das Budget bestätigt und der Einkauf hat bestellt")
    'und der einkauf hat'
    >>> several_facts("The buyer attended the demo and got their questions answered") is None
    True
    """
    plain = _IN_BRACKETS.sub("", text)
    low = plain.lower()
    if match := _SECOND_SUBJECT.search(low):
        return match.group().strip()
    if match := _SECOND_SENTENCE.search(plain):
        return match.group()
    acts = words.pattern(_ACTS).findall(low)
    return ", ".join(acts) if len(acts) > _MOST_ACTS and not _ALTERNATIVES.search(low) else None
