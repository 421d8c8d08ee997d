"""What a stage name says: a result of the buyer's, or something else."""

from __future__ import annotations

import re

from etappe.core.lint import words
from etappe.core.lint.wording import (
    OPINION,
    PERFECT,
    SELLER,
    STATE,
    VAGUE,
    Cue,
    Said,
    buyer_agent,
    first_cue,
    infinitive,
    judge_criterion,
    looks_done,
    our_subject,
    prepare,
)
from etappe.core.lint.words import found


def judge_name(text: str, language: str, phase: str | None = None) -> Cue | None:
    """Why a stage's name is no result of the buyer's; None if nothing speaks against it.

    In `keep` a meeting held with the customer is a result; in `find` what we found out about a company is one.

    >>> judge_name("Demo", "de"), judge_name("Product evaluated", "en")
    (Cue(kind='seller', word='demo'), None)
    """
    said = prepare(text, language)
    if said.auxiliary in PERFECT:
        return judge_criterion(text, language)
    if phase and _GRANTED.get(phase, _NEVER).search(said.low) and not said.has(words.SELLER_THINGS):
        return None
    looks = (
        _our_name,
        _task,
        _our_act_in_name,
        _mind_in_name,
        _state_in_name,
        _named_result,
        _thing_in_name,
        _no_result,
    )
    cue = first_cue(said, looks)
    return None if cue is _FINE else cue


_NEVER = re.compile(r"(?!)")
_GRANTED = {
    "keep": re.compile(r"\b(geführt|besprochen|held|discussed)$"),
    "find": re.compile(r"\b(identified|identifiziert|understood|researched)$|\bgroup engaged$"),
}
_FINE = Cue("", "")


def _our_name(said: Said) -> Cue | None:
    return None if words.RESULT_PHRASES.search(said.low) else our_subject(said)


def _task(said: Said) -> Cue | None:
    cue = infinitive(said)
    return Cue(SELLER, cue.word) if cue else None


def _our_act_in_name(said: Said) -> Cue | None:
    act = said.has(words.SELLER_ACTS)
    if act is None or (act in _MORE_THAN_ACT and len(said.words) == 1):
        return None
    return Cue(SELLER, act)


_MORE_THAN_ACT = ("contacted", "engaged", "qualified", "qualifiziert")


def _mind_in_name(said: Said) -> Cue | None:
    if said.has(words.BUYER_ACTS):
        return None
    word = said.has(words.OPINION_NOUNS) or said.has(words.STATE_OF_MIND) or said.has(("verstanden", "understood"))
    if word is None and said.verb and said.verb.group() in words.OPINION_VERBS:
        word = said.verb.group()
    return Cue(OPINION, word) if word and not words.RESULT_PHRASES.search(said.low) else None


def _state_in_name(said: Said) -> Cue | None:
    if said.has(words.BUYER_ACTS) or words.RESULT_PHRASES.search(said.low) or buyer_agent().search(said.low):
        return None
    word = said.has(words.CRM_STATES) or (said.low if said.low in words.ALONE_A_STATE else None)
    return Cue(STATE, word) if word else None


def _named_result(said: Said) -> Cue | None:
    if said.has(words.BUYER_ACTS) or buyer_agent().search(said.low):
        return _FINE
    beyond = words.RESULT_PHRASES.sub("", said.low)
    if found(words.SELLER_THINGS, beyond):
        return None
    return _FINE if beyond != said.low or said.has(words.SHARED_ACTS) or looks_done(said) else None


def _thing_in_name(said: Said) -> Cue | None:
    thing = said.has(words.SELLER_THINGS)
    return Cue(SELLER, thing) if thing else None


def _no_result(said: Said) -> Cue | None:
    return Cue(VAGUE, said.low)
